"""What is SQLite's own: connections, transactions, pragmas, error codes."""

import contextlib
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool

BUSY_MS = 5000
CACHE_KIB = 4 * 1024
"""Page cache per connection."""
WAL_PAGES = 16 * 1024
"""The WAL's length (4 KiB pages) at which a commit copies it itself, when the checkpointer cannot keep up."""

_COMMON = (f"busy_timeout={BUSY_MS}", "foreign_keys=ON", "temp_store=MEMORY", f"cache_size=-{CACHE_KIB}")
_WRITER = ("journal_mode=WAL", "synchronous=NORMAL", f"wal_autocheckpoint={WAL_PAGES}")
_READER = ("query_only=ON",)

_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_STORAGE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,  # another process writes to the file for longer than BUSY_MS
    sqlite3.SQLITE_LOCKED,
}


# Connections


def writing(path: Path) -> Engine:
    """An engine whose connections write; transactions are begun and ended by the functions below."""
    return _engine(path, (*_COMMON, *_WRITER))


def reading(path: Path) -> Engine:
    """An engine whose connections cannot write; what SQLAlchemy takes for a transaction is one."""
    made = _engine(path, (*_COMMON, *_READER))
    event.listen(made, "begin", _begin_reading)
    return made


def _engine(path: Path, pragmas: tuple[str, ...]) -> Engine:
    def connected(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # the driver begins no transactions of its own
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}").close()

    url = URL.create("sqlite+pysqlite", database=str(path))
    arguments = {"check_same_thread": False, "cached_statements": 256}
    # hide_parameters: an error's text goes to the server's own log, and prompts do not belong there
    made = create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)
    event.listen(made, "connect", connected)
    return made


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


# Transactions of a writing connection, and its hot statements: straight through the driver, SQLAlchemy's own cost 80 µs


def _raw(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def begin(connection: Connection) -> None:
    """Begin to write: no other process can until the end."""
    _raw(connection).execute("BEGIN IMMEDIATE")


def commit(connection: Connection) -> None:
    _raw(connection).execute("COMMIT")


def roll_back(connection: Connection) -> None:
    """Undo the transaction, if SQLite has not done so itself. Never raises: what is wrong, the next begin tells."""
    if in_transaction(connection):
        with contextlib.suppress(sqlite3.Error):
            _raw(connection).execute("ROLLBACK")


def in_transaction(connection: Connection) -> bool:
    """Whether the transaction still stands: a full or failing disk may have undone it."""
    return _raw(connection).in_transaction


def change(connection: Connection, sql: str, parameters: Any = ()) -> int:
    """Execute a statement within a transaction; returns how many rows it changed. Raises IntegrityError as SQLAlchemy does."""
    if connection.dispatch.before_cursor_execute:  # somebody looks on, and SQLAlchemy tells them
        return connection.exec_driver_sql(sql, parameters).rowcount
    try:
        return _raw(connection).execute(sql, parameters).rowcount
    except sqlite3.IntegrityError as error:
        raise IntegrityError(sql, None, error) from error


def read(connection: Connection, sql: str, parameters: Any = ()) -> Iterable[tuple[Any, ...]]:
    """The rows of a query, as the driver gives them, within a transaction that was begun."""
    if connection.dispatch.before_cursor_execute:  # as in `change`
        return connection.exec_driver_sql(sql, parameters).all()
    return _raw(connection).execute(sql, parameters)


# Statements


def insert_or_ignore(table: Table) -> Insert:
    """An insert without effect where a unique constraint says that the row is there (see rowcount)."""
    return insert(table).on_conflict_do_nothing()


def damage(connection: Connection) -> str | None:
    """What SQLite finds wrong with the file; it reads all of it."""
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return None if found == "ok" else found


# Errors


def is_error(error: BaseException) -> bool:
    """Whether it comes from the database."""
    return isinstance(error, DBAPIError | sqlite3.Error)


def message(error: BaseException) -> str:
    """The database's own words."""
    return str(_original(error))


def is_corrupt(error: BaseException) -> bool:
    """The file is damaged, or no database."""
    return _code(error) in _CORRUPT


def is_storage(error: BaseException) -> bool:
    """The disk is full, failing or read-only, or the file is held by another process."""
    return _code(error) in _STORAGE


def is_busy(error: BaseException) -> bool:
    """Another program holds the file."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_readonly(error: BaseException) -> bool:
    """A reader tried to write."""
    return _code(error) == sqlite3.SQLITE_READONLY


def _original(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig else error


def _code(error: BaseException) -> int:
    return getattr(_original(error), "sqlite_errorcode", 0) & 0xFF


_VIOLATED = re.compile(r"UNIQUE constraint failed: (.*)")


def violated(error: IntegrityError) -> str:
    """The columns of the unique constraint that failed: `event.session, event.turn`; else an empty text."""
    found = _VIOLATED.search(message(error))
    return found[1] if found else ""
