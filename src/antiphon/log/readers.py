"""Readers: a few threads, each with a connection that cannot write. A read sees one moment of the log."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

READERS = 4

T = TypeVar("T")


class Readers:
    """Runs functions of a connection off the event loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._local = threading.local()
        self._open: list[Connection] = []
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="log-reader")

    async def run(self, function: Callable[[Connection], T]) -> T:
        """Run it in a transaction of its own."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, function)

    def _read(self, function: Callable[[Connection], T]) -> T:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._engine.connect()
            self._open.append(connection)
        try:
            connection.begin()  # not by itself: statements of the hot path go past SQLAlchemy
            return function(connection)
        finally:
            connection.rollback()

    def close(self) -> None:
        """Wait for the reads under way. Blocking."""
        self._pool.shutdown(wait=True)
        for connection in self._open:
            connection.close()
