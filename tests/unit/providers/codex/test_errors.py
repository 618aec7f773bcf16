"""What Codex says of its failures."""

from typing import Any

import pytest

from antiphon.providers.codex import errors
from antiphon.providers.codex.errors import hopeless, kind, limit_until, of_turn, retrying, waits


def error(info: Any = None, message: str = "", **more: Any) -> dict[str, Any]:
    """A TurnError."""
    return {"message": message, "codexErrorInfo": info, "additionalDetails": None, **more}


def status(number: int | None, name: str = "httpConnectionFailed") -> dict[str, Any]:
    """A kind with an HTTP status."""
    return {name: {"httpStatusCode": number}}


@pytest.mark.parametrize(("name", "code"), errors.BY_KIND.items())
def test_a_kind_has_its_code(name: str, code: str) -> None:
    """Each that Codex's schema has and that says what happened."""
    assert of_turn(error(name, "Its words.")).code == code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (400, "invalid-request"),
        (401, "auth"),
        (402, "usage-limit"),
        (403, "auth"),
        (404, "invalid-request"),
        (408, "network"),
        (413, "prompt-too-long"),
        (418, "invalid-request"),
        (429, "usage-limit"),
        (500, "overloaded"),
        (503, "overloaded"),
        (529, "overloaded"),
    ],
)
def test_a_status_has_its_code(number: int, code: str) -> None:
    """Whatever kind it comes with."""
    for name in ("httpConnectionFailed", "responseStreamDisconnected", "responseTooManyFailedAttempts"):
        assert of_turn(error(status(number, name))).code == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("stream disconnected before completion: stream closed before response.completed", "truncated"),
        (
            "stream disconnected before completion: Transport error: network error: error decoding response body",
            "truncated",
        ),
        ("stream disconnected before completion: error sending request", "network"),
        ("Connection failed: error sending request", "network"),
        ("exceeded retry limit, last status: 429 Too Many Requests, request id: r", "usage-limit"),
        ("unexpected status 401 Unauthorized: invalid key, url: http://127.0.0.1:1/v1/responses", "auth"),
        ("unexpected status 503 Service Unavailable: out of order", "overloaded"),
        ("We're currently experiencing high demand, which may cause temporary errors.", "overloaded"),
        ('{"error":{"message":"something is wrong","type":"invalid_request_error"}}', "invalid-request"),
        ("Quota exceeded. Check your plan and billing details.", "usage-limit"),
        ("Missing environment variable: `FAKE_KEY`.", "auth"),
        ("Your access token could not be refreshed. Please log in again.", "auth"),
        ("Something that nobody has heard of.", "internal"),
    ],
)
def test_of_the_kind_other_the_words_tell(words: str, code: str) -> None:
    """As they were recorded, and as they stand in the detail."""
    failure = of_turn(error("other", words))
    assert (failure.code, failure.detail, failure.type) == (code, words, "codex-error")
    assert failure.action and failure.message


def test_the_first_words_count_together_with_the_details() -> None:
    """A retry's message says only how often."""
    told = error(
        status(None, "responseStreamDisconnected"),
        "Reconnecting... 1/5",
        additionalDetails="error sending request",
    )
    assert errors.code_of(told) == "network"


@pytest.mark.parametrize("shape", [None, [], {}, 5, {"activeTurnNotSteerable": {"turnKind": "review"}}])
def test_a_kind_of_another_shape_is_no_harm(shape: Any) -> None:
    """It counts as missing."""
    assert of_turn(error(shape, "Its words.")).code == "internal"
    assert kind({})[1] is None


def test_a_model_that_is_not_there_is_said() -> None:
    """Another one is what helps."""
    for told in (error("modelNotFound"), error("other", "invalid_request_error: model `x` does not exist")):
        failure = of_turn(told)
        assert (failure.code, failure.action and failure.action.label) == (
            "invalid-request",
            "Choose another model, then try again",
        )


def test_a_variable_that_its_settings_want_is_named() -> None:
    """With what to do."""
    failure = of_turn(error("other", "Missing environment variable: `FAKE_KEY`."))
    assert "FAKE_KEY" in failure.message and failure.action and failure.action.kind == "add-key"


@pytest.mark.parametrize(
    ("message", "attempt", "limit"),
    [("Reconnecting... 2/5", 2, 5), ("Reconnecting... waiting for network", 7, None)],
)
def test_a_retry_tells_how_often(message: str, attempt: int, limit: int | None) -> None:
    """As Codex counts, else as we do."""
    told = retrying(error(status(503), message), 7)
    assert (told.attempt, told.limit, told.code) == (attempt, limit, "overloaded")
    assert told.message.endswith("(503)")


def test_what_waiting_cannot_mend_is_hopeless_at_its_second_try() -> None:
    """The first may be for a login that was just renewed."""
    assert not hopeless(error(status(401)), 1)
    assert hopeless(error(status(401)), 2)
    assert not hopeless(error(status(503)), 5)
    assert not hopeless(error("other"), 5)


def test_waiting_for_the_network_is_told_from_a_retry() -> None:
    """It has no limit of Codex's own."""
    assert waits(error(message="Reconnecting... waiting for network"))
    assert not waits(error(message="Reconnecting... 1/5"))


@pytest.mark.parametrize(
    ("limits", "until"),
    [
        (
            {
                "primary": {"usedPercent": 100, "resetsAt": 5},
                "secondary": {"usedPercent": 100.0, "resetsAt": 9},
            },
            9000,
        ),
        ({"primary": {"usedPercent": 99.9, "resetsAt": 5}}, None),
        ({"primary": {"usedPercent": 100, "resetsAt": None}}, None),
        ({"primary": None}, None),
        ({}, None),
    ],
)
def test_a_limit_says_until_when(limits: dict[str, Any], until: int | None) -> None:
    """The last window that is used up; ms since the Unix epoch."""
    assert limit_until({"rateLimits": limits}) == until
