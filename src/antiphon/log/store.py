"""The log of a data directory: opened once, locked, migrated and checked; then `write` and `read`."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from antiphon.log import migrate, run, schema, sqlite
from antiphon.log.errors import LogClosed, LogCorrupt, LogNewer, LogOutdated, LogUnwritable, StorageFull
from antiphon.log.lock import FolderLock
from antiphon.log.readers import Readers
from antiphon.log.users import the_user
from antiphon.log.writer import Change, Writer

DATABASE = "antiphon.db"

T = TypeVar("T")


class Log:
    """The durable truth of one data directory."""

    node: str
    """This data directory's id, for ever."""
    instance: str
    """A short name of it, for the cookie."""
    boot_id: str
    forked: bool
    """This start gave the sessions new epochs: after a power loss, or on a restored database."""

    def __init__(self, folder: Path, engines: tuple[Engine, Engine], this: run.Run, lock: FolderLock | None) -> None:
        """Use `open` or `open_beside`."""
        self.folder = folder
        self.node, self.instance, self.boot_id, self.forked = this.node, this.instance, this.boot_id, this.forked
        self._lock = lock
        self._engines = engines
        self._readers = Readers(engines[1])
        self._writer = Writer(engines[0], self._translate, self._committed)
        self._writer.start()
        self._closed = False
        self._statement: Callable[[str, Any], None] | None = None

    @classmethod
    async def open(cls, folder: Path) -> "Log":
        """Open the directory's log as its one server, making both where they are not.

        Raises LogLocked, LogNewer, LogCorrupt, LogUnwritable.
        """
        return await asyncio.to_thread(cls._open, folder.absolute())

    @classmethod
    def _open(cls, folder: Path) -> "Log":
        _make(folder)
        lock = FolderLock(folder)
        try:
            engines = _engines(folder)
            this = _prepare(folder, engines[0])
            return cls(folder, engines, this, lock)
        except BaseException as error:
            lock.release()
            raise _opening(folder, error) from error

    @classmethod
    async def open_beside(cls, folder: Path) -> "Log":
        """Open the log for a moment, also while a server has it: no lock, no migration.

        Raises LogNewer, LogOutdated, LogCorrupt, LogUnwritable.
        """
        return await asyncio.to_thread(cls._open_beside, folder.absolute())

    @classmethod
    def _open_beside(cls, folder: Path) -> "Log":
        if not (folder / DATABASE).exists():
            raise LogOutdated(folder, "none", str(schema.VERSION))
        try:
            engines = _engines(folder)
            with engines[0].connect() as conn:
                _refuse_newer(folder, conn)
                found = migrate.version(conn)
                this = run.read(conn) if found == schema.VERSION else None
            if this is None:
                raise LogOutdated(folder, str(found), str(schema.VERSION))
            return cls(folder, engines, this, None)
        except BaseException as error:
            raise _opening(folder, error) from error

    async def close(self, *, clean: bool = True) -> None:
        """Commit what is queued and let go of the directory. `clean`: the run ended in good order."""
        if self._closed:
            return
        if clean and self._lock:
            await self.write(lambda conn: run.end(conn, self.node))
        self._closed = True
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        self._readers.close()
        for engine in self._engines:
            engine.dispose()
        if self._lock:
            self._lock.release()

    async def write(self, function: Callable[[Connection], T]) -> T:
        """Run the function on the writer thread; returns its result once it is committed.

        Its changes are one unit: what it raises undoes them all, and is raised here. Raises
        StorageFull, LogCorrupt, LogClosed. A cancelled caller does not undo it.
        """
        if self._closed:
            raise LogClosed()
        change = Change(function, asyncio.get_running_loop())
        self._writer.put(change)
        return await change.future

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Run the function on a reader thread; all its queries see the same moment. It cannot write."""
        if self._closed:
            raise LogClosed()
        try:
            return await self._readers.run(function)
        except DBAPIError as error:
            raise self._translate(error) from error

    def announce(self, url: str) -> None:
        """Note where this server is reached, for whoever starts a second one."""
        if self._lock:
            self._lock.announce(url)

    @property
    def on_statement(self) -> Callable[[str, Any], None] | None:
        """Called with each statement and its parameters, on the thread that runs it; None: off."""
        return self._statement

    @on_statement.setter
    def on_statement(self, call: Callable[[str, Any], None] | None) -> None:
        for engine in self._engines:
            if self._statement is None and call is not None:
                event.listen(engine, "before_cursor_execute", self._before)
            elif self._statement is not None and call is None:
                event.remove(engine, "before_cursor_execute", self._before)
        self._statement = call

    def _before(self, _conn: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if self._statement:
            self._statement(statement, parameters)

    def _translate(self, error: BaseException) -> BaseException:
        if not isinstance(error, DBAPIError):
            return error
        if sqlite.is_storage(error) or sqlite.is_busy(error):
            return StorageFull(self.folder, str(error.orig))
        if sqlite.is_corrupt(error):
            return LogCorrupt(self.folder, str(error.orig))
        return error

    def _committed(self) -> None:
        """The writer has committed."""


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / DATABASE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LogUnwritable(folder, str(error)) from error
    os.close(handle)


def _engines(folder: Path) -> tuple[Engine, Engine]:
    path = folder / DATABASE
    return sqlite.engine(path, writer=True), sqlite.engine(path, writer=False)


def _prepare(folder: Path, engine: Engine) -> run.Run:
    """Check, migrate and count this start, in one transaction: all of it or nothing."""
    with engine.connect() as conn:
        _refuse_newer(folder, conn)
        if migrate.version(conn) < schema.VERSION:
            migrate.upgrade(conn)
        migrate.ensure_indexes(conn)
        the_user(conn)
        this = run.begin(conn, folder)
        conn.commit()
        return this


def _refuse_newer(folder: Path, conn: Connection) -> None:
    found = migrate.version(conn)
    if found > schema.VERSION:
        raise LogNewer(folder, str(found), str(schema.VERSION))


def _opening(folder: Path, error: BaseException) -> BaseException:
    if isinstance(error, OSError):
        return LogUnwritable(folder, str(error))
    if not isinstance(error, DBAPIError):
        return error
    kind = LogCorrupt if sqlite.is_corrupt(error) else LogUnwritable
    return kind(folder, str(error.orig))
