"""Imports: how far the agents' own records have been looked through, and what was skipped."""

from typing import Annotated, cast, get_args

from litestar import get, post
from litestar.params import FromQuery, QueryParameter

from antiphon.log import imports as log
from antiphon.providers.archive import SkipReason
from antiphon.server.context import Context
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import refusals
from antiphon.server.rest import ImportsPage, SkippedFile

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
LIMIT = 100

MESSAGES: dict[str, str] = {
    "empty": "Nothing was said in it",
    "not-a-session": "It is no conversation",
    "sub-agent": "It is what a sub-agent did for another conversation",
    "unreadable": "It could not be read",
    "too-large": "It is too large",
    "no-folder": "It does not say in which folder it took place",
    "folder-gone": "Its folder is not there any more",
    "outside-roots": "Its folder is outside those that this server may use",
    "duplicate": "Another file has the same conversation",
}
assert set(MESSAGES) == set(get_args(SkipReason))


@get("/api/imports", tags=["imports"], responses=refusals())
async def get_imports(
    parts: Parts, caller: Caller, after: FromQuery[str] = "", limit: Limit = LIMIT
) -> ImportsPage:
    """How far it is, and a page of what was skipped, by path. `after` is the `next` of the page before."""
    return await _page(parts, caller.user, after, limit)


@post("/api/imports", status_code=200, tags=["imports"], responses=refusals())
async def look_again(parts: Parts, caller: Caller) -> ImportsPage:
    """Look through the agents' own records again, now."""
    parts.importing.look_again()
    return await _page(parts, caller.user, "", LIMIT)


async def _page(parts: Context, user: int, after: str, limit: int) -> ImportsPage:
    rows = await parts.log.read(lambda conn: log.skipped(conn, user, limit + 1, after))
    imported, skipped = await parts.log.read(lambda conn: log.counts(conn, user))
    progress = parts.importing.progress
    page = rows[:limit]
    return ImportsPage(
        running=progress.running,
        done=progress.done,
        total=progress.total,
        imported=imported,
        skipped_count=skipped,
        skipped=[_skipped(row) for row in page],
        next=page[-1].path if len(rows) > limit else None,
    )


def _skipped(row: log.Skipped) -> SkippedFile:
    words = MESSAGES[row.reason]
    message = f"{words}: {row.detail}" if row.detail else f"{words}."
    return SkippedFile(
        provider=row.provider, path=row.path, reason=cast(SkipReason, row.reason), message=message
    )


ROUTES = (get_imports, look_again)
