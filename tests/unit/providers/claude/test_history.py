"""Claude Code's own transcripts, recorded from the real program, as our turns."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest

from antiphon.model import events as e
from antiphon.model.items import Message, Note, Reasoning, ToolCall
from antiphon.model.state import State, apply
from antiphon.providers.claude.history_ending import BROKEN_OFF
from antiphon.providers.claude.history_turns import TAKEN_BACK, Transcript

RECORDED = Path(__file__).parents[3] / "transcripts" / "claude-history"


def lines_of(name: str) -> list[bytes]:
    return (RECORDED / f"{name}.jsonl").read_bytes().splitlines()


def read(lines: Iterable[bytes], known: Callable[[str], bool] = lambda _: False) -> list[e.AnyEvent]:
    """All events, and those of the end of the lines."""
    transcript = Transcript(known)
    return [event for line in lines for event in transcript.line(line)] + transcript.rest()


def state_of(events: list[e.AnyEvent]) -> State:
    state = State(turns=[], approvals=[], queue=[])
    for seq, event in enumerate(events, 1):
        apply(state, msgspec.structs.replace(event, seq=seq))
    return state


def changed(line: bytes, **fields: object) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(line) | fields)


def prompt(uuid: str, text: str, parent: str | None = None) -> bytes:
    fields = {
        "type": "user",
        "uuid": uuid,
        "parentUuid": parent,
        "message": {"role": "user", "content": text},
    }
    return msgspec.json.encode(fields | {"timestamp": "2026-11-22T10:00:00Z"})


def answer(uuid: str, text: str, parent: str | None = None) -> bytes:
    message = {
        "id": uuid,
        "role": "assistant",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
    }
    fields = {"type": "assistant", "uuid": uuid, "parentUuid": parent, "message": message}
    return msgspec.json.encode(fields | {"timestamp": "2026-11-22T10:00:05Z"})


def test_a_long_conversation_becomes_its_turns() -> None:
    """Each prompt, and what the agent began by itself, is a turn with its end."""
    turns = state_of(read(lines_of("many"))).turns
    assert [(turn.text, turn.status) for turn in turns] == [
        ("REJECT please", "completed"),
        ("TASK please", "completed"),
        ('Agent "look" finished', "completed"),
        ("BG please", "completed"),
        ('Background command "bg" completed (exit code 0)', "completed"),
        ("E401 please", "failed"),
        ("/compact", "completed"),
        ("SAY please", "completed"),
        ("/usage", "completed"),
    ]
    assert [turn.origin for turn in turns[1:5]] == ["person", "agent", "person", "agent"]
    failure = turns[5].failure
    assert failure and (failure.code, failure.action and failure.action.kind) == ("auth", "sign-in")


def test_a_turn_holds_what_was_said_and_done() -> None:
    """Thinking, words, commands with their exit code, edits as diffs, in the turn where they happened."""
    turns = state_of(read(lines_of("resumed"))).turns
    kinds = [[type(entry.content) for entry in turn.entries] for turn in turns]
    assert kinds == [
        [Reasoning, Message],
        [Message, ToolCall, Message],
        [Message, ToolCall, ToolCall, Message],
        [Message, ToolCall, Message],  # TodoWrite, which that Claude refused to know
        [Reasoning, Message],
    ]
    command = turns[1].entries[1].content
    assert isinstance(command, ToolCall)
    assert (command.status, command.exit_code, command.output) == ("failed", 3, "out\nerr")
    edit = turns[2].entries[2].content
    assert isinstance(edit, ToolCall)
    assert (edit.diffs[0].before, edit.diffs[0].after) == ("one\nthree\n", "two\nthree\n")
    assert not any(entry.open for turn in turns for entry in turn.entries)


def test_times_are_those_of_the_lines() -> None:
    """A turn ends when its last line was written, not when the next prompt came a day later."""
    lines = [
        prompt("p1", "one"),
        answer("a1", "yes"),
        changed(prompt("p2", "two"), timestamp="2026-11-23T10:00:00Z"),
    ]
    first = state_of(read(lines)).turns[0]
    assert first.started_at and first.ended_at == first.started_at + 5000


def test_what_was_said_meanwhile_steers() -> None:
    """A prompt given into the running turn stands in it."""
    steered = [event for event in read(lines_of("many")) if isinstance(event, e.TurnSteered)]
    assert [event.text for event in steered] == ["LONG please"]


def test_a_compaction_is_a_note() -> None:
    """The compaction is told; the summary made for the model is no prompt of a person's."""
    turns = state_of(read(lines_of("many"))).turns
    notes = [
        entry.content.text for turn in turns for entry in turn.entries if isinstance(entry.content, Note)
    ]
    assert notes == ["The conversation was compacted from 3,255 tokens to 2,700 (as asked)."]
    assert not any("being continued" in turn.text for turn in turns)


