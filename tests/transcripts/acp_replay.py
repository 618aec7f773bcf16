"""Replays what an ACP agent said, through the pure translation.

A transcript is a folder: `wire.jsonl` has the agent's lines from a prompt to its end, each
followed, where it asks for permission, by the person's `{"answer": OPTION}`; the last line may
be `{"end": "cut"}`. `events.jsonl` has the events that come of them, ids numbered as minted.
"""

import json
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from antiphon.providers.acp import permission
from antiphon.providers.acp.translate import Translation
from antiphon.providers.base import Answered
from antiphon.providers.surrogates import mend

HERE = Path(__file__).parent / "acp"


def cases() -> list[str]:
    """The transcripts' names."""
    return sorted(folder.name for folder in HERE.iterdir() if folder.is_dir())


def wire(case: str) -> list[Any]:
    """What the agent said."""
    return [json.loads(line) for line in (HERE / case / "wire.jsonl").read_text().splitlines()]


def expected(case: str) -> list[Any]:
    """The events that it means."""
    return [json.loads(line) for line in (HERE / case / "events.jsonl").read_text().splitlines()]


def replay(messages: Iterable[Any], noise: tuple[str, ...] = ("[MODE_UPDATE]",)) -> list[Any]:
    """The events, as JSON values."""
    ids = count(1)
    translation = Translation(noise=noise, mint=lambda: str(next(ids)))
    events: list[Any] = []
    asked = None
    for message in messages:
        if message.get("method") == "session/update":
            events += translation.update(message["params"]["update"])
        elif message.get("method") == "session/request_permission":
            params = mend(message["params"])
            if not permission.is_question(params):
                events += translation.tool_call(params["toolCall"])
            key = params["toolCall"]["toolCallId"]
            asked = permission.request(
                params, str(next(ids)), translation.item_of(key), translation.content_of(key)
            )
            events.append(asked)
        elif "answer" in message:
            if asked and permission.is_rejection(asked, Answered(option=message["answer"])):
                events += translation.declined(key)
        else:
            events += translation.finish(cut=message.get("end") == "cut")
    return msgspec.to_builtins(events)
