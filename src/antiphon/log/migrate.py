"""Bring a database to this version's schema. Alembic is loaded only when there is something to migrate."""

from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy.schema import CreateIndex, CreateTable

from antiphon.log import schema

MIGRATIONS = Path(__file__).with_name("migrations")

_STAMP = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic makes it."""


def revision(conn: Connection) -> str:
    """The newest migration that the database has had; an empty text for none."""
    if not inspect(conn).has_table(_STAMP.name):
        return ""
    return conn.scalar(select(_STAMP.c.version_num)) or ""


def upgrade(conn: Connection) -> None:
    """Bring the database to this version's schema, in the caller's transaction."""
    if inspect(conn).get_table_names():
        _migrate(conn)
    else:
        _make(conn)


def _make(conn: Connection) -> None:
    """What the migrations make of nothing, without Alembic: a third of the first start, and 10 MB from then on."""
    for table in schema.metadata.sorted_tables:
        # The indexes come by themselves, in one order: where two would do, SQLite takes the newer.
        conn.execute(CreateTable(table))
    ensure_indexes(conn)
    _STAMP.create(conn)
    conn.execute(insert(_STAMP).values(version_num=schema.REVISION))


def _migrate(conn: Connection) -> None:
    """Run the migrations that are missing."""
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
