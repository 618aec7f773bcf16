"""What a transcript's first and last bytes tell of it: pure.

The tail has the newest titles, the head the first prompt and the folder. A line that an end cuts
off is passed over, unless the end holds nothing else: then its fields are looked for as text.
"""

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from antiphon.providers.archive import Found, Skipped
from antiphon.providers.claude import history_entries as entries
from antiphon.providers.loose import Json, table, text

TITLE_LENGTH = 80
TITLES = (("custom-title", "customTitle"), ("ai-title", "aiTitle"), ("summary", "summary"))
"""Lines that name the conversation, the strongest first: what a person called it counts most."""

_decode = msgspec.json.Decoder().decode


class Ends(Struct, frozen=True, kw_only=True):
    """The ends of a file; of a small one both are the whole."""

    head: bytes
    tail: bytes
    whole: bool


def describe(native: str, ends: Ends, mtime: int) -> Found | Skipped:
    """The conversation in the lists' terms. `mtime`: ms, where no entry has a time."""
    head = list(_lines(ends.head, cut_end=not ends.whole))
    tail = head if ends.whole else list(_lines(ends.tail, cut_start=True))
    if not any(_spoken(line) for line in (*head, *tail)) and not _pictures(ends):
        return _silent(head, tail)
    folder = _folder(head, tail, ends)
    if not folder.startswith("/"):
        return Skipped(reason="no-folder")
    last = _time(reversed(tail)) or mtime
    return Found(
        native=native,
        folder=folder,
        title=_title(head, tail),
        created_at=min(_time(head) or last, last),
        last_activity=last,
    )


def _lines(end: bytes, *, cut_start: bool = False, cut_end: bool = False) -> Iterator[Json]:
    """The whole lines in it that are JSON objects."""
    lines = end.split(b"\n")
    for written in lines[1 if cut_start else 0 : -1 if cut_end else None]:
        if not written.strip():
            continue
        try:
            found = _decode(written)
        except (ValueError, RecursionError):  # DecodeError and UnicodeDecodeError are ValueErrors
            continue
        if line := table(found):
            yield line


def _spoken(line: Json) -> bool:
    """A person's or the model's own words in the conversation itself."""
    return (
        line.get("type") in ("user", "assistant")
        and line.get("isSidechain") is not True
        and not line.get("isMeta")
    )


def _pictures(ends: Ends) -> bool:
    """A line so long that neither end holds it whole: a prompt with pictures."""
    return not ends.whole and b'"type":"user"' in ends.head and b'"isSidechain":true' not in ends.head


def _silent(head: list[Json], tail: list[Json]) -> Skipped:
    lines = [*head, *tail]
    if any(line.get("isSidechain") is True for line in lines):
        return Skipped(reason="sub-agent")
    known = any(text(line.get("type")) and text(line.get("sessionId")) for line in lines)
    return Skipped(reason="empty" if known or not lines else "not-a-session", detail="nothing was said in it")


def _folder(head: list[Json], tail: list[Json], ends: Ends) -> str:
    """Where it began: `--resume` finds it from there."""
    found = next((where for line in (*head, *tail) if (where := text(line.get("cwd")))), "")
    return found or _field(ends.head, "cwd") or _field(ends.tail, "cwd")


_FIELDS = {name: re.compile(rf'"{name}":\s?("(?:[^"\\]|\\.)*")'.encode()) for name in ("cwd",)}


def _field(end: bytes, name: str) -> str:
    """A field in a line that is cut off."""
    found = _FIELDS[name].search(end)
    try:
        return text(_decode(found[1])) if found else ""
    except ValueError:
        return ""


def _time(lines: "Iterator[Json] | list[Json]") -> int | None:
    return next((when for line in lines if (when := entries.at(line.get("timestamp")))), None)


def _title(head: list[Json], tail: list[Json]) -> str:
    for kind, field in TITLES:
        for line in (*reversed(tail), *reversed(head)):
            if line.get("type") == kind and (title := _short(text(line.get(field)))):
                return title
    return _first_prompt(head) or _first_prompt(tail) or _last_prompt(tail) or "Untitled"


def _first_prompt(lines: list[Json]) -> str:
    command = ""
    for line in lines:
        if not _spoken(line) or line.get("type") != "user" or line.get("isCompactSummary") is True:
            continue
        said = _said(line)
        if said.startswith("/"):
            command = command or said
        elif said:
            return said
    return command


def _said(line: Json) -> str:
    entry = entries.Entry(type="user", message=line.get("message"), origin=line.get("origin"))
    words = entries.words(entry)
    if entries.has_results(entry) or entries.notified(entry, words):
        return ""
    if words.startswith((entries.INTERRUPTED, "<local-command-", *entries.PRINTS)):
        return ""
    return _short(entries.prompt(words))


def _last_prompt(tail: list[Json]) -> str:
    found = (text(line.get("lastPrompt")) for line in reversed(tail) if line.get("type") == "last-prompt")
    return next((said for words in found if (said := _short(entries.prompt(words)))), "")


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
