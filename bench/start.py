"""From the start of the process to the first answer, and what an idle server needs of memory."""

import asyncio
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from bench.figures import Result, Row, percentile
from bench.filled import with_events
from bench.served import serve_command, temporary
from bench.wire import LIMIT_S, Wrong

IDLE_S = 5.0
BARE = [sys.executable, "-c", "import asyncio"]
LOOK_S = 0.002
"""Between two looks whether the server answers."""

Memory = tuple[float, float]
"""MB: resident, and its share of what it shares."""
Started = tuple[float, float, Memory]
"""Seconds until `/health` answered, until REST did, and the memory then or later."""


async def run(quick: bool) -> Result:
    """On an empty directory, on one that is there already, on one with a long log."""
    rounds = 3 if quick else 7
    with temporary() as folder:
        await with_events(folder)
        await _ready(folder / "1")  # the compiled modules, the system's cache
        first = [(await _ready(folder / f"new-{number}"))[0] for number in range(rounds)]
        again = [await _ready(folder / "1") for _ in range(rounds)]
        long = [(await _ready(folder))[0] for _ in range(rounds)]
        memory = [(await _ready(folder / "1", IDLE_S))[2] for _ in range(3)]
        floor = percentile([await _bare() for _ in range(rounds)], 50)

    def ready(what: str, seconds: list[float], at_most: float | None = 1.0) -> Row:
        return Row(
            what=f"ready, {what}", value=percentile(seconds, 50), floor=floor, unit="s", at_most=at_most
        )

    return Result(
        title="Start: ready, and idle",
        how=f"From starting the process to the first 200 of `/health`, median of {rounds}; floor: Python starts and imports "
        f"asyncio. Then to the first 200 of REST, which is put together beside the running server. Memory of the server's process {IDLE_S:g} s later: resident (RSS), and its share of what it shares (PSS).",
        rows=[
            ready("again", [seconds for seconds, _, _ in again]),
            ready("for the first time", first),
            ready("with 100,000 events", long),
            Row(
                what="REST, again",
                value=percentile([rest for _, rest, _ in again], 50),
                floor=floor,
                unit="s",
            ),
            Row(what="idle, RSS", value=percentile([rss for rss, _ in memory], 50), unit="MB", at_most=80),
            Row(what="idle, PSS", value=percentile([pss for _, pss in memory], 50), unit="MB"),
        ],
        checked="each server answered 200, and ended with exit code 0",
    )


async def _ready(folder: Path, idle_s: float = 0) -> Started:
    """A start; the memory `idle_s` after it."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    port = _free_port()
    command = [str(port) if word == "0" else word for word in serve_command(folder)]
    return await _start(command, port, folder, idle_s)


async def _start(command: Sequence[str], port: int, folder: Path, idle_s: float) -> Started:
    began = time.monotonic()
    with (folder / "output").open("wb") as output:
        process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output)
    try:
        async with asyncio.timeout(LIMIT_S):
            while not await _answers(port, "/health"):
                if process.returncode is not None:
                    raise Wrong(f"the server did not start: {(folder / 'output').read_text()[-2000:]}")
                await asyncio.sleep(LOOK_S)
            seconds = time.monotonic() - began
            await _answers(port, "/docs")
            rest = time.monotonic() - began
        await asyncio.sleep(idle_s)
        memory = _memory(process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        code = await asyncio.wait_for(process.wait(), LIMIT_S)
    if code:
        raise Wrong(f"the server left with {code}")
    return seconds, rest, memory


async def _answers(port: int, path: str) -> bool:
    """Whether it says 200 there; a bare socket, since a client's own start would count."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise Wrong(f"{path} says {answer[:200]!r}")
    return True


def _memory(pid: int) -> Memory:
    used = psutil.Process(pid).memory_full_info()
    return used.rss / 1e6, getattr(used, "pss", used.rss) / 1e6


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


async def _bare() -> float:
    began = time.monotonic()
    await (await asyncio.create_subprocess_exec(*BARE)).wait()
    return time.monotonic() - began
