"""Which of several programs of an agent is used: the first that is new enough."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from antiphon.model.failures import Action, Failure
from antiphon.model.ids import new_id
from antiphon.providers.base import ProviderFailed
from antiphon.providers.process import AgentProcess
from antiphon.providers.programs import Program

VERSION = re.compile(r"\d+\.\d+\.\d+")
VERSION_S = 5.0


class Wanted(Struct, frozen=True, kw_only=True):
    """What is looked for."""

    program: Program
    """Its command is the program's name alone."""
    oldest: tuple[int, int, int]
    """The oldest version that will do."""
    update: Action
    """Where all are older."""
    candidates: Callable[[Mapping[str, str]], Sequence[str]]
    """The environment → the path of every one here, in the order of choice."""


class Found(Struct, frozen=True, kw_only=True):
    """A program that will do."""

    path: str
    version: str


class Finder:
    """Finds it, and remembers each program's version until its file changes."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._versions: dict[tuple[str, int], str | None] = {}

    async def find(self, environment: Mapping[str, str]) -> Found:
        """The first that is new enough. Raises ProviderFailed (`provider-missing`)."""
        old: list[str] = []
        mute: list[str] = []
        for path in await asyncio.to_thread(self._wanted.candidates, environment):
            version = await self._version(path, environment)
            if version and tuple(map(int, version.split("."))) >= self._wanted.oldest:
                return Found(path=path, version=version)
            if version:
                old.append(f"{path} is {version}")
            else:
                mute.append(f"{path} does not tell its version")
        raise ProviderFailed(_none(self._wanted, old, mute))

    async def _version(self, path: str, environment: Mapping[str, str]) -> str | None:
        key = (path, await asyncio.to_thread(_changed, path))
        if key not in self._versions:
            asked = replace(self._wanted.program, command=[path, "--version"])
            words = await printed(asked, environment, VERSION_S)
            if words is None:
                return None  # a machine that is busy: next time it may
            told = VERSION.search(words)
            self._versions[key] = told[0] if told else None
        return self._versions[key]


def _none(wanted: Wanted, old: list[str], mute: list[str]) -> Failure:
    """Why none will do; what there is, in words, by what is wrong with it."""
    name = wanted.program.name
    message = f"{name} is not installed: there is no program {wanted.program.command[0]} here."
    if old:
        message = f"{name} is here, but too old: Antiphon needs {'.'.join(map(str, wanted.oldest))} or newer."
    elif mute:
        message = f"{name} is here, but does not run: it does not tell its version."
    return Failure(
        provider=wanted.program.provider,
        code="provider-missing",
        message=message,
        action=wanted.update if old else wanted.program.install,
        detail="\n".join([*old, *mute]) or None,
    )


def _changed(path: str) -> int:
    """When the program's file was last written, ns since the Unix epoch; 0 when it is gone."""
    with contextlib.suppress(OSError):
        return Path(path).stat().st_mtime_ns
    return 0


async def printed(program: Program, environment: Mapping[str, str], limit_s: float) -> str | None:
    """What it prints to its end; "" when it cannot be run, None when it does not end in time. No process is left."""
    try:
        started = await AgentProcess.start(
            program, folder=Path("/"), environment=environment, marker=new_id()
        )
    except ProviderFailed:
        return ""
    lines: list[bytes] = []
    try:
        async with asyncio.timeout(limit_s):
            while (line := await started.read_line()) is not None:
                lines.append(line)
    except TimeoutError:
        return None
    finally:
        await started.close()
    return b"\n".join([*lines, started.lines.part]).decode(errors="replace")
