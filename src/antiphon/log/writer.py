"""The one writer: a thread that runs whatever is queued as one transaction (group commit).

1. Changes run in the order in which they were queued; each sees those before it.
2. When more than one is queued, each runs in a savepoint of its own: one that raises is
   undone alone, and the others of its group commit.
3. A future is resolved only after the commit; a failed commit fails the whole group.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Engine

from antiphon.log import sqlite

GROUP_CHANGES = 256
"""At most so many changes in one commit: the first one must not wait too long."""


class Change:
    """A function to run, and the future that waits for its result."""

    __slots__ = ("error", "function", "future", "loop", "result")

    def __init__(self, function: Callable[[Connection], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.function = function
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None


class Commits(Struct):
    """What was committed in this run."""

    count: int = 0
    seconds: float = 0.0
    """How long it took, all together."""


class Writer:
    """Takes changes from any event loop until it is closed."""

    def __init__(self, engine: Engine, committed: Callable[[], None]) -> None:
        """`committed` is called on the writer's thread after each commit."""
        self._connection = engine.connect()
        self._committed = committed
        self.commits = Commits()
        self._queue: SimpleQueue[Change | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def put(self, change: Change) -> None:
        """Queue a change; its future gets the result once it is committed."""
        self._queue.put(change)

    def close(self) -> None:
        """Commit what is queued, then end. Blocking."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        more = True
        while more:
            group, more = self._next()
            if group:
                self._commit(group)
                _resolve(group)

    def _next(self) -> tuple[list[Change], bool]:
        """Wait for a change, and take what else is queued; False: that was all there will ever be."""
        group: list[Change] = []
        item = self._queue.get()
        while item is not None:
            group.append(item)
            if len(group) == GROUP_CHANGES or self._queue.empty():
                return group, True
            item = self._queue.get()
        return group, False

    def _commit(self, group: list[Change]) -> None:
        began = time.monotonic()
        try:
            sqlite.begin(self._connection)
            self._apply(group)
            sqlite.commit(self._connection)
        except BaseException as error:
            sqlite.roll_back(self._connection)
            for change in group:
                change.error = change.error or error
        else:
            self.commits.count += 1
            self.commits.seconds += time.monotonic() - began
            self._committed()

    def _apply(self, group: list[Change]) -> None:
        if len(group) == 1:
            group[0].result = group[0].function(self._connection)
            return
        for change in group:
            self._in_savepoint(change)

    def _in_savepoint(self, change: Change) -> None:
        sqlite.change(self._connection, "SAVEPOINT change")
        try:
            change.result = change.function(self._connection)
        except BaseException as error:
            if not sqlite.in_transaction(self._connection):
                raise  # a full or failing disk has undone all of it: the group fails
            change.error = error
            sqlite.change(self._connection, "ROLLBACK TO change")
        sqlite.change(self._connection, "RELEASE change")


def _resolve(group: list[Change]) -> None:
    """Tell each event loop, once."""
    for loop in {change.loop for change in group}:
        with contextlib.suppress(RuntimeError):  # that loop is closed: nobody waits there any more
            loop.call_soon_threadsafe(_settle, [change for change in group if change.loop is loop])


def _settle(group: list[Change]) -> None:
    for change in group:
        if change.future.done():
            continue  # whoever waited was cancelled; the change is committed all the same
        if change.error is not None:
            change.future.set_exception(change.error)
        else:
            change.future.set_result(change.result)
