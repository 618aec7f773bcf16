"""ACP agents that follow a script (`antiphon.testing.acp_agent`), as real processes: what their tests share."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from antiphon.model.ids import new_id
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.provider import AcpProvider
from antiphon.providers.base import ProviderFailed
from antiphon.testing import acp_agent
from antiphon.testing.check_provider import Opened, Prompts, Subject, left
from antiphon.testing.sink import RecordingSink

SCRIPTED = str(Path(acp_agent.__file__))

OPTIONS = [
    {"optionId": "yes", "name": "Yes", "kind": "allow_once"},
    {"optionId": "no", "name": "No", "kind": "reject_once"},
]
PERMISSION = [
    "session/request_permission",
    {"toolCall": {"toolCallId": "t", "title": "Do it"}, "options": OPTIONS},
]
END = {"reply": {"stopReason": "end_turn"}}

Scripted = Callable[..., Subject]


def say(text: str) -> dict[str, Any]:
    """A step: a piece of a message."""
    return {"update": {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}}


def scripted(folder: Path) -> Scripted:
    """Makes an agent that follows a script, in the folder."""

    def make(script: dict[str, Any], **fields: Any) -> Subject:
        file = folder / "script.json"
        file.write_text(json.dumps(script))
        command = [sys.executable, "-IS", SCRIPTED, str(file)]
        entry = AcpEntry(id="scripted", name="The agent", command=command, sign_in="agent login", **fields)
        return Subject(provider=AcpProvider(entry), folder=folder, prompts=Prompts(say="", endless=""))

    return make


def heard(subject: Subject) -> list[Any]:
    """What the agent was told, in order."""
    lines = (subject.folder / "script.json.log").read_text().splitlines()
    return [json.loads(line) for line in lines if line]


def methods(subject: Subject) -> list[str]:
    """The methods of it; "response" for an answer."""
    return [message.get("method", "response") for message in heard(subject)]


async def prompted(subject: Subject, sink: RecordingSink | None = None) -> tuple[Any, RecordingSink]:
    """One prompt's outcome or failure, and what was said."""
    async with Opened(subject, sink) as opened:
        work = opened.ask("go")
        await asyncio.wait({work}, timeout=10)
        assert work.done()
        failed = work.exception()
        return (failed.failure if isinstance(failed, ProviderFailed) else work.result()), opened.sink


async def open_failure(subject: Subject, **changes: Any) -> Any:
    """The failure that `open` ends with; it must leave no process."""
    launch = replace(subject.launch(new_id()), **changes)
    with pytest.raises(ProviderFailed) as raised:
        await subject.provider.open(launch, RecordingSink())
    left(launch.marker)
    return raised.value.failure
