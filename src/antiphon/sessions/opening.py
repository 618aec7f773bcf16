"""Opening a session: claim its log, and end what an earlier run left running.

The claim raises the session's generation: whoever wrote before is fenced, so a turn that the
log still calls running has nobody who will end it. It is ended here, `turn-interrupted`, its
approvals closed, its items kept as far as they came, its queue held until a person lets it run.
"""

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from antiphon.log import events as event_rows
from antiphon.log import sessions as rows
from antiphon.log import turns as turn_rows
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.model.state import State, apply
from antiphon.sessions.ending import closing

_decode = msgspec.json.Decoder(e.AnyEvent).decode


class Opened(Struct, kw_only=True):
    """A claimed session as its log has it."""

    row: rows.Session
    state: State
    running: str | None
    """A turn of an earlier run that has no end yet."""


async def claim(log: Log, session: int) -> Opened:
    """Claim the session's log for this run and read its live state."""

    def change(conn: Connection) -> Opened:
        row = rows.claim(conn, session, log.node)
        queue = turn_rows.queue(conn, session)
        running = turn_rows.running_turn(conn, session)
        if running is None:
            return Opened(row=row, running=None, state=_idle(row, queue))
        events = event_rows.read_turn(conn, session, running.id)
        return Opened(
            row=row, running=running.id, state=_replayed(row, queue, [_decode(body) for _, body in events])
        )

    return await log.write(change)


def _idle(row: rows.Session, queue: list[e.QueuedTurn]) -> State:
    return State(head=row.head, queue=queue, queue_held=row.queue_held, lost=row.lost, turns=[], approvals=[])


def _replayed(row: rows.Session, queue: list[e.QueuedTurn], events: list[e.AnyEvent]) -> State:
    """The running turn as it stood. Its own queue events are in it; the rows know the whole queue."""
    state = State(turns=[], approvals=[], queue=[])
    for event in events:
        apply(state, event)
    state.head, state.queue, state.queue_held = row.head, queue, row.queue_held
    state.lost = row.lost
    return state


def left(opened: Opened, at: int) -> list[e.AnyEvent]:
    """What the earlier run did not get to write: the end of its turn, and of its background tasks."""
    events: list[e.AnyEvent] = [e.SessionUpdated(tasks=[])] if opened.row.tasks else []
    if opened.running:
        events += closing(opened.state, e.TurnInterrupted(reason="server-died", turn=opened.running))
    return [replace(event, at=at) for event in events]
