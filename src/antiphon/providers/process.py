"""An agent's process: spawned under the keeper, read line by line, ended with all below it."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import psutil
from msgspec import Struct

from antiphon.model.failures import Action, Failure
from antiphon.presence import MISSING, presence
from antiphon.providers import keeper, processes
from antiphon.providers.base import ProcessStarted, ProviderFailed
from antiphon.providers.environment import MARKER, redact, secrets
from antiphon.providers.lines import Lines, LineTooLong
from antiphon.providers.processes import Seen
from antiphon.providers.programs import Program

STDERR_TAIL = 8 * 1024
"""Bytes of stderr kept for a failure's detail."""
COMPLAINT = 64 * 1024
"""Bytes of stderr that are read at once: all that a pipe holds."""
HIGH_WATER, LOW_WATER = 1024 * 1024, 256 * 1024
"""Bytes of unread lines at which reading pauses and goes on."""
LAST_WORDS_S = 0.25
"""After the exit, for what is still in the pipes (a stray may hold them open for ever)."""
CLOSE_S = 2 * keeper.GRACE_S + 0.5
"""After TERM to the keeper, until it is killed itself."""

KEEPER = str(Path(keeper.__file__))


class Exit(Struct, frozen=True, kw_only=True):
    """How a process ended."""

    status: int | None = None
    signal: int | None = None

    @classmethod
    def of(cls, status: int | None) -> "Exit":
        """From asyncio's return code: below 0 a signal; None, where it could not be told, is taken for KILL."""
        status = -signal.SIGKILL if status is None else status
        return cls(status=status) if status >= 0 else cls(signal=-status)

    def __str__(self) -> str:
        if self.signal is None:
            return f"left with exit status {self.status}"
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(self.signal).name}"
        return f"was ended by signal {self.signal}"