def test_an_interrupted_turn_is_cancelled() -> None:
    """What a person interrupted ends as cancelled, with what had been said, and the next turn follows."""
    turns = state_of(read(lines_of("interrupted"))).turns
    assert [turn.status for turn in turns] == ["completed", "cancelled", "completed"]
    said = turns[1].entries[0].content
    assert isinstance(said, Message)
    assert said.text.startswith("w0 w1")


@pytest.mark.parametrize("name", ["many", "resumed", "forked", "interrupted"])
def test_reading_again_gives_the_same(name: str) -> None:
    """Ids are made of the lines', so a second reading gives equal events; and every item id is its own."""
    once, again = read(lines_of(name)), read(lines_of(name))
    assert once == again
    completed = [event.item for event in once if isinstance(event, e.ItemCompleted)]
    assert len(completed) == len(set(completed)) > 0
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", item) for item in completed)


@pytest.mark.parametrize("name", ["many", "resumed", "forked", "interrupted"])
def test_every_turn_ends_once(name: str) -> None:
    """Promise 2, for what another program ran."""
    events = read(lines_of(name))
    started = [event.turn for event in events if isinstance(event, e.TurnStarted)]
    ended = [event.turn for event in events if isinstance(event, e.TURN_ENDS)]
    assert started == ended


def test_a_fork_brings_only_what_is_new() -> None:
    """Of a file that begins as a copy, turns that are known are passed over, with all their lines."""
    known = {event.turn for event in read(lines_of("resumed")) if isinstance(event, e.TurnStarted)}
    events = read(lines_of("forked"), lambda turn: turn in known)
    assert [turn.text for turn in state_of(events).turns] == ["PAR please"]


def test_what_antiphon_ran_is_not_another_programs() -> None:
    """`foreign` is true after another program's prompt, false after a turn that the log knows."""
    transcript = Transcript(lambda turn: turn == "ours")
    transcript.line(prompt("theirs", "x"))
    assert transcript.foreign
    assert [type(event) for event in transcript.line(prompt("ours", "y"))][-1] is e.TurnFailed
    assert not transcript.foreign
    assert transcript.line(answer("a", "z")) == []


def test_a_record_that_breaks_off_is_no_success() -> None:
    """`rest` leaves the turn open (it may go on), `close` ends it as truncated."""
    lines = lines_of("resumed")
    cut = next(at for at, line in enumerate(lines) if b'"type":"tool_use"' in line) + 1
    transcript = Transcript(lambda _: False)
    for line in lines[:cut]:
        transcript.line(line)
    assert transcript.rest() == []
    assert transcript.turn
    closing = transcript.close()
    assert [type(event) for event in closing] == [e.ItemCompleted, e.TurnFailed]
    end = closing[-1]
    assert isinstance(end, e.TurnFailed)
    assert end.failure == BROKEN_OFF
    assert transcript.turn is None
    assert transcript.close() == []


