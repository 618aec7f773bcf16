"""The Gemini CLI's driver: what it offers where the CLI is not to be had, and what it is started with."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.providers import catalog
from antiphon.providers.acp import driver as acp_driver
from antiphon.providers.acp.driver import AcpDriver
from antiphon.providers.base import Launch, ProviderFailed
from antiphon.providers.gemini import conversations, driver
from antiphon.providers.gemini.provider import GeminiProvider
from antiphon.testing.sink import RecordingSink

OFFER = "start a new session and choose the agent “Gemini API”"


def gemini() -> GeminiProvider:
    """The shipped one."""
    found = catalog.load()
    assert found["gemini-api"].name == "Gemini API"
    provider = found["gemini"]
    assert isinstance(provider, GeminiProvider)
    return provider


def program(folder: Path, source: str) -> None:
    """A `gemini` of this source on the PATH."""
    (folder / "gemini").write_text(f"#!/bin/sh\n{source}\n")
    (folder / "gemini").chmod(0o755)


def launch(folder: Path, **around: str) -> Launch:
    """A launch with nothing but these programs."""
    environment = {"PATH": str(folder), "HOME": str(folder), **around}
    return Launch(session=new_id(), folder=folder, marker=new_id(), environment=environment)


async def failure(folder: Path, **around: str):
    """What `open` fails with."""
    with pytest.raises(ProviderFailed) as raised:
        await gemini().open(launch(folder, **around), RecordingSink())
    return raised.value.failure


async def test_the_api_is_offered_where_there_is_a_key(tmp_path: Path) -> None:
    """Not installed, or crashed at its start; never without a key."""
    missing = await failure(tmp_path, GEMINI_API_KEY="sk-x")
    assert (missing.code, missing.type) == ("provider-missing", "gemini-error")
    assert OFFER in missing.message and "GEMINI_API_KEY" in missing.message
    assert missing.action and missing.action.command == "npm install -g @google/gemini-cli"
    assert OFFER not in (await failure(tmp_path)).message
    program(tmp_path, "echo 'SyntaxError: this node is too old' >&2; exit 1")
    crashed = await failure(tmp_path, GOOGLE_API_KEY="sk-x")
    assert crashed.code == "provider-crashed" and OFFER in crashed.message
    assert "too old" in (crashed.detail or "")
    assert OFFER not in (await failure(tmp_path)).message


async def test_readiness_offers_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not found, or found and not running; signed out, it says how to sign in."""
    for name, value in {"PATH": str(tmp_path), "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    for name in ("GOOGLE_API_KEY", "GEMINI_CLI_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GEMINI_API_KEY", "sk-x")
    seen = await gemini().readiness()
    assert not seen.found and OFFER in seen.message
    program(tmp_path, "exit 1")
    seen = await gemini().readiness()
    assert not seen.found and "does not run" in seen.message and OFFER in seen.message
    with monkeypatch.context() as hurried:
        hurried.setattr(acp_driver, "VERSION_S", 0.3)
        program(tmp_path, "exec /bin/sleep 300")
        seen = await gemini().readiness()  # slow, on a busy machine: it is not said to be broken
    assert seen.found and not seen.message and seen.version is None
    program(tmp_path, "echo 0.61.0")
    seen = await gemini().readiness()
    assert (seen.found, seen.version, seen.signed_in) == (True, "0.61.0", True)
    assert seen.account == "API key from GEMINI_API_KEY"
    monkeypatch.delenv("GEMINI_API_KEY")
    seen = await gemini().readiness()
    assert seen.signed_in is False and seen.action and seen.action.command == "gemini"


async def test_it_is_offered_only_where_the_cli_did_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that wants to be signed in is there: the failure is its own."""
    failed = Failure(provider="gemini", code="auth", message="Sign in.")

    async def refuse(*_: Any) -> Any:
        raise ProviderFailed(failed)

    monkeypatch.setattr(AcpDriver, "open", refuse)
    assert await failure(tmp_path, GEMINI_API_KEY="sk-x") == failed


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Awaitable[Launch]]:
    """Opens the CLI on a machine without settings of the system's; tells with what it would be started."""
    (tmp_path / ".gemini").mkdir()
    monkeypatch.setattr(driver, "SYSTEM_DEFAULTS", (tmp_path / "system.json",))
    launched: list[Launch] = []

    async def note(_: AcpDriver, launch: Launch, *rest: Any) -> Any:
        launched.append(launch)

    monkeypatch.setattr(AcpDriver, "open", note)

    async def open(native: str | None = None, **around: str) -> Launch:
        await gemini().open(replace(launch(tmp_path, **around), native_session=native), RecordingSink())
        return launched[-1]

    return open


def chosen(launch: Launch) -> str:
    """The way of signing in that it is told of; "": none of ours."""
    told = json.loads(Path(launch.environment[driver.DEFAULTS]).read_text())
    return told.get("security", {}).get("auth", {}).get("selectedType", "")


async def test_its_defaults_go_below_the_persons_settings(
    tmp_path: Path, opened: Callable[..., Awaitable[Launch]]
) -> None:
    """A key pays where nothing was selected; what was selected stays; defaults of the system's or the person's stay."""
    assert chosen(await opened()) == ""
    assert chosen(await opened(GEMINI_API_KEY="sk-x")) == "gemini-api-key"
    assert (await opened(**{driver.DEFAULTS: "/mine.json"})).environment[driver.DEFAULTS] == "/mine.json"
    settings = tmp_path / ".gemini/settings.json"
    settings.write_text('{"security": {"auth": {"selectedType": "oauth-personal"}}}')
    assert chosen(await opened(GEMINI_API_KEY="sk-x")) == ""
    settings.unlink()
    (tmp_path / "system.json").touch()
    assert driver.DEFAULTS not in (await opened(GEMINI_API_KEY="sk-x")).environment


NATIVE = "0123abcd-0000-4000-8000-000000000000"


async def test_a_conversation_is_set_back_where_it_can_be(
    tmp_path: Path, opened: Callable[..., Awaitable[Launch]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then no minute is waited for; where its file cannot be renamed, it is. An id without a minute is as it is."""
    now = conversations.utc_now()
    monkeypatch.setattr(conversations, "utc_now", lambda: now)
    chats = tmp_path / ".gemini/tmp/project/chats"
    chats.mkdir(parents=True)
    file = chats / f"session-{now.strftime(conversations.MINUTE)}-{NATIVE[:8]}.jsonl"
    file.touch()
    assert (await opened(NATIVE)).native_session == NATIVE and file.exists()
    assert (await opened(f"{NATIVE}_28333334")).native_session == NATIVE
    assert not file.exists() and len(list(chats.iterdir())) == 1
    monkeypatch.setattr(conversations, "TRIES", 1)  # no name is free
    file.touch()
    assert (await opened(f"{NATIVE}_28333334")).native_session == f"{NATIVE}_28333334"
    assert (await opened()).native_session is None
