"""What the agent does wrong, on request: each as a real agent was seen to do it."""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn

from antiphon.providers.peer import RpcError
from antiphon.providers.practice.parse import Ask
from antiphon.providers.practice.talk import Talk

FLUSH_EVERY = 256
"""Chunks written at a time in a flood."""
RETRY_S = 0.2
"""Between two attempts."""

STRAY = "import os,signal,time; os.fork() and os._exit(0); os.setsid(); {}time.sleep(3600)"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); "

ERRORS = {
    "auth": (-32000, "Authentication required", None),
    "usage-limit": (429, "You exceeded your current quota", "RESOURCE_EXHAUSTED"),
    "overloaded": (503, "The model is overloaded. Please try again later.", None),
    "network": (500, "Internal error", "TypeError: fetch failed (ECONNREFUSED)"),
    "prompt-too-long": (400, "Bad request", "prompt is too long: 250000 tokens > 200000 maximum"),
}


class Faults:
    """One turn's misbehaviour."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.deafened = False
        """A cancel is not heard."""

    async def crash(self, ask: Ask) -> NoReturn:
        await self._talk.say("I crash now. ")
        print("practice: Segmentation fault, as you asked", file=sys.stderr, flush=True)
        await self._talk.peer.flushed()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), signal.SIGSEGV)
        os._exit(139)

    async def exit(self, ask: Ask) -> NoReturn:
        await self._talk.say("I leave in the middle of my answer, ")
        await self._talk.peer.flushed()
        os._exit(ask.arguments["status"])

    async def hang(self, ask: Ask) -> None:
        await self._talk.say("I fall silent now; stopping me works. ")
        await asyncio.get_running_loop().create_future()

    async def deaf(self, ask: Ask) -> None:
        self.deafened = True
        await self._talk.say("I fall silent now, and do not hear a cancel either. ")
        await asyncio.get_running_loop().create_future()

    async def freeze(self, ask: Ask) -> None:
        await self._talk.say("I freeze now (SIGSTOP). ")
        await self._talk.peer.flushed()
        os.kill(os.getpid(), signal.SIGSTOP)

    async def cut(self, ask: Ask) -> None:
        await self._talk.say("My next message is cut off in the ")
        await self._talk.peer.flushed()
        self._talk.peer.write(b'{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"')
        await self._talk.peer.flushed()
        os.close(1)
        await asyncio.get_running_loop().create_future()

    async def bad_json(self, ask: Ask) -> None:
        await self._talk.say("My next line is no JSON. ")
        self._talk.peer.write(b'{"jsonrpc":"2.0","method":session/update}\n')
        await asyncio.get_running_loop().create_future()

    async def slow(self, ask: Ask) -> None:
        """Numbered chunks at an even rate."""
        rate, seconds = ask.arguments["rate"], ask.arguments["seconds"]
        clock = asyncio.get_running_loop().time
        began = clock()
        for number in range(1, round(rate * seconds) + 1):
            self._talk.chunk(f"{number} ")
            await asyncio.sleep(max(0.0, began + number / rate - clock()))

    async def flood(self, ask: Ask) -> None:
        """Numbered chunks, as fast as the client takes them: built by hand, for the agent must not be the slow one."""
        head = (
            '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":'
            + json.dumps(self._talk.session.id)
            + ',"update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"'
        )
        count = ask.arguments["count"]
        for first in range(1, count + 1, FLUSH_EVERY):
            numbers = range(first, min(first + FLUSH_EVERY, count + 1))
            self._talk.peer.write("".join(f'{head}{number} "}}}}}}}}\n' for number in numbers).encode())
            await self._talk.peer.flushed()
            await asyncio.sleep(0)

    async def big(self, ask: Ask) -> None:
        """One chunk of many bytes."""
        line = "All work and no play makes this a very long message indeed. "
        size = ask.arguments["size"]
        self._talk.chunk((line * (size // len(line) + 1))[:size])
        await self._talk.peer.flushed()

    async def stray(self, ask: Ask) -> None:
        await self._leave_behind("")

    async def stubborn(self, ask: Ask) -> None:
        await self._leave_behind(STUBBORN)

    async def stray_and_crash(self, ask: Ask) -> None:
        await self._leave_behind(STUBBORN)
        await self.crash(ask)

    async def _leave_behind(self, more: str) -> None:
        """A process in a session of its own, and no child of ours any more."""
        nothing = subprocess.DEVNULL
        spawned = await asyncio.create_subprocess_exec(
            sys.executable, "-IS", "-c", STRAY.format(more), stdin=nothing, stdout=nothing, stderr=nothing
        )
        await spawned.wait()
        await self._talk.say("I started a process that outlives its turn. ")

    async def fail(self, ask: Ask) -> NoReturn:
        await self._talk.say("My model says: ")
        raise RpcError(*ERRORS[ask.arguments["kind"]])

    async def retry(self, ask: Ask) -> None:
        """Model calls that fail and are tried again, told of as acp/translate.py reads it."""
        count = ask.arguments["count"]
        for attempt in range(1, count + 1):
            retrying = {
                "attempt": attempt,
                "limit": count + 1,
                "code": "overloaded",
                "message": "529 Overloaded",
            }
            self._talk.update("session_info_update", _meta={"antiphon": {"retrying": retrying}})
            await asyncio.sleep(RETRY_S)
        await self._talk.say("Now it worked.\n")


VERBS: dict[str, Callable[[Faults, Ask], Awaitable[None]]] = {
    "crash": Faults.crash,
    "exit": Faults.exit,
    "hang": Faults.hang,
    "deaf": Faults.deaf,
    "freeze": Faults.freeze,
    "cut": Faults.cut,
    "bad json": Faults.bad_json,
    "slow": Faults.slow,
    "flood": Faults.flood,
    "big": Faults.big,
    "stray": Faults.stray,
    "stubborn": Faults.stubborn,
    "stray and crash": Faults.stray_and_crash,
    "fail": Faults.fail,
    "retry": Faults.retry,
}
