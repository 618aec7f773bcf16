"""What Codex says, as our events."""

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
    TurnCompleted,
    UsageUpdated,
)
from antiphon.model.items import Message, Note, Plan, Reasoning, ToolCall
from antiphon.model.state import State, apply, snapshot
from antiphon.providers.codex.translate import BESIDE, Translation
from tests.transcripts import codex_replay

Event = Any


@pytest.mark.parametrize("case", codex_replay.cases())
def test_a_transcript_means_these_events(case: str) -> None:
    """Recorded from the real Codex (tests/transcripts/record_codex.py)."""
    assert codex_replay.replay(codex_replay.wire(case)) == codex_replay.expected(case)


@pytest.mark.parametrize("case", codex_replay.cases())
def test_what_completes_is_what_was_shown(case: str) -> None:
    """A reader of all events and a reader of the completed items see the same, and nothing is left open."""
    told = codex_replay.replay(codex_replay.wire(case))
    events = [msgspec.convert(event, AnyEvent) for event in told if event["type"] not in ("answered", "end")]
    every, ends = State(), State()
    for seq, event in enumerate([*events, TurnCompleted()], 1):
        placed = msgspec.structs.replace(event, seq=seq, turn="t")
        apply(every, placed)
        if not isinstance(event, ItemStarted | ItemDelta | ItemUpdated):
            apply(ends, placed)
    assert seen(every) == seen(ends)
    opened = {event.item for event in events if isinstance(event, ItemStarted)}
    closed = {event.item for event in events if isinstance(event, ItemCompleted | ItemDiscarded)}
    assert opened <= closed
    assert any(isinstance(event, ItemCompleted | ApprovalRequested) for event in events) or "end" in str(
        told[-1]
    )


def seen(state: State) -> list[Any]:
    """What the page shows of the only turn, without where it stands in the log."""
    entries = snapshot(state)["turns"][0].get("entries", [])
    plain = [{k: v for k, v in msgspec.to_builtins(each).items() if k != "seq"} for each in entries]
    return sorted(plain, key=lambda each: msgspec.json.encode(each))


class Told:
    """A translation, and what it made."""

    def __init__(self) -> None:
        ids = count(1)
        self.translation = Translation(mint=lambda: str(next(ids)))
        self.translation.thread = "T"

    def __call__(self, method: str, thread: str | None = "T", **params: Any) -> list[Event]:
        return self.translation.message(method, {"threadId": thread, **params})

    def item(self, event: str, id: str, type: str, **more: Any) -> list[Event]:
        return self(f"item/{event}", item={"id": id, "type": type, **more})


@pytest.fixture
def told() -> Told:
    """A new one."""
    return Told()


def test_reasoning_comes_in_parts(told: Told) -> None:
    """A summary's parts are paragraphs; the end tells them all."""
    told.item("started", "r", "reasoning")
    events = told("item/reasoning/summaryTextDelta", itemId="r", delta="One.")
    events += told("item/reasoning/summaryPartAdded", itemId="r")
    events += told("item/reasoning/summaryTextDelta", itemId="r", delta="Two.")
    events += told.item("completed", "r", "reasoning", summary=["One.", "Two."], content=["raw"])
    assert [e.text for e in events if isinstance(e, ItemDelta)] == ["One.", "\n\n", "Two."]
    assert events[-1].content == Reasoning(text="One.\n\nTwo.")


def test_reasoning_that_says_nothing_is_not_shown(told: Told) -> None:
    """Most of it is hidden."""
    assert (
        told.item("started", "r", "reasoning") == told.item("completed", "r", "reasoning", summary=[]) == []
    )


def test_words_that_were_never_streamed_come_whole(told: Told) -> None:
    """Also without a start."""
    [event] = told.item("completed", "m", "agentMessage", text="Hi.")
    assert event == ItemCompleted(item="1", content=Message(text="Hi."))


def test_a_plan_is_one_item_of_its_turn(told: Told) -> None:
    """Updated, and done with the turn."""
    steps = [
        {"step": "Look", "status": "completed"},
        {"step": "Write", "status": "inProgress"},
        {"step": "Try", "status": "pending"},
    ]
    [begun] = told("turn/plan/updated", plan=steps[:1])
    [more] = told("turn/plan/updated", plan=steps)
    assert isinstance(begun, ItemStarted) and isinstance(more, ItemUpdated) and begun.item == more.item
    [end] = told.translation.finish(cut=False)
    assert isinstance(end.content, Plan) and not end.cut
    assert [(entry.text, entry.status) for entry in end.content.entries] == [
        ("Look", "completed"), ("Write", "running"), ("Try", "pending"),
    ]  # fmt: skip


