"""The Gemini CLI's driver: what it offers where the CLI is not to be had, and what it is started with."""

from pathlib import Path

import pytest

from antiphon.model.ids import new_id
from antiphon.providers import catalog
from antiphon.providers.base import Launch, ProviderFailed
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
    program(tmp_path, "echo 0.61.0")
    seen = await gemini().readiness()
    assert (seen.found, seen.version, seen.signed_in) == (True, "0.61.0", True)
    assert seen.account == "API key from GEMINI_API_KEY"
    monkeypatch.delenv("GEMINI_API_KEY")
    seen = await gemini().readiness()
    assert seen.signed_in is False and seen.action and seen.action.command == "gemini"
