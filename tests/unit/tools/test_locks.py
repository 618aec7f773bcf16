"""Locks that would fail elsewhere are found here."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import locks

GOOD: dict[str, Any] = {
    "": {"dependencies": {"a": "1"}},
    "node_modules/a": {"integrity": "sha512-1", "optionalDependencies": {"a-mac": "1"}},
    "node_modules/a-mac": {"integrity": "sha512-2", "optional": True, "os": ["darwin"]},
}


@pytest.fixture
def npm_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes a package-lock.json with these packages, and says what is wrong with it."""
    monkeypatch.setattr(locks, "ROOT", tmp_path)

    def problems(packages: dict[str, Any]) -> list[str]:
        path = tmp_path / "package-lock.json"
        path.write_text(json.dumps({"packages": packages}))
        return locks.npm_problems(path)

    return problems


def test_a_lock_for_all_systems_is_good(npm_lock: Any) -> None:
    """Hashes everywhere, no address, each optional package there: nothing is said."""
    assert npm_lock(GOOD) == []


def test_a_left_out_system_is_found(npm_lock: Any) -> None:
    """A lock without the package for macOS installs here and fails there."""
    packages = {path: entry for path, entry in GOOD.items() if path != "node_modules/a-mac"}
    assert "a-mac" in npm_lock(packages)[0]


def test_an_optional_package_below_its_owner_counts(npm_lock: Any) -> None:
    """npm may put it into the owner's own node_modules."""
    packages = {path.replace("a-mac", "a/node_modules/a-mac"): entry for path, entry in GOOD.items()}
    assert npm_lock(packages) == []


@pytest.mark.parametrize(
    ("entry", "word"),
    [({"integrity": "sha512-1", "resolved": "https://x.example/a.tgz"}, "resolved"), ({}, "integrity")],
)
def test_addresses_and_missing_hashes_are_found(npm_lock: Any, entry: dict[str, str], word: str) -> None:
    """An address names somebody's registry; without a hash anything may be installed."""
    assert word in npm_lock({"": {}, "node_modules/a": entry})[0]


def test_a_python_lock_of_other_dependencies_is_found(tmp_path: Path) -> None:
    """Its first line is a digest of pyproject.toml's dependencies."""
    stale = tmp_path / "requirements.lock"
    stale.write_text("# Made by `./dev lock` from other dependencies\nattrs==1 \\\n    --hash=sha256:00\n")
    assert [problem for problem in locks.python_problems(stale) if "./dev lock" in problem]


def test_a_python_package_without_a_hash_is_found(tmp_path: Path) -> None:
    """Each entry carries the hashes of its files."""
    lock = tmp_path / "requirements.lock"
    lock.write_text(locks.RUN.read_text() + "attrs==1\n")
    assert locks.python_problems(lock) == ["requirements.lock: no hash for attrs==1"]
