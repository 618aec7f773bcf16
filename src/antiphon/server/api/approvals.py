"""All that waits for the person's answer, in whatever session."""

from litestar import get

from antiphon.log import sessions as log
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import refusals
from antiphon.server.rest import Approvals, WaitingApproval


@get("/api/approvals", tags=["sessions"], responses=refusals())
async def list_approvals(parts: Parts, caller: Caller) -> Approvals:
    """Open approvals, in the order of asking."""
    waiting = await parts.supervisor.waiting(caller.user)
    ids = {session for session, _ in waiting}
    rows = await parts.log.read(lambda conn: [log.get_session(conn, caller.user, id) for id in ids])
    titles = {row.id: row.title for row in rows if row}
    return Approvals(
        approvals=[
            WaitingApproval(session=session, title=titles[session], request=request)
            for session, request in waiting
            if session in titles
        ]
    )


ROUTES = (list_approvals,)
