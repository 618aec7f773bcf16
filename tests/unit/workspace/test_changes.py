"""What changed in a folder, told by the real git about real repositories."""

import asyncio
import os
from pathlib import Path

import pytest

from antiphon.workspace import changes, repository, snapshot
from antiphon.workspace.changes import UnknownTree
from antiphon.workspace.folder import Unreachable
from antiphon.workspace.parse import Change
from antiphon.workspace.repository import NotARepository
from antiphon.workspace.shadow import Shadow
from antiphon.workspace.workspaces import Changes, Workspaces
from tests.unit.workspace.repo import Repo

LINES = "".join(f"line {number}\n" for number in range(1, 31))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """With one commit."""
    repo = Repo(tmp_path / "site")
    repo.write("a.py", LINES)
    repo.write("old.py", LINES.replace("line", "row"))
    repo.write("gone.py", "x\n")
    repo.write("sub/b.py", "b\n")
    repo.write(".gitignore", "*.log\n")
    repo.commit()
    return repo


@pytest.fixture
def desk(tmp_path: Path) -> Workspaces:
    return Workspaces(tmp_path / "data")


async def now(desk: Workspaces, repo: Repo, folder: str = "") -> Changes:
    return await desk.now("p1", repo.top / folder)


def by_path(found: Changes) -> dict[str, Change]:
    return {change.path: change for change in found.files}


async def text(desk: Workspaces, repo: Repo, found: Changes, *paths: str, folder: str = "") -> str:
    where = repo.top / folder
    return (await desk.patch("p1", where, found.before, found.after, paths, whole=False)).text


async def test_every_kind_of_change(desk: Workspaces, repo: Repo) -> None:
    """Staged, unstaged, both, untracked, renamed, deleted, binary, mode, link; what git ignores is not among them."""
    repo.write("a.py", LINES.replace("line 3\n", "line three\n"))
    repo.git("add", "a.py")
    repo.write("a.py", LINES.replace("line 3\n", "line three\n") + "more\n")
    repo.git("mv", "old.py", "new.py")
    repo.write("new.py", LINES.replace("line", "row") + "tail\n")
    (repo.top / "gone.py").unlink()
    repo.write("fresh é.txt", "fresh\n")
    repo.write("picture.bin", b"\0\1\2")
    repo.write("noise.log", "nobody wants it\n")
    (repo.top / "sub/b.py").chmod(0o755)
    (repo.top / "way").symlink_to("/etc/passwd")
    found = await now(desk, repo)
    changes = by_path(found)
    assert set(changes) == {"a.py", "new.py", "gone.py", "fresh é.txt", "picture.bin", "sub/b.py", "way"}
    assert (changes["a.py"].kind, changes["a.py"].added, changes["a.py"].deleted) == ("modified", 2, 1)
    assert (changes["new.py"].kind, changes["new.py"].before) == ("renamed", "old.py")
    assert changes["gone.py"].kind == "deleted"
    assert changes["fresh é.txt"].kind == "added"
    assert changes["picture.bin"].added is None
    assert (changes["sub/b.py"].mode_before, changes["sub/b.py"].mode_after) == ("100644", "100755")
    assert found.snapshot
    entries = found.snapshot.entries
    assert entries["a.py"].staged and entries["a.py"].unstaged
    assert entries["fresh é.txt"].untracked
    assert "+line three" in await text(desk, repo, found, "a.py")
    assert "rename from old.py" in await text(desk, repo, found, "old.py", "new.py")
    assert "+/etc/passwd" in await text(desk, repo, found, "way")  # the link itself, and not what it leads to
    assert "root:" not in await text(desk, repo, found, "way")


async def test_the_repository_is_not_touched(desk: Workspaces, repo: Repo) -> None:
    """No byte below .git is another after looking, though git's own status would have refreshed the index."""
    repo.write("a.py", "changed\n")
    repo.write("fresh.py", "fresh\n")
    os.utime(repo.top / "sub/b.py")
    before = repo.state()
    await desk.turn_begins("p1", repo.top, "s1", "t1")
    found = await now(desk, repo)
    await text(desk, repo, found, "a.py")
    assert repo.state() == before


