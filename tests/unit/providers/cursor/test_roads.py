"""Which road to Cursor there is."""

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from msgspec.structs import replace

from antiphon.model.ids import new_id
from antiphon.providers.base import Launch, ProviderFailed
from antiphon.providers.cursor import cli, driver, roads
from antiphon.providers.cursor.provider import CursorProvider
from antiphon.testing.sink import RecordingSink


def program(path: Path) -> Path:
    """A file that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine without anything of Cursor's, and without cursor-sdk."""
    monkeypatch.setattr(roads, "find_spec", lambda name: None)
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home")}


def with_sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """cursor-sdk is installed; its launcher."""

    class Spec:
        origin = str(tmp_path / "cursor_sdk/__init__.py")

    monkeypatch.setattr(roads, "find_spec", lambda name: Spec)
    return program(tmp_path / "cursor_sdk" / roads.LAUNCHER)


def test_a_package_of_that_name_without_a_file_is_not_the_sdk(
    around: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is left of it is a namespace to Python."""
    monkeypatch.setattr(roads, "find_spec", lambda name: ModuleSpec(name, None))
    assert roads.road(around) is None


def test_the_cli_opens_no_browser() -> None:
    """There is nobody before the server's screen."""
    assert roads.CLI.surroundings({"NO_OPEN_BROWSER": "0"})["NO_OPEN_BROWSER"] == "1"


async def test_without_a_road_it_says_so(
    around: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a look, and to who opens it all the same; the provider tells of the CLI, which a person would install."""
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    provider = CursorProvider()
    ready = await provider.readiness()
    assert (ready.found, ready.action) == (False, roads.missing(around)[1])
    assert provider.capabilities == roads.CLI.capabilities and provider.login == roads.CLI.login
    launch = Launch(session=new_id(), folder=tmp_path, marker=new_id(), environment=around)
    with pytest.raises(ProviderFailed) as failed:
        await provider.open(launch, RecordingSink())
    assert failed.value.failure.code == "provider-missing" and failed.value.failure.action == ready.action


@pytest.mark.parametrize("key", ["", "key_x"])
async def test_over_the_sdk_a_key_is_all(
    around: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """Without one it is there, and not signed in; either way it says what it takes to agree to."""
    with_sdk(tmp_path, monkeypatch)
    for name, value in {**around, roads.KEY: key}.items():
        monkeypatch.setenv(name, value)
    ready = await CursorProvider().readiness()
    assert (ready.found, ready.signed_in, ready.warning) == (True, bool(key), roads.CONSENT)
    assert (ready.action is None, bool(ready.account)) == (bool(key), bool(key))
    around = {**around, roads.KEY: "key_x"}
    launch = Launch(session=new_id(), folder=tmp_path, marker=new_id(), environment=around)
    for refused, words in (
        (launch, "Nobody has agreed"),
        (replace(launch, consented=True, native_session="0a1b-cli"), "held over the Cursor CLI"),
    ):
        with pytest.raises(ProviderFailed, match=words):
            await CursorProvider().open(refused, RecordingSink())


@pytest.mark.parametrize("key", roads.CLI_KEYS)
async def test_a_key_is_as_good_as_the_clis_login(around: dict[str, str], tmp_path: Path, key: str) -> None:
    """Whatever it says of its login; that it runs is told by its version."""
    path = program(tmp_path / "bin/cursor-agent")
    path.write_text('#!/bin/sh\n[ "$1" = --version ] && echo 2026.1 || echo Not logged in\n')
    entry = roads.road(around)
    assert entry
    out = await cli.look(entry, around)
    assert (out.version, out.signed_in, out.action) == ("2026.1", False, entry.names.sign_in)
    keyed = await cli.look(entry, {**around, key: "x"})
    assert (keyed.signed_in, keyed.account, keyed.action) == (True, f"Cursor CLI, API key from {key}", None)


def test_nothing_is_there(around: dict[str, str]) -> None:
    """How to install the CLI; or the SDK, where a key is at hand already."""
    assert roads.road(around) is None
    words, action = roads.missing(around)
    assert "not installed" in words and action.command == roads.INSTALL_CLI
    words, action = roads.missing(around | {"CURSOR_API_KEY": "x"})
    assert "CURSOR_API_KEY is set" in words and action.command == roads.add_sdk(Path(sys.prefix))


@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("bin/cursor-agent", "cursor-agent login"),
        ("home/.local/bin/cursor-agent", "{path} login"),
    ],
)
def test_the_cli_comes_first(
    around: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, command: str
) -> None:
    """On the PATH or where its installer puts it, whether or not there is a key and the SDK; it signs in as it can be called."""
    with_sdk(tmp_path, monkeypatch)
    path = program(tmp_path / place)
    entry = roads.road(around | {"CURSOR_API_KEY": "x"})
    assert entry and entry.approvals and entry.command == [str(path), "acp"]
    assert entry.names.sign_in and entry.names.sign_in.command == command.format(path=path)


def test_another_programs_agent_is_not_cursors(around: dict[str, str], tmp_path: Path) -> None:
    """The CLI's other name counts where it leads to Cursor's own folder."""
    program(tmp_path / "bin/agent")
    assert roads.road(around) is None
    (tmp_path / "bin/agent").unlink()
    real = program(tmp_path / "home/.local/share/cursor-agent/versions/1/cursor-agent")
    (tmp_path / "bin/agent").symlink_to(real)
    entry = roads.road(around)
    assert entry and entry.command[0] == str(tmp_path / "bin/agent")


def test_the_sdk_where_there_is_no_cli(
    around: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With or without a key; not where its wheel brought no program for this system."""
    launcher = with_sdk(tmp_path, monkeypatch)
    assert roads.road(around) is roads.SDK
    assert roads.SDK.capabilities.consent and not roads.SDK.capabilities.approvals
    launcher.unlink()
    assert roads.road(around) is None


def test_how_the_sdk_is_added(tmp_path: Path) -> None:
    """In a checkout by ./dev, elsewhere by pip."""
    (tmp_path / "dev").touch()
    assert roads.add_sdk(tmp_path / ".venv") == "./dev add cursor"
    assert roads.add_sdk(tmp_path / "venv") == "pip install 'antiphon[cursor]'"


@pytest.mark.parametrize(
    ("said", "signed_in"),
    [
        ("✓ Logged in as you@example.com", True),
        ("Not logged in", False),
        ("You are not authenticated. Login required.", False),
        ("Authenticated", True),
        ("", None),
        ("error: unknown command", None),
    ],
)
def test_what_the_cli_says_of_its_login(said: str, signed_in: bool | None) -> None:
    """What we do not understand is not known."""
    assert cli.is_signed_in(said) is signed_in


@pytest.mark.parametrize(
    ("entry", "native", "words"),
    [
        (roads.SDK, "0a1b-cli", "held over the Cursor CLI"),
        (roads.CLI, "agent-0a1b", "held over cursor-sdk"),
        (roads.SDK, "agent-0a1b", ""),
        (roads.CLI, "0a1b-cli", ""),
        (roads.CLI, None, ""),
    ],
)
def test_a_conversation_stays_on_its_road(entry, native: str | None, words: str) -> None:
    """Where the road is another one now, the conversation is lost, in words, and not begun anew in silence."""
    if not words:
        driver._check_road(entry, native)
        return
    with pytest.raises(ProviderFailed) as failed:
        driver._check_road(entry, native)
    assert failed.value.failure.code == "invalid-request" and words in failed.value.failure.message
