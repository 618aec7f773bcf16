"""Going on from an earlier turn: copies of a session, and files as they were before it."""

from litestar import get, post
from litestar.params import FromPath, RequestBody

from antiphon.model.replies import SessionRow
from antiphon.providers.base import NotRestorable, ProviderFailed, Restored
from antiphon.server.auth import Identity
from antiphon.server.context import Context
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import ApiError, not_found, refusals
from antiphon.server.rest import NewFork, Restorable
from antiphon.server.rows import session_row
from antiphon.sessions import restoring
from antiphon.sessions.forking import NoSuchTurn, TurnNotOver
from antiphon.sessions.supervisor import UnknownSession


@post(
    "/api/sessions/{session:str}/fork",
    status_code=201,
    tags=["sessions"],
    responses=refusals(404, 409, 507),
)
async def fork_session(
    parts: Parts, caller: Caller, session: FromPath[str], data: RequestBody[NewFork]
) -> SessionRow:
    """A copy of the session up to before a turn (or, `including` it, up to its end). Files stay as they are."""
    try:
        row = await parts.supervisor.fork(caller.user, session, data.turn, including=data.including)
    except UnknownSession:
        raise not_found("session", session) from None
    except NoSuchTurn as none:
        raise ApiError(404, "unknown-turn", str(none)) from None
    except TurnNotOver as running:
        raise ApiError(409, "not-over", str(running)) from None
    return session_row(row)


@get(
    "/api/sessions/{session:str}/turns/{turn:str}/restore",
    tags=["sessions"],
    responses=refusals(404, 409, 502),
)
async def preview_restore(
    parts: Parts, caller: Caller, session: FromPath[str], turn: FromPath[str]
) -> Restorable:
    """Which files the agent would bring back to what they were before the turn."""
    return await _restore(parts, caller, session, turn, dry=True)


@post(
    "/api/sessions/{session:str}/turns/{turn:str}/restore",
    status_code=200,
    tags=["sessions"],
    responses=refusals(404, 409, 502),
)
async def restore_files(
    parts: Parts, caller: Caller, session: FromPath[str], turn: FromPath[str]
) -> Restorable:
    """Have the agent bring the files back that it changed since the turn began."""
    return await _restore(parts, caller, session, turn, dry=False)


async def _restore(parts: Context, caller: Identity, session: str, turn: str, *, dry: bool) -> Restorable:
    try:
        opened = await parts.supervisor.get(caller.user, session)
        restored: Restored = await restoring.restore(opened, turn, dry=dry)
    except UnknownSession:
        raise not_found("session", session) from None
    except restoring.Hindered as hindered:
        raise ApiError(409, "not-restorable", str(hindered)) from None
    except NotRestorable as cannot:
        raise ApiError(409, "not-restorable", f"The files cannot be brought back: {cannot.reason}") from None
    except ProviderFailed as failed:
        raise ApiError(502, "agent-failed", failed.failure.message) from None
    return Restorable(
        files=list(restored.files), insertions=restored.insertions, deletions=restored.deletions
    )


ROUTES = (fork_session, preview_restore, restore_files)
