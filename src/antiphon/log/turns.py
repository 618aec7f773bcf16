"""Turns: a row each, which the projections keep."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, select

from antiphon.log import schema
from antiphon.log.record import Record
from antiphon.log.sessions import Session, select_sessions
from antiphon.model.events import QueuedTurn
from antiphon.model.failures import Failure

LATEST_SESSIONS = 30
"""Of a project, where its earlier prompts are looked for."""

TurnState = Literal["queued", "running", "completed", "failed", "cancelled", "interrupted"]


class TurnRow(Record, frozen=True):
    """A turn. Times are ms since the Unix epoch."""

    id: str
    session: int
    """The session's key."""
    state: TurnState
    text: str
    attachments: list[str] = []
    command: str | None = None
    retry_of: str | None = None
    queued_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    failure: Failure | None = None
    position: int | None = None
    stalled_since: int | None = None
    stalled_limit: int | None = None

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> "TurnRow":
        values = dict(zip(cls.__struct_fields__, row, strict=True))
        values["attachments"] = msgspec.json.decode(values["attachments"], type=list[str])
        if values["failure"]:
            values["failure"] = msgspec.json.decode(values["failure"], type=Failure)
        return cls(**values)


_t, _s = schema.turn.c, schema.session_metadata.c
_SELECT = select(*(_t[name] for name in TurnRow.__struct_fields__))


def get_turn(conn: Connection, session: int, turn: str) -> TurnRow | None:
    """The session's turn by its id."""
    row = conn.execute(_SELECT.where(_t.session == session, _t.id == turn)).first()
    return TurnRow.from_row(row) if row else None


def running_turn(conn: Connection, session: int) -> TurnRow | None:
    """The turn that runs in the session."""
    row = conn.execute(_SELECT.where(_t.session == session, _t.state == schema.literal("running"))).first()
    return TurnRow.from_row(row) if row else None


def beside(conn: Connection, session: int, turn: TurnRow, now: int) -> int:
    """How many turns of other sessions in the same project ran while this one did."""
    project = select(_s.project_id).where(_s.key == session).scalar_subquery()
    same = select(_s.key).where(_s.project_id == project, _s.key != session)
    started, ended = turn.started_at or now, turn.ended_at or now
    query = select(func.count()).where(
        _t.session.in_(same), _t.started_at < ended, func.coalesce(_t.ended_at, now) > started
    )
    return conn.scalar(query) or 0


def running_turns(conn: Connection, node: str) -> list[tuple[Session, TurnRow]]:
    """What runs on the node, or ran when its server died."""
    query = select_sessions().where(_s.node == node, _s.running.is_not(None)).order_by(_s.key)
    sessions = [Session.from_row(row) for row in conn.execute(query)]
    found = [(session, running_turn(conn, session.key)) for session in sessions]
    return [(session, turn) for session, turn in found if turn]


def queue(conn: Connection, session: int) -> list[QueuedTurn]:
    """The session's waiting turns in their order."""
    query = _SELECT.where(_t.session == session, _t.state == schema.literal("queued")).order_by(_t.position)
    return [_queued(TurnRow.from_row(row)) for row in conn.execute(query)]


def started(conn: Connection, session: int) -> list[TurnRow]:
    """The session's turns that have begun, in the order of their beginning."""
    rows = conn.execute(_SELECT.where(_t.session == session, _t.started_at.is_not(None)))
    return sorted(map(TurnRow.from_row, rows), key=lambda turn: turn.started_at or 0)


def latest_texts(conn: Connection, project: int, limit: int) -> list[tuple[str, int]]:
    """What people asked in the project's latest sessions, and when: the latest first, each text once."""
    in_project = _s.project_id == project
    sessions = select(_s.key).where(in_project).order_by(_s.last_activity.desc()).limit(LATEST_SESSIONS)
    asked = select(_t.text, _t.started_at, _t.queued_at).where(
        _t.session.in_(sessions.scalar_subquery()), _t.command.is_not(None)
    )
    found: dict[str, int] = {}
    for text, started, queued in conn.execute(asked.order_by(_t.key.desc()).limit(limit * 3)):
        found.setdefault(text, started or queued or 0)
    return list(found.items())[:limit]


def _queued(turn: TurnRow) -> QueuedTurn:
    return QueuedTurn(
        turn=turn.id,
        text=turn.text,
        at=turn.queued_at or 0,
        attachments=turn.attachments,
        command=turn.command,
    )
