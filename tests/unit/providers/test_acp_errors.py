"""An agent's errors as our failures."""

import msgspec
import pytest

from antiphon.model.failures import Action, Failure
from antiphon.providers.acp.errors import Names, classify, failure

SIGN_IN = Action(kind="sign-in", label="Sign in to Gemini CLI", command="gemini")
GEMINI = Names(provider="gemini", name="Gemini CLI", sign_in=SIGN_IN)


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        (-32000, "Authentication required", "auth"),
        (401, "API key not valid", "auth"),
        (403, "forbidden", "auth"),
        (429, "You exceeded your current quota", "usage-limit"),
        (402, "payment required", "usage-limit"),
        (500, "fetch failed", "network"),
        (500, "terminated", "truncated"),
        (500, "Incomplete JSON segment at the end", "truncated"),
        (500, "Internal server error", "overloaded"),
        (503, "The model is overloaded", "overloaded"),
        (503, "rate limit reached", "overloaded"),
        (401, "no quota for this key", "auth"),
        (400, "prompt is too long: 250000 tokens", "prompt-too-long"),
        (400, "bad", "invalid-request"),
        (-32602, "Invalid params", "invalid-request"),
        (-32601, "Method not found", "invalid-request"),
        (-32603, "ECONNREFUSED", "network"),
        (-32603, "HTTP 503: no", "overloaded"),
        (-32603, "HTTP 418: no", "internal"),
        (-32603, "Session too large to compact - context exceeds model limit", "prompt-too-long"),
        (-32603, "Internal error: invalid x-api-key", "auth"),
        (-32603, "Please log in: not logged in", "auth"),
        (-32603, "rate limit reached", "usage-limit"),
        (-32603, "The operation was aborted", "cancelled-by-agent"),
        (-32603, "Internal error", "internal"),
        (12345, "what is this", "internal"),
    ],
)
def test_an_error_is_classified(code: int, words: str, expected: str) -> None:
    """By its code, unless its words say more."""
    assert classify(code, words) == expected


def test_a_failure_keeps_the_agents_own_words() -> None:
    """For a person: a sentence; below it, what the agent said, its data included."""
    found = failure(GEMINI, 500, "Internal error", {"details": "fetch failed"})
    assert found.message == "Gemini CLI cannot reach its model."
    assert found.detail == 'Internal error\n{"details":"fetch failed"}'
    assert (found.type, found.retryable) == ("gemini-error", True)


def test_an_agent_of_our_own_tells_its_failure_whole() -> None:
    """Its code, words and action are ours already; whose it is, the catalog says."""
    own = Failure(
        provider="someone-else",
        code="usage-limit",
        message="The limit is reached.",
        action=Action(kind="wait", label="Wait", until=7),
        detail="HTTP 429",
    )
    data = {"antiphon": {"failure": msgspec.to_builtins(own)}}
    found = failure(GEMINI, 500, "The limit is reached.", data)
    assert found == Failure(
        provider="gemini", code="usage-limit", message=own.message, action=own.action, detail="HTTP 429"
    )
    assert found.type == "gemini-error"


def test_a_refused_key_says_how_to_sign_in() -> None:
    """The catalog knows the command."""
    found = failure(GEMINI, 401, "API key not valid")
    assert found.action == SIGN_IN
    assert not found.retryable
