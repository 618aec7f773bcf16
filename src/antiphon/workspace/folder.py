"""A project's folder: its files, opened so that nothing leads out of it, whatever changes meanwhile.

A path is names with slashes between (`plain`), and followed once, by `realpath`; what it names must lie in the folder.
Then it is opened name by name below an opened folder, following no link any more: a link that was put there in between
is an error, not a way out.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Generator
from pathlib import Path
from typing import Literal

from msgspec import Struct

ENTRIES_LIMIT = 1000
"""Shown of one folder at a time."""
LOOK_LIMIT = 100_000
"""Read of one folder at most."""
PATH_LIMIT = 4096
"""Characters of a path."""

EntryKind = Literal["folder", "file", "link", "other"]
HIDDEN = frozenset({".git"})
"""Not shown: git's own."""


class Unreachable(Exception):
    """There is no such thing in the folder that could be shown."""


class Entry(Struct, frozen=True, kw_only=True):
    """Something in a folder."""

    name: str
    kind: EntryKind
    """link: one that leads out of the project, or nowhere; others are what they lead to."""
    size: int = 0


class Listing(Struct, frozen=True, kw_only=True):
    """A part of a folder: folders first, by name."""

    entries: list[Entry]
    total: int


class Opened(Struct, frozen=True, kw_only=True):
    """A regular file, open for reading."""

    handle: int
    size: int
    modified: int
    """ms since the Unix epoch."""


def plain(path: str) -> str:
    """A path that somebody asks for, if it can only name something below the folder. Raises Unreachable.

    Told by its letters alone: git would make `a/../b` into `b` before it compares anything.
    """
    if "\0" in path or len(path) > PATH_LIMIT or not {"", ".", ".."}.isdisjoint(path.split("/")):
        raise Unreachable(
            "That is no path within the project: names with slashes between, and no dots alone."
        )
    return path


def listing(root: Path, path: str, offset: int = 0) -> Listing:
    """What is in a folder of the project. Raises Unreachable."""
    with _opened(root, path, os.O_DIRECTORY) as handle:
        real = root / _parts(root, path)
        found = _scan(handle, real, root.resolve())
    found.sort(key=lambda entry: (entry.kind != "folder", entry.name.casefold(), entry.name))
    return Listing(entries=found[offset : offset + ENTRIES_LIMIT], total=len(found))


def _scan(handle: int, real: Path, root: Path) -> list[Entry]:
    found: list[Entry] = []
    with os.scandir(handle) as entries:
        for entry in entries:
            if entry.name in HIDDEN:
                continue
            found.append(_entry(entry, real, root))
            if len(found) == LOOK_LIMIT:
                break
    return found


def _entry(entry: os.DirEntry[str], real: Path, root: Path) -> Entry:
    try:
        if entry.is_symlink() and not Path(os.path.realpath(real / entry.name)).is_relative_to(root):
            return Entry(name=entry.name, kind="link")
        status = entry.stat()
    except OSError:
        return Entry(name=entry.name, kind="link" if entry.is_symlink() else "other")
    if stat.S_ISDIR(status.st_mode):
        return Entry(name=entry.name, kind="folder")
    if stat.S_ISREG(status.st_mode):
        return Entry(name=entry.name, kind="file", size=status.st_size)
    return Entry(name=entry.name, kind="other")


@contextlib.contextmanager
def opened(root: Path, path: str) -> Generator[Opened]:
    """A file of the project, for reading. Raises Unreachable."""
    with _opened(root, path, 0) as handle:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Unreachable(f"{path!r} is no file.")
        yield Opened(handle=handle, size=status.st_size, modified=status.st_mtime_ns // 1_000_000)


@contextlib.contextmanager
def _opened(root: Path, path: str, flags: int) -> Generator[int]:
    """A handle of what `path` names; no device and no pipe is opened. Raises Unreachable."""
    flags |= os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        parts = _parts(root, path).parts
        handle = os.open(root.resolve(), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _unreachable(path, error) from None
    try:
        for at, part in enumerate(parts):
            last = at == len(parts) - 1
            mode = os.stat(part, dir_fd=handle, follow_symlinks=False).st_mode
            if not (stat.S_ISDIR(mode) or (last and stat.S_ISREG(mode))):
                raise Unreachable(f"{path!r} is no file and no folder.")
            inner = os.open(part, flags if last else flags | os.O_DIRECTORY, dir_fd=handle)
            os.close(handle)
            handle = inner
        yield handle
    except OSError as error:
        raise _unreachable(path, error) from None
    finally:
        os.close(handle)


def _parts(root: Path, path: str) -> Path:
    """Where the path really leads, below the folder. Raises Unreachable."""
    if path:  # else it is the folder itself
        plain(path)
    home = root.resolve()
    try:
        real = Path(os.path.realpath(home / path))
    except (OSError, ValueError, RuntimeError) as error:
        raise Unreachable(f"{path!r} cannot be reached: {error}") from None
    if not real.is_relative_to(home):
        raise Unreachable(f"{path!r} leads out of the project; what lies there is not shown.")
    below = real.relative_to(home)
    if HIDDEN & set(below.parts):
        raise Unreachable(f"{path!r} is git's own, and not shown.")
    return below


_WORDS = {
    errno.ENOENT: "is not there (any more)",
    errno.ENOTDIR: "is no folder",
    errno.EACCES: "may not be read by the server's user",
    errno.EPERM: "may not be read by the server's user",
    errno.ELOOP: "was changed into a link while it was opened",
    errno.ENXIO: "is no file and no folder",
}


def _unreachable(path: str, error: OSError) -> Unreachable:
    words = _WORDS.get(error.errno or 0) or f"cannot be read: {error.strerror}"
    return Unreachable(f"{path or 'The folder'!r} {words}.")