def test_a_retry_takes_back_only_what_was_not_finished(told: Told) -> None:
    """A finished message and a running command stay."""
    told.item("started", "a", "agentMessage")
    told.item("completed", "a", "agentMessage", text="Done.")
    told.item("started", "c", "commandExecution", command="ls")
    told.item("started", "b", "agentMessage")
    told("item/agentMessage/delta", itemId="b", delta="Hal")
    events = told("error", willRetry=True, error={"message": "Reconnecting... 1/5"})
    assert [type(event).__name__ for event in events] == ["ItemDiscarded", "ProviderRetrying"]
    assert told.translation.call_of("c")


def test_retries_are_counted_by_turn(told: Told) -> None:
    """Where Codex does not count them."""
    waits = {"message": "Reconnecting... waiting for network"}
    assert [told("error", willRetry=True, error=waits)[-1].attempt for _ in range(2)] == [1, 2]
    told.translation.finish()
    assert told("error", willRetry=True, error=waits)[-1].attempt == 1


def test_a_failure_is_told_by_the_turns_end_alone(told: Told) -> None:
    """Not twice."""
    assert told("error", willRetry=False, error={"message": "No."}) == []


def test_of_other_threads_nothing_is_shown(told: Told) -> None:
    """They are sub-agents'."""
    assert told("item/completed", thread="X", item={"id": "m", "type": "agentMessage", "text": "Hi."}) == []


def test_a_warning_is_a_note(told: Told) -> None:
    """So is another model that answers."""
    [first] = told("warning", thread=None, message="Careful.")
    [second] = told("model/rerouted", fromModel="a", toModel="b")
    assert (first.content, second.content) == (
        Note(text="Careful."),
        Note(text="b answers in the place of a."),
    )


def test_a_compaction_is_noted(told: Told) -> None:
    """While it goes on, and when it is done."""
    [begun] = told.item("started", "n", "contextCompaction")
    [done] = told.item("completed", "n", "contextCompaction")
    assert (
        isinstance(begun.content, Note) and begun.item == done.item and "was compacted" in done.content.text
    )


def test_what_is_open_is_closed_as_cut(told: Told) -> None:
    """Words keep what was said; a call failed; compacting was cut off."""
    told.item("started", "c", "commandExecution", command="ls")
    told("item/commandExecution/outputDelta", itemId="c", delta="out")
    told.item("started", "n", "contextCompaction")
    told.item("started", "m", "agentMessage")
    told("item/agentMessage/delta", itemId="m", delta="Hal")
    events = told.translation.finish()
    assert all(event.cut for event in events) and len(events) == 3
    [call] = [event.content for event in events if isinstance(event.content, ToolCall)]
    assert (call.status, call.output) == ("failed", "out")
    assert told.translation.finish() == []


def test_a_command_that_runs_on_is_told_as_that(told: Told) -> None:
    """Its end, later, is none of another turn's items."""
    told.item("started", "c", "commandExecution", command="serve")
    assert told.translation.commands == ("c",)
    [event] = told.translation.finish(cut=False, beside=("c",))
    assert (event.content.status, event.content.output, event.cut) == ("completed", BESIDE, False)
    assert told.item("completed", "c", "commandExecution", command="serve", exitCode=-1) == []


def test_what_we_do_not_know_changes_nothing(told: Told) -> None:
    """New notifications, new items, wrong shapes."""
    assert told("thread/somethingNew", word=1) == told.item("started", "x", "somethingNew") == []
    assert told("item/agentMessage/delta", itemId="nobody", delta="x") == []
    assert told("item/started", item=5) == told("turn/plan/updated", plan=5)[1:] == []


# What it costs


def tokens(input: int, output: int, cached: int = 0) -> dict[str, int]:
    """A TokenUsageBreakdown."""
    return {
        "totalTokens": input + output,
        "inputTokens": input,
        "outputTokens": output,
        "cachedInputTokens": cached,
    }


def used(told: Told, total: Any, last: Any) -> list[Event]:
    """A `thread/tokenUsage/updated`."""
    return told(
        "thread/tokenUsage/updated", tokenUsage={"total": total, "last": last, "modelContextWindow": 1000}
    )


def test_a_turn_costs_what_came_since_it_began(told: Told) -> None:
    """Also in a thread that was resumed, whose past is in the total."""
    told.translation.turn()
    [event] = used(told, tokens(110, 11), tokens(10, 1, 4))
    assert isinstance(event, UsageUpdated)
    assert (event.usage.input_tokens, event.usage.output_tokens, event.usage.cached_tokens) == (10, 1, 4)
    used(told, tokens(130, 13), tokens(20, 2))
    told.translation.turn()
    assert told.translation.usage is None
    [event] = used(told, tokens(180, 18), tokens(50, 5))
    assert (event.usage.input_tokens, event.usage.context_tokens, event.usage.context_limit) == (50, 55, 1000)


def test_usage_that_is_told_again_counts_once(told: Told) -> None:
    """And nothing used is no news."""
    told.translation.turn()
    assert used(told, tokens(0, 0), tokens(0, 0)) == []
    used(told, tokens(10, 1), tokens(10, 1))
    assert used(told, tokens(10, 1), tokens(10, 1)) == []
    assert told.translation.usage and told.translation.usage.input_tokens == 10
