"""What differs between two trees: which files, and each file's lines."""

import re

from msgspec import Struct

from antiphon.workspace import parse
from antiphon.workspace.git import OUTPUT_BYTES, GitFailed
from antiphon.workspace.repository import Repository
from antiphon.workspace.shadow import Shadow
from antiphon.workspace.snapshot import within

OBJECT = re.compile(r"^[0-9a-f]{40}(?:[0-9a-f]{24})?$")
RENAMES_LIMIT = 400
PATCH_BYTES = 256 * 1024
WHOLE_PATCH_BYTES = 4 * 1024 * 1024

_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=dirty")


class UnknownTree(Exception):
    """What was to be compared is not there any more."""


class Patch(Struct, frozen=True, kw_only=True):
    """One file's change, as a unified diff."""

    text: str
    cut: bool
    """There is more than was asked for."""


async def compare(shadow: Shadow, repository: Repository, before: str, after: str) -> list[parse.Change]:
    """The files of the folder that differ, by path. Raises UnknownTree, GitError."""
    wanted = (
        "-r",
        "-M",
        f"-l{RENAMES_LIMIT}",
        "--raw",
        "--numstat",
        "--no-abbrev",
        "-z",
        *_PLAIN,
        before,
        after,
    )
    found = parse.changes(await _diff(shadow, repository, *wanted, *within(repository)))
    return sorted(found, key=lambda change: change.path)


async def patch(
    shadow: Shadow, repository: Repository, before: str, after: str, paths: list[str], *, whole: bool
) -> Patch:
    """The lines that differ in a file (a renamed one is two paths from the top). Raises UnknownTree, GitError."""
    limit = WHOLE_PATCH_BYTES if whole else PATCH_BYTES
    wanted = ("-r", "-p", "-M", f"-l{RENAMES_LIMIT}", "-U3", *_PLAIN, before, after, "--", *paths)
    printed = await _diff(shadow, repository, *wanted, output=limit)
    cut = len(printed) >= limit
    if cut:
        printed = printed[: printed.rfind(b"\n") + 1]
    return Patch(text=printed.decode("utf-8", "replace"), cut=cut)


async def _diff(shadow: Shadow, repository: Repository, *arguments: str, output: int = OUTPUT_BYTES) -> bytes:
    try:
        return await shadow.git(repository, "diff-tree", *arguments, output=output)
    except GitFailed as failed:
        if re.search(r"bad object|not a tree|unable to read tree|ambiguous argument|bad tree", failed.said):
            raise UnknownTree from None
        raise
