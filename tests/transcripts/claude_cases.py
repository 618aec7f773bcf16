"""What the recorded transcripts of Claude Code are made from: prompts, and the fake model's answers."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from tests.agents.fixtures import WORDS, Fixture, after, call, refuses, says, slowly

POEM = "one\ntwo\nthree\n"
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
FILES = {"poem.txt": POEM.encode(), "other.txt": b"red\nblue\n", "dot.png": DOT}
"""What the project holds."""

COLOUR = {
    "question": "Which colour?",
    "header": "Colour",
    "options": [{"label": "Red", "description": "warm"}, {"label": "Blue", "description": "cool"}],
    "multiSelect": False,
}
SIZES = {
    "question": "Which sizes?",
    "header": "Sizes",
    "options": [{"label": "Small", "description": ""}, {"label": "Large", "description": "roomy"}],
    "multiSelect": True,
}
TODOS = [
    {"content": "Look", "status": "completed", "activeForm": "Looking"},
    {"content": "Write", "status": "in_progress", "activeForm": "Writing"},
    {"content": "Try", "status": "pending", "activeForm": "Trying"},
]
USAGE = {"input_tokens": 1200, "output_tokens": 34}
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"


class Case(Struct, frozen=True, kw_only=True):
    """One transcript."""

    prompt: str
    answers: tuple[Fixture, ...] = ()
    """The model's, first match wins."""
    earlier: tuple[str, ...] = ()
    """Prompts before the recording."""
    mode: str | None = None
    option: str = "allow"
    """How the person answers; `always`: by the first option that allows always."""
    fields: Mapping[str, Any] = {}
    stop: Literal["", "text", "tool"] = ""
    """The person stops the turn there."""
    environment: Mapping[str, str] = {}
    own_turns: int = 0
    """How often the agent goes on by itself afterwards."""


def tool(name: str, said: str = "Done.", **given: Any) -> tuple[Fixture, ...]:
    """The model calls a tool, and then says something."""
    return after("use", said), says("GO", call("use", name, **given))


def first(fixture: Fixture) -> Fixture:
    """Only the first time; then the next fixture that matches answers."""
    return {**fixture, "match": {**fixture["match"], "sequenceIndex": 0}}


def then(id: str, *calls: dict[str, str]) -> Fixture:
    """What the model calls when it has the call's result."""
    return {"match": {"toolCallId": id}, "response": {"blocks": list(calls)}}


TODO = {"CLAUDE_CODE_ENABLE_TODO_TOOLS": "1"}
"""Without it, newer models are given no tools for steps."""

