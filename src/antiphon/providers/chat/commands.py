"""Running the model's commands: in the project, their output shown as it comes, ended with all below them.

A command has the person's environment as the agent has it, which the driver rid of the key.
"""

import asyncio
import codecs
import contextlib
import os
import signal
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

from pydantic_ai.workspaces import CommandResult, LocalWorkspaceBackend, WorkspaceTimeoutError
from pydantic_ai.workspaces.protocol import WorkspaceCommand

from antiphon.providers.chat.talk import Card

OUTPUT_LIMIT = 1024 * 1024
"""Characters of a command's output that are shown and kept."""
DRAIN_S = 0.3
"""After the exit, for what is still in the pipe: what it left behind may hold it open for ever."""

CARD: ContextVar[Card | None] = ContextVar("card", default=None)
"""Where the output of a command that the model asked for is shown."""


class Workspace(LocalWorkspaceBackend):
    """The project's folder on this machine."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, env=os.environ)

    async def run(
        self,
        command: WorkspaceCommand,
        *,
        shell: bool = False,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (the protocol has it so)
    ) -> CommandResult:
        """See WorkspaceBackend; a command of the model's shows its output."""
        card = CARD.get()
        if card is None or not isinstance(command, str):
            return await super().run(command, shell=shell, env=env, timeout=timeout)
        output = Output(card)
        process, written = await _spawn(command, await self.working_dir(), {**os.environ, **(env or {})})
        try:
            async with asyncio.timeout(timeout):
                status = await output.until_exit(process, written)
        except BaseException as error:
            # Only then: what a command leaves behind may run on until the turn's end, where it is ended and told.
            _kill(process)
            if not isinstance(error, TimeoutError):
                raise
            await output.add(f"\n[Stopped after {timeout:g} s.]")
            raise WorkspaceTimeoutError(f"command timed out after {timeout}s", stdout=output.text) from None
        card.exit_code = status
        return CommandResult(exit_code=status, stdout=output.text, stderr="")


Started = tuple[asyncio.subprocess.Process, asyncio.StreamReader]
"""A process, and what it writes."""


async def _spawn(command: str, folder: str, env: Mapping[str, str]) -> Started:
    """Not to be left half-way: a process that was started is known."""
    starting = asyncio.ensure_future(_start(command, folder, env))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        _kill((await starting)[0])
        raise


async def _start(command: str, folder: str, env: Mapping[str, str]) -> Started:
    """Over a pipe of our own: with asyncio's, `wait()` would wait for the pipe's end, too (Python 3.11, 3.12)."""
    reading, writing = os.pipe()
    written = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(written), os.fdopen(reading, "rb", 0)
    )
    try:
        process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", command),
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


def _kill(process: asyncio.subprocess.Process) -> None:
    """With its process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class Output:
    """What a command writes, both streams in the order in which they come."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._parts: list[str] = []
        self._size = 0
        self._over = False
        self._reading: asyncio.Task[None] | None = None
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    @property
    def text(self) -> str:
        """All of it that is kept."""
        return "".join(self._parts)

    async def until_exit(self, process: asyncio.subprocess.Process, written: asyncio.StreamReader) -> int:
        """Show what comes; returns the exit status (negative: a signal)."""
        self._reading = asyncio.ensure_future(self._read(written))
        try:
            status = await process.wait()
            await asyncio.wait({self._reading}, timeout=DRAIN_S)
            return status
        finally:
            self._over = True

    async def _read(self, written: asyncio.StreamReader) -> None:
        """To its end, though it is shown no more: what the command left behind must not stop at a full pipe."""
        while chunk := await written.read(65536):
            if not self._over:
                await self.add(self._decode(chunk))

    async def add(self, text: str) -> None:
        """Show and keep it, as far as there is room."""
        room = OUTPUT_LIMIT - self._size
        self._size += len(text)
        if room <= 0 or not text:
            return
        kept = text if len(text) <= room else text[:room] + "\n… (cut here)"
        self._parts.append(kept)
        await self._card.stream(kept)
