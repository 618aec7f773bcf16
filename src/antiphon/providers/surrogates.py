"""Halves of characters: what JavaScript agents send when they cut a string in the middle of an emoji.

JSON may carry a lone surrogate as `\\ud83d`; UTF-8 may not, so neither the log nor a socket
could take it.
"""

from typing import Any, cast


def mend_text(text: str) -> str:
    """`text` with pairs joined and lone halves replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def mend(value: Any) -> Any:
    """A JSON value with every string in it mended."""
    if isinstance(value, str):
        return mend_text(value)
    if isinstance(value, list):
        return [mend(each) for each in cast(list[Any], value)]
    if isinstance(value, dict):
        return {mend_text(key): mend(each) for key, each in cast(dict[str, Any], value).items()}
    return value


class Halves:
    """Joins a stream's chunks where one ends with the first half of a character."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, chunk: str) -> str:
        """The text that is whole so far; the rest waits for the next chunk."""
        if not self._half and chunk.isascii():
            return chunk
        text, self._half = self._half + chunk, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return mend_text(text)

    def finish(self) -> str:
        """What is left: U+FFFD for a half whose other half never came."""
        half, self._half = self._half, ""
        return mend_text(half)
