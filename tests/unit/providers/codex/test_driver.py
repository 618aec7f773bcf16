"""What is known of Codex before the first prompt: whether it is here, and who pays."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antiphon.providers.codex import driver
from antiphon.providers.codex.provider import CodexProvider

MODELS = {"data": [{"model": "m2"}, {"model": "m1", "isDefault": True}]}
NOBODY = {"account": None, "requiresOpenaiAuth": True}
SERVER = """
import json, sys
answers = {answers}
for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked: print(json.dumps({{"id": asked["id"], "result": answers.get(asked["method"], {{}})}}), flush=True)
"""
Make = Callable[..., None]


@pytest.fixture
def codex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a `codex` that answers so; `script`: what its `app-server` does instead."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def make(account: Any, script: str = "") -> None:
        server = tmp_path / "server.py"
        answers = {"account/read": account, "model/list": MODELS}
        server.write_text(SERVER.format(answers=json.loads(json.dumps(answers))))
        path = tmp_path / "codex"
        path.write_text(
            "#!/bin/sh\n"
            'if [ "$1" = --version ]; then echo "codex-cli 0.169.0"; exit; fi\n'
            + (script or f"exec {sys.executable} {server}\n")
        )
        path.chmod(0o755)

    return make


@pytest.mark.parametrize(
    ("account", "said"),
    [
        (
            {"type": "chatgpt", "email": "ada@example.org", "planType": "plus"},
            "ChatGPT Plus of ada@example.org",
        ),
        ({"type": "chatgpt", "email": None, "planType": "unknown"}, "ChatGPT"),
        ({"type": "apiKey"}, "API key kept by Codex"),
        ({"type": "amazonBedrock"}, "Amazon Bedrock"),
    ],
)
async def test_who_pays_is_told(codex: Make, account: Any, said: str) -> None:
    """As Codex says, with its version and its models."""
    codex({"account": account, "requiresOpenaiAuth": True})
    ready = await CodexProvider().readiness()
    assert (ready.found, ready.version, ready.signed_in, ready.account) == (True, "0.169.0", True, said)
    assert ready.models == ["m1", "m2"] and not ready.message


async def test_nobody_is_signed_in(codex: Make) -> None:
    """With the command that signs in."""
    codex(NOBODY)
    ready = await CodexProvider().readiness()
    assert (ready.signed_in, ready.message) == (False, "Codex is not signed in.")
    assert ready.action and ready.action.command == "codex login --device-auth"


async def test_a_key_of_the_environment_pays_where_nobody_is_signed_in(
    codex: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codex would not take it by itself: Antiphon hands it over, and says so."""
    codex(NOBODY)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-secret-of-the-test")
    ready = await CodexProvider().readiness()
    assert (ready.signed_in, ready.account) == (True, "API key from OPENAI_API_KEY")
    assert "sk-a-secret" not in repr(ready)


async def test_a_model_provider_of_ones_own_needs_no_login(codex: Make) -> None:
    """Its settings say so."""
    codex({"account": None, "requiresOpenaiAuth": False})
    ready = await CodexProvider().readiness()
    assert (ready.signed_in, ready.account, ready.action) == (True, "", None)


async def test_a_key_that_its_own_settings_name_is_given_to_it(
    codex: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though another provider's; no other, and nothing of Antiphon's."""
    codex({"account": None, "requiresOpenaiAuth": False}, f"env > {tmp_path}/seen; exit 1\n")
    named = 'env_key = "OPENROUTER_API_KEY"\n[model_providers.odd]\nenv_key = "ANTIPHON_PASSWORD"\n'
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex/config.toml").write_text(f"[model_providers.router]\n{named}")
    for name in ("OPENROUTER_API_KEY", "ANTHROPIC_API_KEY", "ANTIPHON_PASSWORD"):
        monkeypatch.setenv(name, "a-secret-of-the-test")
    monkeypatch.delenv("CODEX_HOME", raising=False)
    await CodexProvider().readiness()
    seen = (tmp_path / "seen").read_text()
    assert "\nOPENROUTER_API_KEY=" in f"\n{seen}"
    assert "ANTHROPIC_API_KEY" not in seen and "ANTIPHON_PASSWORD" not in seen
    (tmp_path / ".codex/config.toml").write_text("not toml")
    await CodexProvider().readiness()
    assert "OPENROUTER_API_KEY" not in (tmp_path / "seen").read_text()


@pytest.mark.parametrize("script", ["exit 1\n", "echo nonsense; cat\n", "sleep 300\n"])
async def test_what_it_does_not_tell_is_not_known(
    codex: Make, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    """One that cannot say who is signed in is here all the same; within its time."""
    monkeypatch.setattr(driver, "LOOK_S", 0.5)
    codex(NOBODY, script)
    ready = await CodexProvider().readiness()
    assert (ready.found, ready.version, ready.signed_in) == (True, "0.169.0", None)


async def test_there_is_none(codex: Make) -> None:
    """The page shows the command that installs one."""
    ready = await CodexProvider().readiness()
    assert not ready.found and "not installed" in ready.message
    assert ready.action and ready.action.command == "npm install -g @openai/codex"
