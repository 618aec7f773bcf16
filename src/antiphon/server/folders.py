"""Folders that a person may pick as a project: those within the allowed roots, and no others.

A path counts as what it really is: every symbolic link is followed before it is compared
with the roots, so a link inside a root that leads out of it leads nowhere.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

FOLDERS_LIMIT = 2000
"""Folders listed at most."""


class FolderError(Exception):
    """Something is wrong with a folder."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class OutsideRoots(FolderError):
    """The folder lies outside of the folders that projects may lie in."""

    def __init__(self, path: str, roots: Sequence[Path]) -> None:
        allowed = ", ".join(str(root) for root in roots)
        super().__init__(
            path, f"Projects may lie in {allowed} only. Start the server with --root DIR to allow more."
        )


class NoSuchFolder(FolderError):
    """There is no such folder, or it cannot be read."""

    def __init__(self, path: str, reason: str = "does not exist or is no folder") -> None:
        super().__init__(path, f"The folder {path!r} {reason}.")


class FolderExists(FolderError):
    """There is something of that name already."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f"There is already something named {Path(path).name!r} there.")


class BadName(FolderError):
    """No folder can have that name."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "A folder's name is one to 255 bytes, has no slash, and is not . or ..")


class Found(Struct, frozen=True):
    """A folder inside another."""

    name: str
    path: str
    git: bool
    """It is the top of a git checkout."""


def allowed(text: str, roots: Sequence[Path]) -> Path:
    """The real folder that `text` names. Raises OutsideRoots and NoSuchFolder.

    Outside the roots nothing is told, not even whether it exists.
    """
    path = _real(text)
    if not any(path.is_relative_to(root) for root in roots):
        raise OutsideRoots(text, roots)
    if not path.is_dir():
        raise NoSuchFolder(text)
    return path


def _real(text: str) -> Path:
    if "\0" in text or not text or len(text) > 4096:
        raise NoSuchFolder(text[:200].replace("\0", ""))
    path = Path(text)
    if text == "~" or text.startswith("~/"):
        path = Path.home() / text[2:]
    if not path.is_absolute():
        raise NoSuchFolder(text, "is not a whole path: it must start at /")
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        raise NoSuchFolder(text, "cannot be reached") from None


def parent(path: Path, roots: Sequence[Path]) -> Path | None:
    """The folder above, where it may be shown."""
    above = path.parent
    return above if above != path and any(above.is_relative_to(root) for root in roots) else None


def inside(path: Path, roots: Sequence[Path]) -> list[Found]:
    """The folders in a folder, by name; hidden ones and those that lead out of the roots are left out.

    Raises NoSuchFolder when it cannot be read.
    """
    found: list[Found] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if len(found) < FOLDERS_LIMIT and _listed(entry, roots):
                    found.append(
                        Found(entry.name, entry.path, os.path.lexists(os.path.join(entry.path, ".git")))
                    )
    except OSError as error:
        raise NoSuchFolder(str(path), f"cannot be read: {error.strerror}") from None
    return sorted(found, key=lambda folder: folder.name.casefold())


def _listed(entry: os.DirEntry[str], roots: Sequence[Path]) -> bool:
    try:
        if entry.name.startswith(".") or not entry.is_dir():
            return False
        entry.name.encode()
        return not entry.is_symlink() or any(
            Path(entry.path).resolve().is_relative_to(root) for root in roots
        )
    except (OSError, RuntimeError, UnicodeEncodeError):
        return False


def make(above: str, name: str, roots: Sequence[Path]) -> Path:
    """Make a folder in a folder. Raises FolderError."""
    if name in {"", ".", ".."} or "/" in name or "\\" in name or "\0" in name or len(name.encode()) > 255:
        raise BadName(name)
    path = allowed(above, roots) / name
    try:
        path.mkdir()
    except FileExistsError:
        raise FolderExists(str(path)) from None
    except OSError as error:
        raise NoSuchFolder(above, f"cannot be written: {error.strerror}") from None
    return path
