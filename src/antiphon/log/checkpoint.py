"""Copies the write-ahead log into the database, beside the writer instead of within its commits.

A checkpoint waits for the disk, some ms; within a commit that is a wait for everybody.
"""

import threading

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

EVERY_SECONDS = 2.0


class Checkpointer:
    """A thread that checkpoints a while after a commit; nothing written, nothing done."""

    def __init__(self, engine: Engine) -> None:
        """`engine`'s connections can write."""
        self._connection = engine.connect()
        self._written = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log-checkpointer", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to copy. Called from any thread."""
        self._written.set()

    def close(self) -> None:
        """End. Blocking, for as long as a checkpoint takes."""
        self._closing.set()
        self._written.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while self._written.wait() and not self._closing.wait(EVERY_SECONDS):
            self._written.clear()
            try:
                self._connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").close()
            except OperationalError:
                self._written.set()  # a full disk: the log stays whole in the WAL, and the writer says so
