"""The agent's side of ACP: one conversation, its prompts, its mode, cancel."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from pydantic_ai import Agent, BinaryContent
from pydantic_ai.capabilities import AbstractCapability
from pydantic_ai.messages import ModelMessage, UserContent
from pydantic_ai_harness.filesystem import FileSystem
from pydantic_ai_harness.shell import Shell

import antiphon
from antiphon.providers.base import Attachment
from antiphon.providers.chat import history, model, permission
from antiphon.providers.chat.commands import Workspace
from antiphon.providers.chat.setting import Setting, of_json
from antiphon.providers.chat.talk import Talk
from antiphon.providers.chat.tools import Allowed, Cards, Stopped
from antiphon.providers.chat.turn import Turn
from antiphon.providers.loose import Json, table, tables, text
from antiphon.providers.peer import Peer, RpcError

PROTOCOL_VERSION = 1
INVALID_PARAMS, METHOD_NOT_FOUND = -32602, -32601
COMMAND_S = 600.0
"""For a command, unless the model says otherwise."""
TOOL_CHARACTERS = 50_000
"""Of a command's output that the model is told."""
RETRIES = 3
"""In a row for a call that does not fit its tool, such as an edit of what is not there."""
FILE_BYTES = 256 * 1024
"""Of an attached text file."""

INSTRUCTIONS = """You are a coding agent in a person's project, the folder {folder}.
Use your tools to look at files before you speak of them, and to do what is asked. Paths are relative to the \
project; nothing outside it can be read or written by the file tools. The person sees each change and command, and \
may have to allow it first. Answer in markdown, briefly."""


class Conversation:
    """One session."""

    def __init__(self, setting: Setting, folder: Path, talk: Talk) -> None:
        self.setting, self._talk = setting, talk
        self.allowed = Allowed(rules=set(setting.rules))
        self.running: asyncio.Task[Json] | None = None
        self._agent = Agent[object, str](
            model.model(setting),
            instructions=INSTRUCTIONS.format(folder=folder),
            capabilities=self._capabilities() if setting.tools else [],
            retries=RETRIES,
        )
        self._workspace = Workspace(folder)
        known = setting.attachments
        self.messages: list[ModelMessage] = history.messages(
            setting.past, lambda ids: [part for id in ids if id in known for part in self._shown(known[id])]
        )

    def _capabilities(self) -> list[AbstractCapability[object]]:
        shell = Shell[object](
            denied_commands=[],  # a person decides, command by command
            tools=["run_command"],
            default_timeout=COMMAND_S,
            max_output_chars=TOOL_CHARACTERS,
        )
        cards = Cards(talk=self._talk, allowed=self.allowed, moved=self._talk.mode)
        return [FileSystem[object](content_hashes=False), shell, cards]

    async def turn(self, content: Sequence[UserContent]) -> Json:
        """Answer a prompt: the response to session/prompt. Raises RpcError."""
        turn = Turn(self._agent, self.setting, self._talk, self._workspace, self.messages)
        reason = "cancelled"
        try:
            reason = await turn.run(content)
        except (asyncio.CancelledError, Stopped):
            pass
        finally:
            self.messages = turn.messages
        return {"stopReason": reason, "usage": turn.usage}

    def content(self, blocks: Sequence[Json]) -> list[UserContent]:
        """A prompt as the model takes it."""
        found: list[UserContent] = []
        for block in blocks:
            match block.get("type"):
                case "text":
                    found.append(text(block.get("text")))
                case "image" if not self.setting.images:
                    found.append("[The person attached an image, which you cannot be shown.]")
                case "image":
                    data = base64.b64decode(text(block.get("data")))
                    found.append(BinaryContent(data, media_type=text(block.get("mimeType"))))
                case "resource_link":
                    path = Path(text(block.get("uri")).removeprefix("file://"))
                    media = text(block.get("mimeType"))
                    found += self._shown(
                        Attachment(path=path, name=text(block.get("name")), media_type=media)
                    )
                case _:
                    pass
        return found

    def _shown(self, attachment: Attachment) -> list[UserContent]:
        """A file as the model takes it: an image where it can, text where it is some, else its name."""
        if attachment.media_type.startswith("image/") and self.setting.images:
            return [BinaryContent(attachment.path.read_bytes(), media_type=attachment.media_type)]
        try:
            with attachment.path.open("rb") as file:
                words = file.read(FILE_BYTES).decode()
        except (OSError, UnicodeDecodeError):
            return [
                f"[The person attached {attachment.name} ({attachment.media_type}), which you cannot be shown.]"
            ]
        return [f"[The person attached {attachment.name}:]\n\n{words}"]


class ChatAgent:
    """Answers the client's requests."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._conversation: Conversation | None = None
        self._methods: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "initialize": self._initialize,
            "session/new": self._open,
            "session/load": self._open,
            "session/set_mode": self._set_mode,
            "session/prompt": self._prompt,
            "session/cancel": self._cancel,
        }

    async def answer(self, method: str, params: Json) -> Json:
        """The result. Raises RpcError."""
        answer = self._methods.get(method)
        if answer is None:
            raise RpcError(METHOD_NOT_FOUND, f"Method not found: {method}")
        return await answer(params)

    async def _initialize(self, params: Json) -> Json:
        return {
            "protocolVersion": PROTOCOL_VERSION,
            "agentCapabilities": {
                "loadSession": True,
                "promptCapabilities": {"image": True, "audio": False, "embeddedContext": False},
            },
            "agentInfo": {
                "name": "antiphon-chat",
                "title": "Antiphon's agent",
                "version": antiphon.__version__,
            },
            "authMethods": [],
        }

    async def _open(self, params: Json) -> Json:
        """Begin, or go on: the past comes with the setting."""
        setting = of_json(table(params, "_meta", "antiphon"))
        talk = Talk(self._peer, setting.session)
        self._conversation = Conversation(setting, Path(text(params.get("cwd"))), talk)
        modes = [{"id": id, "name": name, "description": says} for id, name, says in permission.MODES]
        return {
            "sessionId": setting.session,
            "modes": {"currentModeId": "ask", "availableModes": modes},
        }

    def _find(self) -> Conversation:
        if self._conversation is None:
            raise RpcError(INVALID_PARAMS, "There is no session")
        return self._conversation

    async def _set_mode(self, params: Json) -> Json:
        mode = text(params.get("modeId"))
        if mode not in {id for id, *_ in permission.MODES}:
            raise RpcError(INVALID_PARAMS, f"There is no mode {mode}")
        self._find().allowed.mode = mode
        return {}

    async def _prompt(self, params: Json) -> Json:
        conversation = self._find()
        if conversation.running:
            raise RpcError(INVALID_PARAMS, "A prompt is running already")
        content = await asyncio.to_thread(conversation.content, tables(params.get("prompt")))
        conversation.running = asyncio.ensure_future(conversation.turn(content))
        try:
            return await conversation.running
        except asyncio.CancelledError:  # before it began
            return {"stopReason": "cancelled"}
        finally:
            conversation.running = None

    async def _cancel(self, params: Json) -> Json:
        if self._conversation and self._conversation.running:
            self._conversation.running.cancel()
        return {}


async def serve() -> None:
    """Serve stdin until it ends."""
    peer = await Peer.on_stdio()
    await peer.serve(ChatAgent(peer).answer)
