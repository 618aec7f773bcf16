"""Reading a session's log: what a subscription starts with, and what comes after a cursor."""

from msgspec import Struct
from msgspec.structs import replace

from antiphon.log import events as event_rows
from antiphon.model.commands import Subscribe
from antiphon.model.items import Content
from antiphon.model.replies import OpenItem, RunningTurn, Subscribed
from antiphon.model.state import Entry, State
from antiphon.sessions.session import Session
from antiphon.sessions.tail import Encoded

TAIL = 200
"""Events to start with when the client does not say."""
FRAME_BYTES = 256 * 1024
"""A frame holds at most this many bytes of events, or one event."""


class Opening(Struct, kw_only=True):
    """How a subscription begins."""

    reply: Subscribed
    cursor: int
    """Where it goes on from when `events` are sent."""
    events: list[Encoded] = []
    """The tail, without deltas: open items come whole in the reply."""


async def begin(session: Session, command: Subscribe) -> Opening:
    """The session's live state as of its head, and where to read from."""
    state, row = session.state, session.row
    reply = Subscribed(
        id=command.id,
        session=row.id,
        epoch=row.epoch,
        first=state.head + 1,
        head=state.head,
        turn=_running(state),
        approvals=list(state.approvals),
        queue=list(state.queue),
        queue_held=state.queue_held,
        items=_open_items(state),
        commands=list(state.commands),
        modes=list(state.modes),
        efforts=list(state.efforts),
        models=list(state.models),
        tasks=list(state.tasks),
        lost=state.lost,
        elsewhere=state.elsewhere,
    )
    strange = command.epoch not in (None, row.epoch) or (command.after or 0) > state.head
    if command.after is not None and not strange:
        return _resumed(reply, command.after)
    limit = TAIL if command.tail is None else command.tail
    return await _tail(session, reply, limit, reset=command.after is not None)


def _resumed(reply: Subscribed, after: int) -> Opening:
    return Opening(reply=replace(reply, first=after + 1, more=after > 0), cursor=after)


async def _tail(session: Session, reply: Subscribed, limit: int, *, reset: bool) -> Opening:
    key, head = session.row.key, reply.head
    events, more = await session.log.read(lambda conn: event_rows.read_before(conn, key, head + 1, limit))
    first = events[0][0] if events else head + 1
    return Opening(reply=replace(reply, first=first, more=more, reset=reset), cursor=head, events=events)


async def read(session: Session, cursor: int, limit: int = FRAME_BYTES) -> list[Encoded]:
    """The next events after `cursor`: from memory when they are new, else from the log."""
    found = session.journal.tail.read(cursor, limit)
    if found is not None:
        return found
    key, head = session.row.key, session.state.head
    return await session.log.read(
        lambda conn: event_rows.read_after(conn, key, cursor, limit_bytes=limit, to=head)
    )


def _running(state: State) -> RunningTurn | None:
    turn = state.turn(state.running) if state.running else None
    if turn is None:
        return None
    return RunningTurn(
        turn=turn.id,
        text=turn.text,
        since=turn.started_at or 0,
        command=turn.command,
        attachments=turn.attachments,
        origin=turn.origin,
        carried=turn.carried,
        stalled_since=turn.stalled_since,
        stalled_limit=turn.stalled_limit,
    )


def _open_items(state: State) -> list[OpenItem]:
    return [item for turn in state.turns for entry in turn.entries if (item := _open(entry, turn.id))]


def _open(entry: Entry, turn: str) -> OpenItem | None:
    entry.settle()
    if not entry.open or not isinstance(entry.content, Content):
        return None
    place = None if turn.startswith("outside-") else turn
    return OpenItem(item=entry.id, content=entry.content, turn=place, parent=entry.parent)
