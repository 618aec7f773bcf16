"""What Claude Code says, as our events."""

from itertools import count
from typing import Any

import msgspec
import pytest

from antiphon.model.events import (
    AnyEvent,
    ApprovalRequested,
    ItemCompleted,
    ItemDelta,
    ItemDiscarded,
    ItemStarted,
    ItemUpdated,
    SessionUpdated,
    TurnCompleted,
)
from antiphon.model.items import Message, Note, Plan, Reasoning, ToolCall
from antiphon.model.state import State, apply, snapshot
from antiphon.providers.claude.translate import Translation
from tests.transcripts import claude_replay

Event = Any


@pytest.mark.parametrize("case", claude_replay.cases())
def test_a_transcript_means_these_events(case: str) -> None:
    """Recorded from the real Claude Code (tests/transcripts/record_claude.py)."""
    assert claude_replay.replay(claude_replay.wire(case)) == claude_replay.expected(case)


def events_of(case: str) -> list[Event]:
    """A transcript's events, as the log has them."""
    told = claude_replay.replay(claude_replay.wire(case))
    return [msgspec.convert(event, AnyEvent) for event in told if event["type"] not in ("answered", "end")]


@pytest.mark.parametrize("case", claude_replay.cases())
def test_what_completes_is_what_was_shown(case: str) -> None:
    """A reader of all events and a reader of the completed items see the same, and nothing is left open."""
    every, ends = State(), State()
    for seq, event in enumerate([*events_of(case), TurnCompleted()], 1):
        placed = msgspec.structs.replace(event, seq=seq, turn="t")
        apply(every, placed)
        if not isinstance(event, ItemStarted | ItemDelta | ItemUpdated):
            apply(ends, placed)
    seen = [
        sorted(
            msgspec.json.encode(entry).decode() for entry in snapshot(state)["turns"][0].get("entries", [])
        )
        for state in (every, ends)
    ]
    assert [without_seq(each) for each in seen[0]] == [without_seq(each) for each in seen[1]]


def without_seq(entry: str) -> dict[str, Any]:
    """An entry without where it stands in the log."""
    return {
        key: value for key, value in msgspec.json.decode(entry).items() if key not in ("seq", "startedAt")
    }


@pytest.mark.parametrize("case", claude_replay.cases())
def test_each_item_opens_once_and_is_closed(case: str) -> None:
    """No item is updated that never opened, and none stays open when its turn has ended."""
    open: set[str] = set()
    for event in events_of(case):
        if isinstance(event, ItemStarted):
            assert event.item not in open
            open.add(event.item)
        elif isinstance(event, ItemDelta | ItemUpdated | ItemDiscarded):
            assert event.item in open
            open -= {event.item} if isinstance(event, ItemDiscarded) else set()
        elif isinstance(event, ItemCompleted):
            open.discard(event.item)
    assert not open


# What the transcripts show, in words


def completed(case: str, kind: type) -> list[Event]:
    """The contents of one kind that completed."""
    done = [event.content for event in events_of(case) if isinstance(event, ItemCompleted)]
    return [content for content in done if isinstance(content, kind)]


def test_a_cut_answer_is_taken_back() -> None:
    """What was said before the cut is discarded when the agent says it again; one answer stays."""
    events = events_of("cut-then-whole")
    assert len([event for event in events if isinstance(event, ItemDiscarded)]) == 1
    assert [message.text for message in completed("cut-then-whole", Message)] == ["Whole at last."]


def test_a_stopped_answer_is_kept_and_marked() -> None:
    """What was said until the stop stays, as cut."""
    [said] = [event for event in events_of("stopped-in-text") if isinstance(event, ItemCompleted)]
    assert said.cut and isinstance(said.content, Message) and said.content.text.startswith("w1 w2")


def test_a_rejected_call_and_a_stopped_one_differ() -> None:
    """Of one nothing was done, of the other perhaps a part; neither repeats what the model is told."""
    [rejected] = completed("bash-rejected-and-stopped", ToolCall)
    [stopped] = completed("stopped-in-tool", ToolCall)
    assert rejected.output == "It was not done."
    assert stopped.output == "It was stopped while it ran: part of it may be done."


