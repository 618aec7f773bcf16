"""Search in all that was said."""

import sqlite3
from typing import Annotated

from litestar import get
from litestar.params import FromQuery, QueryParameter

from antiphon.log.search import LAST, Hit
from antiphon.log.sessions import Session
from antiphon.server.api.projects import project_of
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import ApiError, refusals
from antiphon.server.rest import SearchHit, SearchResults
from antiphon.server.rows import session_row

Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Words = Annotated[str, QueryParameter(max_length=500)]
Before = Annotated[str | None, QueryParameter(pattern=r"^\d{1,19}$")]


@get("/api/search", tags=["sessions"], responses=refusals(404, 503))
async def search(
    parts: Parts,
    caller: Caller,
    q: Words,
    project: FromQuery[str | None] = None,
    provider: FromQuery[str | None] = None,
    before: Before = None,
    limit: Limit = 20,
) -> SearchResults:
    """Prompts and agents' messages that hold all words of `q`, the newest first; what lies in the trash is left out.

    A word finds those that begin with it, words in quotes are found as they stand, and nothing in `q` is syntax
    beyond that. `project` and `provider` keep what was said there, and with that one's agents. `before` is the `next` of the page before.
    """
    wanted = (await project_of(parts, caller.user, project)).key if project is not None else None
    try:
        found = await parts.searching.find(
            caller.user,
            q,
            project=wanted,
            provider=provider,
            before=min(int(before), LAST) if before else None,
            limit=limit,
        )
    except (sqlite3.Error, OSError) as error:
        message = f"The search index cannot be used ({error}); nothing else is affected."
        raise ApiError(503, "search-unavailable", message) from error
    return SearchResults(
        hits=[_hit(hit, row) for hit, row in found.hits],
        next=str(found.next) if found.next is not None else None,
        indexed=round(found.indexed, 3),
    )


def _hit(hit: Hit, row: Session) -> SearchHit:
    return SearchHit(
        session=session_row(row),
        seq=hit.seq,
        turn=hit.turn,
        item=hit.item,
        role="agent" if hit.role == "agent" else "person",
        at=hit.at,
        parts=hit.parts,
    )


ROUTES = (search,)