async def test_nothing_that_stands_in_the_repository_is_run(desk: Workspaces, repo: Repo) -> None:
    """Filters, monitors, hooks, diff drivers: whoever can write .git/config must not run as the server."""
    trap = repo.top.parent / "trapped"
    spring = f"touch {trap}; cat"
    repo.write(".gitattributes", "* filter=evil diff=evil\n")
    for key in ("filter.evil.clean", "filter.evil.process", "diff.evil.textconv", "diff.evil.command"):
        repo.git("config", key, spring)
    for key in (
        "core.fsmonitor",
        "diff.external",
        "core.pager",
        "core.sshCommand",
        "core.alternateRefsCommand",
    ):
        repo.git("config", key, spring)
    for hook in ("post-index-change", "reference-transaction", "pre-commit", "post-checkout"):
        file = repo.write(f".git/hooks/{hook}", f"#!/bin/sh\ntouch {trap}\n")
        file.chmod(0o755)
    repo.write("a.py", "changed\n")
    found = await now(desk, repo)
    assert "+changed" in await text(desk, repo, found, "a.py")
    await desk.turn_begins("p1", repo.top, "s1", "t1")
    assert not trap.exists()
    repo.git("status", check=False)
    assert trap.exists(), "the trap does not work: git itself would have run it"


async def test_before_the_first_commit(desk: Workspaces, tmp_path: Path) -> None:
    """All is new."""
    repo = Repo(tmp_path / "empty")
    found = await now(desk, repo)
    assert (found.repository.head, found.repository.branch, found.files) == (None, "main", [])
    repo.write("first.py", "one\n")
    repo.git("add", "first.py")
    assert by_path(await now(desk, repo))["first.py"].kind == "added"


async def test_detached_and_worktrees(desk: Workspaces, repo: Repo, tmp_path: Path) -> None:
    """A commit that is no branch's, and a second working tree of the same repository."""
    repo.git("checkout", "--quiet", "--detach")
    assert (await now(desk, repo)).repository.branch is None
    repo.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side/a.py").write_text("other\n")
    found = await desk.now("p2", tmp_path / "side")
    assert (found.repository.branch, list(by_path(found))) == ("side", ["a.py"])


async def test_a_folder_inside_a_repository(desk: Workspaces, repo: Repo) -> None:
    """Only its part is told, and nothing beside it is looked at."""
    repo.write("a.py", "outside\n")
    repo.write("sub/b.py", "inside\n")
    repo.write("sub/new.py", "inside\n")
    found = await now(desk, repo, "sub")
    assert found.repository.prefix == "sub/"
    assert set(by_path(found)) == {"sub/b.py", "sub/new.py"}
    assert "+inside" in await text(desk, repo, found, "b.py", folder="sub")


@pytest.mark.parametrize(
    "path", ["../a.py", "x/../../a.py", "/a.py", "", ".", "..", "./b.py", "b.py/", "x//y", "a\0"]
)
async def test_no_lines_of_what_lies_beside(desk: Workspaces, repo: Repo, path: str) -> None:
    """Compared with the empty tree all of a file differs: no path leads to one outside the folder, nor to all at once."""
    await now(desk, repo, "sub")
    empty, head = repository.FORMATS["sha1"], repo.git("rev-parse", "HEAD").strip()
    for paths in ([path], [path, "b.py"], ["b.py", path]):
        with pytest.raises(Unreachable, match="no path within the project"):
            await desk.patch("p1", repo.top / "sub", empty, head, paths, whole=True)
    inside = await desk.patch("p1", repo.top / "sub", empty, head, ["b.py"], whole=True)
    assert "+b\n" in inside.text


async def test_a_conflict_is_named(desk: Workspaces, repo: Repo) -> None:
    """With the file as it stands there, marks and all."""
    repo.git("checkout", "--quiet", "-b", "other")
    repo.write("a.py", "theirs\n")
    repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.write("a.py", "ours\n")
    repo.commit()
    repo.git("merge", "other", check=False)
    found = await now(desk, repo)
    assert found.snapshot and found.snapshot.entries["a.py"].conflicted
    assert "+<<<<<<< HEAD" in await text(desk, repo, found, "a.py")


