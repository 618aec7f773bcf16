"""How the agent speaks: one turn's words, thoughts, tool calls and questions, over ACP."""

import asyncio
import os
import re
from collections.abc import Sequence
from typing import Any

from antiphon.providers.loose import Json, table
from antiphon.providers.peer import Peer

PACE_S = float(os.environ.get("PRACTICE_PACE_MS", "8")) / 1000
"""Between two words, to look like an agent that thinks."""

APPROVE = [
    {"optionId": "allow", "name": "Allow", "kind": "allow_once"},
    {"optionId": "always", "name": "Always allow", "kind": "allow_always"},
    {"optionId": "reject", "name": "Reject", "kind": "reject_once"},
]


class Cancelled(Exception):
    """The client closed a question without an answer: the turn is over."""


class Session:
    """What outlives a turn."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.mode = "ask"
        self.always: set[str] = set()
        """Kinds of tool that need no more approval."""
        self.calls = 0


class Talk:
    """One turn."""

    def __init__(self, peer: Peer, session: Session) -> None:
        self.peer = peer
        self.session = session
        self.said: list[str] = []

    def update(self, kind: str, /, **fields: Any) -> None:
        """One `session/update`."""
        update = {"sessionUpdate": kind, **fields}
        self.peer.notify("session/update", {"sessionId": self.session.id, "update": update})

    def chunk(self, text: str, kind: str = "agent_message_chunk") -> None:
        """A piece of a message (or thought), now."""
        if kind == "agent_message_chunk":
            self.said.append(text)
        self.update(kind, content={"type": "text", "text": text})

    async def say(self, text: str) -> None:
        """Words, one after the other."""
        await self._stream(text, "agent_message_chunk")

    async def think(self, text: str) -> None:
        """Thoughts, one after the other."""
        await self._stream(text, "agent_thought_chunk")

    async def _stream(self, text: str, kind: str) -> None:
        for word in re.findall(r"\S+\s*|\s+", text):
            self.chunk(word, kind)
            if PACE_S:
                await asyncio.sleep(PACE_S)
        await self.peer.flushed()

    def tool(self, title: str, kind: str, **fields: Any) -> "Tool":
        """Begin a tool call."""
        self.session.calls += 1
        tool = Tool(self, f"call-{os.getpid()}-{self.session.calls}", title, kind)
        self.update("tool_call", toolCallId=tool.id, title=title, kind=kind, status="pending", **fields)
        return tool

    async def ask(self, title: str, body: str, fields: Sequence[Json]) -> tuple[str, Json]:
        """A free question (see acp/permission.py): the chosen option and the filled-in fields."""
        self.session.calls += 1
        result = await self.peer.request(
            "session/request_permission",
            {
                "sessionId": self.session.id,
                "toolCall": {"toolCallId": f"question-{os.getpid()}-{self.session.calls}", "title": title},
                "options": [
                    {"optionId": "answer", "name": "Answer", "kind": "allow_once"},
                    {"optionId": "skip", "name": "Skip", "kind": "reject_once"},
                ],
                "_meta": {"antiphon": {"kind": "question", "body": body, "fields": list(fields)}},
            },
        )
        return chosen(result), table(result, "_meta", "antiphon", "fields")


class Tool:
    """One tool call."""

    def __init__(self, talk: Talk, id: str, title: str, kind: str) -> None:
        self._talk = talk
        self.id = id
        self._title = title
        self._kind = kind

    async def approved(self, **fields: Any) -> bool:
        """Ask the person, unless they said "always" (or chose the mode that skips approvals)."""
        session = self._talk.session
        if session.mode == "bypass" or self._kind in session.always:
            return True
        call = {
            "toolCallId": self.id,
            "title": self._title,
            "kind": self._kind,
            "status": "pending",
            **fields,
        }
        result = await self._talk.peer.request(
            "session/request_permission", {"sessionId": session.id, "toolCall": call, "options": APPROVE}
        )
        option = chosen(result)
        if option == "always":
            session.always.add(self._kind)
        if option == "reject":
            self.update("failed")
        return option in ("allow", "always")

    def update(self, status: str, output: str | None = None, **fields: Any) -> None:
        """How it goes."""
        if output is not None:
            fields["content"] = [{"type": "content", "content": {"type": "text", "text": output}}]
        self._talk.update("tool_call_update", toolCallId=self.id, status=status, **fields)

    def stream(self, output: str) -> None:
        """A piece of a command's output."""
        meta = {"terminal_output": {"terminal_id": self.id, "data": output}}
        self._talk.update("tool_call_update", toolCallId=self.id, _meta=meta)


def chosen(result: Json) -> str:
    """The option that the person chose. Raises Cancelled."""
    outcome = table(result, "outcome")
    if outcome.get("outcome") != "selected":
        raise Cancelled
    return str(outcome.get("optionId"))
