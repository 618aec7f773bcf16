"""A program in a terminal of its own (a pty), under the keeper: an agent's login.

What it writes is read when somebody asks for it and not before: an endless output waits in the
kernel's buffer, not in our memory.
"""

import asyncio
import contextlib
import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from msgspec import Struct

from antiphon.model.failures import Failure
from antiphon.providers import login_tty
from antiphon.providers.base import ProviderFailed
from antiphon.providers.environment import MARKER
from antiphon.providers.process import KEEPER, Exit, check_folder, end_kept, find_command
from antiphon.providers.programs import Program

READ_BYTES = 16 * 1024
"""Of output, at most, by one read."""
INPUT_BYTES = 64 * 1024
"""Of input that may wait until the program takes it."""

LOGIN_TTY = str(Path(login_tty.__file__))


class Size(Struct, frozen=True, kw_only=True):
    """Of a terminal, in characters."""

    columns: int = 80
    rows: int = 24


class Terminal:
    """A running program and its terminal. Make it with `start`; `close` is owed in every case."""

    def __init__(self, master: int, marker: str) -> None:
        self.exited: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        self._master, self._marker = master, marker
        self._waiting = bytearray()
        self._readable = asyncio.Event()
        self._transport: asyncio.SubprocessTransport
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls, program: Program, *, folder: Path, environment: Mapping[str, str], marker: str, size: Size
    ) -> "Terminal":
        """Spawn under the keeper. Call it on the main thread (see keeper.py).

        Raises ProviderFailed (`provider-missing`, `workspace-missing`, `internal`).
        """
        command = [find_command(program, environment), *program.command[1:]]
        await check_folder(program, folder)
        try:
            master, slave = pty.openpty()
            os.set_blocking(master, False)
            self = cls(master, marker)
            try:
                self.resize(size)
                self._transport, _ = await asyncio.get_running_loop().subprocess_exec(
                    lambda: _Ended(self.exited),
                    *(sys.executable, "-IS", KEEPER, str(os.getpid())),
                    *(sys.executable, "-IS", LOGIN_TTY, *command),
                    stdin=slave,
                    stdout=slave,
                    stderr=slave,
                    cwd=str(folder),
                    env={**environment, MARKER: marker},
                )
            except BaseException:
                os.close(master)
                raise
            finally:
                os.close(slave)
        except OSError as error:  # no more terminals, processes, files or memory to be had
            message = f"{program.name} could not be started: {error.strerror}."
            raise ProviderFailed(
                Failure(provider=program.provider, code="internal", message=message)
            ) from error
        return self

    @property
    def pid(self) -> int:
        """The keeper's."""
        return self._transport.get_pid()

    async def read(self) -> bytes:
        """What it wrote; b"" when it has ended, and all below it, and all was read."""
        while self._master >= 0:
            try:
                return os.read(self._master, READ_BYTES)
            except BlockingIOError:
                await self._wait()
            except OSError:  # Linux says so when nobody holds the terminal any more
                break
        return b""

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._readable.clear()
        loop.add_reader(self._master, self._readable.set)
        try:
            await self._readable.wait()
        finally:
            if self._master >= 0:
                loop.remove_reader(self._master)

    def write(self, data: bytes) -> bool:
        """Type. False: it does not take what was typed before, and too much would wait."""
        if len(self._waiting) + len(data) > INPUT_BYTES:
            return False
        self._waiting += data
        self._flush()
        return True

    def _flush(self) -> None:
        if self._master < 0:
            return
        loop = asyncio.get_running_loop()
        try:
            del self._waiting[: os.write(self._master, self._waiting)]
        except BlockingIOError:
            pass
        except OSError:  # it has ended, and needs no input
            self._waiting.clear()
        if self._waiting:
            loop.add_writer(self._master, self._flush)
        else:
            loop.remove_writer(self._master)

    def resize(self, size: Size) -> None:
        """The program is told (SIGWINCH)."""
        with contextlib.suppress(OSError):
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))

    async def close(self) -> None:
        """End it and all below it: TERM, KILL. Idempotent; never raises."""
        if not self._closing:
            self._closing = asyncio.create_task(self._close(), name=f"close terminal {self.pid}")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await end_kept(self._transport, self.exited, self._marker)
        loop, master, self._master = asyncio.get_running_loop(), self._master, -1
        loop.remove_reader(master)
        loop.remove_writer(master)
        os.close(master)
        self._readable.set()
        self._transport.close()


class _Ended(asyncio.SubprocessProtocol):
    """Waits for the keeper, which ends as the program did."""

    def __init__(self, exited: asyncio.Future[Exit]) -> None:
        self._exited = exited
        self._status: Callable[[], int | None]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._status = cast(asyncio.SubprocessTransport, transport).get_returncode  # uvloop's is no subclass

    def process_exited(self) -> None:
        if not self._exited.done():
            self._exited.set_result(Exit.of(self._status()))
