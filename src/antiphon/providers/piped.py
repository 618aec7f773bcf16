"""A command's process and what it writes, read until it exits: what it leaves behind may hold its pipe open for ever."""

import asyncio
import codecs
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

DRAIN_S = 0.3
"""After the exit, for what is still in the pipe."""

OUTPUT_LIMIT = 1024 * 1024
"""Characters of a command's output that are shown and kept."""

Piped = tuple[asyncio.subprocess.Process, asyncio.StreamReader]
"""A process, and what it writes, both streams in the order in which they come."""

_reading: set[asyncio.Task[None]] = set()
"""Held, since the loop itself holds no task."""


async def start(words: Sequence[str], folder: str | Path, env: Mapping[str, str] | None = None) -> Piped:
    """A process group of its own. OSError: it cannot be run. Not to be left half-way: what was started is known."""
    starting = asyncio.ensure_future(_start(words, folder, env))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        kill((await starting)[0])
        raise


async def _start(words: Sequence[str], folder: str | Path, env: Mapping[str, str] | None) -> Piped:
    """Over a pipe of our own: with asyncio's, `wait()` would wait for the pipe's end, too (Python 3.11, 3.12)."""
    reading, writing = os.pipe()
    written = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(written), os.fdopen(reading, "rb", 0)
    )
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            cwd=folder,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writing,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    finally:
        os.close(writing)
    return process, written


def kill(process: asyncio.subprocess.Process) -> None:
    """With its process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def until_exit(piped: Piped, take: Callable[[str], Awaitable[None]]) -> int:
    """Hand on what comes; returns the exit status (negative: a signal). Raises what `take` does: nobody reads then."""
    process, written = piped
    over = asyncio.Event()
    reading = asyncio.ensure_future(_read(written, take, over))
    _reading.add(reading)
    reading.add_done_callback(_reading.discard)
    exiting = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait({exiting, reading}, return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            reading.result()
        status = await exiting
        await asyncio.wait({reading}, timeout=DRAIN_S)
        if reading.done():
            reading.result()
        return status
    finally:
        over.set()
        exiting.cancel()


async def _read(
    written: asyncio.StreamReader, take: Callable[[str], Awaitable[None]], over: asyncio.Event
) -> None:
    """To its end, though it is handed on no more: what the command left behind must not stop at a full pipe."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    while chunk := await written.read(65536):
        if not over.is_set() and (text := decode(chunk)):
            await take(text)


class Output:
    """What is shown and kept of it."""

    def __init__(self, show: Callable[[str], Awaitable[None]]) -> None:
        self._show = show
        self._parts: list[str] = []
        self._size = 0

    @property
    def text(self) -> str:
        """All of it that is kept."""
        return "".join(self._parts)

    async def add(self, text: str) -> None:
        """Show and keep it, as far as there is room."""
        room = OUTPUT_LIMIT - self._size
        self._size += len(text)
        if room <= 0 or not text:
            return
        kept = text if len(text) <= room else text[:room] + "\n… (cut here)"
        self._parts.append(kept)
        await self._show(kept)