def test_what_comes_after_an_end_is_kept() -> None:
    """A turn that was closed for its silence and then goes on keeps its one end and gets what it says."""
    transcript = Transcript(lambda _: False)
    transcript.line(prompt("p", "x"))
    transcript.close()
    late = transcript.line(answer("a", "late"))
    assert [type(event) for event in late] == [e.ItemCompleted]
    assert late[0].turn == "p"
    assert transcript.rest() == []


def test_going_back_is_told() -> None:
    """Where a person took the conversation back, what was said stays and a note stands at the new prompt."""
    lines = [prompt("p1", "one"), answer("a1", "1", "p1"), prompt("p2", "two", "a1"), answer("a2", "2", "p2")]
    straight = read([*lines, prompt("p3", "three", "a2")])
    back = read([*lines, prompt("p3", "three", "a1")])
    assert [turn.text for turn in state_of(back).turns] == ["one", "two", "three"]
    notes = [event.content for event in back if isinstance(event, e.ItemCompleted) and event.turn == "p3"]
    assert notes == [Note(text=TAKEN_BACK)]
    assert len(straight) == len(back) - 1


def test_a_line_that_stands_twice_counts_once() -> None:
    """The CLI writes a line again when it repairs a file."""
    lines = [prompt("p", "x"), answer("a", "y")]
    assert read([*lines, *lines]) == read(lines)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json",
        b'{"type":"user"',
        b"[1,2]",
        b"null",
        b'{"type":7}',
        b'{"type":"user","uuid":"u"}',
        b'{"type":"user","uuid":"u","message":"words"}',
        b'{"type":"user","uuid":{"a":1},"message":{"content":"x"}}',
        b'{"type":"user","uuid":"../../etc","message":{"content":"x"}}',
        b'{"type":"user","uuid":"u","isMeta":null,"timestamp":5,"message":{"content":[null,3,{"type":"text"}]}}',
        b'{"type":"assistant","uuid":"u","message":{"content":[{"type":"tool_use","id":5,"input":[]}]}}',
        b'{"type":"system","uuid":"u","subtype":["x"]}',
        b'{"type":"attachment","uuid":"u","attachment":{"type":"queued_command","prompt":5}}',
        b'{"type":"attachment","uuid":"u"}',
        b"[" * 100_000,
        b'{"type":"user","uuid":"u","message":' + b"[" * 100_000,
        b'{"type":"user","uuid":"u","message":{"content":"\xff\xfe"}}',
    ],
)
def test_a_strange_line_changes_nothing(line: bytes) -> None:
    """A line of no known shape is passed over, and the conversation around it is read."""
    lines = [prompt("p", "x"), line, answer("a", "y")]
    turns = state_of(read(lines)).turns
    assert [(turn.id, turn.status) for turn in turns] == [("p", "completed")]
    assert len([x for x in turns[0].entries if isinstance(x.content, Message)]) == 1


def test_the_cli_around_peoples_words_is_left_out() -> None:
    """Slash commands by name, typed commands, reminders and what an editor adds: shown as the person wrote them."""
    said = {
        "<command-name>/review</command-name>\n<command-message>review</command-message>\n<command-args>#12</command-args>": "/review #12",
        "<bash-input>ls -l</bash-input>": "! ls -l",
        "Look.<system-reminder>secret</system-reminder>": "Look.",
    }
    for raw, shown in said.items():
        assert state_of(read([prompt("p", raw)])).turns[0].text == shown
    content = [{"type": "text", "text": "See"}, {"type": "image", "source": {"data": "AAAA"}}]
    picture = changed(prompt("p", ""), message={"role": "user", "content": content})
    assert state_of(read([picture])).turns[0].text == "See\n[image]"
    printed = [
        prompt("p", "<bash-input>ls</bash-input>"),
        prompt("q", "<bash-stdout>a.txt</bash-stdout><bash-stderr></bash-stderr>"),
    ]
    turn = state_of(read(printed)).turns[0]
    assert [entry.content for entry in turn.entries] == [Message(text="a.txt")]
    assert turn.status == "completed"
