"""What the SDK says of its failures, all the way to our codes: one row for each."""

import pytest

from antiphon.providers.acp import errors as acp
from antiphon.providers.cursor import errors, roads
from antiphon.providers.cursor.updates import CUT


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("[unauthenticated] HTTP 401", "auth"),
        ("[unauthenticated] whatever", "auth"),
        ("[permission_denied] HTTP 403", "auth"),
        ("[internal] HTTP 400", "invalid-request"),
        ("[invalid_argument] prompt is too long: 250000 tokens > 200000 maximum", "prompt-too-long"),
        ("[invalid_argument] no", "invalid-request"),
        ("[unknown] HTTP 402", "usage-limit"),
        ("[unavailable] HTTP 429", "usage-limit"),
        ("[resource_exhausted] You have hit your usage limit", "usage-limit"),
        ("[unknown] HTTP 500", "overloaded"),
        ("[resource_exhausted] HTTP 503", "overloaded"),
        ("[unavailable] HTTP 503", "overloaded"),
        ("[unavailable] HTTP 529", "overloaded"),
        ("[unavailable] out of order", "overloaded"),
        ("Connection failed repeatedly", "network"),
        ("Connection stalled", "network"),
        ("[unavailable] connect ECONNREFUSED 127.0.0.1:1", "network"),
        ("[internal] parse binary: premature EOF", "truncated"),
        (CUT, "truncated"),
        ("[internal] something of tomorrow", "internal"),
        ("", "internal"),
    ],
)
def test_a_runs_last_words(words: str, code: str) -> None:
    """As observed with 1.1.0, or as its code means."""
    error = errors.of_words(words)
    failure = acp.failure(roads.SDK.names, error.code, error.message)
    assert (failure.code, failure.type) == (code, "cursor-error")
    assert failure.detail == (words or "The run failed without a word")
    if code == "auth":
        assert failure.action and failure.action.kind == "add-key"


class AgentBusyError(Exception):
    """As the SDK names it."""


class AuthenticationError(Exception):
    """As the SDK names it."""


class NetworkError(Exception):
    """As the SDK names it."""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AgentBusyError("agent has already active run"), "invalid-request"),
        (AuthenticationError("no"), "auth"),
        (AuthenticationError("[unavailable] HTTP 429"), "usage-limit"),
        (NetworkError("All connection attempts failed"), "network"),
        (RuntimeError(""), "internal"),
    ],
)
def test_an_exception_by_its_class(error: Exception, code: str) -> None:
    """Where its words say nothing."""
    found = errors.of_exception(error)
    assert acp.classify(found.code, f"{found.message}\n{found.data}") == code
