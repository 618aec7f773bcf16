"""All that waits for the person's answer, in whatever session."""

from typing import cast

from litestar import get
from litestar.params import FromPath
from sqlalchemy import Connection

from antiphon.log import approvals as approval_log
from antiphon.log import sessions as log
from antiphon.log.approvals import ApprovalRow
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import not_found, refusals
from antiphon.server.rest import ApprovalOutcome, Approvals, ClosedBy, WaitingApproval


@get("/api/approvals", tags=["sessions"], responses=refusals())
async def list_approvals(parts: Parts, caller: Caller) -> Approvals:
    """Open approvals, in the order of asking."""
    waiting = await parts.supervisor.waiting(caller.user)
    ids = {session for session, _ in waiting}
    rows = await parts.log.read(lambda conn: [log.get_session(conn, caller.user, id) for id in ids])
    known = {row.id: row for row in rows if row}
    return Approvals(
        approvals=[
            WaitingApproval(
                session=session,
                title=row.title,
                provider=row.provider,
                project=row.project,
                project_name=row.project_name,
                request=request,
            )
            for session, request in waiting
            if (row := known.get(session))
        ]
    )


@get("/api/approvals/{session:str}/{approval:str}", tags=["sessions"], responses=refusals(404))
async def read_approval(
    parts: Parts, caller: Caller, session: FromPath[str], approval: FromPath[str]
) -> ApprovalOutcome:
    """One approval, and how it was closed: for who finds it gone from the list."""

    def find(conn: Connection) -> ApprovalRow | None:
        row = log.get_session(conn, caller.user, session)
        return approval_log.get_approval(conn, row.key, approval) if row else None

    found = await parts.log.read(find)
    if found is None:
        raise not_found("approval", approval)
    return ApprovalOutcome(
        request=found.request,
        resolved_at=found.resolved_at,
        by=cast("ClosedBy | None", found.by),
        option=found.option,
    )


ROUTES = (list_approvals, read_approval)
