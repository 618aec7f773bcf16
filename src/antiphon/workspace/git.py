"""Running git: no shell, no pager, no network, nothing that asks; within a time and a size, killed with its children."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

LIMIT_SECONDS = 10.0
"""For one command."""
DRAIN_SECONDS = 1.0
"""For the pipes of a command that was ended."""
OUTPUT_BYTES = 32 * 1024 * 1024
ERROR_BYTES = 8 * 1024

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
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env=_environment() | dict(environment or {}),
            stdin=asyncio.subprocess.PIPE if given else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:  # the program, or the folder
        if shutil.which("git") is None:
            raise GitMissing from None
        raise GitFailed(arguments[0], f"the folder {cwd} is not there any more") from None
    except OSError as error:
        raise GitFailed(arguments[0], str(error.strerror)) from None
    saying = asyncio.create_task(_upto(process.stderr, ERROR_BYTES))
    feeding = asyncio.create_task(_feed(process.stdin, given))
    try:
        async with asyncio.timeout(limit):
            printed = await _upto(process.stdout, output)
            if len(printed) > output:  # nobody takes the rest, so it would never come to its end
                return printed[:output]
            said, _ = await asyncio.gather(saying, feeding)
            code = await process.wait()
    except TimeoutError:
        raise GitSlow(arguments[0], limit) from None
    finally:
        saying.cancel()
        feeding.cancel()
        await asyncio.wait({saying, feeding})
        await _end(process)
    if code:
        raise GitFailed(arguments[0], said.decode(errors="replace").strip()[:2000])
    return printed


def _environment() -> dict[str, str]:
    around = {name: value for name, value in os.environ.items() if name in KEPT}
    return around | {
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "",
    }


async def _upto(stream: asyncio.StreamReader | None, limit: int) -> bytes:
    """What comes, up to one byte more than the limit."""
    assert stream is not None
    parts: list[bytes] = []
    size = 0
    while size <= limit and (part := await stream.read(64 * 1024)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)[: limit + 1]


async def _feed(stream: asyncio.StreamWriter | None, given: bytes) -> None:
    if stream is None:
        return
    # Whoever does not read to the end says why by its exit. (RuntimeError: uvloop's word for a closed pipe.)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, RuntimeError):
        stream.write(given)
        await stream.drain()
    stream.close()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Nothing of it stays, whatever happened."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # What it had said is read to its end, or the pipes stay open until somebody collects them.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await asyncio.gather(_all(process.stdout), _all(process.stderr))
        await process.wait()


async def _all(stream: asyncio.StreamReader | None) -> None:
    while stream and await stream.read(64 * 1024):
        pass
