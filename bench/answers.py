"""How soon a person is told: that the session is busy, and that the agent was killed."""

import asyncio
import os
import signal
import time

import msgspec

from antiphon.model.commands import Ping
from antiphon.model.events import TURN_ENDS, AnyEvent, ItemDelta, TurnFailed
from antiphon.model.ids import new_id
from antiphon.model.replies import Events, Pong, SessionBusy
from bench.figures import Result, Row, percentile
from bench.served import AGENT, Server, served, temporary
from bench.wire import LIMIT_S, Wire, Wrong

_event = msgspec.json.Decoder(AnyEvent).decode


async def run(quick: bool) -> Result:
    """Prompts to a session that is busy; kills of agents in mid-turn."""
    prompts, kills = (20, 3) if quick else (200, 15)
    with temporary() as folder:
        async with served(folder) as server:
            busy, pings = await _busy(server, prompts)
            shown = [await _killed(server) for _ in range(kills)]
        seen = [await _bare() for _ in range(kills)]
    return Result(
        title="Answers: busy, and killed",
        how=f"From sending a prompt to a running session to its `session-busy` ({prompts} times); floor: `ping` → `pong` on "
        f"the same socket. From kill -9 of the agent in mid-turn to `turn-failed` at the client ({kills} agents); floor: the "
        "same agent's parent sees its pipe close and its exit.",
        rows=[
            Row(
                what="busy, p50",
                value=percentile(busy, 50),
                floor=percentile(pings, 50),
                unit="ms",
                at_most=50,
            ),
            Row(
                what="busy, p99",
                value=percentile(busy, 99),
                floor=percentile(pings, 99),
                unit="ms",
                at_most=50,
            ),
            Row(
                what="killed, p50",
                value=percentile(shown, 50),
                floor=percentile(seen, 50),
                unit="ms",
                at_most=1000,
            ),
            Row(what="killed, slowest", value=max(shown), floor=max(seen), unit="ms", at_most=1000),
        ],
        checked="each prompt got one reply, `session-busy` naming the running turn; each kill ended its turn, once in the log, as "
        "`provider-crashed`",
    )


async def _busy(server: Server, times: int) -> tuple[list[float], list[float]]:
    session = await server.session("bench")
    busy: list[float] = []
    pings: list[float] = []
    async with server.connect() as wire:
        pid = await _begin(wire, session)
        for _ in range(times):
            pings.append(await _ping(wire))
            busy.append(await _prompt(wire, session))
        await _kill(wire, pid)
    return busy, pings


async def _begin(wire: Wire, session: str) -> int:
    """Have the agent work without an end; its pid, which is all that it says."""
    await wire.follow(session)
    await wire.ask(session, "wait")
    async with asyncio.timeout(LIMIT_S):
        while True:
            for event in _of(await wire.receive()):
                if isinstance(event, ItemDelta):
                    return int(event.text)


def _of(frame: object) -> list[AnyEvent]:
    return [_event(body) for body in frame.events] if isinstance(frame, Events) else []


async def _ping(wire: Wire) -> float:
    began = time.monotonic_ns()
    await wire.send(Ping(id=new_id()))
    while not isinstance(await wire.receive(), Pong):
        pass
    return (wire.arrived - began) / 1e6


async def _prompt(wire: Wire, session: str) -> float:
    began = time.monotonic_ns()
    await wire.ask(session, "and another")
    reply = await wire.receive()
    if not isinstance(reply, SessionBusy) or not reply.turn:
        raise Wrong(f"a prompt to a busy session was answered by {reply}")
    return (wire.arrived - began) / 1e6


async def _killed(server: Server) -> float:
    session = await server.session("bench")
    async with server.connect() as wire:
        shown = await _kill(wire, await _begin(wire, session))
    if sum(isinstance(_event(body), TURN_ENDS) for _, body in server.rows(session)) != 1:
        raise Wrong("a turn has not exactly one end in the log")
    return shown


async def _kill(wire: Wire, pid: int) -> float:
    """ms from the kill to the failure at the client."""
    began = time.monotonic_ns()
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(LIMIT_S):
        while not (ends := [event for event in _of(await wire.receive()) if isinstance(event, TURN_ENDS)]):
            pass
    if not isinstance(ends[0], TurnFailed) or ends[0].failure.code != "provider-crashed":
        raise Wrong(f"a killed agent's turn ended by {ends[0]}")
    return (wire.arrived - began) / 1e6


async def _bare() -> float:
    """ms from the kill of a child to knowing it."""
    pipe = asyncio.subprocess.PIPE
    agent = await asyncio.create_subprocess_exec(*AGENT, stdin=pipe, stdout=pipe)
    assert agent.stdin and agent.stdout
    agent.stdin.write(
        msgspec.json.encode({"method": "session/prompt", "params": {"prompt": [{"text": "wait"}]}}) + b"\n"
    )
    await agent.stdout.readline()
    began = time.monotonic_ns()
    agent.kill()
    await agent.stdout.read()
    await agent.wait()
    return (time.monotonic_ns() - began) / 1e6
