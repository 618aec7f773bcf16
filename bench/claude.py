"""From a prompt to Claude Code's request to its model: through Antiphon, and by the bare SDK."""

import asyncio
import contextlib
import os
import statistics
import sys
import time
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

from bench.figures import Result, Row
from bench.served import Server, served, temporary
from bench.wire import LIMIT_S, Transcript, Wrong, turn

PYTHON = Path(__file__).parent.parent / "tests/agents/python/claude"
"""Where `./dev test --agents` puts the SDK and the Claude Code that it brings."""
CLAUDE = PYTHON / "claude_agent_sdk/_bundled"
EVENTS = (
    '{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],'
    '"model":"claude-opus-5-5","stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1}}}',
    '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"1"}}',
    '{"type":"content_block_stop","index":0}',
    '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}',
    '{"type":"message_stop"}',
)


class Model:
    """A model that answers at once, and notes when it was asked (monotonic ns)."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncGenerator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"POST /v1/messages?"):
                    self.asked.append(time.monotonic_ns())
                lengths = [
                    line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
                ]
                await reader.readexactly(int(lengths[0].split(b":")[1]) if lengths else 0)
                body = "".join(f"event: {_type(event)}\ndata: {event}\n\n" for event in EVENTS).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n"
                    % len(body)
                )
                writer.write(body)
        writer.close()


def _type(event: str) -> str:
    return event.split('"')[3]


async def run(quick: bool) -> Result:
    """Rounds of a new agent each: its first prompt, then some more; the two ways take turns."""
    if not CLAUDE.exists():
        raise Wrong("there is no Claude Code to measure: `./dev test --agents` installs one")
    rounds, prompts = (1, 3) if quick else (5, 15)
    model = Model()
    ours: list[list[float]] = []
    bare: list[list[float]] = []
    with temporary() as folder:
        async with model.serving() as address:
            with _surroundings(folder, address):
                async with served(folder) as server:
                    for _ in range(rounds):
                        ours.append(await _through_antiphon(server, model, prompts))
                        bare.append(await _by_the_sdk(folder, model, prompts))
    return Result(
        title="Claude Code: a prompt → the request to its model",
        how=f"{rounds} new agents each, warm (started before their first prompt), {prompts} prompts one after the other; "
        "floor: the bare claude-agent-sdk, connected, with the same Claude Code.",
        rows=[
            _row("first prompt, median", [each[0] for each in ours], [each[0] for each in bare]),
            _row(
                "later prompts, median",
                [x for each in ours for x in each[1:]],
                [x for each in bare for x in each[1:]],
            ),
        ],
        checked="each prompt made one request, and its turn completed",
    )


def _row(what: str, ours: list[float], bare: list[float]) -> Row:
    return Row(
        what=what,
        value=statistics.median(ours),
        floor=statistics.median(bare),
        unit="ms",
        at_most=10,
        added=True,
    )


@contextlib.contextmanager
def _surroundings(folder: Path, model: str) -> Generator[None]:
    """A home of its own, `claude` on the PATH, the model's address; put back at the end."""
    was = dict(os.environ)
    home = folder / "home"
    home.mkdir()
    os.environ.update(
        HOME=str(home),
        PATH=os.pathsep.join([str(CLAUDE), was["PATH"]]),
        ANTHROPIC_BASE_URL=model,
        ANTHROPIC_API_KEY="sk-fake-for-the-bench",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
        DISABLE_AUTOUPDATER="1",
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(was)


async def _through_antiphon(server: Server, model: Model, prompts: int) -> list[float]:
    session = await server.session("claude")
    took: list[float] = []
    async with server.connect() as wire:
        await wire.follow(session)  # which warms the agent
        await _warm(server.process.pid)
        transcript = Transcript()
        for number in range(prompts):
            before, began = len(model.asked), time.monotonic_ns()
            await turn(wire, session, f"prompt {number}", transcript)
            took.append(_since(began, model, before))
    return took


async def _warm(server: int) -> None:
    """Wait until the agent has started and come to rest. (Nothing tells of it but its clock of used time.)"""
    import psutil

    async with asyncio.timeout(LIMIT_S):
        used = -1.0
        while True:
            agents = [p for p in psutil.Process(server).children(recursive=True) if p.name() == "claude"]
            now = sum(sum(p.cpu_times()[:2]) for p in agents)
            if agents and now == used:
                return
            used = now
            await asyncio.sleep(0.5)


async def _by_the_sdk(folder: Path, model: Model, prompts: int) -> list[float]:
    """In a process of its own: it says when it asked, line by line."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(Path(__file__).with_name("bare_sdk.py")), str(CLAUDE / "claude")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=folder / "work",
        env={**os.environ, "PYTHONPATH": str(PYTHON)},
    )
    assert process.stdin and process.stdout
    took: list[float] = []
    async with asyncio.timeout(LIMIT_S):
        await process.stdout.readline()
        await asyncio.sleep(1.0)  # as long as ours rests
        for _ in range(prompts):
            before = len(model.asked)
            process.stdin.write(b"prompt\n")
            took.append(_since(int(await process.stdout.readline()), model, before))
        process.stdin.close()
        await process.wait()
    return took


def _since(began: int, model: Model, before: int) -> float:
    if len(model.asked) != before + 1:
        raise Wrong(f"a prompt made {len(model.asked) - before} requests")
    return (model.asked[-1] - began) / 1e6
