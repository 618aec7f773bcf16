"""Rules: what a person allowed an agent for always, in one project, until they take it back."""

from typing import Any

from sqlalchemy import Connection, Select, delete, select

from antiphon.log import schema
from antiphon.log.record import Record
from antiphon.log.sqlite import insert_or_ignore
from antiphon.model.ids import new_id


class Rule(Record, frozen=True):
    """One of them."""

    id: str
    project: str
    """The project's id."""
    provider: str
    rule: str
    """In the agent's own notation (`Option.rule`)."""
    label: str
    """What the person chose, in the words of the option."""
    created_at: int
    """ms since the Unix epoch."""


_r, _p, _s = schema.permission_rule.c, schema.project.c, schema.session_metadata.c


def _select() -> Select[*tuple[Any, ...]]:
    columns = select(_r.id, _p.id, _r.provider, _r.rule, _r.label, _r.created_at)
    return columns.join_from(schema.permission_rule, schema.project, _p.key == _r.project_id)


def add_rule(conn: Connection, session: int, rule: str, label: str, at: int) -> None:
    """Keep a rule for the session's user, project and provider. The same again changes nothing."""
    of = conn.execute(select(_s.user_id, _s.project_id, _s.provider).where(_s.key == session)).one()
    values = {"id": new_id(), "user_id": of[0], "project_id": of[1], "provider": of[2]}
    values |= {"rule": rule, "label": label, "created_at": at}
    conn.execute(insert_or_ignore(schema.permission_rule).values(values))


def rules_of_session(conn: Connection, session: int) -> list[str]:
    """What holds for the session's agent, in the order of allowing."""
    own = (_r.user_id == _s.user_id, _r.project_id == _s.project_id, _r.provider == _s.provider)
    query = select(_r.rule).join_from(schema.session_metadata, schema.permission_rule, _s.key == session)
    return list(conn.scalars(query.where(*own).order_by(_r.key)))


def list_rules(conn: Connection, user: int, project: str | None = None) -> list[Rule]:
    """The user's rules (of one project, by its id), in the order of allowing."""
    query = _select().where(_r.user_id == user).order_by(_r.key)
    if project is not None:
        query = query.where(_p.id == project)
    return [Rule.from_row(row) for row in conn.execute(query)]


def take_back(conn: Connection, user: int, id: str) -> Rule | None:
    """Delete the user's rule; returns what it was, or None where there is none of this id."""
    row = conn.execute(_select().where(_r.user_id == user, _r.id == id)).first()
    conn.execute(delete(schema.permission_rule).where(_r.user_id == user, _r.id == id))
    return Rule.from_row(row) if row else None
