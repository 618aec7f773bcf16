"""Halves of characters."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from antiphon.providers.surrogates import Halves, mend, mend_text


@given(st.text(alphabet=st.characters(min_codepoint=0x20)), st.lists(st.integers(0, 60), max_size=6))
def test_a_text_cut_as_javascript_cuts_it_comes_whole(text: str, cuts: list[int]) -> None:
    """Cut anywhere between UTF-16 units, the pieces make the text again."""
    units = text.encode("utf-16-le", "surrogatepass")
    places = sorted({min(cut * 2, len(units)) for cut in cuts} | {0, len(units)})
    chunks = [units[a:b].decode("utf-16-le", "surrogatepass") for a, b in pairwise(places)]
    halves = Halves()
    assert "".join(map(halves.feed, chunks)) + halves.finish() == mend_text(text)


def test_an_emoji_in_two_chunks() -> None:
    """The first half waits for the second."""
    halves = Halves()
    assert halves.feed("a\ud83d") == "a"
    assert halves.feed("\ude00b") == "😀b"
    assert halves.finish() == ""


def test_a_half_whose_other_never_comes() -> None:
    """It is shown as what it is: unreadable."""
    halves = Halves()
    assert halves.feed("a\ud83d") == "a"
    assert halves.feed("b") == "\ufffdb"
    assert halves.feed("\ud83d") == ""
    assert halves.finish() == "\ufffd"


def test_a_mended_value_can_be_written() -> None:
    """Everywhere in it: keys, lists, nested."""
    value = json.loads(r'{"\ud83d": ["\ude00", {"a": "\ud83d\ude00", "n": 1}]}')
    assert mend(value) == {"\ufffd": ["\ufffd", {"a": "😀", "n": 1}]}
    json.dumps(mend(value), ensure_ascii=False).encode()
