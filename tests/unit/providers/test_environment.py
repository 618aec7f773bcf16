"""What an agent's environment holds, and does not."""

import pytest

from antiphon.providers.environment import KEYS, for_provider, redact, secrets, variables_of

USERS = {
    "HOME": "/home/user",
    "PATH": "/bin",
    "EDITOR": "vi",
    "GITHUB_TOKEN": "of the user's own",
    "ANTHROPIC_API_KEY": "claude's",
    "ANTHROPIC_BASE_URL": "claude's",
    "CLAUDE_CODE_OAUTH_TOKEN": "claude's",
    "CLAUDE_CONFIG_DIR": "claude's",
    "OPENAI_API_KEY": "codex's",
    "CODEX_HOME": "codex's",
    "GEMINI_API_KEY": "gemini's",
    "GOOGLE_API_KEY": "gemini's",
    "GOOGLE_APPLICATION_CREDENTIALS": "gemini's",
    "CURSOR_API_KEY": "cursor's",
    "OPENROUTER_API_KEY": "openrouter's",
    "AZURE_OPENAI_API_KEY": "azure's",
    "AWS_BEARER_TOKEN_BEDROCK": "bedrock's",
    "ANTIPHON_TOKEN": "ours",
    "ANTIPHON_MARKER": "of an agent that runs Antiphon",
    "DATABASE_URL": "ours",
}


@pytest.mark.parametrize("provider", [*KEYS, "practice", "somebody-elses"])
def test_an_agent_gets_its_own_keys_only(provider: str) -> None:
    """No key of another provider, none of Antiphon's; everything else of the user's."""
    found = for_provider(provider, USERS)
    account = "gemini" if provider == "gemini-api" else provider  # another road to the same account
    assert {value for value in found.values() if value.endswith("'s")} <= {f"{account}'s"}
    assert "ours" not in found.values()
    assert "ANTIPHON_MARKER" not in found
    assert {"HOME", "PATH", "EDITOR", "GITHUB_TOKEN"} <= found.keys()


def test_each_provider_gets_all_of_its_own() -> None:
    """Nothing that an agent needs is lost."""
    assert {k for k, v in USERS.items() if v == "claude's"} <= for_provider("claude", USERS).keys()
    assert {k for k, v in USERS.items() if v == "gemini's"} <= for_provider("gemini", USERS).keys()
    assert {k for k, v in USERS.items() if v == "codex's"} <= for_provider("codex", USERS).keys()


def test_an_agent_may_get_anothers_keys() -> None:
    """One that runs other providers' models: the catalog says whose."""
    found = variables_of(["gemini", "nobody"], USERS)
    assert set(found.values()) == {"gemini's"}
    assert "GOOGLE_APPLICATION_CREDENTIALS" in found
    assert variables_of([], USERS) == {}


def test_the_servers_own_environment_is_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without another one."""
    monkeypatch.setenv("ANTIPHON_SECRET", "x")
    monkeypatch.setenv("OF_THE_USER", "y")
    found = for_provider("practice")
    assert "ANTIPHON_SECRET" not in found
    assert found["OF_THE_USER"] == "y"


def test_secrets_are_redacted() -> None:
    """By their values, wherever they turn up; a short value is no secret."""
    hidden = secrets(
        {"MY_API_KEY": "sk-12345678", "A_TOKEN": "sk-12345678-long", "PASSWORD": "abc", "HOME": "/home/me"}
    )
    assert redact("sk-12345678-long sk-12345678 abc /home/me", hidden) == "[redacted] [redacted] abc /home/me"