def test_a_sub_agent_outlives_its_turn() -> None:
    """A call that runs on in the background is no failed one: it is told whole, below its sub-agent."""
    events = events_of("sub-agent-outlives-its-turn")
    [begun] = [e for e in events if isinstance(e, ItemStarted) and e.parent]
    assert ItemDiscarded(item=begun.item) in events
    [done] = [
        e for e in events if isinstance(e, ItemCompleted) and e.parent and isinstance(e.content, ToolCall)
    ]
    assert done.parent == begun.parent and done.item != begun.item
    assert (done.content.status, done.content.output) == ("completed", "late")


def test_steps_are_one_plan() -> None:
    """Both families of tools write it; their calls are not shown."""
    for case in ("steps-by-todo", "steps-by-task"):
        assert completed(case, ToolCall) == []
        assert len(completed(case, Plan)) == 1


def test_steps_that_were_not_written_are_a_failed_call() -> None:
    """A tool that this Claude does not have is no plan."""
    assert completed("steps-unknown", Plan) == []
    [call] = completed("steps-unknown", ToolCall)
    assert call.status == "failed" and "No such tool" in call.output


def test_a_background_command_is_listed_until_it_ends() -> None:
    """With its words, its call, and nothing of what only the model needs to know."""
    lists = [
        e.tasks for e in events_of("background") if isinstance(e, SessionUpdated) and e.tasks is not None
    ]
    assert [(task.title, task.kind, bool(task.item)) for task in lists[1]] == [("wait", "command", True)]
    assert lists[-1] == []
    [call] = completed("background", ToolCall)
    assert call.output == "It runs on in the background." and call.exit_code is None


def test_an_edit_is_shown_in_its_file_before_and_after() -> None:
    """In the question and at the end, the whole file."""
    [asked] = [event for event in events_of("edit") if isinstance(event, ApprovalRequested)]
    [done] = completed("edit", ToolCall)
    for call in (asked.content, done):
        assert isinstance(call, ToolCall)
        assert [(d.before, d.after) for d in call.diffs] == [("one\ntwo\nthree\n", "one\n2\nthree\n")]
    assert done.output == ""


def test_a_compaction_is_one_note() -> None:
    """The command's own word of it is not said again."""
    assert len(completed("compacted", Note)) == 1
    assert completed("compacted", Message) == []


def test_columns_for_a_terminal_stay_columns() -> None:
    """Plain lines are fenced; markdown is left as it is."""
    assert completed("printed-cost", Message)[0].text.startswith("```\nEstimated cost:")
    assert completed("printed", Message)[0].text.startswith("## Context Usage")


# By hand


class Talk:
    """A translation, and what it said."""

    def __init__(self) -> None:
        ids = count(1)
        self.translation = Translation(mint=lambda: str(next(ids)), now=lambda: 5)
        self.events: list[Event] = []

    def hear(self, *messages: dict[str, Any]) -> "Talk":
        for message in messages:
            self.events += self.translation.message(message)
        return self

    def stream(self, id: str, *events: dict[str, Any]) -> "Talk":
        started = {"type": "message_start", "message": {"id": id, "usage": {"input_tokens": 7}}}
        return self.hear(*({"type": "stream_event", "event": event} for event in (started, *events)))

    def contents(self) -> list[Any]:
        return [event.content for event in self.events if isinstance(event, ItemCompleted)]


def text_block(words: str, index: int = 0) -> list[dict[str, Any]]:
    """A block of text that is being streamed."""
    return [
        {"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": words}},
    ]


