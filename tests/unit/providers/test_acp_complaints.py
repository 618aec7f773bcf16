"""What an ACP agent tells on stderr: retries of its model's calls, and what tells a person nothing."""

import pytest

from antiphon.providers import catalog
from antiphon.providers.acp.complaints import KEPT, Complaints, without

GEMINI = catalog.shipped()["gemini"]
AT = "[2026-11-25T20:50:35.470Z]"
LOG = f"{AT} [DEBUG] [Routing] Selected model: x\n\t[Routing] Reasoning: bypassed\n"
NOW = 1_000_000


def complaints() -> Complaints:
    """Gemini's."""
    return Complaints(GEMINI.names, GEMINI.retries)


@pytest.mark.parametrize(
    ("said", "attempt", "code", "status", "delay"),
    [
        ('1 failed with status 503. Retrying with backoff... _ApiError: {"error":{}}', 1, "overloaded", "(503)", 0),
        ("2 failed with status 429. Retrying with backoff... _ApiError: {}", 2, "usage-limit", "(429)", 0),
        ("3 failed with 429 error (no Retry-After header). Retrying with backoff... E", 3, "usage-limit", "(429)", 0),
        ("1 failed. Retrying with backoff... Error: exception TypeError: fetch failed sending", 1, "network", "", 0),
        ("1 failed: Your quota is used up.\n* for this metric\n. Retrying after 4100ms...", 1, "usage-limit", "", 4100),
        ("4 failed with 5xx error. Retrying with backoff... Error: 500", 4, "overloaded", "", 0),
    ],
)  # fmt: skip
def test_a_retry_is_told(said: str, attempt: int, code: str, status: str, delay: int) -> None:
    """Each of the forms that Gemini's log has, with what failed and when it goes on."""
    [told] = complaints().feed(f"{LOG}{AT} [WARN] Attempt {said}\n    at retry (file.js:1:2)\n".encode(), NOW)
    assert (told.attempt, told.code) == (attempt, code)
    assert "Gemini CLI" in told.message and status in told.message
    assert told.next_at == (NOW + delay if delay else None)


def test_a_retry_that_comes_in_pieces_is_told_once() -> None:
    """The pipe cuts where it likes, also within a character."""
    line = f"{AT} [WARN] Attempt 1 failed with status 503. Retrying with backoff... ö\n".encode()
    heard = complaints()
    told = [each for byte in (LOG.encode() + line + LOG.encode()) for each in heard.feed(bytes([byte]), NOW)]
    assert [(each.attempt, each.code) for each in told] == [(1, "overloaded")]


def test_a_chatty_agent_fills_no_memory() -> None:
    """What tells nothing is kept as far back as a telling may begin, and no further."""
    heard, half = complaints(), f"{AT} [WARN] Attempt 1 failed with "
    assert heard.feed(half.encode(), NOW) == []
    for _ in range(40):
        heard.feed(LOG.encode() * 10, NOW)
    assert len(heard._text) <= KEPT
    assert heard.feed(b"status 503. Retrying with backoff... x\n", NOW) == []


def test_the_last_attempt_is_no_retry() -> None:
    """Its failure is the turn's, and what another message says is not its own."""
    said = f"{AT} [WARN] Attempt 3 failed: slow down. Max attempts reached\n"
    said += f"{AT} [ERROR] Error: gone\n{AT} [DEBUG] Retrying after 5ms\n"
    assert complaints().feed(said.encode(), NOW) == []


def test_an_agent_without_a_pattern_tells_no_retries() -> None:
    """Nothing is guessed."""
    assert Complaints(GEMINI.names, "").feed(b"Attempt 1 failed. Retrying after 5ms\n", NOW) == []


def test_a_failures_detail_is_without_the_log() -> None:
    """What is wrong stays; the log's lines, and what is indented below them, go."""
    said = f"{LOG}{AT} [ERROR] It broke {{\n    at f (file.js:1:2)\n  code: 7\n}}\nRipgrep is not available. So?\n"
    assert without(GEMINI.chatter, said) == f"{AT} [ERROR] It broke {{\n  code: 7\n}}"
    assert without("", LOG) == LOG
