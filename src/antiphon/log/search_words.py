"""What is searched for, and in what form text is indexed. Pure.

SQLite's `unicode61` takes apart at whatever is no letter or digit, and Chinese, Japanese and Korean have no spaces
where it would be of use: there each character is a word of its own, kept apart from the next by a space of no
width, and what was typed together must stand together. (Its `trigram` finds no word of two characters, which most
Chinese words are, and takes three times the room.)
"""

import re

APART = "\u200b"
"""Between characters that are words of their own."""
HIT, OVER = "\ue000", "\ue001"
"""Around what was found, within a snippet."""

_ONE_BY_ONE = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_BESIDE = re.compile(rf"(?<=[{_ONE_BY_ONE}])(?=\w)|(?<=\w)(?=[{_ONE_BY_ONE}])")
_NOT_TEXT = re.compile(f"[{APART}{HIT}{OVER}\0\ud800-\udfff]")
_TYPED = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"[^\W_]+")
_MARK = re.compile(f"{HIT}([^{OVER}]*){OVER}")

PREFIX_CHARACTERS = 3
"""A word of so many characters finds those that begin with it."""
WORDS = 32
"""So many words of what was typed are looked for."""


def indexed(text: str) -> str:
    """The text as it goes into the index."""
    return _BESIDE.sub(APART, _NOT_TEXT.sub("", text))


def query(typed: str) -> str | None:
    """What was typed as an FTS5 query: all of the words, each as the beginning of one; what stands in quotes, exactly so.

    None: there is nothing to look for. Whatever was typed, no part of it is syntax.
    """
    found: list[str] = []
    for exact, loose in _TYPED.findall(typed):
        phrase = indexed(exact or loose).replace('"', " ")
        words = _WORD.findall(phrase)
        if words and len(found) < WORDS:
            begins = loose and len(words[-1]) >= PREFIX_CHARACTERS
            found.append(f'"{phrase}"{" *" if begins else ""}')
    return " AND ".join(found) or None


def parts(snippet: str) -> list[str]:
    """A snippet cut where it is marked: what is not found and what is, by turns, beginning with what is not."""
    return _MARK.split(snippet.replace(APART, ""))
