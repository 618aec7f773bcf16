"""What each turn changed: the folder's trees at its start and at its end, kept in the shadow under our own refs.

refs/turns/<session>/<turn>/before
refs/turns/<session>/<turn>/after
"""

import re

from antiphon.workspace.git import GitFailed
from antiphon.workspace.repository import Repository
from antiphon.workspace.shadow import Shadow

KEPT = 400
"""Turns of a project whose trees are kept."""
SPARE = 50
"""So many more may gather before old ones are deleted."""

_NAME = re.compile(r"^[A-Za-z0-9-]{1,64}$")


def ref(session: str, turn: str, end: str) -> str:
    """Where a tree is noted. Raises ValueError for what is no id."""
    if not _NAME.match(session) or not _NAME.match(turn):
        raise ValueError(f"no id: {session!r} {turn!r}")
    return f"refs/turns/{session}/{turn}/{end}"


async def note(shadow: Shadow, repository: Repository, name: str, tree: str) -> None:
    """Keep a tree under a name. The caller holds the lock."""
    await shadow.git(repository, "update-ref", name, tree)


async def noted(shadow: Shadow, repository: Repository, session: str, turn: str) -> dict[str, str]:
    """`{"before": tree, "after": tree}`, without those that are not there."""
    prefix = ref(session, turn, "")
    wanted = "%(objectname) %(refname)"
    printed = (
        await shadow.git(repository, "for-each-ref", f"--format={wanted}", prefix.rstrip("/"))
    ).decode()
    pairs = [line.split(" ", 1) for line in printed.splitlines()]
    return {name.removeprefix(prefix): tree for tree, name in pairs}


async def forget_old(shadow: Shadow, repository: Repository) -> None:
    """Delete the refs of the oldest turns (their ids begin with their time). The caller holds the lock."""
    printed = (await shadow.git(repository, "for-each-ref", "--format=%(refname)", "refs/turns")).decode()
    names = sorted(printed.splitlines(), key=lambda name: name.split("/")[3], reverse=True)
    if len(names) <= (KEPT + SPARE) * 2:
        return
    doomed = "".join(f"delete {name}\n" for name in names[KEPT * 2 :])
    await shadow.git(repository, "update-ref", "--stdin", given=doomed.encode())


async def is_there(shadow: Shadow, repository: Repository, tree: str) -> bool:
    """Whether the tree has not been pruned."""
    try:
        await shadow.git(repository, "cat-file", "-e", tree)
    except GitFailed:
        return False
    return True
