"""Replays what Codex said, through the pure translation.

A transcript is a folder: `wire.jsonl` has Codex's notifications and requests from a prompt to its turn's end.
After the start of a change stands `{"files": {PATH: TEXT}}`, what the files hold, and after a question
`{"answer": OPTION, "fields": …}`, the person's. `events.jsonl` has the events that come of them, ids numbered as
minted, with what is sent back (`answered`) and how the turn ended (`end`).
"""

import json
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from antiphon.providers.base import Answered
from antiphon.providers.codex import errors, permission, tools
from antiphon.providers.codex.translate import Translation

HERE = Path(__file__).parent / "codex"


def cases() -> list[str]:
    """The transcripts' names."""
    return sorted(folder.name for folder in HERE.iterdir() if folder.is_dir())


def wire(case: str) -> list[Any]:
    """What Codex said."""
    return [json.loads(line) for line in (HERE / case / "wire.jsonl").read_text().splitlines()]


def expected(case: str) -> list[Any]:
    """What it means."""
    return [json.loads(line) for line in (HERE / case / "events.jsonl").read_text().splitlines()]


def replay(messages: Iterable[Any]) -> list[Any]:
    """The events, as JSON values."""
    return msgspec.to_builtins(_Replay().all(messages))


class _Replay:
    """What `CodexAgent` does with the messages, without its process."""

    def __init__(self) -> None:
        ids = count(1)
        self._mint: Callable[[], str] = lambda: str(next(ids))
        self._translation = Translation(mint=self._mint)
        self._item: dict[str, Any] = {}
        self._asked: dict[str, Any] = {}

    def all(self, messages: Iterable[Any]) -> list[Any]:
        return [event for message in messages for event in self._one(message)]

    def _one(self, message: dict[str, Any]) -> list[Any]:
        if "files" in message:
            return self._looked(message["files"])
        if "answer" in message:
            answered = Answered(option=message["answer"], fields=message.get("fields", {}))
            method, params = self._asked["method"], self._asked["params"]
            return [{"type": "answered", "response": permission.response(method, params, answered)}]
        if "id" in message:
            return self._asks(message)
        return self._told(message["method"], message["params"])

    def _told(self, method: str, params: dict[str, Any]) -> list[Any]:
        if method == "turn/started":
            self._translation.thread = params["threadId"]
            self._translation.turn()
        if method == "item/started":
            self._item = params["item"]
        if method == "turn/completed":
            return self._end(params["turn"])
        return list(self._translation.message(method, params))

    def _looked(self, files: dict[str, str | None]) -> list[Any]:
        call = self._translation.call_of(self._item["id"])
        assert call
        shown = tools.with_files(self._item, call.content, files)
        return list(self._translation.show(self._item["id"], shown))

    def _asks(self, message: dict[str, Any]) -> list[Any]:
        self._asked, params = message, message["params"]
        call = self._translation.call_of(params.get("itemId") or "")
        shown = replace(call.content, status="pending") if call else None
        return [
            permission.request(message["method"], params, self._mint(), call.item if call else None, shown)
        ]

    def _end(self, turn: dict[str, Any]) -> list[Any]:
        done = turn["status"] == "completed"
        beside = self._translation.commands if done else ()
        end = {"type": "end", "status": turn["status"], "usage": self._translation.usage, "beside": [*beside]}
        if turn["status"] == "failed":
            end["failure"] = errors.of_turn(turn["error"])
        return [*self._translation.finish(cut=not done, beside=beside), end]
