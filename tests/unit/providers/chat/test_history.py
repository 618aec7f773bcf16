"""The session's events as the model's messages."""

from typing import Any

from pydantic_ai.messages import (
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from antiphon.model import events as e
from antiphon.model.failures import Failure
from antiphon.model.items import Message, Note, Reasoning, ToolCall
from antiphon.providers.chat import history

FAILED = Failure(provider="openrouter", code="overloaded", message="It is overloaded.")


def told(*events: e.AnyEvent) -> list[tuple[str, str]]:
    """The messages as (kind of part, its words)."""
    return [
        (part.part_kind, str(getattr(part, "content", None)))
        for message in history.messages(events, lambda ids: [])
        for part in message.parts
    ]


def started(text: str, **more: Any) -> e.TurnStarted:
    return e.TurnStarted(turn="t", text=text, **more)


def said(text: str, *, cut: bool = False) -> e.ItemCompleted:
    return e.ItemCompleted(item="m", content=Message(text=text), cut=cut)


def called(**more: Any) -> e.ItemCompleted:
    call = ToolCall(title="Run", name="run_command", input={"command": "x"}, **more)
    return e.ItemCompleted(item="c1", content=call)


def test_a_turn_that_ended_is_told() -> None:
    """What the person said, what the agent said."""
    assert told(started("hi"), said("hello"), e.TurnCompleted()) == [("user-prompt", "hi"), ("text", "hello")]


def test_the_turn_about_to_be_asked_is_not() -> None:
    """Its prompt comes by itself, and would stand there twice."""
    before = [started("one"), said("1"), e.TurnCompleted()]
    assert told(*before, started("two")) == [("user-prompt", "one"), ("text", "1")]


def test_each_call_is_followed_by_its_result() -> None:
    """In the order of the log, under the same id."""
    call = called(output="words", status="completed")
    events = [started("go"), said("I look."), call, said("Done."), e.TurnCompleted()]
    messages = history.messages(events, lambda ids: [])
    kinds = [type(each) for each in messages]
    assert kinds == [ModelRequest, ModelResponse, ModelRequest, ModelResponse]
    text, asked = messages[1].parts
    [result] = messages[2].parts
    assert isinstance(text, TextPart)
    assert isinstance(asked, ToolCallPart)
    assert isinstance(result, ToolReturnPart)
    assert asked.tool_call_id == result.tool_call_id == "c1"
    assert (asked.args, result.content) == ({"command": "x"}, "words")


def test_a_call_without_an_end_has_a_result_all_the_same() -> None:
    """A model's API refuses a call that nothing answers."""
    events = [started("go"), called(output="so far", status="running"), e.TurnCancelled()]
    assert told(*events)[-1] == ("tool-return", f"so far\n{history.CUT}")


def test_an_exit_code_is_told() -> None:
    """A person sees it beside the output, the model in it."""
    events = [started("go"), called(output="no\n", status="failed", exit_code=3), e.TurnCompleted()]
    assert told(*events)[-1] == ("tool-return", "no\n[exit code: 3]")


def test_how_a_turn_broke_off_is_told_before_the_next_prompt() -> None:
    """Once, and only where it did."""
    failed = [started("one"), said("beg", cut=True), e.TurnFailed(failure=FAILED)]
    then = [started("two"), e.TurnCompleted(), started("three"), e.TurnCompleted()]
    assert told(*failed, *then) == [
        ("user-prompt", "one"),
        ("text", "beg"),
        ("user-prompt", "[The turn before broke off: It is overloaded.]\n\ntwo"),
        ("user-prompt", "three"),
    ]
    for end in (e.TurnCancelled(), e.TurnInterrupted()):
        assert "stopped" in told(started("one"), end, started("two"), e.TurnCompleted())[-1][1]


def test_reasoning_notes_and_strays_are_for_people() -> None:
    """They are not told again."""
    others = [
        Message(text=""),
        Message(role="user", text="what the person said, as Claude Code tells it again"),
        Reasoning(text="hm"),
        Note(text="note"),
        ToolCall(title="Ended a process left behind: tail", status="completed"),
    ]
    items = [e.ItemCompleted(item=str(at), content=each) for at, each in enumerate(others)]
    assert told(started("hi"), *items, e.TurnCompleted()) == [("user-prompt", "hi")]


def test_attachments_are_shown_again() -> None:
    """With the prompt they came with."""
    events = [started("see", attachments=["p"]), e.TurnCompleted()]
    [message] = history.messages(events, lambda ids: [f"<{id}>" for id in ids])
    [part] = message.parts
    assert isinstance(part, UserPromptPart)
    assert list(part.content) == ["see", "<p>"]


def test_a_queued_prompt_taken_back_says_nothing() -> None:
    """It never was a turn."""
    first = [started("one"), said("1"), e.TurnCompleted()]
    events = [*first, e.TurnCancelled(dequeued=True), started("two"), e.TurnCompleted()]
    assert told(*events)[-1] == ("user-prompt", "two")
    while_it_ran = [started("one"), e.TurnCancelled(dequeued=True), said("1"), e.TurnCompleted()]
    assert told(*while_it_ran) == [("user-prompt", "one"), ("text", "1")]


def test_a_turn_that_broke_off_can_be_gone_on_from() -> None:
    """Calls without a result get one; what was said of the cut answer is kept."""
    asked = ModelRequest(parts=[UserPromptPart("go")])
    call = ModelResponse(parts=[ToolCallPart("read_file", {"path": "a"}, tool_call_id="c")])
    [result] = history.settled([asked, call], "")[-1].parts
    assert isinstance(result, ToolReturnPart)
    assert result.tool_call_id == "c"
    [kept] = history.settled([asked], "half a")[-1].parts
    assert isinstance(kept, TextPart)
    assert kept.content == "half a"
    assert history.settled([asked], "") == [asked]
