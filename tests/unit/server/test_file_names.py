"""The names of a project's files: which are listed, which fit, how long it takes."""

import asyncio
import subprocess
import time
from pathlib import Path

import pytest

from antiphon.server import file_names
from antiphon.server.file_names import FileNames, fitting


def listing(*names: str) -> file_names.Listing:
    return file_names._listed(names)


def test_a_name_that_begins_so_comes_before_one_that_holds_it_and_that_before_a_path() -> None:
    """Then come those that have the letters with gaps, the closest first."""
    known = listing("comp/readme.md", "src/recompose.py", "src/composer.tsx", "src/c/o/m/p.py", "docs/cat.md")
    assert fitting(known, "comp", 9) == [
        "src/composer.tsx",
        "src/recompose.py",
        "comp/readme.md",
        "src/c/o/m/p.py",
    ]
    assert fitting(known, "SRC/COMPO", 1) == ["src/composer.tsx"]
    assert fitting(known, "cpsr", 9) == ["src/composer.tsx"]
    assert fitting(known, "nothing", 9) == []


def test_nothing_typed_offers_what_is_near_the_top() -> None:
    """The shortest way first."""
    assert fitting(listing("a/b/c.py", "z.md", "a/b.py"), "", 2) == ["z.md", "a/b.py"]


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(name="checkout")
def make_checkout(tmp_path: Path) -> Path:
    """A checkout with a file that is ignored, and a monitor that would leave a trace."""
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("*.log\nsecret/\n")
    (tmp_path / "secret").mkdir()
    for name in ("kept.py", "run.log", "secret/key.txt", "mit Ümlaut.txt"):
        (tmp_path / name).write_text("x")
    monitor = tmp_path / "monitor.sh"
    monitor.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    monitor.chmod(0o700)
    git(tmp_path, "config", "core.fsmonitor", str(monitor))
    return tmp_path


async def test_what_git_ignores_is_not_offered_and_nothing_of_the_folder_is_run(checkout: Path) -> None:
    """A checkout may name a command that git runs when it lists files: not by us."""
    found = await FileNames().find(checkout, "", 20, trusted=True)
    assert sorted(found.names) == [".gitignore", "kept.py", "mit Ümlaut.txt", "monitor.sh"]
    assert not (checkout / "was-run").exists()


async def test_elsewhere_the_folder_is_walked_without_what_tools_put_there(tmp_path: Path) -> None:
    """No git, or a folder that nobody trusts: links are not followed, heavy folders left out."""
    for name in ("src/one.py", "node_modules/left/pad.js", ".venv/bin/python", ".env.example"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = await FileNames().find(tmp_path, "", 20, trusted=False)
    assert sorted(found.names) == [".env.example", "loop", "src/one.py"]


async def test_a_new_file_is_found_a_moment_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list that is known answers at once; it is made anew when it is not fresh."""
    names = FileNames()
    monkeypatch.setattr(file_names, "FRESH_S", 0.0)
    assert (await names.find(tmp_path, "new", 5, trusted=False)).names == []
    (tmp_path / "new.py").write_text("x")
    async with asyncio.timeout(10):
        while not (await names.find(tmp_path, "new", 5, trusted=False)).names:  # noqa: ASYNC110 (nobody tells that a file is new)
            await asyncio.sleep(0)


async def test_a_huge_folder_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is near the top is kept."""
    monkeypatch.setattr(file_names, "LIMIT", 3)
    (tmp_path / "deep").mkdir()
    for number in range(5):
        (tmp_path / "deep" / f"{number}.py").write_text("x")
    (tmp_path / "top.py").write_text("x")
    found = await FileNames().find(tmp_path, "", 20, trusted=False)
    assert found.more
    assert found.names[0] == "top.py"


def test_forty_thousand_names_are_searched_in_no_time() -> None:
    """Also where none fits. (50 ms in a quiet machine; here CPU time, with room.)"""
    known = listing(*(f"src/part{n % 97}/model{n}/some_file_{n}.py" for n in range(file_names.LIMIT)))
    for typed in ("some", "file_39999", "smfl399", "zzzz", "sqqq"):
        before = time.process_time()
        fitting(known, typed, 12)
        assert time.process_time() - before < 0.2, typed
