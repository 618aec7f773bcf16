"""What git prints with -z, read. Pure."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Kind = Literal["added", "modified", "deleted", "renamed", "type-changed"]

_KINDS: dict[str, Kind] = {
    "A": "added",
    "C": "added",
    "D": "deleted",
    "M": "modified",
    "R": "renamed",
    "T": "type-changed",
}

SUBMODULE = "160000"


class Entry(Struct, frozen=True, kw_only=True):
    """A path that is not as in the last commit. Paths are relative to the top of the working tree."""

    path: str
    staged: bool = False
    """The index has another version than the commit."""
    unstaged: bool = False
    """The file is another than in the index."""
    untracked: bool = False
    conflicted: bool = False
    submodule: bool = False


class Change(Struct, frozen=True, kw_only=True):
    """How a path differs between two trees."""

    path: str
    kind: Kind
    before: str | None = None
    """Where a renamed file was."""
    added: int | None = None
    """Lines; None: it is binary."""
    deleted: int | None = None
    mode_before: str = ""
    mode_after: str = ""
    version: str = ""
    """Another one as soon as the content differs in another way."""

    @property
    def submodule(self) -> bool:
        """It is another repository, of which git notes the commit."""
        return SUBMODULE in {self.mode_before, self.mode_after}


def text(raw: bytes) -> str:
    """A path; what is not UTF-8 in it comes back by `raw_path`."""
    return raw.decode("utf-8", "surrogateescape")


def status(printed: bytes) -> list[Entry]:
    """Of `git status --porcelain=v2 -z --no-renames`."""
    return [_entry(record) for record in printed.split(b"\0") if record[:2] in _FIELDS]


_FIELDS = {b"1 ": 8, b"u ": 10, b"? ": 1}
"""How a record begins → the fields before its path."""


def _entry(record: bytes) -> Entry:
    *fields, path = record.split(b" ", _FIELDS[record[:2]])
    if fields[0] == b"?":
        return Entry(path=text(path), untracked=True)
    staged, unstaged = chr(fields[1][0]), chr(fields[1][1])
    return Entry(
        path=text(path),
        staged=staged != ".",
        unstaged=unstaged != ".",
        conflicted=fields[0] == b"u",
        submodule=fields[2].startswith(b"S"),
    )


def changes(printed: bytes) -> list[Change]:
    """Of `git diff-tree --raw --numstat -z`: first the one for all paths, then the other."""
    fields = iter(printed.split(b"\0"))
    found: dict[str, Change] = {}
    counts: dict[str, tuple[int | None, int | None]] = {}
    for field in fields:
        if field.startswith(b":"):
            change = _change(field, fields)
            found[change.path] = change
        elif b"\t" in field:
            added, deleted, path = field.split(b"\t", 2)
            if not path:
                next(fields)
                path = next(fields)
            counts[text(path)] = _count(added), _count(deleted)
    return [_counted(change, counts.get(change.path, (None, None))) for change in found.values()]


def _change(field: bytes, fields: Iterator[bytes]) -> Change:
    before, after, old_object, new_object, kind = field[1:].decode().split(" ")
    path = text(next(fields))
    old = None
    if kind[0] in "RC":
        old, path = path, text(next(fields))
    return Change(
        path=path,
        kind=_KINDS.get(kind[0], "modified"),
        before=old if kind[0] == "R" else None,
        mode_before=before,
        mode_after=after,
        version=f"{old_object[:12]}{new_object[:12]}",
    )


def _counted(change: Change, counts: tuple[int | None, int | None]) -> Change:
    return replace(change, added=counts[0], deleted=counts[1])


def _count(number: bytes) -> int | None:
    return None if number == b"-" else int(number)
