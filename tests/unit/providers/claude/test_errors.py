"""What Claude Code says of its failures, as ours."""

from typing import Any

import pytest

from antiphon.model.events import Usage
from antiphon.providers.claude import errors


def result(words: str = "", **more: Any) -> dict[str, Any]:
    """A result that failed."""
    return {"type": "result", "subtype": "success", "is_error": True, "result": words, **more}


@pytest.mark.parametrize(
    ("status", "code", "action"),
    [
        (400, "invalid-request", "retry"),
        (401, "auth", "sign-in"),
        (402, "usage-limit", "wait"),
        (403, "auth", "sign-in"),
        (404, "invalid-request", "retry"),
        (408, "network", "retry"),
        (413, "prompt-too-long", "shorten"),
        (418, "invalid-request", "retry"),
        (429, "usage-limit", "wait"),
        (500, "overloaded", "retry"),
        (503, "overloaded", "retry"),
        (529, "overloaded", "retry"),
    ],
)
def test_a_status_of_the_models_api(status: int, code: str, action: str | None) -> None:
    """Each has its code, words for a person, and what to do."""
    failure = errors.of_result(result("API Error", api_error_status=status))
    assert (failure.code, failure.action and failure.action.kind) == (code, action)
    assert failure.type == "claude-error" and failure.message and failure.detail == "API Error"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("connection_failed", "network"),
        ("authentication_failed", "auth"),
        ("billing_error", "usage-limit"),
        ("overloaded", "overloaded"),
        ("max_output_tokens", "truncated"),
        ("model_not_found", "invalid-request"),
        ("something_new", "internal"),
    ],
)
def test_a_kind_where_there_is_no_status(kind: str, code: str) -> None:
    """The CLI's own word."""
    assert errors.of_result(result(api_error=kind)).code == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Prompt is too long", "prompt-too-long"),
        ("Invalid API key · Fix external API key", "auth"),
        ("Not logged in · Please run /login", "auth"),
        ("Credit balance is too low", "usage-limit"),
        ("Claude usage limit reached", "usage-limit"),
        ("API Error: Connection dropped (ECONNRESET)", "network"),
        ("Unable to connect to API (ConnectionRefused)", "network"),
        ("Request timed out", "network"),
        ("API Error: JSON Parse error: Expected '}'", "truncated"),
        ("Overloaded", "overloaded"),
        ("It rained", "internal"),
        ("", "internal"),
    ],
)
def test_words_where_there_is_nothing_else(words: str, code: str) -> None:
    """The last resort."""
    assert errors.of_result(result(words)).code == code


def test_a_prompt_that_is_too_long_is_a_400_of_its_own() -> None:
    """By its reason, or by its words."""
    assert (
        errors.of_result(result(api_error_status=400, terminal_reason="prompt_too_long")).code
        == "prompt-too-long"
    )
    assert errors.of_result(result("prompt is too long", api_error_status=400)).code == "prompt-too-long"


def test_a_usage_limit_says_when_it_ends() -> None:
    """In ms, for the page to count down to."""
    failure = errors.of_result(result(api_error_status=429), limit_until=90_000)
    assert failure.action and (failure.action.kind, failure.action.until) == ("wait", 90_000)


def test_a_model_that_is_not_there_is_named() -> None:
    """The person chose it, and can choose another."""
    words = "There's an issue with the selected model (opus-9). It may not exist or you may not have access to it."
    failure = errors.of_result(result(words, api_error_status=404))
    assert "chosen model" in failure.message
    assert failure.action and "another model" in failure.action.label


def test_a_limit_of_steps_is_named() -> None:
    """It stands in Claude's own settings."""
    failure = errors.of_result({"subtype": "error_max_turns", "is_error": True, "errors": ["limit", None]})
    assert "limit of steps" in failure.message and failure.detail == "limit"


def test_a_status_goes_before_words() -> None:
    """Words of a 500 may speak of a connection."""
    assert errors.of_result(result("connection error upstream", api_error_status=500)).code == "overloaded"


@pytest.mark.parametrize("status", [None, True, "500", 5.5])
def test_what_is_no_status_is_not_taken_for_one(status: Any) -> None:
    """A newer Claude Code may say something else there."""
    assert errors.of_result(result(api_error_status=status)).code == "internal"


@pytest.mark.parametrize(
    ("message", "code", "words"),
    [
        ({"error_status": 529, "error": "overloaded"}, "overloaded", "(529)"),
        ({"error_status": 401, "error": "authentication_failed"}, "auth", "(401)"),
        ({"error_status": None, "error": "unknown"}, "network", ""),
        ({"error": "rate_limit"}, "usage-limit", ""),
        ({}, "network", ""),
    ],
)
def test_a_retry_names_what_failed(message: dict[str, Any], code: str, words: str) -> None:
    """Which attempt, of how many, and when the next one is."""
    more = {"attempt": 2, "max_retries": 10, "retry_delay_ms": 500}
    told = errors.retrying({**message, **more}, now=1000)
    assert (told.code, told.attempt, told.limit, told.next_at) == (code, 2, 10, 1500)
    assert told.message.endswith(words)


def test_usage_counts_what_the_model_read() -> None:
    """Cached or not; the cost and the largest context of the models that took part."""
    told = {
        "usage": {
            "input_tokens": 10,
            "cache_read_input_tokens": 200,
            "cache_creation_input_tokens": 3000,
            "output_tokens": 7,
        },
        "total_cost_usd": 0.25,
        "modelUsage": {"a": {"contextWindow": 200_000}, "b": {"contextWindow": 1_000_000}},
    }
    assert errors.usage(told) == Usage(
        input_tokens=3210, output_tokens=7, cached_tokens=200, cost_usd=0.25, context_limit=1_000_000
    )


@pytest.mark.parametrize(
    "told", [{}, {"usage": "much"}, {"usage": {"input_tokens": -1}, "total_cost_usd": True}]
)
def test_no_usage_is_none(told: dict[str, Any]) -> None:
    """Rather than zeros that look like a free turn."""
    assert errors.usage(told) is None
