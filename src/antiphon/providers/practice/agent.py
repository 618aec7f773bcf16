"""The agent's side of ACP: sessions, prompts, cancel."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import antiphon
from antiphon.providers.loose import Json, tables, text
from antiphon.providers.peer import Peer, RpcError
from antiphon.providers.practice.faults import VERBS as FAULTS
from antiphon.providers.practice.faults import Faults
from antiphon.providers.practice.files import Refused
from antiphon.providers.practice.memory import Memory
from antiphon.providers.practice.parse import Ask, parse
from antiphon.providers.practice.talk import Cancelled, Session, Talk
from antiphon.providers.practice.work import VERBS, Work

PROTOCOL_VERSION = 1
INVALID_PARAMS, METHOD_NOT_FOUND, RESOURCE_NOT_FOUND = -32602, -32601, -32002
MODES = [
    {"id": "ask", "name": "Ask", "description": "Asks before it writes files or runs commands"},
    {"id": "bypass", "name": "Bypass approvals", "description": "Never asks"},
]
COMMANDS = [
    {"name": "help", "description": "What the practice agent understands"},
    {"name": "history", "description": "What you said so far"},
    {"name": "plan", "description": "Show a plan"},
]


class Conversation:
    """One ACP session."""

    def __init__(self, folder: Path, memory: Memory) -> None:
        self.folder = folder
        self.memory = memory
        self.session = Session(memory.id)
        self.running: asyncio.Task[str] | None = None
        self.faults: Faults | None = None


class PracticeAgent:
    """Answers the client's requests."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._conversations: dict[str, Conversation] = {}
        self._methods: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "initialize": self._initialize,
            "authenticate": self._nothing,
            "session/new": self._new,
            "session/load": self._load,
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

    async def _nothing(self, params: Json) -> Json:
        return {}

    async def _initialize(self, params: Json) -> Json:
        return {
            "protocolVersion": PROTOCOL_VERSION,
            "agentCapabilities": {
                "loadSession": True,
                "promptCapabilities": {"image": False, "audio": False, "embeddedContext": False},
            },
            "agentInfo": {"name": "practice", "title": "Practice agent", "version": antiphon.__version__},
            "authMethods": [],
        }

    # Sessions

    async def _new(self, params: Json) -> Json:
        folder = _folder(params)
        return {"sessionId": self._open(folder, Memory.new()).memory.id, "modes": _modes("ask")}

    async def _load(self, params: Json) -> Json:
        memory = Memory.load(str(params.get("sessionId")))
        if memory is None:
            raise RpcError(RESOURCE_NOT_FOUND, "There is no such conversation")
        conversation = self._open(_folder(params), memory)
        talk = Talk(self._peer, conversation.session)
        for said in memory.said:
            kind = "user_message_chunk" if said["role"] == "user" else "agent_message_chunk"
            talk.chunk(said["text"], kind)
        await self._peer.flushed()
        return {"modes": _modes("ask")}

    def _open(self, folder: Path, memory: Memory) -> Conversation:
        conversation = self._conversations[memory.id] = Conversation(folder, memory)
        loop = asyncio.get_running_loop()
        tell = Talk(self._peer, conversation.session).update
        loop.call_soon(lambda: tell("available_commands_update", availableCommands=COMMANDS))
        return conversation

    def _find(self, params: Json) -> Conversation:
        found = self._conversations.get(str(params.get("sessionId")))
        if found is None:
            raise RpcError(INVALID_PARAMS, "There is no such session")
        return found

    async def _set_mode(self, params: Json) -> Json:
        conversation = self._find(params)
        mode = params.get("modeId")
        if mode not in {each["id"] for each in MODES}:
            raise RpcError(INVALID_PARAMS, f"There is no mode {mode}")
        conversation.session.mode = str(mode)
        Talk(self._peer, conversation.session).update("current_mode_update", currentModeId=mode)
        return {}

    # Turns

    async def _prompt(self, params: Json) -> Json:
        conversation = self._find(params)
        if conversation.running:
            raise RpcError(INVALID_PARAMS, "A prompt is running already")
        blocks = tables(params.get("prompt"))
        words = "\n".join(text(block.get("text")) for block in blocks if block.get("type") == "text")
        links = [block for block in blocks if block.get("type") == "resource_link"]
        conversation.running = asyncio.ensure_future(self._turn(conversation, words, links))
        try:
            return {"stopReason": await conversation.running}
        except (asyncio.CancelledError, Cancelled):
            return {"stopReason": "cancelled"}
        finally:
            conversation.running = None

    async def _turn(self, conversation: Conversation, words: str, links: Sequence[Json]) -> str:
        conversation.memory.add("user", words)
        talk = Talk(self._peer, conversation.session)
        work = Work(talk, conversation.folder, conversation.memory)
        conversation.faults = Faults(talk)
        try:
            for link in links:
                await talk.say(await asyncio.to_thread(_given, link))
            for ask in parse(words):
                await _do(work, conversation.faults, talk, ask)
        finally:
            conversation.memory.add("agent", "".join(talk.said))
            with contextlib.suppress(asyncio.CancelledError):
                await self._peer.flushed()
        return "end_turn"

    async def _cancel(self, params: Json) -> Json:
        conversation = self._find(params)
        deaf = conversation.faults is not None and conversation.faults.deafened
        if conversation.running and not deaf:
            conversation.running.cancel()
        return {}


async def _do(work: Work, faults: Faults, talk: Talk, ask: Ask) -> None:
    try:
        if ask.verb in FAULTS:
            await FAULTS[ask.verb](faults, ask)
        else:
            await VERBS[ask.verb](work, ask)
    except Refused as refused:
        await talk.say(f"{refused}\n")


def _given(link: Json) -> str:
    """A file that came with the prompt, in words; reads it."""
    path = Path(unquote(urlsplit(text(link.get("uri"))).path))
    size = f"{path.stat().st_size:,} bytes" if path.is_file() else "not there"
    return f"I was given {text(link.get('name'))} ({text(link.get('mimeType'))}, {size}).\n"


def _folder(params: Json) -> Path:
    folder = Path(str(params.get("cwd")))
    if not folder.is_absolute() or not folder.is_dir():
        raise RpcError(INVALID_PARAMS, f"There is no folder {folder}")
    return folder


def _modes(current: str) -> Json:
    return {"currentModeId": current, "availableModes": MODES}


async def serve() -> None:
    """Serve stdin until it ends."""
    peer = await Peer.on_stdio()
    await peer.serve(PracticeAgent(peer).answer)