async def test_repositories_inside(desk: Workspaces, repo: Repo, tmp_path: Path) -> None:
    """A submodule tells its commit; a repository that nobody added is named and not entered."""
    other = Repo(tmp_path / "lib")
    other.write("x.py", "1\n")
    other.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(other.top), "lib")
    repo.commit()
    module = Repo(repo.top / "lib")
    module.write("x.py", "2\n")
    module.commit()
    Repo(repo.top / "nested").write("y.py", "1\n")
    found = await now(desk, repo)
    assert by_path(found)["lib"].submodule
    assert [(each.path, each.reason) for each in found.skipped] == [("nested/", "repository")]


async def test_what_is_too_much_is_named(
    desk: Workspaces, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large files, and too many of them, are not read."""
    monkeypatch.setattr(snapshot, "FILE_BYTES", 100)
    monkeypatch.setattr(snapshot, "PATHS_LIMIT", 2)
    repo.write("a.py", "x" * 101)
    for name in "bcd":
        repo.write(f"{name}.txt", name)
    found = await now(desk, repo)
    assert set(by_path(found)) == {"b.txt", "c.txt"}
    assert {each.path: each.reason for each in found.skipped} == {"a.py": "too-large", "d.txt": "too-many"}
    assert not [
        p for p in (desk._place / "p1/objects").rglob("*") if p.is_file() and p.stat().st_size > 10_000
    ]


async def test_no_repository(desk: Workspaces, tmp_path: Path) -> None:
    """It says so, with what to do."""
    with pytest.raises(NotARepository, match="git init"):
        await desk.now("p1", tmp_path)


async def test_a_patch_of_trees_that_are_gone(desk: Workspaces, repo: Repo) -> None:
    """Is told apart from a failure."""
    found = await now(desk, repo)
    for nothing in ("0" * 39 + "1", "--help", "HEAD"):
        with pytest.raises(UnknownTree):
            await desk.patch("p1", repo.top, found.before, nothing, ["a.py"], whole=False)


async def test_a_long_patch_is_cut(desk: Workspaces, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a line; and more of it comes when it is asked for."""
    repo.write("a.py", "".join(f"{number} {'x' * 80}\n" for number in range(20_000)))
    found = await now(desk, repo)
    some = await desk.patch("p1", repo.top, found.before, found.after, ["a.py"], whole=False)
    all_of_it = await desk.patch("p1", repo.top, found.before, found.after, ["a.py"], whole=True)
    assert not all_of_it.cut and all_of_it.text.startswith(some.text)
    monkeypatch.setattr(changes, "PATCH_BYTES", 10_000)  # what git still has to say does not fit into a pipe
    less = await desk.patch("p1", repo.top, found.before, found.after, ["a.py"], whole=False)
    assert less.cut and some.text.startswith(less.text)
    assert some.cut and some.text.endswith("x\n") and len(some.text) <= 256 * 1024


async def test_many_looks_at_once_are_few(
    desk: Workspaces, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty tabs that ask at the same moment cost two looks."""
    taken = 0
    take = snapshot.take

    async def counted(*arguments: object) -> snapshot.Snapshot:
        nonlocal taken
        taken += 1
        return await take(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot, "take", counted)
    found = await asyncio.gather(*(now(desk, repo) for _ in range(20)))
    assert len({each.after for each in found}) == 1
    assert taken <= 2


async def test_the_copy_of_the_index_has_its_time(desk: Workspaces, repo: Repo, tmp_path: Path) -> None:
    """By which git knows what may have changed in the very moment of its writing: a younger copy would hide that."""
    then = 1_700_000_000_123_456_789
    os.utime(repo.top / ".git/index", ns=(then, then))
    shadow = Shadow(tmp_path / "shadow")
    await shadow.prepare(await repository.find(repo.top))
    assert (shadow.place / "index").stat().st_mtime_ns == then


async def test_another_look_takes_nothing_from_who_compares(
    desk: Workspaces, repo: Repo, tmp_path: Path
) -> None:
    """Lines are told without a lock: the way to the repository's own objects is never away, not even for a moment."""
    await now(desk, repo)
    here = tmp_path / "data/p1/objects/info/alternates"
    was = here.stat()
    await now(desk, repo)
    assert (here.stat().st_ino, here.stat().st_mtime_ns) == (was.st_ino, was.st_mtime_ns)
    here.write_text("/elsewhere\n")
    # The one that is in place is not written to: it is replaced.
    held = here.open()
    await now(desk, repo)
    assert held.read() == "/elsewhere\n"
    assert here.read_bytes() == os.fsencode(repo.top / ".git/objects") + b"\n"
    held.close()
