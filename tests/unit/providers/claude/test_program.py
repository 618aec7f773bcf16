"""Which `claude` is used."""

from pathlib import Path

import pytest

from antiphon.providers import finder
from antiphon.providers.base import ProviderFailed
from antiphon.providers.claude import program
from antiphon.providers.claude.program import Finder

OLD, NEW, NEWER = "2.1.199", "2.1.200", "2.1.330"


def claude(folder: Path, version: str, says: str = "") -> str:
    """A program that tells its version, and notes that it was asked."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "claude"
    words = says or f'echo "{version} (Claude Code)"'
    path.write_text(f'#!/bin/sh\necho asked >> "$0.asked"\n{words}\n')
    path.chmod(0o755)
    return str(path)


def asked(path: str) -> int:
    """How often its version was asked."""
    return len(Path(f"{path}.asked").read_text().splitlines())


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a machine without any `claude`, and without the one that comes as a package."""
    monkeypatch.setattr(program, "find_spec", lambda name: None)
    (tmp_path / "bin").mkdir()
    return {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path / "home")}


@pytest.fixture
def bundled(tmp_path: Path, machine: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The package, really importable; importing it would fail."""
    monkeypatch.undo()
    package = tmp_path / "packages/claude_agent_sdk"
    path = claude(package / "_bundled", NEWER)
    (package / "__init__.py").write_text("raise RuntimeError('it must not be imported')")
    monkeypatch.syspath_prepend(str(package.parent))
    return path


async def failure_of(machine: dict[str, str]) -> tuple[str, str, str | None]:
    """Code, message and command of a search that finds nothing."""
    with pytest.raises(ProviderFailed) as failed:
        await Finder().find(machine)
    failure = failed.value.failure
    return failure.code, failure.message, failure.action.command if failure.action else None


async def test_the_persons_own_goes_first(tmp_path: Path, machine: dict[str, str], bundled: str) -> None:
    """Before the one that comes as a package, though that is newer."""
    own = claude(tmp_path / "bin", NEW)
    found = await Finder().find(machine)
    assert (found.path, found.version) == (own, NEW)


@pytest.mark.parametrize("place", program.HOMES)
async def test_it_is_found_where_its_installers_put_it(
    tmp_path: Path, machine: dict[str, str], place: str
) -> None:
    """A server's PATH often lacks those folders."""
    own = claude((tmp_path / "home" / place).parent, NEW)
    assert (await Finder().find(machine)).path == own


async def test_the_package_is_used_where_there_is_no_other(machine: dict[str, str], bundled: str) -> None:
    """Without importing it."""
    found = await Finder().find(machine)
    assert (found.path, found.version) == (bundled, NEWER)


async def test_one_that_is_too_old_is_passed_over(
    tmp_path: Path, machine: dict[str, str], bundled: str
) -> None:
    """The next that is new enough is used."""
    claude(tmp_path / "bin", OLD)
    assert (await Finder().find(machine)).path == bundled


async def test_too_old_is_told_with_the_way_to_a_newer_one(tmp_path: Path, machine: dict[str, str]) -> None:
    """Which one it is, and how old."""
    own = claude(tmp_path / "bin", OLD)
    with pytest.raises(ProviderFailed) as failed:
        await Finder().find(machine)
    failure = failed.value.failure
    assert (
        failure.code == "provider-missing" and "too old" in failure.message and "2.1.200" in failure.message
    )
    assert failure.detail == f"{own} is {OLD}"
    assert failure.action and failure.action.command == "claude update"


@pytest.mark.parametrize("version", ["no number", "", "2.1"])
async def test_one_that_does_not_tell_its_version_is_not_used(
    tmp_path: Path, machine: dict[str, str], version: str
) -> None:
    """We would not know what it speaks."""
    claude(tmp_path / "bin", version)
    with pytest.raises(ProviderFailed) as failed:
        await Finder().find(machine)
    assert "does not tell its version" in (failed.value.failure.detail or "")


async def test_none_is_told_with_the_command_that_adds_one(machine: dict[str, str]) -> None:
    """Exactly as it is to be typed."""
    code, message, install = await failure_of(machine)
    assert (code, install) == ("provider-missing", program.INSTALL.command)
    assert "not installed" in message


def test_the_command_fits_how_antiphon_was_installed(tmp_path: Path) -> None:
    """In a checkout `./dev` adds it, into the environment that the server runs in."""
    assert program.install(tmp_path / ".venv").command == "pip install 'antiphon[claude]'"
    (tmp_path / "dev").touch()
    assert program.install(tmp_path / ".venv").command == "./dev add claude"
    assert program.install(tmp_path / "other").command == "pip install 'antiphon[claude]'"


async def test_its_version_is_asked_once(tmp_path: Path, machine: dict[str, str]) -> None:
    """Until its file changes: an update is seen without a restart."""
    own = claude(tmp_path / "bin", NEW)
    finder = Finder()
    for _ in range(2):
        assert (await finder.find(machine)).version == NEW
    assert asked(own) == 1
    claude(tmp_path / "bin", NEWER)
    assert (await finder.find(machine)).version == NEWER


async def test_one_that_hangs_is_given_up(
    tmp_path: Path, machine: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within its limit, and ended."""
    monkeypatch.setattr(finder, "VERSION_S", 0.3)
    claude(tmp_path / "bin", NEW, says="sleep 300")
    with pytest.raises(ProviderFailed, match="does not run"):
        await Finder().find(machine)
