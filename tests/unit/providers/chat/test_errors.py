"""What goes wrong with a model's server, as our failures."""

from typing import Any

import pytest
from pydantic_ai import exceptions as x

from antiphon.model.failures import Failure
from antiphon.providers.chat import errors
from antiphon.providers.chat.errors import Whose
from antiphon.providers.chat.fitting import TooLong

ROUTER = Whose(provider="openrouter", name="OpenRouter", server="openrouter", key="sk-or-secret")
OLLAMA = Whose(provider="localgpu", name="Ollama", server="ollama")
NOW = 1_000_000


def http(status: int, message: str = "no", **more: Any) -> x.ModelHTTPError:
    return x.ModelHTTPError(status, "m", {"message": message}, **more)


def told(error: BaseException, whose: Whose = ROUTER) -> Failure:
    return errors.of(error, whose, NOW)


@pytest.mark.parametrize(
    ("status", "code", "action", "retryable"),
    [
        (400, "invalid-request", "retry", False),
        (401, "auth", "add-key", False),
        (402, "usage-limit", "wait", False),
        (403, "auth", "add-key", False),
        (404, "invalid-request", "retry", False),
        (408, "stalled", "retry", True),
        (413, "prompt-too-long", "shorten", False),
        (418, "invalid-request", "retry", False),
        (422, "invalid-request", "retry", False),
        (429, "usage-limit", "wait", False),
        (500, "overloaded", "retry", True),
        (502, "overloaded", "retry", True),
        (503, "overloaded", "retry", True),
        (504, "stalled", "retry", True),
        (529, "overloaded", "retry", True),
    ],
)
def test_statuses(status: int, code: str, action: str, retryable: bool) -> None:
    """Each has its code, something to do, and the server's own words."""
    found = told(http(status, "the server's words"))
    assert (found.code, found.retryable) == (code, retryable)
    assert found.action
    assert found.action.kind == action
    assert found.detail == f"HTTP {status}: the server's words"
    assert found.type == "openrouter-error"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (x.ModelContextWindowExceededError("m", "no"), "prompt-too-long"),
        (x.ModelAuthenticationError("m", "no"), "auth"),
        (x.ModelQuotaExceededError("m", "no"), "usage-limit"),
        (x.ModelRateLimitError("m", "no"), "usage-limit"),
        (x.ModelOverloadedError("m", "no"), "overloaded"),
        (x.ModelServerError("m", "no"), "overloaded"),
        (x.ModelTimeoutError("m", "no"), "stalled"),
        (x.ModelConnectionError("m", "no"), "network"),
        (x.ModelConnectionError("m", "no", in_stream=True), "truncated"),
        (x.ModelNotFoundError("m", "no"), "invalid-request"),
        (x.ContentFilterError("no"), "invalid-request"),
        (x.UnexpectedModelBehavior("what is this"), "truncated"),
        (x.ModelAPIError("m", "Streamed response ended without a `finish_reason`"), "truncated"),
        (TooLong(9000, 4096), "prompt-too-long"),
        (ZeroDivisionError("seven over nothing"), "internal"),
    ],
)
def test_errors_without_a_status(error: BaseException, code: str) -> None:
    """By their class; what nobody thought of is `internal`, with its words."""
    found = told(error)
    assert found.code == code
    assert str(error) in (found.detail or "")
    assert found.action


@pytest.mark.parametrize(
    "words",
    [
        "the request exceeds the available context size, try increasing it",
        "This model's maximum context length is 8192 tokens",
        "prompt is too long: 250000 tokens > 200000 maximum",
        "exceed_context_size_error",
    ],
)
def test_a_400_of_a_context_that_is_full(words: str) -> None:
    """The words say more than the status, whichever it is."""
    for status in (400, 404):
        found = told(http(status, words))
        assert (found.code, found.message) == (
            "prompt-too-long",
            "The conversation is too long for this model.",
        )


def test_a_rate_limit_says_until_when() -> None:
    """`Retry-After` is when it makes sense to try again."""
    limited, spent = told(http(429, retry_after=120)), told(http(402, retry_after=120))
    assert limited.action
    assert limited.action.until == NOW + 120_000
    assert spent.action
    assert spent.action.until is None, "waiting brings no credit"


def test_no_key_is_shown() -> None:
    """A server that tells the key back tells it to nobody."""
    found = told(http(401, "bad key sk-or-secret"))
    assert "sk-or-secret" not in str(found)
    assert "bad key [redacted]" in (found.detail or "")


def test_a_local_server_is_started_by_its_own_command() -> None:
    """The exact one, for what is not there and for what does not fit."""
    gone, short = told(x.ModelConnectionError("m", "refused"), OLLAMA), told(TooLong(9000, 4096), OLLAMA)
    assert gone.action
    assert gone.action.command == "ollama serve"
    assert short.action
    assert short.action.command == "OLLAMA_CONTEXT_LENGTH=32768 ollama serve"
    assert short.type == "localgpu-error"
    assert "4096" in (short.detail or "")


def test_the_causes_of_a_broken_connection_are_told() -> None:
    """That there was an error of connection alone says nothing."""
    error = x.ModelConnectionError("m", "Connection error.")
    error.__cause__ = OSError("Connection refused")
    assert told(error).detail == "Connection error.\nConnection refused"
    error.__cause__.__cause__ = OSError("refused")
    assert told(error).detail == "Connection error.\nConnection refused", "nothing is told twice"
    error.__cause__ = last = OSError("1")
    for number in range(2, 9):
        last.__cause__ = last = OSError(str(number))
    assert told(error).detail == "Connection error.\n1\n2\n3", "nor without end"
