"""What is SQLite's own: connections, pragmas, error codes. Nothing else here knows of it."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool

BUSY_MS = 5000
CACHE_KIB = 16 * 1024
"""Page cache per connection."""
WAL_PAGES = 16 * 1024
"""Only when the checkpoint thread cannot keep up does a commit copy the WAL itself."""

_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_STORAGE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def engine(path: Path, *, writer: bool) -> Engine:
    """An engine whose connections begin with BEGIN IMMEDIATE (writer), or cannot write (reader)."""
    made = create_engine(URL.create("sqlite+pysqlite", database=str(path)), poolclass=NullPool, connect_args={"check_same_thread": False})
    event.listen(made, "connect", _connected(writer))
    event.listen(made, "begin", _begin(writer))
    return made


def _connected(writer: bool) -> Callable[[Any, Any], None]:
    def connected(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # the driver must not begin transactions of its own
        for pragma in _pragmas(writer):
            raw.execute(f"PRAGMA {pragma}").close()

    return connected


def _pragmas(writer: bool) -> list[str]:
    common = [f"busy_timeout={BUSY_MS}", "foreign_keys=ON", "temp_store=MEMORY", f"cache_size=-{CACHE_KIB}"]
    if not writer:
        return [*common, "query_only=ON"]
    return [*common, "journal_mode=WAL", "synchronous=NORMAL", f"wal_autocheckpoint={WAL_PAGES}"]


def _begin(writer: bool) -> Callable[[Any], None]:
    statement = "BEGIN IMMEDIATE" if writer else "BEGIN"

    def begin(connection: Any) -> None:
        connection.exec_driver_sql(statement)

    return begin


def insert_or_ignore(table: Table) -> Insert:
    """An insert without effect where a unique constraint says that the row is there (see rowcount)."""
    return insert(table).on_conflict_do_nothing()


def _code(error: BaseException) -> int:
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlite_errorcode", 0) & 0xFF


def is_corrupt(error: BaseException) -> bool:
    """The file is damaged, or no database."""
    return _code(error) in _CORRUPT


def is_storage(error: BaseException) -> bool:
    """The disk is full, failing or read-only."""
    return _code(error) in _STORAGE


def is_busy(error: BaseException) -> bool:
    """Another process held the database for longer than `BUSY_MS`."""
    return _code(error) in _BUSY


_VIOLATED = re.compile(r"UNIQUE constraint failed: (.*)")


def violated(error: IntegrityError) -> str:
    """The columns of the unique constraint that failed: `event.session, event.turn`; empty for another kind."""
    found = _VIOLATED.search(str(error.orig))
    return found[1] if found else ""
