"""What an ACP agent says, as our events."""

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.model.events import AnyEvent, ItemCompleted, ItemDelta, ItemStarted, TurnCompleted
from antiphon.model.items import ToolCall
from antiphon.model.state import State, apply, snapshot
from antiphon.providers.acp.translate import Translation
from tests.transcripts import acp_replay


@pytest.mark.parametrize("case", acp_replay.cases())
def test_a_transcript_means_these_events(case: str) -> None:
    """Recorded from real agents, or written down as the protocol has it."""
    assert acp_replay.replay(acp_replay.wire(case)) == acp_replay.expected(case)


@pytest.mark.parametrize("case", acp_replay.cases())
def test_what_completes_is_what_was_shown(case: str) -> None:
    """A reader of all events and a reader of the completed items see the same."""
    events = [msgspec.convert(event, AnyEvent) for event in acp_replay.replay(acp_replay.wire(case))]
    every, ends = State(), State()
    for seq, event in enumerate([*events, TurnCompleted()], 1):
        placed = msgspec.structs.replace(event, seq=seq, turn="t")
        apply(every, placed)
        if not isinstance(event, ItemStarted | ItemDelta):
            apply(ends, placed)
    texts = [
        sorted((entry["content"]["kind"], json.dumps(entry["content"])) for entry in snapshot(state)["turns"][0].get("entries", []))
        for state in (every, ends)
    ]  # fmt: skip
    assert texts[0] == texts[1]


def update(kind: str, **fields: Any) -> dict[str, Any]:
    """A session update."""
    return {"sessionUpdate": kind, **fields}


def chunk(text: str, kind: str = "agent_message_chunk") -> dict[str, Any]:
    """A piece of text."""
    return update(kind, content={"type": "text", "text": text})


KINDS = st.sampled_from(["agent_message_chunk", "agent_thought_chunk"])


@given(st.lists(st.tuples(KINDS, st.text(max_size=5))))
def test_no_text_is_lost_or_reordered(chunks: list[tuple[str, str]]) -> None:
    """Whatever the order of messages and thoughts, the completed items make the same text."""
    translation = Translation()
    events = [event for kind, text in chunks for event in translation.update(chunk(text, kind))]
    events += translation.finish()
    completed = [event.content for event in events if isinstance(event, ItemCompleted)]
    assert "".join(content.text for content in completed) == "".join(text for _, text in chunks)
    deltas = "".join(event.text for event in events if isinstance(event, ItemDelta))
    assert deltas == "".join(text for _, text in chunks)
    assert len([e for e in events if isinstance(e, ItemStarted)]) == len(completed)


def test_nothing_stays_open_over_the_end_of_a_turn() -> None:
    """The next turn begins with new items, though the agent uses an old id."""
    translation = Translation()
    translation.update(chunk("one"))
    translation.update(update("tool_call", toolCallId="t", title="T"))
    closed = translation.finish(cut=True)
    assert [type(event) for event in closed] == [ItemCompleted]
    assert translation.finish() == []
    [started, _] = translation.update(chunk("two"))
    assert isinstance(started, ItemStarted)


def test_an_afterthought_of_a_past_call_is_dropped() -> None:
    """Its turn has ended: it must not open a card in the next one."""
    translation = Translation()
    translation.update(update("tool_call", toolCallId="t", title="T"))
    translation.finish()
    assert translation.update(update("tool_call_update", toolCallId="t", status="completed")) == []


def test_a_declined_call_that_fails_later_is_corrected() -> None:
    """Agents differ: one says that the call failed, one does not."""
    translation = Translation()
    translation.update(update("tool_call", toolCallId="t", title="T"))
    [declined] = translation.declined("t")
    assert isinstance(declined, ItemCompleted)
    assert translation.declined("t") == []
    assert translation.update(update("tool_call_update", toolCallId="t", status="in_progress")) == []
    again = translation.update(
        update("tool_call_update", toolCallId="t", status="failed", content=[{"type": "content", "content": {"type": "text", "text": "no"}}])
    )  # fmt: skip
    assert [(event.item, event.content.output) for event in again] == [(declined.item, "no")]


def test_streamed_output_takes_linear_time() -> None:
    """A megabyte in 20,000 pieces."""
    translation = Translation()
    translation.update(update("tool_call", toolCallId="t", title="T", status="in_progress"))
    piece = update("tool_call_update", toolCallId="t", _meta={"terminal_output": {"data": "x" * 50}})
    began = time.perf_counter()
    for _ in range(20_000):
        translation.update(piece)
    assert time.perf_counter() - began < 2
    [end] = translation.update(update("tool_call_update", toolCallId="t", status="completed"))
    assert isinstance(end, ItemCompleted)
    assert isinstance(end.content, ToolCall)
    assert len(end.content.output) == 1_000_000


def test_noise_is_no_message() -> None:
    """What the catalog names as such."""
    assert Translation(noise=["[MODE"]).update(chunk("[MODE_UPDATE] plan")) == []
    assert len(Translation().update(chunk("[MODE_UPDATE] plan"))) == 2
