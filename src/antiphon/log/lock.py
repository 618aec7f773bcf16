"""The lock of a data directory: held by the system for as long as the process lives, however it dies."""

import fcntl
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from antiphon.log.errors import LogLocked, LogUnwritable

NAME = "antiphon.lock"


class Holder(Struct, frozen=True, kw_only=True):
    """Who holds the directory, and where it serves."""

    pid: int | None = None
    url: str | None = None


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
            raise LogLocked(holder.pid, holder.url, folder) from error
        self.announce(None)

    def announce(self, url: str | None) -> None:
        """Write who holds it. In place: another file of the name would have another lock."""
        text = msgspec.json.encode(Holder(pid=os.getpid(), url=url))
        try:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, text, 0)
        except OSError as error:
            raise LogUnwritable(self._folder, str(error)) from error

    def _read(self) -> Holder:
        try:
            return msgspec.json.decode(os.pread(self._handle, 4096, 0), type=Holder)
        except (msgspec.DecodeError, OSError):  # its holder is just writing it
            return Holder()

    def release(self) -> None:
        """Let go; the file stays (removing it would let two processes hold two locks)."""
        os.close(self._handle)