class AgentProcess:
    """A running agent. Make it with `start`; `close` is owed in every case."""

    def __init__(self, program: Program, marker: str, hidden: Sequence[str]) -> None:
        self.program = program
        self.marker = marker
        self.lines = Lines()
        self.too_long = False
        """The agent sent a line beyond all bounds; nothing after it was read."""
        self.exited: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        self.heard: Callable[[bytes], None] | None = None
        """Told of each piece of its stderr."""
        self._hidden = hidden
        self._stderr = bytearray()
        self._eof = False
        self._paused = False
        self._reader: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._closing: asyncio.Task[None] | None = None
        self._transport: asyncio.SubprocessTransport
        self._complaints: _Complaints
        self.started: ProcessStarted

    @classmethod
    async def start(
        cls, program: Program, *, folder: Path, environment: Mapping[str, str], marker: str
    ) -> "AgentProcess":
        """Spawn under the keeper. Call it on the main thread (see keeper.py).

        Raises ProviderFailed (`provider-missing`, `workspace-missing`, `internal`).
        """
        command = find_command(program, environment)
        await check_folder(program, folder)
        self = cls(program, marker, secrets(environment))
        try:
            await self._spawn([command, *program.command[1:]], folder, {**environment, MARKER: marker})
        except OSError as error:  # no more processes, files or memory to be had
            message = f"{program.name} could not be started: {error.strerror}."
            raise ProviderFailed(
                Failure(provider=program.provider, code="internal", message=message)
            ) from error
        self.started = ProcessStarted(pid=self.pid, start_time=_start_time(self.pid), marker=marker)
        return self

    async def _spawn(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Raises OSError."""
        # A pipe, since uvloop would take a socket: an agent's own log may be /dev/stderr, which can then be opened.
        heard, complain = os.pipe()
        self._complaints = _Complaints(heard, self.complaint)
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: _Pipes(self),
                *(sys.executable, "-IS", KEEPER, str(os.getpid()), *command),
                cwd=str(folder),
                env=environment,
                stderr=complain,
            )
        except BaseException:
            self._complaints.close()
            raise
        finally:
            os.close(complain)

    @property
    def pid(self) -> int:
        """The keeper's."""
        return self._transport.get_pid()

    # Talking

    async def read_line(self) -> bytes | None:
        """The next line; None at the end of stdout (what is left of a line is in `lines.part`)."""
        while (line := self.lines.take()) is None:
            if self._eof:
                return None
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        if self._paused and self.lines.waiting < LOW_WATER:
            self._pause(False)
        return line

    async def write(self, data: bytes) -> None:
        """Write to stdin; waits while the pipe is full. Raises ConnectionError when it is closed."""
        pipe = cast(asyncio.WriteTransport | None, self._transport.get_pipe_transport(0))
        if pipe is None or pipe.is_closing() or self.exited.done():
            raise ConnectionError("the agent's stdin is closed")
        pipe.write(data)
        await self._writable.wait()
        if pipe.is_closing():
            raise ConnectionError("the agent's stdin was closed")

    @property
    def stderr(self) -> str:
        """The end of what it wrote to stderr, without secrets."""
        return redact(self._stderr.decode(errors="replace").strip(), self._hidden)

    # Ending

    async def close(self) -> None:
        """End it and all below it: TERM, KILL, then whatever else carries its marker. Idempotent; never raises."""
        if not self._closing:
            self._closing = asyncio.create_task(
                self._close(), name=f"close {self.program.provider} {self.pid}"
            )
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await end_kept(self._transport, self.exited, self.marker)
        self._transport.close()
        self._complaints.close()
        self.ended()

    def below(self) -> dict[int, float]:
        """Pid → start time of all that runs under the keeper now."""
        return {seen.pid: seen.start_time for seen in processes.descendants(self.pid)}

    async def end_strays(self, before: Mapping[int, float], *, orphans: bool = False) -> list[Seen]:
        """End what runs under the keeper and was not there `before`; returns what it was.

        `orphans`: only what is no longer below the agent itself, which looks after its own.
        """
        if self.exited.done() or self.below().items() <= before.items():
            return []
        return await asyncio.to_thread(processes.end_strays, self.pid, before, orphans=orphans)

    # What the pipes say

    def connected(self, transport: asyncio.SubprocessTransport) -> None:
        """It runs. It may talk, and end, before whoever spawned it goes on."""
        self._transport = transport

    def stdout(self, data: bytes) -> None:
        if self.too_long:
            return
        try:
            self.lines.feed(data)
        except LineTooLong:
            self.too_long = True
            self.ended()
        if not self._paused and self.lines.waiting > HIGH_WATER:
            self._pause(True)
        self._wake()

    def complaint(self, data: bytes) -> None:
        self._stderr += data
        del self._stderr[:-STDERR_TAIL]
        if self.heard:
            self.heard(data)

    def ended(self) -> None:
        """Nothing more will come on stdout."""
        self._eof = True
        self._wake()

    def unheard(self) -> None:
        """It closed its stdin: what was asked of it last may never be answered."""
        self.writable(True)
        asyncio.get_running_loop().call_later(LAST_WORDS_S, self.ended)

    def exit(self) -> None:
        self._complaints.read()  # its last words, before its end is told
        if not self.exited.done():
            self.exited.set_result(Exit.of(self._transport.get_returncode()))
        self.unheard()

    def writable(self, now: bool) -> None:
        self._writable.set() if now or self.exited.done() else self._writable.clear()

    def _wake(self) -> None:
        if self._reader and not self._reader.done():
            self._reader.set_result(None)

    def _pause(self, pause: bool) -> None:
        pipe = cast(asyncio.ReadTransport | None, self._transport.get_pipe_transport(1))
        self._paused = pause
        if pipe and not pipe.is_closing():
            pipe.pause_reading() if pause else pipe.resume_reading()


class _Pipes(asyncio.SubprocessProtocol):
    """What asyncio tells of the process, passed on."""

    def __init__(self, process: AgentProcess) -> None:
        self._process = process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._process.connected(cast(asyncio.SubprocessTransport, transport))  # uvloop's is no subclass

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._process.stdout(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self._process.ended()
        if fd == 0:
            self._process.unheard()

    def process_exited(self) -> None:
        self._process.exit()

    def pause_writing(self) -> None:
        self._process.writable(False)

    def resume_writing(self) -> None:
        self._process.writable(True)


class _Complaints:
    """What it writes to stderr, passed on.

    Not by `connect_read_pipe`: uvloop closes such a pipe twice, and the second time its number may be another's already.
    """

    def __init__(self, pipe: int, heard: Callable[[bytes], None]) -> None:
        self._pipe, self._heard = pipe, heard
        self._closed = False
        os.set_blocking(pipe, False)
        asyncio.get_running_loop().add_reader(pipe, self.read)

    def read(self) -> None:
        """Pass on what is there."""
        if self._closed:
            return
        with contextlib.suppress(BlockingIOError):
            if data := os.read(self._pipe, COMPLAINT):
                self._heard(data)
            else:
                self.close()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        asyncio.get_running_loop().remove_reader(self._pipe)
        os.close(self._pipe)


async def end_kept(keeper: asyncio.SubprocessTransport, exited: "asyncio.Future[Exit]", marker: str) -> None:
    """End a keeper and all below it: TERM, KILL, then whatever else carries the marker."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if exited.done():
            break
        with contextlib.suppress(ProcessLookupError):
            keeper.send_signal(number)
        await asyncio.wait({exited}, timeout=CLOSE_S)
    await asyncio.to_thread(processes.end_marked, [marker])


def find_command(program: Program, environment: Mapping[str, str]) -> str:
    """The program's full path. Raises ProviderFailed: `provider-missing`."""
    name = program.command[0]
    found = shutil.which(name, path=environment.get("PATH"))
    if found:
        return os.path.abspath(found)
    there = Path(name).is_file()
    message = (
        f"{program.name} cannot be started: {name} is not executable."
        if there
        else f"{program.name} is not installed: there is no program {name} here."
    )
    raise ProviderFailed(
        Failure(provider=program.provider, code="provider-missing", message=message, action=program.install)
    )


async def check_folder(program: Program, folder: Path) -> None:
    """Raises ProviderFailed, `workspace-missing`, unless the folder can be worked in."""
    found = await presence(folder)
    if found == "there":
        return
    why = MISSING.get(found, "may not be read")
    raise ProviderFailed(
        Failure(
            provider=program.provider,
            code="workspace-missing",
            message=f"The project's folder {folder} {why}.",
            action=Action(kind="choose-folder", label="Put the folder back, or choose another one"),
        )
    )


def _start_time(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0  # it is gone already; nothing will match, and its marker still finds what it left


async def reap(left: Sequence[ProcessStarted]) -> list[Seen]:
    """End what an earlier server's agents left: keepers by (pid, start time), the rest by their markers."""
    known = [Seen(process.pid, process.start_time) for process in left]
    keepers = await asyncio.to_thread(
        processes.end, lambda: [seen for seen in known if processes.is_same(seen)]
    )
    return keepers + await asyncio.to_thread(processes.end_marked, [process.marker for process in left])
