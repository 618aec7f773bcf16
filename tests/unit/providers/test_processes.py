"""Ending processes that are known by a mark."""

from antiphon.providers import processes
from antiphon.providers.processes import Seen


def test_it_looks_once_more_when_nothing_is_left() -> None:
    """A process in the middle of its exec shows no environment: one look may miss it."""
    first, hidden = Seen(2**22 + 1, 0.0), Seen(2**22 + 2, 0.0)
    looks = iter([[first], [], [hidden], [], []])
    assert processes.end(lambda: next(looks)) == [first, hidden]


def test_where_there_is_nothing_it_looks_once() -> None:
    """The common case costs one look."""
    looks = iter([[]])
    assert processes.end(lambda: next(looks)) == []
