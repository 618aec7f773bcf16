"""The log of a data directory: opened once, locked, migrated and checked; then `write` and `read`."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event

from antiphon.log import opening, run, sqlite
from antiphon.log.checkpoint import Checkpointer
from antiphon.log.errors import LogClosed, LogCorrupt, LogError, StorageFull
from antiphon.log.lock import FolderLock
from antiphon.log.readers import Readers
from antiphon.log.writer import Change, Commits, Writer

T = TypeVar("T")
Observer = Callable[[str, Any], None]


class Log:
    """The durable truth of one data directory."""

    node: str
    """This data directory's id, for ever."""
    instance: str
    """A short name of it, for the cookie."""
    boot_id: str
    forked: bool
    """This start gave the sessions new epochs: after a power loss, or on a restored database."""

    def __init__(self, folder: Path, this: run.Run, lock: FolderLock | None) -> None:
        """Use `open` or `open_beside`."""
        self.folder = folder
        self.node, self.instance, self.boot_id, self.forked = (
            this.node,
            this.instance,
            this.boot_id,
            this.forked,
        )
        self._lock = lock
        self._engines = sqlite.writing(folder / opening.DATABASE), sqlite.reading(folder / opening.DATABASE)
        self._observer: Observer | None = None
        self._checkpointer = Checkpointer(self._engines[0])
        self._writer = Writer(self._engines[0], self._checkpointer.wake)
        self._readers = Readers(self._engines[1])
        self._closed = False

    @classmethod
    async def open(cls, folder: Path) -> "Log":
        """Open the directory's log as its one server, making both where they are not.

        Raises LogLocked, LogNewer, LogCorrupt, LogUnwritable.
        """
        return await asyncio.to_thread(cls._open, folder)

    @classmethod
    def _open(cls, folder: Path) -> "Log":
        folder = folder.absolute()
        opening.make(folder)
        lock = FolderLock(folder)
        try:
            return cls(folder, opening.prepare(folder), lock)
        except BaseException as error:
            lock.release()
            raise opening.typed(folder, error) from error

    @classmethod
    async def open_beside(cls, folder: Path) -> "Log":
        """Open the log for a moment, also while a server has it: no lock, no migration, no count of the start.

        Raises LogNewer, LogOutdated, LogCorrupt, LogUnwritable.
        """
        return await asyncio.to_thread(cls._open_beside, folder)

    @classmethod
    def _open_beside(cls, folder: Path) -> "Log":
        folder = folder.absolute()
        try:
            return cls(folder, opening.beside(folder), None)
        except BaseException as error:
            raise opening.typed(folder, error) from error

    async def close(self, *, clean: bool = True) -> None:
        """Commit what is queued and let go of the directory. `clean`: the run ended in good order.

        On a full disk the run counts as not clean; what was committed is there all the same.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if clean and self._lock:
                with contextlib.suppress(StorageFull):
                    await self._write(lambda conn: run.end(conn, self.node))
        finally:
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        self._readers.close()
        self._checkpointer.close()
        if self._lock:
            self._lock.release()

    async def write(self, function: Callable[[Connection], T]) -> T:
        """Run the function on the writer thread; returns its result once it is committed.

        Its changes are one unit: what it raises undoes them all, and is raised here. It neither
        commits nor rolls back itself. Raises StorageFull, LogCorrupt, LogClosed. A caller that is
        cancelled does not undo it.
        """
        if self._closed:
            raise LogClosed()
        return await self._write(function)

    async def _write(self, function: Callable[[Connection], T]) -> T:
        change = Change(function, asyncio.get_running_loop())
        self._writer.put(change)
        try:
            return await change.future
        except Exception as error:
            typed = self._typed(error)
            if typed is None:
                raise
            raise typed from error

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Run the function on a reader thread; all its queries see the same moment. It cannot write.

        Raises LogCorrupt, StorageFull (a failing disk), LogClosed.
        """
        if self._closed:
            raise LogClosed()
        try:
            return await self._readers.run(function)
        except Exception as error:
            typed = None if sqlite.is_readonly(error) else self._typed(error)
            if typed is None:
                raise
            raise typed from error

    @property
    def commits(self) -> Commits:
        """How many there were in this run, and how long they took."""
        return self._writer.commits

    def announce(self, url: str) -> None:
        """Note where this server is reached, for whoever starts a second one."""
        if self._lock:
            self._lock.announce(url)

    @property
    def on_statement(self) -> Observer | None:
        """Called with each statement and its parameters, on the thread that runs it; None: off."""
        return self._observer

    @on_statement.setter
    def on_statement(self, observer: Observer | None) -> None:
        for engine in self._engines:
            if self._observer is None and observer is not None:
                event.listen(engine, "before_cursor_execute", self._observe)
            elif self._observer is not None and observer is None:
                event.remove(engine, "before_cursor_execute", self._observe)
        self._observer = observer

    def _observe(
        self, _conn: object, _cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if self._observer:
            self._observer(statement, parameters)

    def _typed(self, error: Exception) -> LogError | None:
        if sqlite.is_storage(error):
            return StorageFull(self.folder, sqlite.message(error))
        if sqlite.is_corrupt(error):
            return LogCorrupt(self.folder, sqlite.message(error))
        return None
