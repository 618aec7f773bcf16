"""What the recorded transcripts of Codex are made from: prompts, and the fake model's answers."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from tests.agents.fixtures import WORDS, Fixture, after, call, refuses, says, slowly
from tests.agents.real_codex import EDIT, WRITE, patch

FILES = {"poem.txt": "one\ntwo\nthree\n", "other.txt": "red\nblue\n"}
"""What the project holds."""
USAGE = {"input_tokens": 1200, "output_tokens": 34}
COLOUR = {
    "id": "colour",
    "header": "Colour",
    "question": "Which colour?",
    "options": [{"label": "Red", "description": "warm"}, {"label": "Blue", "description": "cool"}],
}


class Case(Struct, frozen=True, kw_only=True):
    """One transcript."""

    prompt: str = "GO"
    answers: tuple[Fixture, ...] = ()
    """The model's, first match wins."""
    earlier: tuple[str, ...] = ()
    """Prompts before the recording."""
    mode: str | None = None
    option: str = "allow"
    """How the person answers."""
    fields: Mapping[str, Any] = {}
    stop: Literal["", "text", "tool"] = ""
    """The person stops the turn there."""
    steer: str = ""
    """Words given into the answer."""
    settings: str = ""
    """More of Codex's own settings."""


def runs(cmd: str, said: str = "Done.", **more: Any) -> tuple[Fixture, ...]:
    """The model runs a command, and then says something."""
    return after("use", said), says("GO", call("use", "exec_command", cmd=cmd, **more))


def uses(name: str, said: str = "Done.", **given: Any) -> tuple[Fixture, ...]:
    """The model calls a tool, and then says something."""
    return after("use", said), says("GO", call("use", name, **given))


def first(fixture: Fixture) -> Fixture:
    """Only the first time; then the next fixture that matches answers."""
    return {**fixture, "match": {**fixture["match"], "sequenceIndex": 0}}


def error(status: int, type: str, message: str, **more: Any) -> tuple[Fixture, ...]:
    """The model's API refuses."""
    return (refuses("GO", status, type, message, **more),)


TOO_LONG: Fixture = {
    "match": {"userMessage": "GO"},
    "response": {
        "status": 400,
        "error": {
            "type": "invalid_request_error",
            "code": "context_length_exceeded",
            "message": "Your input exceeds the context window of this model.",
        },
    },
}
DELETE = patch("*** Delete File: other.txt")
MOVE = patch("*** Update File: poem.txt", "*** Move to: verse.txt", "@@", " one", "-two", "+2", " three")
SEVERAL = patch(
    "*** Add File: new.txt",
    "+new",
    "*** Update File: poem.txt",
    "@@",
    "-three",
    "+3",
    "*** Delete File: other.txt",
)
OUTSIDE = {"sandbox_permissions": "require_escalated", "justification": "May I look outside?"}
CASES = {
    "text-and-reasoning": Case(
        answers=(says("GO", response={"content": "Yes.", "reasoning": "Let me see.\nYes.", "usage": USAGE}),)
    ),
    "command": Case(answers=runs("echo out; echo err >&2")),
    "command-exit-code": Case(answers=runs("echo out; echo err >&2; exit 3")),
    "command-declined": Case(option="reject", answers=runs("touch made.txt")),
    "command-declined-and-stopped": Case(option="stop", answers=runs("touch made.txt")),
    "command-for-the-session": Case(option="session", answers=runs("touch made.txt")),
    "command-outside": Case(answers=runs("true", **OUTSIDE), mode="auto"),
    "command-in-auto": Case(answers=runs("echo out"), mode="auto"),
    "command-read-only": Case(answers=runs("touch made.txt"), mode="read-only"),
    "command-beside": Case(answers=runs("echo begun; tail -f /dev/null", yield_time_ms=1000)),
    "write": Case(answers=runs(WRITE)),
    "write-declined": Case(option="reject", answers=runs(WRITE)),
    "edit": Case(answers=runs(EDIT)),
    "edit-misfit": Case(answers=runs(patch("*** Update File: poem.txt", "@@", "-nine", "+9"))),
    "delete": Case(answers=runs(DELETE)),
    "move": Case(answers=runs(MOVE)),
    "several-files": Case(answers=runs(SEVERAL)),
    "look-at-image": Case(answers=uses("view_image", path="dot.png")),
    "no-such-tool": Case(answers=uses("no_such_tool", word="hello")),
    "question": Case(
        answers=uses("request_user_input", questions=[COLOUR]),
        fields={"colour": "Blue"},
        settings="default_mode_request_user_input = true",
    ),
    "question-refused": Case(
        answers=uses("request_user_input", questions=[COLOUR]),
        option="reject",
        settings="default_mode_request_user_input = true",
    ),
    "more-room": Case(
        answers=uses(
            "request_permissions",
            reason="To install packages",
            permissions={"network": {"enabled": True}},
        ),
        settings="request_permissions_tool = true",
    ),
    "refused-key": Case(answers=error(401, "authentication_error", "invalid key")),
    "bad-request": Case(answers=error(400, "invalid_request_error", "something is wrong")),
    "too-long": Case(answers=(TOO_LONG,)),
    "compacted": Case(
        prompt="NEXT",
        earlier=("HELLO", "GO"),
        answers=(
            TOO_LONG,
            says("CONTEXT CHECKPOINT COMPACTION", "A summary."),
            says("NEXT", "The next answer."),
            says("HELLO", "Hi."),
        ),
    ),
    "no-quota": Case(
        answers=(
            {
                "match": {"userMessage": "GO"},
                "response": {
                    "status": 429,
                    "error": {
                        "type": "insufficient_quota",
                        "code": "insufficient_quota",
                        "message": "You exceeded your current quota.",
                    },
                },
            },
        )
    ),
    "rate-limited": Case(answers=error(429, "rate_limit_error", "slow down")),
    "out-of-order": Case(answers=error(500, "server_error", "something broke")),
    "overloaded": Case(
        answers=(
            {
                "match": {"userMessage": "GO"},
                "response": {
                    "status": 503,
                    "error": {
                        "type": "server_error",
                        "code": "server_is_overloaded",
                        "message": "Overloaded",
                    },
                },
            },
        )
    ),
    "dropped": Case(answers=(says("GO", "x", chaos={"disconnectRate": 1}),)),
    "malformed": Case(answers=(says("GO", WORDS, chaos={"malformedRate": 1}),)),
    "cut-in-text": Case(answers=(says("GO", WORDS, chunkSize=20, latency=40, truncateAfterChunks=10),)),
    "cut-then-whole": Case(
        answers=(
            first(says("GO", "The whole answer.", chunkSize=4, latency=40, truncateAfterChunks=8)),
            says("GO", "The whole answer."),
        )
    ),
    "stopped-in-text": Case(stop="text", answers=(says("GO", WORDS, **slowly()),)),
    "stopped-in-tool": Case(stop="tool", answers=runs("echo begun; tail -f /dev/null", yield_time_ms=30000)),
    "steered": Case(
        steer="TURN",
        answers=(says("TURN", "I turn."), says("GO", WORDS, **slowly())),
    ),
}
