"""A copy of a session up to one of its turns: for a prompt that is asked anew, or another way to go on.

1. The copy has the log up to there: what was said and done, not what waits or is chosen for always.
2. Its agent's memory is copied where the agent can do that (`Capabilities.fork`); elsewhere the agent has
   lost the conversation, and the next prompt carries the transcript over.
3. Files are as they are: nothing here touches them.
4. A copy that is not whole, because the server died, lies in the trash.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from antiphon.log import events as event_rows
from antiphon.log import sessions as rows
from antiphon.log import turns as turn_rows
from antiphon.log.append import Append, Encoded, append
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.items import Note
from antiphon.sessions.session import Session

PAGE = 200
"""Events copied in one commit."""
TURNS = 100
"""Turns that are told to the agent as those that its copy is without."""
KEPT = (
    e.TurnStarted, e.TurnSteered, *e.TURN_ENDS, e.ItemStarted, e.ItemCompleted, e.ItemDiscarded,
    e.ApprovalRequested, e.ApprovalResolved, e.ProviderRetrying, e.AgentFailed, e.UsageUpdated,
)  # fmt: skip
"""What tells of the past. Deltas are whole in what completed them."""

_decode = msgspec.json.Decoder(e.AnyEvent).decode
_encode = msgspec.json.Encoder().encode


class NoSuchTurn(Exception):
    """There is no turn {turn} that a copy could end at."""

    def __init__(self, turn: str) -> None:
        super().__init__(f"This session has no turn {turn[:64]!r} that has begun.")


class TurnNotOver(Exception):
    """The turn still runs."""

    def __init__(self) -> None:
        super().__init__("This turn still runs; wait for its end, or stop it.")


class Cut(Struct, frozen=True):
    """Where the copy ends."""

    seq: int
    """The last event that it may have."""
    turns: Sequence[str]
    """The turns that it is without, the oldest first."""
    empty: bool
    """It has no turn at all."""


async def fork(session: Session, turn: str, *, including: bool) -> rows.Session:
    """A new session with all before the turn, or up to its end. Raises NoSuchTurn, TurnNotOver, StorageFull."""
    await session.journal.flushed(at_once=True)
    log, key = session.log, session.row.key
    cut = await log.read(lambda conn: _cut(conn, key, turn, including))
    memory, lost = _memory(session, cut)
    now = session.clock.now()
    source = await log.read(lambda conn: rows.get_session(conn, None, session.id)) or session.row
    copy = await log.write(lambda conn: rows.create_copy(conn, source, id=new_id(), at=now, memory=memory))
    head = await _copy(session, copy, cut)
    title = source.title or "a session"
    told: list[e.AnyEvent] = [
        e.ItemCompleted(item=new_id(), content=Note(text=f"A copy of “{title}” up to here."))
    ]
    if lost:
        told.append(e.SessionUpdated(lost=True))
    numbered = [replace(event, seq=head + at, at=now) for at, event in enumerate(told, 1)]

    def complete(conn: Connection) -> None:
        _append(conn, copy, head, numbered)
        rows.set_trashed(conn, copy.key, None)

    await log.write(complete)
    found = await log.read(lambda conn: rows.get_session(conn, None, copy.id))
    assert found is not None
    return found


def _cut(conn: Connection, session: int, turn: str, including: bool) -> Cut:
    started = turn_rows.started(conn, session)
    place = next((at for at, each in enumerate(started) if each.id == turn), None)
    if place is None:
        raise NoSuchTurn(turn)
    if including and started[place].state == "running":
        raise TurnNotOver()
    left = [each.id for each in started[place + including :]]
    end = event_rows.start_of(conn, session, left[0]) - 1 if left else event_rows.LAST
    return Cut(end, left[:TURNS], place + including == 0)


def _memory(session: Session, cut: Cut) -> tuple[rows.Memory | None, bool]:
    """What the copy's agent begins with; and whether it has lost the conversation."""
    can, native = session.provider.capabilities.fork, session.slot.native_session
    if cut.empty or can == "log":
        return None, False
    copied = native and not session.slot.lost and (can == "anywhere" or (can == "end" and not cut.turns))
    return (rows.Memory(native or "", cut.turns), False) if copied else (None, True)


async def _copy(session: Session, copy: rows.Session, cut: Cut) -> int:
    """Write the past into the copy; returns its head."""
    cursor = head = 0
    while page := await session.log.read(
        lambda conn, after=cursor: event_rows.read_after(
            conn, session.row.key, after, limit_rows=PAGE, to=cut.seq
        )
    ):
        cursor = page[-1][0]
        kept = [_kept(event) for event in map(_decode, (body for _, body in page)) if _is_past(event)]
        numbered = [replace(event, seq=head + at) for at, event in enumerate(kept, 1)]
        if numbered:
            await session.log.write(lambda conn, at=head, events=numbered: _append(conn, copy, at, events))
            head += len(numbered)
    return head


def _is_past(event: e.AnyEvent) -> bool:
    dequeued = isinstance(event, e.TurnCancelled) and event.dequeued
    return isinstance(event, KEPT) and not dequeued


def _kept(event: e.AnyEvent) -> e.AnyEvent:
    """As the copy has it: nobody asked it there, and what was allowed for always is not allowed again."""
    match event:
        case e.TurnStarted():
            return replace(event, command=None)
        case e.ApprovalRequested():
            return replace(event, options=[replace(option, rule=None) for option in event.options])
        case _:
            return event


def _append(conn: Connection, copy: rows.Session, head: int, events: Sequence[e.AnyEvent]) -> None:
    encoded = [Encoded(event, _encode(event)) for event in events]
    append(conn, Append(session=copy.key, generation=copy.generation, head=head, events=encoded))
