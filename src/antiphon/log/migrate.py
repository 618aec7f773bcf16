"""Bring a database to this version's schema. Alembic is loaded only when there is something to do."""

from pathlib import Path

from sqlalchemy import Connection, inspect, select, table
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql import column

from antiphon.log import schema

MIGRATIONS = Path(__file__).with_name("migrations")

_STAMP = table("alembic_version", column("version_num"))


def revision(conn: Connection) -> str:
    """The newest migration that the database has had; an empty text for none."""
    if not inspect(conn).has_table(_STAMP.name):
        return ""
    return conn.scalar(select(_STAMP.c.version_num)) or ""


def upgrade(conn: Connection) -> None:
    """Run the migrations that are missing, in the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def ensure_indexes(conn: Connection) -> None:
    """Make each index that is not there (somebody may have dropped one by hand)."""
    for index in schema.INDEXES:
        conn.execute(CreateIndex(index, if_not_exists=True))
