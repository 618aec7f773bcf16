"""The agent's side of ACP, over cursor-sdk: one conversation a process."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import antiphon
from antiphon.providers.cursor import bridge, errors
from antiphon.providers.cursor.bridge import Bridge
from antiphon.providers.cursor.updates import Updates
from antiphon.providers.loose import Json, tables, text
from antiphon.providers.peer import Peer, RpcError

PROTOCOL_VERSION = 1
INVALID_PARAMS, METHOD_NOT_FOUND, AUTH_REQUIRED = -32602, -32601, -32000
KEY = "CURSOR_API_KEY"
MODES = [
    {"id": "agent", "name": "Agent", "description": "Writes files and runs commands, and does not ask"},
    {"id": "plan", "name": "Plan", "description": "Makes a plan before it changes anything"},
]


class CursorAgent:
    """Answers the client's requests."""

    def __init__(self, peer: Peer, key: str) -> None:
        self._peer = peer
        self._key = key
        self._bridge: Bridge | None = None
        self._agent: Any = None
        self._session = ""
        self._model = ""
        self._mode = "agent"
        self._resumed = False
        self._run: Any = None
        self._running = False
        self._cancelled = False
        self._methods: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "initialize": self._initialize,
            "session/new": self._new,
            "session/resume": self._resume,
            "session/set_mode": self._set_mode,
            "session/set_model": self._set_model,
            "session/prompt": self._prompt,
            "session/cancel": self._cancel,
        }

    async def answer(self, method: str, params: Json) -> Json:
        """The result. Raises RpcError."""
        answer = self._methods.get(method)
        if answer is None:
            raise RpcError(METHOD_NOT_FOUND, f"Method not found: {method}")
        try:
            return await answer(params)
        except bridge.sdk.CursorAgentError as error:
            if self._bridge and isinstance(error, bridge.sdk.NetworkError):
                await self._bridge.died()
            raise errors.of_exception(error) from error

    async def close(self) -> None:
        """End the bridge."""
        if self._bridge:
            await self._bridge.close()

    async def _initialize(self, params: Json) -> Json:
        return {
            "protocolVersion": PROTOCOL_VERSION,
            "agentCapabilities": {
                "sessionCapabilities": {"resume": {}},
                "promptCapabilities": {"image": True, "audio": False, "embeddedContext": False},
            },
            "agentInfo": {"name": "cursor-sdk", "title": "Cursor", "version": antiphon.__version__},
            "authMethods": [],
        }

    # The conversation

    async def _new(self, params: Json) -> Json:
        return await self._open(params, None)

    async def _resume(self, params: Json) -> Json:
        self._resumed = True
        return await self._open(params, text(params.get("sessionId")))

    async def _open(self, params: Json, known: str | None) -> Json:
        folder = Path(text(params.get("cwd")))
        if not folder.is_absolute() or not await asyncio.to_thread(folder.is_dir):
            # Cursor would answer as if there were one
            raise RpcError(INVALID_PARAMS, f"There is no folder {folder}")
        if not self._key:
            raise RpcError(AUTH_REQUIRED, f"{KEY} is not set")
        self._bridge = await Bridge.launch(str(folder), self._key)
        models = await self._bridge.models()
        if not models:
            raise RpcError(AUTH_REQUIRED, "This key may use no model")
        self._model = text(models[0]["modelId"])
        self._agent = await self._bridge.open(str(folder), self._model, known)
        self._session = self._agent.agent_id
        return {
            "sessionId": self._session,
            "modes": {"currentModeId": self._mode, "availableModes": MODES},
            "models": {"currentModelId": self._model, "availableModels": models},
        }

    async def _set_mode(self, params: Json) -> Json:
        self._mode = text(params.get("modeId"))
        return {}

    async def _set_model(self, params: Json) -> Json:
        self._model = text(params.get("modelId"))
        return {}

    # Turns

    async def _prompt(self, params: Json) -> Json:
        if self._running:
            raise RpcError(INVALID_PARAMS, "A prompt is running already")
        self._running, self._cancelled = True, False
        try:
            return await self._turn(tables(params.get("prompt")))
        finally:
            self._running, self._run = False, None

    async def _turn(self, blocks: list[Json]) -> Json:
        updates = Updates()
        self._run = await self._agent.send(_message(blocks), self._options())
        if self._cancelled:
            await self._stop()
        async for event in self._run.events():
            for update in updates.of(bridge.plain(event)):
                self._tell(update)
            await self._peer.flushed()
        return updates.outcome(self._cancelled)

    def _options(self) -> Any:
        """A conversation taken up again may count a run as active that died with its bridge: `force` ends it."""
        force, self._resumed = self._resumed, False
        local = bridge.sdk.LocalSendOptions(force=True) if force else None
        return bridge.sdk.SendOptions(model=self._model, mode=self._mode, local=local, on_delta=_asked_for)

    def _tell(self, update: Json) -> None:
        self._peer.notify("session/update", {"sessionId": self._session, "update": update})

    async def _cancel(self, params: Json) -> Json:
        if self._running and not self._cancelled:
            self._cancelled = True
            if self._run:
                await self._stop()
        return {}

    async def _stop(self) -> None:
        with contextlib.suppress(bridge.sdk.UnsupportedRunOperationError):  # it is over already
            await self._run.cancel()


def _asked_for(update: Any) -> None:
    """Its being there asks for what commands print and for the model's own end of the turn: they come as events."""


def _message(blocks: list[Json]) -> Any:
    """The prompt, as the SDK takes it: words, files by their names, images whole."""
    words = [_words(each) for each in blocks]
    images = [
        bridge.sdk.SDKImage(data=text(each.get("data")), mime_type=text(each.get("mimeType")))
        for each in blocks
        if each.get("type") == "image"
    ]
    return bridge.sdk.UserMessage(text="\n\n".join(filter(None, words)), images=images or None)


def _words(block: Json) -> str:
    if block.get("type") == "resource_link":
        return f"[{text(block.get('name'))}]({text(block.get('uri'))})"
    return text(block.get("text"))


async def serve() -> None:
    """Serve stdin until it ends."""
    key = os.environ.pop(KEY, "")
    peer = await Peer.on_stdio()
    agent = CursorAgent(peer, key)
    try:
        await peer.serve(agent.answer)
    finally:
        await agent.close()
