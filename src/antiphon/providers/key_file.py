"""`keys.json` in the data directory: for each provider where its key is kept, and the key where that is here.

It is only read while nobody but its owner can read it, and only written whole: a new file in the
place of the old one. Whoever changes it holds the folder's lock, so that a command and the running
server do not undo each other's changes.
"""

import contextlib
import fcntl
import os
from collections.abc import Generator
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from antiphon.model.ids import new_id

NAME = "keys.json"
OTHERS = 0o077
"""The bits of a mode that let others in."""


class KeysRefused(Exception):
    """{path}: {reason}"""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} {reason}")
        self.path, self.reason = path, reason


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a provider's key is."""

    place: Literal["keyring", "file"]
    id: str
    """Another one at each change."""
    key: str | None = None
    """The key itself, where the place is this file."""

    def __repr__(self) -> str:  # a key must not get into a log by way of a traceback or an assertion
        return f"Kept({self.place}, {self.id})"


class KeyFile:
    """The file of one data directory. All methods do I/O, and raise KeysRefused."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.path = folder, folder / NAME

    def stamp(self) -> tuple[int, int, int]:
        """What changes when the file does; all 0: there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0, 0
        return found.st_ino, found.st_mtime_ns, found.st_mode

    def read(self) -> dict[str, Kept]:
        """All that is kept, by provider."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise KeysRefused(self.path, f"cannot be read: {error.strerror}.") from None
        with os.fdopen(handle, "rb") as file:
            self._check(os.fstat(handle))
            try:
                return msgspec.json.decode(file.read(), type=dict[str, Kept])
            except msgspec.DecodeError:  # its words could quote a key
                reason = "is not as Antiphon wrote it. Remove it, and add the keys anew."
                raise KeysRefused(self.path, reason) from None

    def _check(self, found: os.stat_result) -> None:
        if found.st_uid != os.geteuid():
            raise KeysRefused(self.path, "belongs to another user, so no key is taken from it.")
        if found.st_mode & OTHERS:
            reason = f"can be read by others (mode {found.st_mode & 0o777:04o}), so no key is taken from it. "
            raise KeysRefused(self.path, f"{reason}Mend it: chmod 600 {self.path}")

    def put(self, provider: str, place: Literal["keyring", "file"], key: str | None = None) -> None:
        """Keep this, in the place of what was kept."""
        with self._locked():
            self._write({**self.read(), provider: Kept(place=place, id=new_id(), key=key)})

    def remove(self, provider: str) -> None:
        """Keep nothing of it any more."""
        with self._locked():
            kept = self.read()
            if kept.pop(provider, None):
                self._write(kept)

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        handle = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        except OSError as error:
            raise KeysRefused(self.path, f"cannot be written: {error.strerror}.") from None
        finally:
            if handle is not None:
                os.close(handle)

    def _write(self, kept: dict[str, Kept]) -> None:
        new = self.path.with_name(f"{NAME}.{new_id()}")
        try:
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(kept))
                file.flush()
                os.fsync(handle)
            new.replace(self.path)
        except OSError:
            new.unlink(missing_ok=True)
            raise
