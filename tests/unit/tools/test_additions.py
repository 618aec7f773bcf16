"""`./dev add`: what was added stays, and a failure leaves all as it was."""

from pathlib import Path

import pytest

from tools import additions, environment, locks
from tools.steps import Stop


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The locks that `.venv` is brought to, one after the other; nothing is installed."""
    called: list[Path] = []
    monkeypatch.setattr(additions, "RECORD", tmp_path / ".tools/added")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(environment, "LOCK_STAMP", tmp_path / "stamp")
    monkeypatch.setattr(environment, "prepare", called.append)
    return called


def test_what_was_added_is_remembered(prepared: list[Path]) -> None:
    """So it comes back when .venv is made anew; adding it twice is adding it once."""
    environment.add("claude")
    environment.add("claude")
    assert additions.added() == ["claude"]
    assert additions.locks() == [additions.LOCKS["claude"]]
    assert prepared == [environment.RUN, environment.RUN]


def test_an_addition_makes_venv_stale(prepared: list[Path], tmp_path: Path) -> None:
    """The stamp is of all that .venv holds, so the next `./dev` installs what was added."""
    environment.PYTHON.touch()
    environment.LOCK_STAMP.write_text(environment._lock_stamp(environment.RUN))
    assert environment._holds(environment.RUN)
    environment.add("claude")
    assert not environment._holds(environment.RUN)


def test_what_tests_need_stays(prepared: list[Path]) -> None:
    """A .venv that was made for tests is not cut down to running."""
    environment.PYTHON.touch()
    environment.LOCK_STAMP.write_text(environment._lock_stamp(environment.DEVELOP))
    environment.add("claude")
    assert prepared == [environment.DEVELOP]


def test_a_failed_addition_is_not_remembered(prepared: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network, `./dev add claude` fails with words, and `./dev run` goes on working."""

    def fail(lock: Path) -> None:
        raise Stop("no network")

    monkeypatch.setattr(environment, "prepare", fail)
    with pytest.raises(Stop, match="claude was not added, all is as it was: no network"):
        environment.add("claude")
    assert additions.added() == []


def test_what_cannot_be_added_is_named(prepared: list[Path]) -> None:
    """A misspelt name is told, with those that there are."""
    with pytest.raises(Stop, match=r"there is no cluade to add\. There is: claude"):
        environment.add("cluade")
    assert prepared == []


def test_an_addition_in_another_version_is_found(tmp_path: Path) -> None:
    """It would change what the server was tested with."""
    other = tmp_path / "requirements-other.lock"
    uvicorn = locks.versions(locks.DEVELOP)["uvicorn"]
    other.write_text("uvicorn==0.1 \\\n    --hash=sha256:00\nmcp==2 \\\n    --hash=sha256:00\n")
    assert locks.addition_problems(other) == [
        f"requirements-other.lock: uvicorn 0.1, but {uvicorn} in requirements-dev.lock: ./dev lock"
    ]
