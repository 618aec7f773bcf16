"""The lock of a data directory: held by the system for as long as the process lives, however it dies."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from antiphon.log.errors import LogLocked, LogUnwritable

NAME = "antiphon.lock"


class FolderLock:
    """An flock on D/antiphon.lock, whose text says who holds it and where it serves."""

    def __init__(self, folder: Path) -> None:
        """Take it. Raises LogLocked, LogUnwritable."""
        self._folder = folder
        try:
            self._handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LogUnwritable(folder, str(error)) from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = self._read()
            os.close(self._handle)
            raise LogLocked(holder.get("pid"), holder.get("url"), folder) from error
        self.announce(None)

    def announce(self, url: str | None) -> None:
        """Write who holds it. In place: another file of the name would have another lock."""
        text = json.dumps({"pid": os.getpid(), "url": url}).encode()
        try:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, text, 0)
        except OSError as error:
            raise LogUnwritable(self._folder, str(error)) from error

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(os.pread(self._handle, 4096, 0))
        except ValueError:  # its holder is just writing it
            return {}
        return found if isinstance(found, dict) else {}

    def release(self) -> None:
        """Let go; the file stays (removing it would let two processes hold two locks)."""
        os.close(self._handle)
