"""Append: the one way into a session's log.

One transaction holds the command, the compare-and-set of (generation, head), the events and
the rows derived from them. Nothing of it is there unless all of it is.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.exc import IntegrityError

from antiphon.log import schema
from antiphon.log.commands import CommandRow, NewCommand, add_command
from antiphon.log.errors import AlreadyResolved, CommandSeen, Fenced, TurnEnded, TurnRunning
from antiphon.log.prepared import Prepared
from antiphon.log.projections import PROJECTIONS, violation
from antiphon.model.events import AnyEvent

__all__ = [
    "AlreadyResolved",
    "Append",
    "CommandRow",
    "CommandSeen",
    "Encoded",
    "Fenced",
    "NewCommand",
    "TurnEnded",
    "TurnRunning",
    "append",
]


class Encoded(Struct, frozen=True):
    """An event with its seq, turn and time, and its JSON exactly as it goes on the wire."""

    event: AnyEvent
    body: bytes


class Append(Struct, frozen=True, kw_only=True):
    """What one writer adds to its session: events head + 1, head + 2 …"""

    session: int
    """The session's key."""
    generation: int
    head: int
    """The head as this writer knows it."""
    events: Sequence[Encoded] = ()
    command: NewCommand | None = None


_s, _e = schema.session_metadata.c, schema.event.c
_ADVANCE = Prepared(
    update(schema.session_metadata)
    .where(_s.key == bindparam("session"), _s.generation == bindparam("known"), _s.head == bindparam("before"))
    .values(head=bindparam("after"))
)
_INSERT = Prepared(
    insert(schema.event).values({c: bindparam(c) for c in ("session", "seq", "type", "turn", "subject", "body")})
)


def append(conn: Connection, batch: Append) -> None:
    """Add the batch's events to its session's log.

    Raises CommandSeen (the command is stored already), Fenced (generation or head differ),
    TurnRunning, TurnKnown, TurnEnded, UnknownTurn, AlreadyResolved, UnknownApproval.
    """
    events = batch.events
    if events and (events[0].event.seq != batch.head + 1 or events[-1].event.seq != batch.head + len(events)):
        raise ValueError(f"events must be numbered from {batch.head + 1} without a hole")
    if batch.command:
        add_command(conn, batch.command)
    after = batch.head + len(events)
    moved = _ADVANCE.run(conn, session=batch.session, known=batch.generation, before=batch.head, after=after)
    if moved.rowcount != 1:
        raise Fenced(batch.session)
    if events:
        _insert(conn, batch)
        _project(conn, batch)


def _insert(conn: Connection, batch: Append) -> None:
    try:
        _INSERT.run_many(conn, [_row(batch.session, encoded) for encoded in batch.events])
    except IntegrityError as error:
        raise violation(conn, batch.session, [x.event for x in batch.events], error) from error


def _row(session: int, encoded: Encoded) -> dict[str, Any]:
    event = encoded.event
    return {
        "session": session,
        "seq": event.seq,
        "type": event.__struct_config__.tag,
        "turn": event.turn,
        "subject": getattr(event, "item", None) or getattr(event, "approval", None),
        "body": encoded.body,
    }


def _project(conn: Connection, batch: Append) -> None:
    for encoded in batch.events:
        project = PROJECTIONS.get(type(encoded.event))
        if project:
            project(conn, batch.session, encoded.event, encoded.body)
