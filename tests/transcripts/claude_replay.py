"""Replays what Claude Code said, through the pure translation.

A transcript is a folder: `wire.jsonl` has Claude Code's lines from a prompt to its end (and beyond,
where it goes on by itself). Before a question about a file stands `{"before": TEXT}`, what the file
holds, and after one `{"answer": OPTION, "fields": …}`, the person's. `events.jsonl` has the events that come
of them, ids numbered as minted, with what is sent back (`answered`) and how each turn ended (`end`).
"""

import json
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from antiphon.model.items import ToolCall
from antiphon.providers.base import Answered
from antiphon.providers.claude import errors, permission, tools
from antiphon.providers.claude.translate import Translation
from antiphon.providers.surrogates import mend

HERE = Path(__file__).parent / "claude"


def cases() -> list[str]:
    """The transcripts' names."""
    return sorted(folder.name for folder in HERE.iterdir() if folder.is_dir())


def wire(case: str) -> list[Any]:
    """What Claude Code said."""
    return [json.loads(line) for line in (HERE / case / "wire.jsonl").read_text().splitlines()]


def expected(case: str) -> list[Any]:
    """What it means."""
    return [json.loads(line) for line in (HERE / case / "events.jsonl").read_text().splitlines()]


def replay(messages: Iterable[Any]) -> list[Any]:
    """The events, as JSON values."""
    return msgspec.to_builtins(_Replay().all(messages))


class _Replay:
    """What `ClaudeAgent` does with the messages, without its process."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._translation = Translation(mint=self._mint, now=lambda: 0)
        self._before: str | None = None
        self._request: dict[str, Any] = {}

    def all(self, messages: Iterable[Any]) -> list[Any]:
        return [event for message in messages for event in self._one(message)]

    def _mint(self) -> str:
        return str(next(self._ids))

    def _one(self, message: dict[str, Any]) -> list[Any]:
        if "before" in message:
            self._before = message["before"]
            return []
        if "answer" in message:
            return self._answered(Answered(option=message["answer"], fields=message.get("fields", {})))
        take: Callable[[Any], list[Any]] = {
            "control_request": self._asked,
            "result": self._end,
        }.get(message["type"], self._translation.message)
        return take(mend(message))

    def _asked(self, message: dict[str, Any]) -> list[Any]:
        self._request = request = message["request"]
        call = self._translation.call_of(request["tool_use_id"])
        shown = self._shown(call.content if call else tools.started(request["tool_name"], request["input"]))
        events: list[Any] = self._translation.show(request["tool_use_id"], shown)
        return [*events, permission.request(request, self._mint(), call.item if call else None, shown)]

    def _shown(self, call: ToolCall) -> ToolCall:
        before, self._before = self._before, None
        given = self._request["input"]
        return replace(call, diffs=tools.diffs(call.name or "", given, before) or call.diffs)

    def _answered(self, answered: Answered) -> list[Any]:
        return [{"type": "answered", "response": permission.response(self._request, answered)}]

    def _end(self, result: dict[str, Any]) -> list[Any]:
        cut_off, stopped = self._translation.cut_off, result.get("terminal_reason") in errors.ABORTED
        end = {"type": "end", "stopped": stopped, "cut_off": cut_off, "usage": errors.usage(result)}
        end["context"] = self._translation.context_tokens
        if result["is_error"] and not stopped:
            end["failure"] = errors.of_result(result)
        return [*self._translation.finish(cut_off or stopped), end]
