"""Approvals: questions from agents to people, open until somebody or something closes them."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from antiphon.log import schema
from antiphon.model.events import ApprovalRequested


class ApprovalRow(Struct, frozen=True, kw_only=True):
    """An approval, and how it was closed."""

    session: int
    """The session's key."""
    request: ApprovalRequested
    resolved_at: int | None = None
    by: str | None = None
    option: str | None = None

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> "ApprovalRow":
        return cls(session=row[0], request=_decode(row[1]), resolved_at=row[2], by=row[3], option=row[4])


_a, _s = schema.approval.c, schema.session_metadata.c
_decode = msgspec.json.Decoder(ApprovalRequested).decode


def get_approval(conn: Connection, session: int, approval: str) -> ApprovalRow | None:
    """The session's approval by its id."""
    columns = select(_a.session, _a.body, _a.resolved_at, _a.resolved_by, _a.option)
    row = conn.execute(columns.where(_a.session == session, _a.id == approval)).first()
    return ApprovalRow.from_row(row) if row else None


def open_approvals(conn: Connection, session: int) -> list[ApprovalRequested]:
    """What the session's agent waits for, in the order of asking."""
    query = select(_a.body).where(_a.session == session, _a.resolved_at.is_(None)).order_by(_a.key)
    return [_decode(body) for body in conn.scalars(query)]


def waiting(conn: Connection, user: int) -> list[tuple[str, ApprovalRequested]]:
    """All open approvals of the user's sessions, each with its session's id."""
    query = select(_a.key, _s.id, _a.body).join_from(
        schema.approval, schema.session_metadata, _s.key == _a.session
    )
    # Sorted here: an ORDER BY key would make SQLite walk the whole table instead of the open ones.
    found = conn.execute(query.where(_a.resolved_at.is_(None), _s.user_id == user, _s.trashed_at.is_(None)))
    return [(session, _decode(body)) for _, session, body in sorted(found, key=itemgetter(0))]
