"""Append: the one way into a session's log.

One transaction holds the command, the compare-and-set of (generation, head), the events and
the rows derived from them. Nothing of it is there unless all of it is.
"""

from collections.abc import Sequence
from typing import get_args

from msgspec import Struct
from sqlalchemy import Connection, bindparam, update
from sqlalchemy.exc import IntegrityError

from antiphon.log import schema
from antiphon.log.commands import CommandRow, NewCommand, add_command
from antiphon.log.errors import AlreadyResolved, CommandSeen, Fenced, TurnEnded, TurnRunning
from antiphon.log.prepared import Prepared, PreparedRows
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


_s = schema.session_metadata.c
_ADVANCE = Prepared(
    update(schema.session_metadata)
    .where(
        _s.key == bindparam("session"), _s.generation == bindparam("known"), _s.head == bindparam("before")
    )
    .values(head=bindparam("after"))
)
_INSERT = PreparedRows(schema.event, ("session", "seq", "type", "turn", "subject", "body"))
_TAGS = {kind: str(kind.__struct_config__.tag) for kind in get_args(AnyEvent)}


def append(conn: Connection, batch: Append) -> None:
    """Add the batch's events to its session's log.

    Raises CommandSeen (the command is stored already), Fenced (generation or head differ),
    TurnRunning, TurnKnown, TurnEnded, UnknownTurn, AlreadyResolved, UnknownApproval.
    """
    events = batch.events
    after = batch.head + len(events)
    if any(encoded.event.seq != seq for seq, encoded in enumerate(events, batch.head + 1)):
        raise ValueError(f"the events must be numbered {batch.head + 1} to {after}")
    if batch.command:
        add_command(conn, batch.command)
    moved = _ADVANCE.change(
        conn, session=batch.session, known=batch.generation, before=batch.head, after=after
    )
    if moved != 1:
        raise Fenced(batch.session)
    _insert(conn, batch)
    _project(conn, batch)


def _insert(conn: Connection, batch: Append) -> None:
    try:
        _INSERT.run(conn, [_row(batch.session, encoded) for encoded in batch.events])
    except IntegrityError as error:
        raise violation(conn, batch.session, [x.event for x in batch.events], error) from error


def _row(session: int, encoded: Encoded) -> tuple[int, int, str, str | None, str | None, bytes]:
    event = encoded.event
    subject: str | None = getattr(event, "approval", None) or getattr(event, "item", None)
    return session, event.seq, _TAGS[type(event)], event.turn, subject, encoded.body


def _project(conn: Connection, batch: Append) -> None:
    for encoded in batch.events:
        project = PROJECTIONS.get(type(encoded.event))
        if project:
            project(conn, batch.session, encoded.event, encoded.body)
