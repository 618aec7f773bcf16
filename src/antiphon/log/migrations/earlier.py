"""A database that somebody made before this schema: its tables are kept, its sessions brought over.

A table of ours with other columns is renamed to `NAME_earlier`, never dropped. Of an earlier
`session_metadata` every session is copied, under a project of its project's name.
"""

import time
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from antiphon.log import schema
from antiphon.log.users import the_user
from antiphon.model.ids import is_id, new_id

LATER: dict[str, set[str]] = {"session_metadata": {"lost", "tasks", "imported", "ended", "seen"}}
"""Columns that later migrations add: a table without them is not an earlier one, only an older one of ours."""

SECONDS_LIMIT = 100_000_000_000
"""A number above it is a time in ms, one below in seconds."""


def set_aside(conn: Connection) -> str | None:
    """Rename the tables that have our names but not our columns; returns the name of the earlier session table."""
    inspector = sa.inspect(conn)
    moved: dict[str, str] = {}
    for name in set(inspector.get_table_names()) & set(schema.metadata.tables):
        columns = {column["name"] for column in inspector.get_columns(name)}
        first = {column.name for column in schema.metadata.tables[name].columns} - LATER.get(name, set())
        if not columns >= first:
            moved[name] = _rename(conn, name, [index["name"] or "" for index in inspector.get_indexes(name)])
    return moved.get("session_metadata")


def _rename(conn: Connection, name: str, indexes: list[str]) -> str:
    """Indexes go along with a renamed table and would keep their names from the new one, so they are dropped."""
    quote = conn.dialect.identifier_preparer.quote
    for index in indexes:
        conn.exec_driver_sql(f"DROP INDEX IF EXISTS {quote(index)}")
    taken, earlier = set(sa.inspect(conn).get_table_names()), f"{name}_earlier"
    while earlier in taken:
        earlier += "_"
    conn.exec_driver_sql(f"ALTER TABLE {quote(name)} RENAME TO {quote(earlier)}")
    return earlier


def bring_over(conn: Connection, earlier: str | None) -> None:
    """Copy the sessions of the earlier table, as far as it tells of them."""
    if earlier is None:
        return
    every = sa.select(sa.literal_column("*", sa.Text)).select_from(sa.table(earlier))
    now = time.time_ns() // 1_000_000
    projects: dict[str, int] = {}
    ids: set[str] = set()
    for row in conn.execute(every).mappings().all():
        name = str(row.get("project_name") or "earlier")
        if name not in projects:
            projects[name] = _project(conn, name, now)
        session = _session(row, name, now)
        if session["id"] in ids or not is_id(session["id"]):
            session["id"] = new_id()
        ids.add(session["id"])
        owned = {"user_id": the_user(conn).key, "project_id": projects[name]}
        conn.execute(sa.insert(schema.session_metadata).values(session | owned))


def _project(conn: Connection, name: str, now: int) -> int:
    """A project whose folder nobody told: its path is its name, so the page shows it as missing."""
    values = {
        "id": new_id(),
        "user_id": the_user(conn).key,
        "name": name,
        "path": name,
        "created_at": now,
        "last_activity": now,
    }
    conn.execute(sa.insert(schema.project).values(values))
    return conn.scalars(sa.select(schema.project.c.key).where(schema.project.c.id == values["id"])).one()


def _session(row: Any, project_name: str, now: int) -> dict[str, Any]:
    """What the row tells of its session."""
    id = str(row.get("session_id") or row.get("id") or "")
    created = _ms(row.get("created_at"), now)
    return {
        "id": id,
        "project_name": project_name,
        "provider": str(row.get("provider") or "claude"),
        "display_name": str(row.get("display_name") or row.get("title") or ""),
        "last_activity": _ms(row.get("last_activity"), created),
        "created_at": created,
        "message_count": _number(row.get("message_count")),
        "is_starred": _number(row.get("is_starred")) != 0,
        "metadata": str(row.get("metadata") or "{}"),
        "native_session_id": id or None,
        "node": "",
        "epoch": new_id(),
    }


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isdigit() else 0


def _ms(value: object, default: int) -> int:
    """A time of whatever form (ISO 8601, seconds, ms) as ms since the Unix epoch."""
    if isinstance(value, str) and not value.isdigit():
        return _parsed(value, default)
    if not isinstance(value, int | float | str):
        return default
    number = float(value)
    return int(number if number > SECONDS_LIMIT else number * 1000)


def _parsed(value: str, default: int) -> int:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return default
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
