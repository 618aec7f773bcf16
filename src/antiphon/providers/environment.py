"""An agent's environment: the user's own, with no secret but the agent's own provider's.

Agents run commands that models think up, so a key that the agent does not need must not be
there to be read (promise 10).
"""

import contextlib
import os
from collections.abc import Collection, Generator, Mapping
from contextvars import ContextVar

MARKER = "ANTIPHON_MARKER"
"""The variable by which a process is known as ours, over its parent's death (promise 7)."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "claude": ("ANTHROPIC_", "CLAUDE_"),
    "codex": ("OPENAI_", "CODEX_"),
    "gemini": ("GEMINI_", "GOOGLE_"),
    "gemini-api": ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
    "cursor": ("CURSOR_",),
    "openrouter": ("OPENROUTER_",),
    "localgpu": ("LOCALGPU_", "OLLAMA_API_KEY", "VLLM_API_KEY", "LLAMA_API_KEY"),
    "azure": ("AZURE_OPENAI_",),
    "bedrock": ("AWS_BEARER_TOKEN_BEDROCK",),
    "deepseek": ("DEEPSEEK_",),
    "groq": ("GROQ_",),
    "mistral": ("MISTRAL_",),
    "together": ("TOGETHER_",),
    "xai": ("XAI_",),
}
"""Which variables (by the beginning of their name) are a provider's: its keys and its settings."""

OWN = ("ANTIPHON_", "DATABASE_URL")
"""Antiphon's secrets: no agent's."""

SECRET_WORDS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")
SECRET_LENGTH = 8
"""Characters: a shorter value is no secret, and redacting it would blank out innocent words."""


_ADDED: ContextVar[Mapping[str, str]] = ContextVar("added", default={})  # noqa: B039 (it is never changed)


@contextlib.contextmanager
def added(variables: Mapping[str, str]) -> Generator[None]:
    """Within it, in this task alone, `for_provider` adds these: a look at one provider, with its key."""
    before = _ADDED.set(variables)
    try:
        yield
    finally:
        _ADDED.reset(before)


def for_provider(provider: str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a provider's agent, out of the user's (`os.environ`)."""
    own = KEYS.get(provider, ())
    foreign = tuple(prefix for prefixes in KEYS.values() for prefix in prefixes)
    users = {**os.environ, **_ADDED.get()} if base is None else base
    return {
        name: value
        for name, value in users.items()
        if not name.startswith(OWN) and (name.startswith(own) or not name.startswith(foreign))
    }


def variables_of(providers: Collection[str], base: Mapping[str, str] | None = None) -> dict[str, str]:
    """These providers' own variables: for an agent that runs their models with their keys."""
    wanted = tuple(prefix for provider in providers for prefix in KEYS.get(provider, ()))
    return {
        name: value
        for name, value in (os.environ if base is None else base).items()
        if name.startswith(wanted)
    }


def secrets(environment: Mapping[str, str]) -> list[str]:
    """The values that must not be shown, longest first (so that one within another is covered)."""
    found = {
        value
        for name, value in environment.items()
        if len(value) >= SECRET_LENGTH and any(word in name.upper() for word in SECRET_WORDS)
    }
    return sorted(found, key=len, reverse=True)


def redact(text: str, hidden: Collection[str]) -> str:
    """`text` without the secrets in it."""
    for secret in hidden:
        text = text.replace(secret, "[redacted]")
    return text
