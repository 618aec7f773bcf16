"""What is known of Claude Code before the first prompt: whether it is here, and who pays."""

import json
from pathlib import Path
from typing import Any

import pytest

from antiphon.providers.base import ProviderFailed
from antiphon.providers.claude import program
from antiphon.providers.claude.provider import ClaudeProvider

LOGIN = {"loggedIn": True, "authMethod": "claude.ai", "email": "ada@example.org", "subscriptionType": "max"}
KEY = {"loggedIn": True, "authMethod": "api_key", "apiKeySource": "ANTHROPIC_API_KEY"}
NOBODY = {"loggedIn": False, "authMethod": "none"}


@pytest.fixture
def claude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a `claude` that answers `auth status`: with a key in its environment, and without."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(program, "find_spec", lambda name: None)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def make(with_key: Any, without: Any) -> None:
        path = tmp_path / "claude"
        path.write_text(
            "#!/bin/sh\n"
            'if [ "$1" = --version ]; then echo "2.1.330 (Claude Code)"; exit; fi\n'
            f"if [ -n \"$ANTHROPIC_API_KEY\" ]; then echo '{with_key}'; else echo '{without}'; fi\n"
        )
        path.chmod(0o755)

    return lambda with_key, without: make(json.dumps(with_key), json.dumps(without))


async def test_a_login_pays(claude: Any) -> None:
    """The plan and whose it is."""
    claude(KEY, LOGIN)
    ready = await ClaudeProvider().readiness()
    assert (ready.found, ready.version, ready.signed_in) == (True, "2.1.330", True)
    assert (ready.account, ready.warning, ready.message) == ("Claude Max of ada@example.org", "", "")


async def test_a_key_that_overrides_a_login_is_warned_of(
    claude: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key pays: who has a plan may not have meant that."""
    claude(KEY, LOGIN)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-a-secret-of-the-test")
    ready = await ClaudeProvider().readiness()
    assert ready.account == "API key from ANTHROPIC_API_KEY"
    assert "ANTHROPIC_API_KEY is set" in ready.warning and "Claude Max of ada@example.org" in ready.warning
    assert "sk-a-secret" not in repr(ready)


async def test_a_key_without_a_login_is_no_warning(claude: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It overrides nothing."""
    claude(KEY, NOBODY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-a-secret-of-the-test")
    ready = await ClaudeProvider().readiness()
    assert (ready.signed_in, ready.warning) == (True, "")


async def test_nobody_is_signed_in(claude: Any) -> None:
    """With the command that signs in."""
    claude(KEY, NOBODY)
    ready = await ClaudeProvider().readiness()
    assert (ready.found, ready.signed_in) == (True, False)
    assert ready.message == "Claude Code is not signed in."
    assert ready.action and ready.action.command == "claude auth login"


@pytest.mark.parametrize("said", ["no such command", [], 5])
async def test_what_it_does_not_tell_is_not_known(claude: Any, said: Any) -> None:
    """An agent that cannot say who is signed in may well work."""
    claude(said, said)
    ready = await ClaudeProvider().readiness()
    assert (ready.found, ready.signed_in, ready.account) == (True, None, "")


async def test_there_is_none(tmp_path: Path, claude: Any) -> None:
    """The page shows the command that adds one."""
    ready = await ClaudeProvider().readiness()
    assert not ready.found and "not installed" in ready.message
    assert ready.action and ready.action.command == program.INSTALL.command


async def test_the_login_is_of_the_program_that_sessions_use(
    claude: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path, the fixed words, and an environment without what is not Claude's or a person's."""
    claude(NOBODY, NOBODY)
    monkeypatch.setenv("OPENAI_API_KEY", "codex's")
    for name in ("DISPLAY", "CI", "CI_JOB"):
        monkeypatch.setenv(name, "1")
    prepared = await ClaudeProvider().prepare_login()
    assert prepared.program.command == [str(tmp_path / "claude"), "auth", "login"]
    assert not {"OPENAI_API_KEY", "DISPLAY", "CI", "CI_JOB"} & prepared.environment.keys()
    assert (prepared.environment["TERM"], prepared.environment["BROWSER"]) == ("xterm-256color", "true")
    ready = await ClaudeProvider().readiness()
    assert ready.action == ClaudeProvider.login.action and ready.action.command == "claude auth login"


async def test_no_program_no_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the way to get one."""
    monkeypatch.setattr(program, "find_spec", lambda name: None)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProviderFailed) as failed:
        await ClaudeProvider().prepare_login()
    assert failed.value.failure.code == "provider-missing" and failed.value.failure.action == program.INSTALL
