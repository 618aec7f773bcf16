"""What a prompt asks the practice agent for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.providers.practice.faults import VERBS as FAULTS
from antiphon.providers.practice.parse import Ask, parse
from antiphon.providers.practice.work import HELP
from antiphon.providers.practice.work import VERBS as WORK


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("help", Ask("help")),
        ("  HELP \n", Ask("help")),
        ("Hello!", Ask("hello")),
        ("list", Ask("list", {"path": "."})),
        ("ls src", Ask("list", {"path": "src"})),
        ("read README.md", Ask("read", {"path": "README.md"})),
        ("read `a file.txt`", Ask("read", {"path": "a file.txt"})),
        ("write notes.txt: hello", Ask("write", {"path": "notes.txt", "text": "hello\n"})),
        ("write a.txt:\none\ntwo then three\n", Ask("write", {"path": "a.txt", "text": "one\ntwo then three\n"})),
        ("write a.txt:", Ask("write", {"path": "a.txt", "text": "\n"})),
        ("replace a b with c in d.txt", Ask("replace", {"old": "a b", "new": "c", "path": "d.txt"})),
        ("replace 'x' by '' in d.txt", Ask("replace", {"old": "x", "new": "", "path": "d.txt"})),
        ("search foo", Ask("search", {"words": "foo", "path": "."})),
        ("search for foo bar in src", Ask("search", {"words": "foo bar", "path": "src"})),
        ("run ls -la", Ask("run", {"command": "ls -la"})),
        ("$ ls; rm x", Ask("run", {"command": "ls; rm x"})),
        ("say something", Ask("say", {"text": "something"})),
        ("think", Ask("think", {"text": ""})),
        ("plan", Ask("plan")),
        ("ask What now?", Ask("ask", {"text": "What now?"})),
        ("what did I say", Ask("history")),
        ("history", Ask("history")),
        ("crash", Ask("crash")),
        ("exit", Ask("exit", {"status": 0})),
        ("exit 3", Ask("exit", {"status": 3})),
        ("bad json", Ask("bad json")),
        ("flood 20000", Ask("flood", {"count": 20000})),
        ("flood 20,000 chunks", Ask("flood", {"count": 20000})),
        ("flood", Ask("flood", {"count": 20000})),
        ("slow 50/s for 20 s", Ask("slow", {"rate": 50.0, "seconds": 20.0})),
        ("slow 2.5/s for 1.5s", Ask("slow", {"rate": 2.5, "seconds": 1.5})),
        ("slow for 3 seconds", Ask("slow", {"rate": 5.0, "seconds": 3.0})),
        ("slow", Ask("slow", {"rate": 5.0, "seconds": 10.0})),
        ("big 2 MB", Ask("big", {"size": 2 * 1024**2})),
        ("big 300kb", Ask("big", {"size": 300 * 1024})),
        ("big", Ask("big", {"size": 2 * 1024**2})),
        ("stray process", Ask("stray")),
        ("stray and crash", Ask("stray and crash")),
        ("stubborn process", Ask("stubborn")),
        ("fail auth", Ask("fail", {"kind": "auth"})),
        ("fail usage limit", Ask("fail", {"kind": "usage-limit"})),
        ("retry", Ask("retry", {"count": 3})),
        ("retry 5", Ask("retry", {"count": 5})),
    ],
)  # fmt: skip
def test_a_prompt_is_understood(text: str, expected: Ask) -> None:
    """Each way to say it."""
    assert parse(text) == [expected]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("make me a sandwich", None),
        ("flood 0", "over 0"),
        ("flood 99999999999", "at most"),
        ("slow 0/s for 5 s", "over 0"),
        ("big 900 MB", "at most"),
        ("fail somehow", "fail knows auth"),
    ],
)
def test_what_is_not_understood_says_why(text: str, why: str | None) -> None:
    """And never something else instead."""
    [ask] = parse(text)
    assert ask.verb == "unknown"
    assert (why in ask.arguments["why"]) if why else "why" not in ask.arguments


def test_asks_are_chained_by_then() -> None:
    """But free text goes on to the end."""
    assert [ask.verb for ask in parse("list then flood 10 then crash")] == ["list", "flood", "crash"]
    assert parse("say first then second") == [Ask("say", {"text": "first then second"})]
    assert parse("") == [Ask("unknown")]


@given(st.text())
def test_any_prompt_is_parsed(text: str) -> None:
    """Whatever is typed, something can be done with it."""
    for ask in parse(text):
        assert ask.verb in FAULTS or ask.verb in WORK


def test_help_lists_every_fault() -> None:
    """What the agent can do wrong can be found by reading `help`."""
    names = {"stray": "stray process", "stubborn": "stubborn process"}
    for verb in FAULTS:
        assert f"`{names.get(verb, verb)}" in HELP