CASES = {
    "text-and-thinking": Case(
        prompt="GO",
        answers=(says("GO", response={"content": TABLE, "reasoning": "Let me see.\nYes.", "usage": USAGE}),),
    ),
    "bash": Case(
        prompt="GO", answers=tool("Bash", command="echo out; echo err >&2", description="Say two words")
    ),
    "bash-exit-code": Case(prompt="GO", answers=tool("Bash", command="echo out; echo err >&2; exit 3")),
    "bash-always": Case(prompt="GO", option="always", answers=tool("Bash", command="touch made.txt")),
    "bash-timeout": Case(prompt="GO", answers=tool("Bash", command="echo begun; sleep 60", timeout=1000)),
    "bash-rejected": Case(
        prompt="GO",
        option="reject",
        fields={"message": "no sleeping"},
        answers=tool("Bash", command="touch a; sleep 9"),
    ),
    "bash-rejected-and-stopped": Case(
        prompt="GO", option="stop", answers=tool("Bash", command="touch made.txt")
    ),
    "edit": Case(
        prompt="GO",
        earlier=("LOOK",),
        answers=(
            after("look", "Seen."),
            says("LOOK", call("look", "Read", file_path="poem.txt")),
            *tool("Edit", file_path="poem.txt", old_string="two", new_string="2"),
        ),
    ),
    "edit-unread": Case(
        prompt="GO", answers=tool("Edit", file_path="poem.txt", old_string="two", new_string="2")
    ),
    "edit-misfit": Case(
        prompt="GO", answers=tool("Edit", file_path="poem.txt", old_string="nine", new_string="9")
    ),
    "edit-always": Case(
        prompt="GO",
        option="always",
        answers=tool("Edit", file_path="poem.txt", old_string="two", new_string="2"),
    ),
    "write": Case(
        prompt="GO",
        answers=(
            after("use", "It is written."),
            says("GO", "I will write it.", call("use", "Write", file_path="new.txt", content="hi there\n")),
        ),
    ),
    "write-over": Case(prompt="GO", answers=tool("Write", file_path="poem.txt", content="four\n")),
    "write-outside": Case(
        prompt="GO", option="reject", answers=tool("Write", file_path="../other/new.txt", content="x")
    ),
    "bash-outside": Case(
        prompt="GO", option="reject", answers=tool("Bash", command="touch ../other/made.txt")
    ),
    "read-outside": Case(prompt="GO", option="reject", answers=tool("Read", file_path="../other/there.txt")),
    "bash-compound": Case(prompt="GO", option="reject", answers=tool("Bash", command="npm test && git push")),
    "read": Case(prompt="GO", answers=tool("Read", file_path="poem.txt", offset=2, limit=1)),
    "read-image": Case(prompt="GO", answers=tool("Read", file_path="dot.png")),
    "read-missing": Case(prompt="GO", answers=tool("Read", file_path="none.txt")),
    "read-several": Case(
        prompt="GO",
        answers=(
            after("one", "Both are read."),
            after("two", "Both are read."),
            says("GO", call("one", "Read", file_path="poem.txt"), call("two", "Read", file_path="other.txt")),
        ),
    ),
    "no-such-tool": Case(prompt="GO", answers=tool("Dance", step="left")),
    "steps-by-todo": Case(
        prompt="GO",
        environment=TODO | {"CLAUDE_CODE_ENABLE_TASKS": "0"},
        answers=(
            after("second", "All is done."),
            then("use", call("second", "TodoWrite", todos=TODOS[:1])),
            says("GO", call("use", "TodoWrite", todos=TODOS)),
        ),
    ),
    "steps-by-task": Case(
        prompt="GO",
        environment=TODO,
        answers=(
            after("list", "So far."),
            then("drop", call("list", "TaskList")),
            then("begin", call("drop", "TaskUpdate", taskId="2", status="deleted")),
            then("two", call("begin", "TaskUpdate", taskId="1", status="in_progress")),
            then("one", call("two", "TaskCreate", subject="Write", description="the file")),
            says("GO", call("one", "TaskCreate", subject="Look", description="at the file")),
        ),
    ),
    "steps-unknown": Case(prompt="GO", answers=tool("TodoWrite", todos=TODOS)),
    "sub-agent": Case(
        prompt="GO",
        own_turns=1,
        answers=(
            says("task-notification", "They are back."),
            after("inner", "What the sub-agent found."),
            says("SUBWORK", "I look.", call("inner", "Read", file_path="poem.txt")),
            *tool("Task", description="look", prompt="SUBWORK", subagent_type="general-purpose"),
        ),
    ),
    "sub-agent-outlives-its-turn": Case(
        prompt="GO",
        own_turns=1,
        answers=(
            says("task-notification", "They are back."),
            after("inner", "What the sub-agent found."),
            says("SUBWORK", "I look.", call("inner", "Bash", command="sleep 1; echo late")),
            *tool("Task", description="look", prompt="SUBWORK", subagent_type="general-purpose"),
        ),
    ),
    "background": Case(
        prompt="GO",
        own_turns=1,
        answers=(
            says("task-notification", "It has ended."),
            *tool("Bash", command="sleep 1; echo soon", description="wait", run_in_background=True),
        ),
    ),
    "question": Case(
        prompt="GO",
        fields={"Which colour?": "Blue", "Which sizes?": ["Small", "Huge"]},
        answers=tool("AskUserQuestion", questions=[COLOUR, SIZES]),
    ),
    "question-refused": Case(
        prompt="GO", option="reject", answers=tool("AskUserQuestion", questions=[COLOUR])
    ),
    "plan-mode": Case(prompt="GO", mode="plan", answers=tool("ExitPlanMode", plan="# The plan\n1. Begin")),
    "plan-refused": Case(
        prompt="GO",
        mode="plan",
        option="reject",
        fields={"message": "two steps, please"},
        answers=tool("ExitPlanMode", plan="# The plan\n1. Begin"),
    ),
    "cut-in-text": Case(prompt="GO", answers=(says("GO", WORDS, **slowly(20), truncateAfterChunks=10),)),
    "cut-then-whole": Case(
        prompt="GO",
        answers=(
            first(says("GO", WORDS, **slowly(20), truncateAfterChunks=10)),
            says("GO", "Whole at last."),
        ),
    ),
    "cut-in-call": Case(
        prompt="GO",
        answers=(
            says("cut off", "Done after all."),
            says(
                "GO",
                "I will.",
                call("use", "Bash", command="echo one two three four five"),
                **slowly(20),
                truncateAfterChunks=6,
            ),
        ),
    ),
    "dropped": Case(prompt="GO", answers=(says("GO", WORDS, chaos={"disconnectRate": 1}),)),
    "malformed": Case(prompt="GO", answers=(says("GO", WORDS, chaos={"malformedRate": 1}),)),
    "stopped-in-text": Case(prompt="GO", stop="text", answers=(says("GO", WORDS, **slowly()),)),
    "stopped-in-tool": Case(
        prompt="GO", stop="tool", answers=tool("Bash", command="touch a; echo begun; sleep 60")
    ),
    "compacted": Case(
        prompt="/compact",
        earlier=("SAY",),
        answers=(says("SAY", "Hello."), says("summary", "All that was said.")),
    ),
    "printed": Case(prompt="/context", earlier=("SAY",), answers=(says("SAY", "Hello."),)),
    "printed-cost": Case(prompt="/cost", earlier=("SAY",), answers=(says("SAY", "Hello."),)),
    "no-such-command": Case(prompt="/dance", answers=(says("dance", "Hello."),)),
    "max-tokens": Case(
        prompt="GO",
        answers=(
            says("GO", response={"content": "I can say no more", "finishReason": "length"}),
            says("Resume directly", "and now the rest."),
        ),
    ),
    "refused-key": Case(
        prompt="GO", answers=(refuses("GO", 401, "authentication_error", "invalid x-api-key"),)
    ),
    "too-long": Case(
        prompt="GO",
        answers=(
            refuses("GO", 400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum"),
        ),
    ),
    "overloaded": Case(prompt="GO", answers=(refuses("GO", 529, "overloaded_error", "Overloaded"),)),
    "rate-limited": Case(prompt="GO", answers=(refuses("GO", 429, "rate_limit_error", "rate limited"),)),
    "no-credit": Case(
        prompt="GO", answers=(refuses("GO", 402, "billing_error", "Your credit balance is too low"),)
    ),
}
