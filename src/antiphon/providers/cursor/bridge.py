"""The SDK's bridge: the process that runs Cursor's local agent, and its client.

1. The key does not stand in the bridge's environment: the commands that the model thinks up would inherit it.
2. The bridge's stderr is read to its end: the SDK leaves it unread, and a full pipe would stop the bridge.
3. When the bridge dies, this process dies alike: whoever started it is told how, at once.
"""

import asyncio
import os
import signal
import sys
from importlib import import_module
from typing import Any, NoReturn

from antiphon.providers.loose import Json

SETTINGS = ["project", "user"]
"""Which of the person's own rules, skills and MCP servers Cursor loads: those of the CLI."""
TICK_S = 0.05
"""Between two looks whether the bridge still runs."""
DEATH_S = 0.5
"""From a broken line to the exit that explains it."""
SHELL_SIGNAL = 128
CHUNK = 8192
"""Bytes of stderr read at a time."""

sdk: Any = import_module("cursor_sdk")


class Bridge:
    """Made by `launch`; `close` is owed."""

    def __init__(self, bridge: Any, key: str) -> None:
        self._bridge = bridge
        self._key = key
        self.client: Any = sdk.AsyncClient(bridge.endpoint, timeout=None, allow_api_key_env_fallback=True)
        self._closing = False
        self._watch = asyncio.create_task(self._die_alike())
        self._drain = asyncio.create_task(self._pass_on_stderr())

    @classmethod
    async def launch(cls, folder: str, key: str) -> "Bridge":
        """Start it, with `folder` for a workspace. Raises cursor_sdk.CursorSDKError."""
        return cls(await sdk.AsyncBridge.launch(workspace=folder), key)

    async def models(self) -> list[Json]:
        """What the key may use: {"modelId", "name"}."""
        found = await self.client.list_models(api_key=self._key)
        return [{"modelId": each.id, "name": each.display_name or each.id} for each in found]

    async def open(self, folder: str, model: str, agent: str | None) -> Any:
        """The SDK's agent: a new one, or the one of this id."""
        local = sdk.LocalAgentOptions(cwd=folder, setting_sources=SETTINGS)
        options = sdk.AgentOptions(api_key=self._key, model=model, local=local)
        if agent is None:
            return await self.client.create_agent(options)
        return await self.client.resume_agent(agent, options)

    async def died(self) -> None:
        """A line to it broke: give its death, if that is why, the time to be told (this process then ends, too)."""
        await asyncio.wait({self._watch}, timeout=DEATH_S)

    async def close(self) -> None:
        """End it and its client."""
        self._closing = True
        self._watch.cancel()
        await self.client.aclose()
        await self._bridge.aclose()
        self._drain.cancel()

    async def _die_alike(self) -> None:
        # Not `wait()`: that waits for its pipes as well, which whatever it leaves behind may hold open for ever.
        while (status := self._bridge.process.returncode) is None:  # noqa: ASYNC110
            await asyncio.sleep(TICK_S)
        if not self._closing:
            print(f"the Cursor bridge left with status {status}", file=sys.stderr, flush=True)
            die(status)

    async def _pass_on_stderr(self) -> None:
        while said := await self._bridge.process.stderr.read(CHUNK):
            sys.stderr.buffer.write(said)
            sys.stderr.flush()


def die(status: int) -> NoReturn:
    """End as the bridge did: by its signal, or with its status. Its launcher is a shell, which tells a signal as 128 more."""
    number = -status if status < 0 else status - SHELL_SIGNAL
    if number > 0:
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(status)


def plain(event: Any) -> Json:
    """One event of a run, as JSON: what `updates` reads."""
    from dataclasses import asdict

    return asdict(event)
