"""Sessions: the lists, and the facts of one."""

from typing import Annotated

from litestar import get, patch, post, put
from litestar.params import FromPath, FromQuery, QueryParameter, RequestBody

from antiphon.log import sessions as log
from antiphon.model.events import SessionUpdated
from antiphon.model.ids import new_id
from antiphon.model.replies import SessionRow
from antiphon.server.api.projects import project_of
from antiphon.server.context import Context
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import ApiError, not_found, refusals
from antiphon.server.rest import NewSession, Seen, SessionChanges, SessionList
from antiphon.server.rows import page_cursor, read_cursor, session_row

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Title = Annotated[str, QueryParameter(max_length=200)]


@get("/api/sessions", tags=["sessions"], responses=refusals(404))
async def list_sessions(
    parts: Parts,
    caller: Caller,
    project: FromQuery[str | None] = None,
    provider: FromQuery[str | None] = None,
    before: FromQuery[str | None] = None,
    limit: Limit = 50,
    title: Title = "",
    only: FromQuery[log.Only | None] = None,
    trashed: FromQuery[bool] = False,
) -> SessionList:
    """A page of sessions, the latest active first. `before` is the `next` of the page before.

    `title`: only those whose title holds it, in capitals or not. `only`: those that run, wait for a person, have
    prompts in the queue, failed, ended unseen, or are starred.
    """
    cursor = _cursor(before)
    wanted = (await project_of(parts, caller.user, project)).id if project is not None else None
    revision = parts.hub.revision
    rows = await parts.log.read(
        lambda conn: log.list_sessions(
            conn,
            caller.user,
            project=wanted,
            provider=provider,
            title=title.strip(),
            only=only,
            trashed=trashed,
            before=cursor,
            limit=limit + 1,
        )
    )
    more = len(rows) > limit
    page = rows[:limit]
    return SessionList(
        sessions=[session_row(row) for row in page],
        revision=revision,
        next=page_cursor(page[-1]) if more else None,
    )


def _cursor(before: str | None) -> tuple[int, int] | None:
    try:
        return read_cursor(before) if before else None
    except ValueError as error:
        raise ApiError(400, "invalid", f"before: {error}.") from None


@post("/api/sessions", status_code=201, tags=["sessions"], responses=refusals(403, 404))
async def add_session(parts: Parts, caller: Caller, data: RequestBody[NewSession]) -> SessionRow:
    """Begin a conversation in a project. No agent starts before the first prompt."""
    project = await project_of(parts, caller.user, data.project)
    check_choice(parts, data.provider, data.mode, data.effort)
    now = parts.clock.now()
    row = await parts.log.write(
        lambda conn: log.create_session(
            conn,
            id=new_id(),
            user=caller.user,
            project=project.id,
            provider=data.provider,
            model=data.model,
            mode=data.mode,
            effort=data.effort,
            title=data.title or "",
            node=parts.log.node,
            at=now,
        )
    )
    parts.hub.changed(caller.user, row.id)
    return session_row(row)


@get("/api/sessions/{session:str}", tags=["sessions"], responses=refusals(404))
async def get_session(parts: Parts, caller: Caller, session: FromPath[str]) -> SessionRow:
    """One session."""
    return session_row(await session_of(parts, caller.user, session))


@patch("/api/sessions/{session:str}", tags=["sessions"], responses=refusals(403, 404, 507))
async def change_session(
    parts: Parts, caller: Caller, session: FromPath[str], data: RequestBody[SessionChanges]
) -> SessionRow:
    """Rename, star, choose another model, mode or effort, put into the trash or take out."""
    row = await session_of(parts, caller.user, session)
    if any(value is not None for value in (data.model, data.mode, data.effort)):
        check_choice(parts, row.provider, data.mode, data.effort)
    if any(value is not None for value in (data.title, data.starred, data.model, data.mode, data.effort)):
        changes = SessionUpdated(
            title=data.title,
            starred=data.starred,
            model=data.model,
            mode=data.mode,
            effort=data.effort,
        )
        await parts.supervisor.update(caller.user, session, changes)
    if data.trashed is not None and data.trashed != (row.trashed_at is not None):
        await parts.supervisor.trash(caller.user, session, data.trashed)
    return session_row(await session_of(parts, caller.user, session))


@put("/api/sessions/{session:str}/seen", status_code=200, tags=["sessions"], responses=refusals(404))
async def seen_session(
    parts: Parts, caller: Caller, session: FromPath[str], data: RequestBody[Seen]
) -> SessionRow:
    """Its owner has seen it up to there: no device shows it as unread for what ended before."""
    row = await session_of(parts, caller.user, session)
    seq = min(data.seq, row.head)
    if await parts.log.write(lambda conn: log.set_seen(conn, caller.user, session, seq)):
        parts.hub.changed(caller.user, session)
    return session_row(await session_of(parts, caller.user, session))


async def session_of(parts: Context, user: int, session: str) -> log.Session:
    """The user's session. Raises ApiError."""
    row = await parts.log.read(lambda conn: log.get_session(conn, user, session))
    if row is None:
        raise not_found("session", session)
    return row


def check_choice(parts: Context, provider: str, mode: str | None, effort: str | None) -> None:
    """Whether the provider is here and may be told this. Raises ApiError."""
    found = parts.providers.get(provider)
    if found is None:
        raise not_found("provider", provider)
    modes = found.capabilities.modes
    if mode is not None and mode not in modes:
        offered = ", ".join(modes) or "none to choose from"
        raise ApiError(400, "invalid", f"{found.name} has no mode {mode[:100]!r}. Its modes: {offered}.")
    efforts = found.capabilities.efforts
    if effort is not None and effort not in efforts:
        offered = ", ".join(efforts) or "none to choose from"
        raise ApiError(400, "invalid", f"{found.name} has no effort {effort[:40]!r}. Its efforts: {offered}.")
    if mode in found.capabilities.bypass_modes and not parts.settings.allow_bypass:
        message = f"The mode {mode} skips approvals. Start the server with --allow-bypass to offer it."
        raise ApiError(403, "bypass-not-allowed", message)


ROUTES = (list_sessions, add_session, get_session, change_session, seen_session)
