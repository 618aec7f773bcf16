"""The folder as it is now, as a tree in the shadow: what changed is told by comparing trees, whichever they are."""

import asyncio
import os
import stat
from typing import Literal

from msgspec import Struct

from antiphon.workspace import parse
from antiphon.workspace.repository import Repository
from antiphon.workspace.shadow import Shadow

FILE_BYTES = 2 * 1024 * 1024
"""A changed file that is larger is named, and not compared."""
TOTAL_BYTES = 64 * 1024 * 1024
PATHS_LIMIT = 5000
"""Changed files that are compared; those beyond are named."""

Reason = Literal["too-large", "too-many", "unreadable", "repository"]


class Skipped(Struct, frozen=True, kw_only=True):
    """A changed path that is not in the tree as it is now."""

    path: str
    reason: Reason
    size: int
    untracked: bool


class Snapshot(Struct, frozen=True, kw_only=True):
    """The folder at a moment. Paths are relative to the top of the working tree."""

    base: str
    """The commit, or the empty tree."""
    tree: str
    entries: dict[str, parse.Entry]
    """What git's status says, by path."""
    skipped: list[Skipped]


async def take(shadow: Shadow, repository: Repository) -> Snapshot:
    """The folder now. The caller holds the shadow's lock. Raises GitError."""
    await shadow.prepare(repository)
    wanted = ("--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=dirty")
    printed = await shadow.git(repository, "status", *wanted, *within(repository))
    entries = parse.status(printed)
    taken, skipped = await asyncio.to_thread(_sorted_out, repository, entries)
    if taken:
        paths = b"".join(os.fsencode(path) + b"\0" for path in taken)
        await shadow.git(
            repository, "update-index", "--add", "--remove", "--replace", "-z", "--stdin", given=paths
        )
    unmerged = [each.path for each in entries if each.conflicted and each.path not in set(taken)]
    if unmerged:  # a tree has no room for three versions
        paths = b"".join(os.fsencode(path) + b"\0" for path in unmerged)
        await shadow.git(repository, "update-index", "--force-remove", "-z", "--stdin", given=paths)
    tree = (await shadow.git(repository, "write-tree", "--missing-ok")).decode().strip()
    return Snapshot(
        base=repository.base, tree=tree, entries={each.path: each for each in entries}, skipped=skipped
    )


def within(repository: Repository) -> tuple[str, ...]:
    """The pathspec of the folder."""
    return ("--", repository.prefix) if repository.prefix else ()


def _sorted_out(repository: Repository, entries: list[parse.Entry]) -> tuple[list[str], list[Skipped]]:
    taken: list[str] = []
    skipped: list[Skipped] = []
    total = 0
    for entry in entries:
        if not (entry.unstaged or entry.untracked or entry.conflicted):
            continue
        reason, size = _hindered(os.path.join(repository.top, entry.path), entry)
        if reason is None and len(taken) >= PATHS_LIMIT:
            reason = "too-many"
        if reason is None and total + size > TOTAL_BYTES:
            reason = "too-large"
        if reason is None:
            taken.append(entry.path)
            total += size
        else:
            skipped.append(Skipped(path=entry.path, reason=reason, size=size, untracked=entry.untracked))
    return taken, skipped


def _hindered(path: str, entry: parse.Entry) -> tuple[Reason | None, int]:
    """Why git must not be given this path, and how many bytes it would read."""
    try:
        found = os.lstat(path.rstrip("/"))
    except OSError:
        return None, 0  # it is deleted
    if stat.S_ISDIR(found.st_mode):
        inside = entry.submodule and os.path.lexists(os.path.join(path, ".git"))
        return (None, 0) if inside else ("repository", 0)
    if stat.S_ISLNK(found.st_mode):
        return None, 0
    if not stat.S_ISREG(found.st_mode) or not os.access(path, os.R_OK):
        return "unreadable", 0
    return ("too-large" if found.st_size > FILE_BYTES else None), found.st_size
