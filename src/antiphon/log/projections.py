"""What each event changes in the rows: the turn, the approval, and the session's own row.

Written in the transaction of the append, so rows never tell another story than the log.
`last_activity` moves at turn boundaries and approvals only: a list must not be reordered by
every delta.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from antiphon.log import schema
from antiphon.log.errors import (
    AlreadyResolved,
    LogError,
    TurnEnded,
    TurnKnown,
    TurnRunning,
    UnknownApproval,
    UnknownTurn,
)
from antiphon.log.prepared import Prepared
from antiphon.log.rules import add_rule
from antiphon.log.sqlite import violated
from antiphon.model import events as e
from antiphon.model.items import Message

TITLE_CHARACTERS = 80

_s, _t, _a, _p = schema.session_metadata.c, schema.turn.c, schema.approval.c, schema.project.c
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(e.ApprovalRequested).decode


def _json(value: object) -> str:
    return _encode(value).decode()


def title_of(text: str) -> str:
    """A prompt's first line with something on it, cut to a title's length."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= TITLE_CHARACTERS else line[: TITLE_CHARACTERS - 1].rstrip() + "…"


# The session's own row


def _change(conn: Connection, session: int, **values: Any) -> None:
    conn.execute(update(schema.session_metadata).where(_s.key == session).values(values))


def _touch(conn: Connection, session: int, at: int, **values: Any) -> None:
    """Change the session's row and move it to the front of its lists: never back, what is imported is long past."""
    latest = case((_s.last_activity < at, at), else_=_s.last_activity)
    _change(conn, session, last_activity=latest, **values)
    project = select(_s.project_id).where(_s.key == session).scalar_subquery()
    conn.execute(
        update(schema.project).where(_p.key == project, _p.last_activity < at).values(last_activity=at)
    )


def _name(conn: Connection, session: int, text: str) -> None:
    """Name the session after its first prompt."""
    title = title_of(text)
    if title:
        unnamed = update(schema.session_metadata).where(_s.key == session, _s.display_name == "")
        conn.execute(unnamed.values(display_name=title))


# Turns


def _turn_queued(conn: Connection, session: int, event: e.TurnQueued, _body: bytes) -> None:
    last = select(func.coalesce(func.max(_t.position), 0) + 1).where(
        _t.session == session, _t.state == "queued"
    )
    row = _turn_row(session, event) | {
        "state": "queued",
        "queued_at": event.at,
        "position": last.scalar_subquery(),
    }
    _add_turn(conn, session, row)
    _touch(conn, session, event.at, queued=_s.queued + 1)
    _name(conn, session, event.text)


def _turn_edited(conn: Connection, session: int, event: e.TurnEdited, _body: bytes) -> None:
    queued = update(schema.turn).where(_t.session == session, _t.id == event.turn, _t.state == "queued")
    if not conn.execute(queued.values(text=event.text)).rowcount:
        raise UnknownTurn(session, event.turn or "")


def _turn_row(session: int, event: e.TurnQueued | e.TurnStarted) -> dict[str, Any]:
    return {
        "id": event.turn,
        "session": session,
        "text": event.text,
        "attachments": _json(event.attachments),
        "command": event.command,
    }


def _add_turn(conn: Connection, session: int, row: dict[str, Any]) -> None:
    try:
        conn.execute(insert(schema.turn).values(row))
    except IntegrityError as error:
        raise _turn_violation(session, row["id"], error) from error


def _turn_violation(session: int, turn: str, error: IntegrityError) -> Exception:
    by_columns = {"turn.session": TurnRunning(session), "turn.session, turn.id": TurnKnown(turn)}
    return by_columns.get(violated(error), error)


def _turn_started(conn: Connection, session: int, event: e.TurnStarted, _body: bytes) -> None:
    was_queued = _start_queued(conn, session, event)
    if not was_queued:
        row = _turn_row(session, event) | {
            "state": "running",
            "started_at": event.at,
            "retry_of": event.retry_of,
        }
        _add_turn(conn, session, row)
    _touch(
        conn,
        session,
        event.at,
        running=event.turn,
        stalled=False,
        queued=_s.queued - was_queued,
        message_count=_s.message_count + (event.origin == "person"),
    )
    if event.origin == "person":
        _name(conn, session, event.text)


def _start_queued(conn: Connection, session: int, event: e.TurnStarted) -> int:
    """1 when the turn waited in the queue and now runs, else 0."""
    queued = update(schema.turn).where(_t.session == session, _t.id == event.turn, _t.state == "queued")
    values = {"state": "running", "started_at": event.at, "position": None, "retry_of": event.retry_of}
    try:
        return conn.execute(queued.values(values)).rowcount
    except IntegrityError as error:
        raise _turn_violation(session, event.turn or "", error) from error


def _turn_steered(conn: Connection, session: int, event: e.TurnSteered, _body: bytes) -> None:
    _touch(conn, session, event.at, message_count=_s.message_count + 1)


def _turn_ended(conn: Connection, session: int, event: e.TurnEnd, _body: bytes) -> None:
    was = conn.execute(select(_t.state).where(_t.session == session, _t.id == event.turn)).scalar()
    if was is None:
        raise UnknownTurn(session, event.turn or "")
    kind = str(event.__struct_config__.tag)
    failure = _json(event.failure) if isinstance(event, e.TurnFailed) else None
    values = {"state": kind.removeprefix("turn-"), "ended_at": event.at, "failure": failure, "position": None}
    values |= {"stalled_since": None, "stalled_limit": None}
    conn.execute(update(schema.turn).where(_t.session == session, _t.id == event.turn).values(values))
    if was == "queued":
        _touch(conn, session, event.at, queued=_s.queued - 1)
    else:
        _touch(conn, session, event.at, running=None, stalled=False, last_end=kind, ended=event.seq)


