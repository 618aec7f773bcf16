"""Lines out of bytes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.providers import lines
from antiphon.providers.lines import Lines, LineTooLong


def take_all(found: Lines) -> list[bytes]:
    """What can be taken now."""
    taken = []
    while (line := found.take()) is not None:
        taken.append(line)
    return taken


@given(st.lists(st.binary(max_size=8), max_size=20))
def test_any_cutting_gives_the_same_lines(chunks: list[bytes]) -> None:
    """However the bytes are cut, the lines are those of the whole."""
    found = Lines()
    taken = []
    for chunk in chunks:
        found.feed(chunk)
        taken += take_all(found)
    *expected, part = b"".join(chunks).split(b"\n")
    assert taken == expected
    assert found.part == part
    assert found.waiting == 0


def test_waiting_counts_whole_lines_only() -> None:
    """The number that reading pauses by: a line that has no end yet must go on being read."""
    found = Lines()
    found.feed(b"one\ntwo\nhalf")
    assert found.waiting == 8
    found.take()
    assert found.waiting == 4


def test_a_line_that_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded."""
    monkeypatch.setattr(lines, "LINE_LIMIT", 100)
    found = Lines()
    found.feed(b"x" * 100)
    with pytest.raises(LineTooLong):
        found.feed(b"x")


def test_a_big_line_takes_linear_time() -> None:
    """32 MB in small chunks: nothing is looked at twice."""
    found = Lines()
    began = time.perf_counter()
    for _ in range(1024):
        found.feed(b"x" * 32 * 1024)
    found.feed(b"\n")
    line = found.take()
    assert line
    assert len(line) == 32 * 1024**2
    assert time.perf_counter() - began < 2
