"""What a prompt asks for: plain words to an `Ask`, pure.

Asks can be chained: `flood 200 then crash`. Words that carry free text (write, say, ask,
replace) go on to the end of the prompt.
"""

import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct

NUMBER = r"(\d[\d,_]*)"
UNITS = {"b": 1, "kb": 1024, "mb": 1024**2}
MAX_BIG = 60 * UNITS["mb"]
MAX_COUNT = 10_000_000
MAX_RATE, MAX_SECONDS = 10_000.0, 24 * 3600.0
FAILS = ("auth", "usage-limit", "overloaded", "network", "prompt-too-long")


Match = re.Match[str]


class Ask(Struct, frozen=True):
    """One thing to do, and with what."""

    verb: str
    arguments: dict[str, Any] = {}


def parse(text: str) -> list[Ask]:
    """What the prompt asks for, in order; an ask that is not understood is `Ask("unknown")`."""
    text = text.strip()
    if _FREE.match(text):
        return [_one(text)]
    return [_one(part) for part in re.split(r"\s+then\s+", text) if part.strip()] or [Ask("unknown")]


def _one(text: str) -> Ask:
    text = text.strip()
    for pattern, make in _TABLE:
        if match := pattern.fullmatch(text):
            try:
                return make(match)
            except ValueError as error:
                return Ask("unknown", {"text": text, "why": str(error)})
    return Ask("unknown", {"text": text})


def number(text: str) -> int:
    """`20000`, `20,000` or `20_000`."""
    return int(re.sub(r"[,_]", "", text))


def _within(value: float, limit: float, what: str) -> float:
    if not 0 < value <= limit:
        raise ValueError(f"{what} must be over 0 and at most {limit:g}")
    return value


def _simple(verb: str) -> "Make":
    def make(match: Match) -> Ask:
        return Ask(verb)

    return make


def _path(verb: str) -> "Make":
    def make(match: Match) -> Ask:
        return Ask(verb, {"path": unquote(match["path"] or ".")})

    return make


def _text(verb: str) -> "Make":
    def make(match: Match) -> Ask:
        return Ask(verb, {"text": (match["text"] or "").strip()})

    return make


def _run(match: Match) -> Ask:
    return Ask("run", {"command": match["command"].strip()})


def _exit(match: Match) -> Ask:
    return Ask("exit", {"status": int(match["status"] or 0) % 256})


def _retry(match: Match) -> Ask:
    return Ask("retry", {"count": int(match["count"] or 3)})


def _write(match: Match) -> Ask:
    text = match["text"]
    return Ask(
        "write", {"path": unquote(match["path"]), "text": text if text.endswith("\n") else text + "\n"}
    )


def _replace(match: Match) -> Ask:
    old, new, path = (unquote(match[name]) for name in ("old", "new", "path"))
    return Ask("replace", {"old": old, "new": new, "path": path})


def _search(match: Match) -> Ask:
    return Ask("search", {"words": unquote(match["words"]), "path": unquote(match["path"] or ".")})


def _flood(match: Match) -> Ask:
    return Ask("flood", {"count": int(_within(number(match["count"] or "20000"), MAX_COUNT, "the count"))})


def _slow(match: Match) -> Ask:
    rate, seconds = float(match["rate"] or 5), float(match["seconds"] or 10)
    return Ask(
        "slow",
        {"rate": _within(rate, MAX_RATE, "the rate"), "seconds": _within(seconds, MAX_SECONDS, "the time")},
    )


def _big(match: Match) -> Ask:
    size = float(match["size"] or 2) * UNITS[(match["unit"] or "mb").lower()]
    return Ask("big", {"size": int(_within(size, MAX_BIG, "the size in bytes"))})


def _fail(match: Match) -> Ask:
    kind = re.sub(r"[\s_]+", "-", match["kind"].strip().lower())
    if kind not in FAILS:
        raise ValueError(f"fail knows {', '.join(FAILS)}")
    return Ask("fail", {"kind": kind})


def unquote(text: str) -> str:
    """Without the quotes or backticks around it."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        return text[1:-1]
    return text


Make = Callable[[Match], Ask]

_GRAMMAR: list[tuple[str, Make]] = [
    (r"(help|\?|what can you do\??)", _simple("help")),
    (r"(hi|hello|hey)[.! ]*", _simple("hello")),
    (r"(list|ls)(\s+(?P<path>\S+))?", _path("list")),
    (r"(read|cat|show)\s+(?P<path>[^\n]+)", _path("read")),
    (r"write\s+(?P<path>[^:\n]+):[ \n]?(?P<text>.*)", _write),
    (r"replace\s+(?P<old>.+?)\s+(with|by)\s+(?P<new>.*?)\s+in\s+(?P<path>\S+)", _replace),
    (r"(search|find|grep)(\s+for)?\s+(?P<words>.+?)(\s+in\s+(?P<path>\S+))?", _search),
    (r"(run|\$|!)\s*(?P<command>.+)", _run),
    (r"say\s+(?P<text>.+)", _text("say")),
    (r"think(\s+(?P<text>.+))?", _text("think")),
    (r"(make a )?plan", _simple("plan")),
    (r"ask(\s+(?P<text>.+))?", _text("ask")),
    (r"(history|what did i (say|ask)\??)", _simple("history")),
    (r"crash", _simple("crash")),
    (r"exit(\s+(?P<status>\d{1,3}))?", _exit),
    (r"hang", _simple("hang")),
    (r"freeze", _simple("freeze")),
    (r"cut", _simple("cut")),
    (r"deaf", _simple("deaf")),
    (r"bad json", _simple("bad json")),
    (rf"flood(\s+(?P<count>{NUMBER}))?( chunks)?", _flood),
    (
        r"slow(\s+(?P<rate>\d+(\.\d+)?)\s*/\s*s)?(\s+for\s+(?P<seconds>\d+(\.\d+)?)\s*s(ec(onds?)?)?)?",
        _slow,
    ),
    (r"big(\s+(?P<size>\d+(\.\d+)?)\s*(?P<unit>[km]?b))?", _big),
    (r"stray( process)?", _simple("stray")),
    (r"stubborn( stray)?( process)?", _simple("stubborn")),
    (r"stray and crash", _simple("stray and crash")),
    (r"fail\s+(?P<kind>.+)", _fail),
    (r"retry(\s+(?P<count>\d{1,2}))?", _retry),
]

_TABLE = [(re.compile(pattern, re.IGNORECASE | re.DOTALL), make) for pattern, make in _GRAMMAR]

_FREE = re.compile(r"(write|say|ask|replace|think)\b", re.IGNORECASE)