def assistant(id: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A whole message of the model."""
    return {"type": "assistant", "message": {"id": id, "content": list(blocks)}, **more}


def text(words: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": words}


def test_the_whole_message_ends_what_was_streamed() -> None:
    """The words come twice, and are said once."""
    talk = Talk().stream("m1", *text_block("Hi")).hear(assistant("m1", text("Hi")))
    assert talk.contents() == [Message(text="Hi")]
    assert len([event for event in talk.events if isinstance(event, ItemStarted)]) == 1


def test_an_answer_that_was_not_streamed_comes_whole() -> None:
    """As after a cut, when the agent fetches it in one piece."""
    talk = Talk().stream("m1", *text_block("Hal")).hear(assistant("m2", text("Hallo")))
    assert ItemDiscarded(item="1") in talk.events
    assert talk.contents() == [Message(text="Hallo")]


def test_what_is_open_at_the_end_of_the_turn_is_kept_as_cut() -> None:
    """Words, and a call that the model was still writing."""
    talk = Talk().stream(
        "m1",
        *text_block("Half a"),
        {
            "type": "content_block_start",
            "index": 1,
            "content_block": {"type": "tool_use", "id": "u", "name": "Bash"},
        },
    )
    assert talk.translation.cut_off
    events = talk.translation.finish()
    assert [(event.content, event.cut) for event in events if isinstance(event, ItemCompleted)] == [
        (Message(text="Half a"), True),
        (ToolCall(title="Bash", tool="execute", status="failed", name="Bash"), True),
    ]
    assert not talk.translation.finish()


def test_a_stream_that_said_why_it_stopped_is_not_cut_off() -> None:
    """Its last words stand, whatever comes next."""
    ended = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
    talk = Talk().stream("m1", *text_block("All"), ended)
    assert not talk.translation.cut_off
    talk.stream("m2")
    assert talk.contents() == [Message(text="All")]


def test_a_character_in_two_halves_is_one() -> None:
    """Lone surrogates in two deltas make one character; the whole message agrees."""
    talk = (
        Talk().stream("m1", *text_block("\ud83d"), text_block("\ude00")[1]).hear(assistant("m1", text("😀")))
    )
    assert talk.contents() == [Message(text="😀")]


def test_thinking_is_reasoning() -> None:
    """Streamed or whole."""
    talk = Talk().hear(assistant("m1", {"type": "thinking", "thinking": "Hm."}, text("So.")))
    assert talk.contents() == [Reasoning(text="Hm."), Message(text="So.")]


def test_how_full_the_context_is() -> None:
    """What the last message was made from, cached or not."""
    talk = Talk().stream("m1")
    assert talk.translation.context_tokens == 7


def test_an_error_in_the_models_place_is_not_said_twice() -> None:
    """The result tells it."""
    synthetic = {"id": "x", "model": "<synthetic>", "content": [text("API Error: 500")]}
    talk = Talk().hear({"type": "assistant", "message": synthetic, "is_api_error_message": True})
    assert talk.events == []


def test_the_mode_is_told() -> None:
    """When the agent changes it by itself."""
    talk = Talk().hear({"type": "system", "subtype": "status", "permissionMode": "plan"})
    assert talk.events == [SessionUpdated(mode="plan")]


@pytest.mark.parametrize(
    "subtype", ["informational", "model_fallback", "model_refusal_fallback", "local_command"]
)
def test_what_the_cli_tells_is_a_note(subtype: str) -> None:
    """Another model stands in, a limit is near: words for the person."""
    talk = Talk().hear({"type": "system", "subtype": subtype, "content": "Now with another model."})
    assert talk.contents() == [Note(text="Now with another model.")]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": 7},
        {"type": "something_new", "data": {}},
        {"type": "system", "subtype": "something_new"},
        {"type": "assistant"},
        {"type": "assistant", "message": {"content": [None, "x", {"type": "image"}, {"type": "tool_use"}]}},
        {"type": "user", "message": {"content": 5}},
        {"type": "user", "message": {"content": [{"type": "tool_result", "tool_use_id": "nobody's"}]}},
        {
            "type": "stream_event",
            "event": {"type": "content_block_delta", "index": 9, "delta": {"text": "x"}},
        },
        {"type": "stream_event", "event": None},
        {"type": "system", "subtype": "task_started", "task_id": "t", "tool_use_id": "u"},
        {"type": "system", "subtype": "background_tasks_changed", "tasks": "none"},
    ],
)
def test_what_we_do_not_know_changes_nothing(message: dict[str, Any]) -> None:
    """Neither the conversation nor the reader breaks on a message of a newer Claude Code."""
    talk = Talk().hear(message)
    assert [event for event in talk.events if not isinstance(event, ItemStarted)] == []
