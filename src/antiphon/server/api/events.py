"""A session's events: the log as it is, concatenated without decoding."""

from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from msgspec import Raw

from antiphon.log import events as log
from antiphon.server.api.sessions import session_of
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import ApiError, refusals
from antiphon.server.rest import EventsPage

PAGE_BYTES = 16 * 1024 * 1024
"""A page holds at most this many bytes of events, or one event."""
ROWS_LIMIT = 10_000

Cursor = Annotated[int | None, QueryParameter(ge=0)]
Limit = Annotated[int, QueryParameter(ge=1, le=ROWS_LIMIT)]


@get("/api/sessions/{session:str}/events", tags=["sessions"], responses=refusals(404))
async def list_events(
    parts: Parts,
    caller: Caller,
    session: FromPath[str],
    after: Cursor = None,
    before: Cursor = None,
    limit: Limit = ROWS_LIMIT,
) -> Response[EventsPage]:
    """Events after a seq (without either: from the first on), or the last ones before a seq.

    Pages `before` come without `item-delta`: what items say is in `item-completed`, whole.
    """
    if after is not None and before is not None:
        raise ApiError(400, "invalid", "Give after or before, not both.")
    row = await session_of(parts, caller.user, session)
    if row.provider in parts.importing.archives:  # another program may have gone on with it
        await (await parts.supervisor.get(caller.user, session)).caught_up()
        row = await session_of(parts, caller.user, session)
    if before is not None:
        cursor = before
        rows, more = await parts.log.read(lambda conn: log.read_before(conn, row.key, cursor, limit))
    else:
        cursor = after or 0
        rows = await parts.log.read(
            lambda conn: log.read_after(
                conn, row.key, cursor, limit_bytes=PAGE_BYTES, limit_rows=limit, to=row.head
            )
        )
        more = bool(rows) and rows[-1][0] < row.head
    first = rows[0][0] if rows else cursor + 1 if before is None else cursor
    page = EventsPage(
        events=[Raw(body) for _, body in rows], head=row.head, first=first, epoch=row.epoch, more=more
    )
    return Response(page)


ROUTES = (list_events,)
