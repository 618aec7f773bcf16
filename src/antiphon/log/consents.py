"""Consents: where a person agreed that an agent works without asking (`Capabilities.consent`), until they take it back."""

from typing import Any

from sqlalchemy import Connection, Select, delete, exists, select

from antiphon.log import schema
from antiphon.log.record import Record
from antiphon.log.sqlite import insert_or_ignore


class Consent(Record, frozen=True):
    """One of them."""

    project: str
    """The project's id."""
    provider: str
    created_at: int
    """ms since the Unix epoch."""


_c, _p, _s = schema.consent.c, schema.project.c, schema.session_metadata.c


def _select() -> Select[*tuple[Any, ...]]:
    columns = select(_p.id, _c.provider, _c.created_at)
    return columns.join_from(schema.consent, schema.project, _p.key == _c.project_id)


def give(conn: Connection, user: int, project: str, provider: str, at: int) -> Consent:
    """The user agrees, in their project (by its id). The same again changes nothing."""
    owned = select(_p.key).where(_p.user_id == user, _p.id == project)
    values = {"user_id": user, "project_id": conn.execute(owned).scalar_one(), "provider": provider}
    conn.execute(insert_or_ignore(schema.consent).values(**values, created_at=at))
    query = _select().where(_c.user_id == user, _p.id == project, _c.provider == provider)
    return Consent.from_row(conn.execute(query).one())


def given(conn: Connection, session: int) -> bool:
    """Whether it holds for the session's agent."""
    own = (_c.user_id == _s.user_id, _c.project_id == _s.project_id, _c.provider == _s.provider)
    return bool(conn.scalar(select(exists().where(_s.key == session, *own))))


def list_consents(conn: Connection, user: int, project: str | None = None) -> list[Consent]:
    """The user's consents (in one project, by its id), in the order of agreeing."""
    query = _select().where(_c.user_id == user).order_by(_c.key)
    if project is not None:
        query = query.where(_p.id == project)
    return [Consent.from_row(row) for row in conn.execute(query)]


def take_back(conn: Connection, user: int, project: str, provider: str) -> bool:
    """Delete it; False where there was none."""
    owned = select(_p.key).where(_p.user_id == user, _p.id == project).scalar_subquery()
    found = delete(schema.consent).where(_c.user_id == user, _c.project_id == owned, _c.provider == provider)
    return conn.execute(found).rowcount > 0
