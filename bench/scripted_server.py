"""`python -m bench.scripted_server DATA_DIR`: the server, with a scripted agent in its own process.

A prompt `COUNT` is answered by so many numbered chunks, as fast as the session takes them.
"""

import asyncio
import sys
import time
from pathlib import Path

import uvloop

from antiphon.log.store import Log
from antiphon.model.events import ItemDelta, ItemStarted, TurnCompleted
from antiphon.model.ids import new_id
from antiphon.model.items import Message
from antiphon.providers.base import Outcome, Prompt
from antiphon.server.app import build
from antiphon.server.config import Settings
from antiphon.server.listen import listen, port_of
from antiphon.server.serve import Server
from antiphon.testing.scripted import ScriptedAgent, ScriptedProvider

SLICE = 32
"""Chunks between two looks at the event loop, as the ACP driver takes them (acp/wire.py)."""


async def burst(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
    """Numbered chunks, with the back pressure that a provider owes: `drained` between reads."""
    item = new_id()
    agent.sink.emit(ItemStarted(item=item, content=Message()))
    agent.sink.emit(ItemDelta(item=item, text=f"began:{time.monotonic_ns()} "))
    for number in range(int(prompt.text)):
        await agent.sink.drained()
        if number % SLICE == 0:
            await asyncio.sleep(0)
        agent.sink.emit(ItemDelta(item=item, text=f"{number} "))
    return TurnCompleted()


async def main(data_dir: Path) -> int:
    settings = Settings(data_dir=data_dir, port=0, roots=(data_dir.parent,), log_level="warning")
    log = await Log.open(data_dir)
    listening = listen(settings.host, 0)
    port = port_of(listening)
    application = await build(settings, log, port, providers={"scripted": ScriptedProvider(burst)})
    await application.start()

    async def ready() -> None:
        print(f"The scripted server runs at http://{settings.host}:{port}", flush=True)

    server = Server(application, ready)
    await server.serve([listening])
    await log.close(clean=server.stopped)
    return 0


if __name__ == "__main__":
    sys.exit(uvloop.run(main(Path(sys.argv[1]))))
