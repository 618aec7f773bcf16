"""One conversation of an agent's is run by one process of ours: over all sessions, and all servers, of a user.

Agents do not see to it themselves: two that resume the same conversation both write to it. So
whoever starts one holds a lock file named by the conversation; the system lets go of it when its
holder dies, however it dies.
"""

import contextlib
import fcntl
import json
import os
import re
from pathlib import Path
from typing import Any, cast

_NAME = re.compile(r"[^A-Za-z0-9_.-]")


class NativeTaken(Exception):
    """The conversation is open in {where}."""

    def __init__(self, where: str) -> None:
        super().__init__(f"The conversation is open in {where}.")
        self.where = where


class Claim:
    """A conversation that is ours until it is released."""

    def __init__(self, handle: int, path: Path) -> None:
        self._handle: int | None = handle
        self._path = path

    def release(self) -> None:
        """Let go. Idempotent."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()  # while it is held: whoever waits for this file finds it gone and takes a new one
            os.close(handle)


class Claims:
    """The locks of one user's conversations."""

    def __init__(self, folder: Path, where: str) -> None:
        """`folder`: the same for all servers of the user. `where`: this server, for people."""
        self._folder, self._where = folder, where

    def take(self, provider: str, native: str, session: str) -> Claim:
        """Hold the conversation. Raises NativeTaken; OSError where the folder cannot be written."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(provider, native)
        while True:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            claim: Claim | None = None
            try:
                claim = self._locked(handle, path)
            finally:
                if claim is None:  # left open it would hold the lock against ourselves, until the server ends
                    os.close(handle)
            if claim:
                self._sign(handle, session)
                return claim

    def _locked(self, handle: int, path: Path) -> Claim | None:
        """None: its holder has just let go of the file and taken it away. Raises NativeTaken, OSError."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NativeTaken(self._told(handle)) from None
        return Claim(handle, path) if _is_at(handle, path) else None

    def _path(self, provider: str, native: str) -> Path:
        return self._folder / _NAME.sub("_", f"{provider}-{native}.lock")[:200]

    def _sign(self, handle: int, session: str) -> None:
        """Write down who holds it, for people. On a full disk they are told less: it is the lock that counts."""
        words = json.dumps({"pid": os.getpid(), "where": self._where, "session": session}).encode()
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)  # an earlier holder's words are gone even where ours find no room
            os.pwrite(handle, words, 0)

    def _told(self, handle: int) -> str:
        try:
            found = cast(dict[str, Any], json.loads(os.pread(handle, 4096, 0)))
            pid, where, session = found["pid"], str(found["where"]), str(found["session"])
        except (ValueError, KeyError, TypeError):  # it is just being written, or could not be
            return "another session of Antiphon"
        if pid == os.getpid():
            return f"the session “{session}” here"
        return f"another Antiphon, session “{session}” ({where}, process {pid})"


def _is_at(handle: int, path: Path) -> bool:
    try:
        there = path.stat()
    except OSError:
        return False
    mine = os.fstat(handle)
    return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)
