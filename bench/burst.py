"""20,000 numbered chunks at once: how many a second reach the client, and that none is lost."""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from acp.connection import Connection

from bench.figures import Result, Row
from bench.served import Server, ended, served, temporary
from bench.wire import LIMIT_S, Transcript, Wrong, turn

COUNT = 20_000
LINE_LIMIT = 64 * 1024 * 1024
PRACTICE = [sys.executable, "-P", "-m", "antiphon.providers.practice"]


async def run(quick: bool) -> Result:
    """The scripted agent, then the practice agent's flood by four readers of the same pipe."""
    rounds = 1 if quick else 5
    with temporary() as folder:
        command = [sys.executable, "-m", "bench.scripted_server", str(folder / "data")]
        async with served(folder, command) as server:
            scripted = await _rates(rounds, lambda: _scripted(server))
    with temporary() as folder:
        async with served(folder) as server:
            flood = await _rates(rounds, lambda: _flood(server))
        library = await _rates(rounds, lambda: _library(folder / "work"))
        pipe = await _rates(rounds, lambda: _pipe(folder / "work"))
    return Result(
        title="Burst: 20,000 numbered chunks as fast as they are taken",
        how=f"Chunks a second to the client, logged in between; median of {rounds} rounds. A scripted agent in the server's own "
        "process, from its first chunk on, shows what log and wire carry. The practice agent, from the prompt on, floods a pipe; "
        "floor: the ACP library's own reader on that pipe, its updates counted and dropped. Beside it, the pipe's lines "
        "decoded and nothing else.",
        rows=[
            Row(what="scripted agent → client", value=scripted, unit="chunks/s", at_least=60_000),
            Row(what="practice agent → ACP driver → client", value=flood, unit="chunks/s", floor=library),
            Row(what="practice agent → lines decoded", value=pipe, unit="chunks/s", floor=library),
        ],
        checked=f"all {COUNT:,} chunks of each round came in order and once, and the log holds what was sent",
    )


async def _rates(rounds: int, once: Callable[[], Awaitable[float]]) -> float:
    """Chunks a second, after one round to warm up."""
    await once()
    return statistics.median([COUNT / await once() for _ in range(rounds)])


# To the client


async def _scripted(server: Server) -> float:
    """Seconds from the first chunk's making to the last one's arrival."""
    session, transcript = await server.session("scripted"), Transcript()
    async with server.connect() as wire:
        await wire.follow(session)
        await turn(wire, session, str(COUNT), transcript)
    began = int(transcript.chunks.pop(0).partition(":")[2])
    transcript.check(range(COUNT), server.rows(session))
    return (transcript.arrived - began) / 1e9


async def _flood(server: Server) -> float:
    """Seconds from the prompt to the last chunk's arrival, of an agent that runs already."""
    session, transcript = await server.session("practice"), Transcript()
    async with server.connect() as wire:
        await wire.follow(session)
        await turn(wire, session, "say hello", transcript)
        transcript.chunks.clear()
        began = time.monotonic_ns()
        await turn(wire, session, f"flood {COUNT}", transcript)
    transcript.check(range(1, COUNT + 1), server.rows(session))
    return (transcript.arrived - began) / 1e9


# The floors


class Count:
    """How many of the flood came, and when the last."""

    def __init__(self) -> None:
        self.number, self.arrived = 0, 0

    def one(self, message: dict[str, Any]) -> None:
        if message["update"]["sessionUpdate"] == "agent_message_chunk":
            self.arrived = time.monotonic_ns()
            self.number += 1

    def seconds(self, began: int) -> float:
        if self.number != COUNT:
            raise Wrong(f"{self.number} chunks came of {COUNT}")
        return (self.arrived - began) / 1e9


async def _library(work: Path) -> float:
    """The ACP library reads the practice agent's pipe."""
    agent, count = await _agent(), Count()
    assert agent.stdin and agent.stdout
    done = asyncio.Event()

    async def take(method: str, params: Any, _notification: bool) -> None:
        if method == "session/update":
            count.one(params)
            if count.number == COUNT:
                done.set()

    connection = Connection(take, agent.stdin, agent.stdout)
    await connection.send_request("initialize", {"protocolVersion": 1})
    opened = await connection.send_request("session/new", {"cwd": str(work), "mcpServers": []})
    prompt = [{"type": "text", "text": f"flood {COUNT}"}]
    began = time.monotonic_ns()
    async with asyncio.timeout(LIMIT_S):
        await connection.send_request("session/prompt", {"sessionId": opened["sessionId"], "prompt": prompt})
        await done.wait()  # it makes a task of each notification, and answers may overtake them
    await connection.close()
    await ended(agent)
    return count.seconds(began)


async def _pipe(work: Path) -> float:
    """Lines, decoded, and no more."""
    agent, count = await _agent(), Count()
    assert agent.stdout

    async def ask(id: int, method: str, **params: Any) -> Any:
        assert agent.stdin and agent.stdout
        agent.stdin.write(
            msgspec.json.encode({"jsonrpc": "2.0", "id": id, "method": method, "params": params}) + b"\n"
        )
        while "id" not in (message := msgspec.json.decode(await agent.stdout.readline())):
            count.one(message["params"])
        return message["result"]

    await ask(1, "initialize", protocolVersion=1)
    session = (await ask(2, "session/new", cwd=str(work), mcpServers=[]))["sessionId"]
    began = time.monotonic_ns()
    async with asyncio.timeout(LIMIT_S):
        await ask(3, "session/prompt", sessionId=session, prompt=[{"type": "text", "text": f"flood {COUNT}"}])
    await ended(agent)
    return count.seconds(began)


async def _agent() -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*PRACTICE, stdin=pipe, stdout=pipe, limit=LINE_LIMIT)
