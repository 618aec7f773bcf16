"""What a turn changed: by the folder's trees at its start and its end."""

from pathlib import Path

import pytest

from antiphon.workspace import turns, workspaces
from antiphon.workspace.workspaces import Changes, UnknownTurn, Workspaces
from tests.unit.workspace.repo import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """With one commit, and something uncommitted of the person's own."""
    repo = Repo(tmp_path / "site")
    repo.write("a.py", "a\n")
    repo.commit()
    repo.write("mine.py", "mine\n")
    return repo


@pytest.fixture
def desk(tmp_path: Path) -> Workspaces:
    return Workspaces(tmp_path / "data")


async def begins(desk: Workspaces, repo: Repo, turn: str) -> None:
    await desk.turn_begins("p1", repo.top, "s1", turn)


async def ends(desk: Workspaces, repo: Repo, turn: str) -> None:
    desk.turn_ends("p1", repo.top, "s1", turn)
    await desk.stop()


async def told(desk: Workspaces, repo: Repo, turn: str, *, running: bool = False) -> Changes:
    return await desk.of_turn("p1", repo.top, "s1", turn, running=running)


async def test_only_what_the_turn_changed(desk: Workspaces, repo: Repo) -> None:
    """Not what was changed before, nor after; also when it was committed in between."""
    await begins(desk, repo, "t1")
    repo.write("a.py", "b\n")
    repo.commit()
    repo.write("new.py", "new\n")
    await ends(desk, repo, "t1")
    await begins(desk, repo, "t2")
    repo.write("later.py", "later\n")
    await ends(desk, repo, "t2")
    first = await told(desk, repo, "t1")
    assert [change.path for change in first.files] == ["a.py", "new.py"]
    patch = await desk.patch("p1", repo.top, first.before, first.after, ["a.py"], whole=False)
    assert "-a\n+b\n" in patch.text
    assert [change.path for change in (await told(desk, repo, "t2")).files] == ["later.py"]


async def test_a_running_turn_so_far(desk: Workspaces, repo: Repo) -> None:
    """Against now; once it has ended without a word (a server that was killed), nothing is made up."""
    await begins(desk, repo, "t1")
    repo.write("a.py", "b\n")
    assert [change.path for change in (await told(desk, repo, "t1", running=True)).files] == ["a.py"]
    with pytest.raises(UnknownTurn):
        await told(desk, repo, "t1")
    with pytest.raises(UnknownTurn):
        await told(desk, repo, "t0", running=True)


async def test_it_lasts_over_a_restart(desk: Workspaces, repo: Repo, tmp_path: Path) -> None:
    """In the data directory."""
    await begins(desk, repo, "t1")
    repo.write("a.py", "b\n")
    await ends(desk, repo, "t1")
    again = Workspaces(tmp_path / "data")
    assert [change.path for change in (await told(again, repo, "t1")).files] == ["a.py"]


async def test_a_slow_folder_delays_no_prompt(
    desk: Workspaces, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look is given up, and the turn is not known rather than wrong."""
    monkeypatch.setattr(workspaces, "TURN_SECONDS", 0.0)
    await begins(desk, repo, "t1")
    monkeypatch.undo()
    await ends(desk, repo, "t1")
    with pytest.raises(UnknownTurn):
        await told(desk, repo, "t1")


async def test_old_turns_are_forgotten(desk: Workspaces, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are kept; what they need is never deleted."""
    monkeypatch.setattr(turns, "KEPT", 2)
    monkeypatch.setattr(turns, "SPARE", 0)
    for number in range(1, 5):
        await begins(desk, repo, f"t{number}")
        repo.write("a.py", f"{number}\n")
        await ends(desk, repo, f"t{number}")
    for number in (3, 4):
        assert [change.path for change in (await told(desk, repo, f"t{number}")).files] == ["a.py"]
    with pytest.raises(UnknownTurn):
        await told(desk, repo, "t1")


async def test_a_folder_without_git_costs_nothing(desk: Workspaces, tmp_path: Path) -> None:
    """No shadow is made."""
    await desk.turn_begins("p1", tmp_path, "s1", "t1")
    desk.turn_ends("p1", tmp_path, "s1", "t1")
    await desk.stop()
    assert not (tmp_path / "data").exists()
