"""Bring a database to this version's schema. Alembic is loaded only when there is something to do."""

from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.schema import CreateIndex

from antiphon.log import schema

MIGRATIONS = Path(__file__).with_name("migrations")


def version(conn: Connection) -> int:
    """The number of the newest migration that the database has had; 0: none."""
    return conn.exec_driver_sql("PRAGMA user_version").scalar() or 0


def upgrade(conn: Connection) -> None:
    """Run the migrations that are missing, in the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
    conn.exec_driver_sql(f"PRAGMA user_version = {schema.VERSION:d}")


def ensure_indexes(conn: Connection) -> None:
    """Make each index that is not there (somebody may have dropped one by hand)."""
    for index in schema.INDEXES:
        conn.execute(CreateIndex(index, if_not_exists=True))
