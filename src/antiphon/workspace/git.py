"""Running git: no shell, no pager, no network, nothing that asks; within a time and a size, killed with its children."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import IO

LIMIT_SECONDS = 10.0
"""For one command."""
OUTPUT_BYTES = 32 * 1024 * 1024
ERROR_BYTES = 8 * 1024
"""Kept of what it says of errors."""

KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "USER")
"""Of the server's environment: no key of any agent is among it."""

SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "core.bare=false",
    "core.fsync=none",
    "core.compression=1",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
)
"""What a configuration cannot switch on: programs, and whatever reaches out."""


class GitError(Exception):
    """git cannot tell what it was asked."""


class GitMissing(GitError):
    """There is no git."""

    def __init__(self) -> None:
        super().__init__(
            "git is not installed where the server runs, or not on its PATH. Install it (on Debian: apt install git)."
        )


class GitSlow(GitError):
    """It took too long, and was ended."""

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(
            f"git {what} took more than {seconds:g} s and was ended. Is the folder huge, or on a slow disk? "
            "What is generated is best named in .gitignore."
        )


class GitFailed(GitError):
    """It said no."""

    def __init__(self, what: str, said: str) -> None:
        super().__init__(f"git {what} failed: {said or 'it said nothing.'}")
        self.said = said


async def git(
    *arguments: str,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    settings: tuple[str, ...] = (),
    given: bytes = b"",
    limit: float = LIMIT_SECONDS,
    output: int = OUTPUT_BYTES,
) -> bytes:
    """What `git …` prints; more than `output` bytes of it are left out, and the command is ended there.

    Raises GitMissing, GitSlow, GitFailed.
    """
    given_settings = [word for setting in (*settings, *SETTINGS) for word in ("-c", setting)]
    literal = () if arguments[0] == "check-ignore" else ("--literal-pathspecs",)  # which it does not know
    command = ["git", "--no-pager", *literal, *given_settings, *arguments]
    try:
        process = await _start(command, cwd, _environment() | dict(environment or {}), feeds=bool(given))
    except FileNotFoundError:  # the program, or the folder
        if shutil.which("git") is None:
            raise GitMissing from None
        raise GitFailed(arguments[0], f"the folder {cwd} is not there any more") from None
    except OSError as error:
        raise GitFailed(arguments[0], str(error.strerror)) from None
    try:
        async with asyncio.timeout(limit):
            printed, said, code = await _talk(process, given, output)
    except TimeoutError:
        raise GitSlow(arguments[0], limit) from None
    finally:
        await _end(process)
    if code:
        raise GitFailed(arguments[0], said.decode(errors="replace").strip()[:2000])
    return printed


async def _talk(process: "subprocess.Popen[bytes]", given: bytes, output: int) -> tuple[bytes, bytes, int]:
    """What it prints and what it says of errors, with its exit code. The caller ends it, whatever happens here."""
    feeding = asyncio.create_task(asyncio.to_thread(_feed, process.stdin, given))
    async with _reading(process.stdout) as printing, _reading(process.stderr) as saying:
        erring = asyncio.create_task(_beginning(saying, ERROR_BYTES))
        try:
            printed = await _upto(printing, output)
            if len(printed) > output:  # nobody takes the rest, so it would never come to its end
                return printed[:output], b"", 0
            said, _ = await asyncio.gather(erring, feeding)
            return printed, said, await asyncio.to_thread(process.wait)
        finally:
            erring.cancel()
            feeding.cancel()  # its thread ends with the process


def _environment() -> dict[str, str]:
    around = {name: value for name, value in os.environ.items() if name in KEPT}
    return around | {
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "",
    }


async def _start(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], *, feeds: bool
) -> "subprocess.Popen[bytes]":
    """In a thread: the event loop's own way holds up all streams for as long as the server's memory takes to be forked.

    Not to be left half-way: what was started is ended.
    """

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.PIPE if feeds else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )

    starting = asyncio.ensure_future(asyncio.to_thread(start))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        process = await starting
        await _end(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()
        raise


class _Output:
    """What comes out of a process, as it is asked for.

    Not by `connect_read_pipe`: uvloop closes such a pipe twice, and the second time its number may be another's
    already, as the pipes of the next git are made in a thread.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._fd = pipe, pipe.fileno()
        os.set_blocking(self._fd, False)

    async def read(self, size: int) -> bytes:
        """What is there, once something is; nothing at its end."""
        while True:
            try:
                return os.read(self._fd, size)
            except BlockingIOError:
                await self._more()

    async def _more(self) -> None:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._fd, ready.set)
        try:
            await ready.wait()
        finally:
            if not self._pipe.closed:  # else the number may be another's
                loop.remove_reader(self._fd)

    def close(self) -> None:
        """Whoever still waits for more is to be cancelled."""
        asyncio.get_running_loop().remove_reader(self._fd)
        self._pipe.close()


@contextlib.asynccontextmanager
async def _reading(pipe: IO[bytes] | None) -> AsyncGenerator[_Output]:
    """What comes out of a process; closed at the end, whatever else would come."""
    assert pipe is not None
    with contextlib.closing(_Output(pipe)) as output:
        yield output


async def _upto(stream: _Output, limit: int) -> bytes:
    """What comes, up to one byte more than the limit."""
    parts: list[bytes] = []
    size = 0
    while size <= limit and (part := await stream.read(64 * 1024)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)[: limit + 1]


async def _beginning(stream: _Output, limit: int) -> bytes:
    """The first of what comes. All is read: whoever finds its pipe full waits, and never comes to its end."""
    kept = b""
    while part := await stream.read(64 * 1024):
        kept += part[: limit - len(kept)]
    return kept


def _feed(pipe: IO[bytes] | None, given: bytes) -> None:
    """Blocks. Whoever does not read to the end says why by its exit."""
    if pipe is None:
        return
    with contextlib.suppress(BrokenPipeError), pipe:
        rest = memoryview(given)
        while rest:
            rest = rest[pipe.write(rest) :]


async def _end(process: "subprocess.Popen[bytes]") -> None:
    """Nothing of it stays, whatever happened."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await asyncio.to_thread(process.wait)
