"""Which `codex` is used."""

from pathlib import Path

import pytest

from antiphon.providers import finder
from antiphon.providers.base import ProviderFailed
from antiphon.providers.codex import program
from antiphon.providers.codex.program import Finder

OLD, NEW, NEWER = "0.159.9", "0.160.0", "0.169.0"


def codex(path: Path, version: str, says: str = "") -> str:
    """A program that tells its version, and notes that it was asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = says or f'echo "codex-cli {version}"'
    path.write_text(f'#!/bin/sh\necho asked >> "$0.asked"\n{words}\n')
    path.chmod(0o755)
    return str(path)


def asked(path: str) -> int:
    """How often its version was asked."""
    return len(Path(f"{path}.asked").read_text().splitlines())


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without any `codex`."""
    (tmp_path / "bin").mkdir()
    return {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path / "home")}


async def test_it_is_found_on_the_path(tmp_path: Path, machine: dict[str, str]) -> None:
    """Before those at home."""
    own = codex(tmp_path / "bin/codex", NEW)
    codex(tmp_path / "home" / program.HOMES[0], NEWER)
    found = await Finder().find(machine)
    assert (found.path, found.version) == (own, NEW)


@pytest.mark.parametrize("place", program.HOMES)
async def test_it_is_found_where_installers_put_it(
    tmp_path: Path, machine: dict[str, str], place: str
) -> None:
    """A server's PATH often lacks those folders."""
    own = codex(tmp_path / "home" / place, NEW)
    assert (await Finder().find(machine)).path == own


async def test_the_program_behind_npms_script_is_used(tmp_path: Path, machine: dict[str, str]) -> None:
    """The script would only wait for it; where there are two, the script knows which."""
    package = tmp_path / "lib/node_modules/@openai"
    script = codex(package / "codex/bin/codex.js", NEW)
    (tmp_path / "bin/codex").symlink_to(script)
    one = codex(package / "codex-linux-x64/vendor/some-triple/bin/codex", NEWER)
    found = await Finder().find(machine)
    assert (found.path, found.version) == (one, NEWER)
    codex(package / "codex-linux-x64/vendor/other-triple/bin/codex", NEWER)
    assert (await Finder().find(machine)).path == str(tmp_path / "bin/codex")


@pytest.mark.parametrize(
    ("version", "words", "command"),
    [
        (OLD, "too old: Antiphon needs 0.160.0", "npm install -g @openai/codex@latest"),
        ("no number", "does not tell its version", "npm install -g @openai/codex"),
        (None, "is not installed", "npm install -g @openai/codex"),
    ],
)
async def test_none_that_will_do_is_told_with_what_to_type(
    tmp_path: Path, machine: dict[str, str], version: str | None, words: str, command: str
) -> None:
    """By what is wrong with it."""
    if version:
        codex(tmp_path / "bin/codex", version)
    with pytest.raises(ProviderFailed) as failed:
        await Finder().find(machine)
    failure = failed.value.failure
    assert failure.code == "provider-missing" and words in failure.message
    assert failure.action and (failure.action.kind, failure.action.command) == ("install", command)


async def test_its_version_is_asked_once(tmp_path: Path, machine: dict[str, str]) -> None:
    """Until its file changes: an update is seen without a restart."""
    own, finder = codex(tmp_path / "bin/codex", NEW), Finder()
    for _ in range(2):
        assert (await finder.find(machine)).version == NEW
    assert asked(own) == 1
    codex(tmp_path / "bin/codex", NEWER)
    assert (await finder.find(machine)).version == NEWER


async def test_one_that_hangs_is_given_up(
    tmp_path: Path, machine: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within its limit, and ended."""
    monkeypatch.setattr(finder, "VERSION_S", 0.3)
    codex(tmp_path / "bin/codex", NEW, says="sleep 300")
    with pytest.raises(ProviderFailed, match="does not run"):
        await Finder().find(machine)


async def test_one_that_was_slow_once_is_asked_again(
    tmp_path: Path, machine: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy moment does not make it one that does not run, for as long as the server lives."""
    monkeypatch.setattr(finder, "VERSION_S", 0.3)
    codex(tmp_path / "bin/codex", NEW, says=f'[ -e "$0.fast" ] || exec sleep 300; echo "codex-cli {NEW}"')
    looking = Finder()
    with pytest.raises(ProviderFailed, match="does not run"):
        await looking.find(machine)
    codex(tmp_path / "bin/codex.fast", NEW)
    monkeypatch.setattr(finder, "VERSION_S", 10)
    assert (await looking.find(machine)).version == NEW