def _turn_stalled(conn: Connection, session: int, event: e.TurnStalled, _body: bytes) -> None:
    _stall(conn, session, event.turn, event.since, event.limit)


def _turn_alive(conn: Connection, session: int, event: e.TurnAlive, _body: bytes) -> None:
    _stall(conn, session, event.turn, None, None)


def _stall(conn: Connection, session: int, turn: str | None, since: int | None, limit: int | None) -> None:
    running = update(schema.turn).where(_t.session == session, _t.id == turn, _t.state == "running")
    conn.execute(running.values(stalled_since=since, stalled_limit=limit))
    _change(conn, session, stalled=since is not None)


# Items and approvals

_COUNT = Prepared(
    update(schema.session_metadata)
    .where(_s.key == bindparam("session"))
    .values(message_count=_s.message_count + bindparam("more"))
)


def _item_completed(conn: Connection, session: int, event: e.ItemCompleted, _body: bytes) -> None:
    if isinstance(event.content, Message) and event.content.role == "agent":
        _COUNT.run(conn, session=session, more=1)


def _approval_requested(conn: Connection, session: int, event: e.ApprovalRequested, body: bytes) -> None:
    row = {
        "id": event.approval,
        "session": session,
        "turn": event.turn,
        "body": body,
        "requested_at": event.at,
    }
    conn.execute(insert(schema.approval).values(row))
    _touch(conn, session, event.at, waiting=_s.waiting + 1)


def _approval_resolved(conn: Connection, session: int, event: e.ApprovalResolved, _body: bytes) -> None:
    this = update(schema.approval).where(_a.session == session, _a.id == event.approval)
    values = {"resolved_at": event.at, "resolved_by": event.by, "option": event.option}
    if not conn.execute(this.values(values)).rowcount:
        raise UnknownApproval(session, event.approval)
    _touch(conn, session, event.at, waiting=_s.waiting - 1)
    if event.by == "person" and event.option:
        _keep_rule(conn, session, event)


def _keep_rule(conn: Connection, session: int, event: e.ApprovalResolved) -> None:
    """Keep what was allowed for always, as the logged question offered it."""
    body = conn.execute(select(_a.body).where(_a.session == session, _a.id == event.approval)).scalar_one()
    chosen = next((x for x in _decode(body).options if x.id == event.option), None)
    if chosen and chosen.kind == "allow-always" and chosen.rule:
        add_rule(conn, session, chosen.rule, chosen.label, event.at)


def _resolved(conn: Connection, session: int, approval: str) -> LogError:
    """How the approval was closed, as the error for a later answer."""
    columns = select(_a.resolved_by, _a.option).where(_a.session == session, _a.id == approval)
    row = conn.execute(columns).first()
    return AlreadyResolved(approval, row[0] or "", row[1]) if row else UnknownApproval(session, approval)


# The session's facts


def _session_updated(conn: Connection, session: int, event: e.SessionUpdated, _body: bytes) -> None:
    facts = {
        "display_name": event.title,
        "model": event.model,
        "mode": event.mode,
        "effort": event.effort,
        "is_starred": event.starred,
        "queue_held": event.queue_held,
        "lost": event.lost,
        "tasks": None if event.tasks is None else len(event.tasks),
    }
    changed = {name: value for name, value in facts.items() if value is not None}
    if event.lost:
        _change(conn, session, native_session_id=None, fork_of=None)
    if changed:
        _change(conn, session, **changed)
    for position, turn in enumerate(event.queue or (), 1):
        queued = update(schema.turn).where(_t.session == session, _t.id == turn, _t.state == "queued")
        conn.execute(queued.values(position=position))


PROJECTIONS: dict[type[e.Event], Callable[[Connection, int, Any, bytes], None]] = {
    e.TurnQueued: _turn_queued,
    e.TurnEdited: _turn_edited,
    e.TurnStarted: _turn_started,
    e.TurnSteered: _turn_steered,
    e.TurnCompleted: _turn_ended,
    e.TurnFailed: _turn_ended,
    e.TurnCancelled: _turn_ended,
    e.TurnInterrupted: _turn_ended,
    e.TurnStalled: _turn_stalled,
    e.TurnAlive: _turn_alive,
    e.ItemCompleted: _item_completed,
    e.ApprovalRequested: _approval_requested,
    e.ApprovalResolved: _approval_resolved,
    e.SessionUpdated: _session_updated,
}


def violation(
    conn: Connection, session: int, events: Sequence[e.AnyEvent], error: IntegrityError
) -> Exception:
    """The typed error for a unique index of the event table that refused these events."""
    columns = violated(error)
    if columns == "event.session, event.turn":
        return TurnEnded(_first_ended(conn, session, events))
    if columns == "event.session, event.subject":
        approvals = [x.approval for x in events if isinstance(x, e.ApprovalResolved)]
        found = [_resolved(conn, session, approval) for approval in approvals]
        return next((x for x in found if isinstance(x, AlreadyResolved) and x.by), found[0])
    return error


def _first_ended(conn: Connection, session: int, events: Sequence[e.AnyEvent]) -> str:
    ends = [x.turn or "" for x in events if isinstance(x, e.TURN_ENDS)]
    over = select(_t.id).where(_t.session == session, _t.id.in_(ends), _t.ended_at.is_not(None))
    return conn.execute(over).scalar() or ends[-1]
