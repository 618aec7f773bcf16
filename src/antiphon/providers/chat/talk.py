"""How the agent speaks: messages, thoughts, tool calls and questions, over ACP."""

from typing import Any

from antiphon.model.ids import new_id
from antiphon.providers.chat import permission
from antiphon.providers.loose import Json
from antiphon.providers.peer import Peer


class Talk:
    """One conversation's words."""

    def __init__(self, peer: Peer, session: str) -> None:
        self.peer = peer
        self.session = session

    def update(self, kind: str, /, **fields: Any) -> None:
        """One `session/update`."""
        update = {"sessionUpdate": kind, **fields}
        self.peer.notify("session/update", {"sessionId": self.session, "update": update})

    def say(self, text: str, message: str) -> None:
        """A piece of the message with this id."""
        self._chunk("agent_message_chunk", text, message)

    def think(self, text: str, message: str) -> None:
        """A piece of a thought."""
        self._chunk("agent_thought_chunk", text, message)

    def _chunk(self, kind: str, text: str, message: str) -> None:
        if text:
            self.update(kind, content={"type": "text", "text": text}, messageId=message)

    def mode(self, mode: str) -> None:
        """The mode is another now."""
        self.update("current_mode_update", currentModeId=mode)

    def usage(self, used: int, size: int | None) -> None:
        """How full the context is, in tokens."""
        self.update("usage_update", used=used, **({"size": size} if size else {}))


class Card:
    """One tool call, as a person sees it."""

    def __init__(self, talk: Talk, *, name: str, title: str, kind: str, given: Json) -> None:
        self._talk = talk
        self.id = new_id()
        self.exit_code: int | None = None
        self.streamed = False
        self.refused = False
        self._call: Json = {
            "toolCallId": self.id,
            "title": title,
            "kind": kind,
            "rawInput": given,
            "_meta": {"toolName": name},
        }
        talk.update("tool_call", status="pending", **self._call)

    def changes(self, path: str, before: str | None, after: str) -> None:
        """What would be changed, whole."""
        diff = {"type": "diff", "path": path, "oldText": before, "newText": after}
        more: Json = {"content": [diff], "locations": [{"path": path}]}
        self._call |= more
        self._talk.update("tool_call_update", toolCallId=self.id, **more)

    async def ask(self, need: permission.Need, rule: str) -> tuple[str, str]:
        """Ask a person: the chosen option, and their word."""
        call = {**self._call, "status": "pending"}
        question = permission.request(self._talk.session, call, need, rule)
        return permission.chosen(await self._talk.peer.request("session/request_permission", question))

    def running(self) -> None:
        """It may go on."""
        self._talk.update("tool_call_update", toolCallId=self.id, status="in_progress")

    async def stream(self, output: str) -> None:
        """A piece of a command's output; waits while the client is slow."""
        self.streamed = True
        meta = {"terminal_output": {"terminal_id": self.id, "data": output}}
        self._talk.update("tool_call_update", toolCallId=self.id, _meta=meta)
        await self._talk.peer.flushed()

    def done(self, output: str, *, failed: bool = False) -> None:
        """Its end; what was streamed stays as it is."""
        fields: Json = {"status": "failed" if failed or self.exit_code else "completed"}
        if not self.streamed and output:
            fields["content"] = [{"type": "content", "content": {"type": "text", "text": output}}]
        if self.exit_code is not None:
            fields["rawOutput"] = {"exitCode": self.exit_code}
        self._talk.update("tool_call_update", toolCallId=self.id, **fields)
