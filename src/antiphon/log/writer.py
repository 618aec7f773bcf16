"""The one writer: a thread that runs whatever is queued as one transaction (group commit).

1. Changes run in the order in which they were queued; each sees those before it.
2. When more than one is queued, each runs in a savepoint of its own: one that raises is
   undone alone, and the others of its group commit.
3. A future is resolved only after the commit; a failed commit fails the whole group.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection, Engine

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


class Writer:
    """Takes changes from any event loop until it is closed."""

    def __init__(self, engine: Engine, translate: Callable[[BaseException], BaseException], committed: Callable[[], None]) -> None:
        self._engine = engine
        self._translate = translate
        self._committed = committed
        self._queue: SimpleQueue[Change | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, change: Change) -> None:
        """Queue a change; its future gets the result once it is committed."""
        self._queue.put(change)

    def close(self) -> None:
        """Commit what is queued, then end. Blocking."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            group, more = self._next()
            while group:
                self._commit(connection, group)
                _resolve(group)
                group, more = self._next() if more else ([], False)

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

    def _commit(self, connection: Connection, group: list[Change]) -> None:
        try:
            connection.begin()
            if len(group) == 1:
                group[0].result = group[0].function(connection)
            else:
                for change in group:
                    self._in_savepoint(connection, change)
            connection.commit()
        except BaseException as error:
            connection.rollback()
            self._fail(group, error)
        else:
            self._committed()

    def _in_savepoint(self, connection: Connection, change: Change) -> None:
        connection.exec_driver_sql("SAVEPOINT change")
        try:
            change.result = change.function(connection)
        except Exception as error:
            connection.exec_driver_sql("ROLLBACK TO change")
            change.error = self._translate(error)
        connection.exec_driver_sql("RELEASE change")

    def _fail(self, group: list[Change], error: BaseException) -> None:
        translated = self._translate(error)
        for change in group:
            change.error = change.error or translated


def _resolve(group: list[Change]) -> None:
    """Tell each event loop once."""
    waiting = deque(group)
    while waiting:
        loop = waiting[0].loop
        mine = [change for change in waiting if change.loop is loop]
        waiting = deque(change for change in waiting if change.loop is not loop)
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, mine)


def _settle(group: list[Change]) -> None:
    for change in group:
        if change.future.done():
            continue  # whoever waited was cancelled; the change is committed all the same
        if change.error is not None:
            change.future.set_exception(change.error)
        else:
            change.future.set_result(change.result)
