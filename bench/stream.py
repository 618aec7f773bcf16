"""A chunk at the agent's pipe → its frame at the client, logged in between."""

import asyncio
import random
import time

import msgspec

from antiphon.model.replies import Events
from bench.figures import Result, Row, median_of
from bench.served import AGENT, Server, ended, served, temporary
from bench.wire import LIMIT_S, Transcript, Wire

RATE = 50
"""Chunks a second and session."""
START_MS = 500
"""From the prompt to the first chunk."""
WARM_UP = f"{RATE} 1"
"""The first prompt: it starts the agent, which is none of the stream's time."""

Latencies = list[float]
"""ms, of each chunk."""


async def run(quick: bool) -> Result:
    """One session and twenty, at 50 chunks a second each."""
    rounds, seconds = (1, 4) if quick else (3, 20)
    one, floor_of_one = await _measure(1, seconds, rounds)
    many, floor_of_many = await _measure(20, seconds, rounds)
    return Result(
        title="Stream: a chunk at the agent's pipe → its frame at the client, logged in between",
        how=f"{RATE} chunks/s and session, {seconds} s, median of {rounds} rounds. The agent is a process of its own that "
        "stamps each chunk before it writes it; floor: the client reads the agent's pipe itself.",
        rows=[
            *_rows("1 session", one, floor_of_one, p50=1.0, p99=5.0, added=True),
            *_rows("20 sessions", many, floor_of_many, p99=10.0),
        ],
        checked=f"all {rounds * seconds * RATE * 21:,} chunks came in order and once; the log holds, byte for byte, the "
        "events that the client got (deltas that were compacted meanwhile: whole, in their items)",
    )


def _rows(
    who: str,
    found: list[Latencies],
    floor: list[Latencies],
    *,
    p99: float,
    p50: float | None = None,
    added: bool = False,
) -> list[Row]:
    def row(percent: float, at_most: float | None) -> Row:
        value, least = median_of(found, percent), median_of(floor, percent)
        return Row(
            what=f"{who}, p{percent:g}", value=value, floor=least, unit="ms", at_most=at_most, added=added
        )

    return [row(50, p50), row(99, p99), row(99.9, None)]


async def _measure(sessions: int, seconds: int, rounds: int) -> tuple[list[Latencies], list[Latencies]]:
    """Rounds by Antiphon, each beside one that reads the pipe."""
    found: list[Latencies] = []
    floor: list[Latencies] = []
    with temporary() as folder:
        async with served(folder) as server:
            for _ in range(rounds):
                floor.append(await _bare(sessions, RATE * seconds))
                found.append(await through(server, sessions, RATE * seconds))
    return found, floor


def _texts(sessions: int, count: int) -> list[str]:
    """Prompts whose chunks do not fall together (twenty agents have twenty clocks), nor on the turns' own start."""
    phases = random.Random(1)
    return [f"{RATE} {count} {START_MS + phases.random() * 1000 / RATE}" for _ in range(sessions)]


# By Antiphon


async def through(server: Server, sessions: int, count: int) -> Latencies:
    """One client, as the page is one: one WebSocket that follows all sessions."""
    transcripts = {await server.session("bench"): Transcript() for _ in range(sessions)}
    async with server.connect() as wire:
        for id in transcripts:
            await wire.follow(id)
        await _turns(wire, transcripts, [WARM_UP] * sessions)
        for transcript in transcripts.values():
            transcript.chunks.clear()
        found = await _turns(wire, transcripts, _texts(sessions, count))
    for id, transcript in transcripts.items():
        transcript.check(range(count), server.rows(id))
    return found


async def _turns(wire: Wire, transcripts: dict[str, Transcript], texts: list[str]) -> Latencies:
    """A turn in each session, all at once."""
    for (id, transcript), text in zip(transcripts.items(), texts, strict=True):
        transcript.ended = None
        await wire.ask(id, text)
    found: Latencies = []
    async with asyncio.timeout(LIMIT_S):
        while any(transcript.ended is None for transcript in transcripts.values()):
            frame = await wire.receive()
            if isinstance(frame, Events):
                chunks = transcripts[frame.session].take(frame, wire.arrived)
                found += [_latency(chunk, wire.arrived) for chunk in chunks]
    return found


# The floor


async def _bare(sessions: int, count: int) -> Latencies:
    """The same client reads all the agents' pipes."""
    pipes = [await Pipe.open() for _ in range(sessions)]
    await asyncio.gather(*(pipe.ask(WARM_UP, 1) for pipe in pipes))
    texts = _texts(sessions, count)
    found = await asyncio.gather(*(pipe.ask(text, count) for pipe, text in zip(pipes, texts, strict=True)))
    for pipe in pipes:
        await ended(pipe.agent)
    return [latency for each in found for latency in each]


class Pipe:
    """An agent's pipe. It notes when bytes come, before anything is made of them, as the WebSocket's client does."""

    def __init__(self, agent: asyncio.subprocess.Process) -> None:
        assert agent.stdin and agent.stdout
        self.agent, self._stdin, self._stdout, self._came = agent, agent.stdin, agent.stdout, 0
        self._feed = self._stdout.feed_data
        self._stdout.feed_data = self._stamp  # pyright: ignore[reportAttributeAccessIssue]

    @classmethod
    async def open(cls) -> "Pipe":
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*AGENT, stdin=pipe, stdout=pipe))

    def _stamp(self, data: bytes) -> None:
        self._came = time.monotonic_ns()
        self._feed(data)

    async def ask(self, text: str, count: int) -> Latencies:
        """Have it say `count` chunks; their latencies."""
        message = {"id": 1, "method": "session/prompt", "params": {"prompt": [{"text": text}]}}
        self._stdin.write(msgspec.json.encode(message) + b"\n")
        found: Latencies = []
        while len(found) < count:
            line = msgspec.json.decode(await self._stdout.readline())
            found.append(_latency(line["params"]["update"]["content"]["text"], self._came))
        await self._stdout.readline()  # the turn's end
        return found


def _latency(chunk: str, arrived: int) -> float:
    """ms since the agent wrote it."""
    return (arrived - int(chunk.partition(":")[2])) / 1e6
