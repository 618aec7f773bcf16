"""Which `claude` is used: the person's own one, or else the one that `antiphon[claude]` brings."""

import asyncio
import contextlib
import re
import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from antiphon.model.failures import Action, Failure
from antiphon.model.ids import new_id
from antiphon.providers.base import ProviderFailed
from antiphon.providers.claude.errors import NAME, PROVIDER, failure
from antiphon.providers.process import AgentProcess
from antiphon.providers.programs import Program

OLDEST = (2, 1, 200)
"""The oldest Claude Code that we speak with; `tests/agents` runs the newest."""
VERSION = re.compile(r"\d+\.\d+\.\d+")
VERSION_S = 5.0
HOMES = (".local/bin/claude", ".claude/local/claude")
"""Where Claude's own installers put it, below the home: a server's PATH often lacks them."""


def install(prefix: Path) -> Action:
    """The way to a Claude Code for the Antiphon that runs in the environment at `prefix`."""
    checkout = prefix.name == ".venv" and (prefix.parent / "dev").is_file()
    return Action(
        kind="install",
        label="Install Claude Code, or add the one that comes as a package (168 MB)",
        command="./dev add claude" if checkout else "pip install 'antiphon[claude]'",
    )


INSTALL = install(Path(sys.prefix))
UPDATE = Action(kind="install", label="Bring Claude Code up to date", command="claude update")


class Found(Struct, frozen=True, kw_only=True):
    """A Claude Code that will do."""

    path: str
    version: str
    bundled: bool = False


def candidates(environment: Mapping[str, str]) -> list[tuple[str, bool]]:
    """(path, bundled) of every `claude` here, the person's own first."""
    own = [shutil.which("claude", path=environment.get("PATH"))]
    if home := environment.get("HOME"):
        own += [str(path) for place in HOMES if (path := Path(home) / place).is_file()]
    found = [(path, False) for path in dict.fromkeys(own) if path]
    spec = find_spec("claude_agent_sdk")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / "_bundled/claude").is_file():
            found.append((str(path), True))
    return found


class Finder:
    """Finds it, and remembers each program's version until its file changes."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, int], str | None] = {}

    async def find(self, environment: Mapping[str, str]) -> Found:
        """The first that is new enough. Raises ProviderFailed (`provider-missing`)."""
        old: list[str] = []
        mute: list[str] = []
        for path, bundled in await asyncio.to_thread(candidates, environment):
            version = await self._version(path, environment)
            if version and tuple(map(int, version.split("."))) >= OLDEST:
                return Found(path=path, version=version, bundled=bundled)
            if version:
                old.append(f"{path} is {version}")
            else:
                mute.append(f"{path} does not tell its version")
        raise ProviderFailed(_none(old, mute))

    async def _version(self, path: str, environment: Mapping[str, str]) -> str | None:
        key = (path, await asyncio.to_thread(_changed, path))
        if key not in self._versions:
            printed = VERSION.search(await output([path, "--version"], environment))
            self._versions[key] = printed[0] if printed else None
        return self._versions[key]


def _none(old: list[str], mute: list[str]) -> Failure:
    """Why none will do; what there is, in words, by what is wrong with it."""
    detail, action = "\n".join([*old, *mute]), UPDATE if old else INSTALL
    message = f"{NAME} is not installed: there is no program claude here."
    if old:
        message = f"{NAME} is here, but too old: Antiphon needs {'.'.join(map(str, OLDEST))} or newer."
    elif mute:
        message = f"{NAME} is here, but does not run: it does not tell its version."
    return failure("provider-missing", message, detail, action)


def _changed(path: str) -> int:
    """When the program's file was last written, ns since the Unix epoch; 0 when it is gone."""
    with contextlib.suppress(OSError):
        return Path(path).stat().st_mtime_ns
    return 0


def program(command: list[str]) -> Program:
    """What to start."""
    return Program(provider=PROVIDER, name=NAME, command=command, install=INSTALL)


async def output(command: list[str], environment: Mapping[str, str]) -> str:
    """What a command prints within VERSION_S; "" when it cannot be run or says nothing in time."""
    try:
        started = await AgentProcess.start(
            program(command), folder=Path("/"), environment=environment, marker=new_id()
        )
    except ProviderFailed:
        return ""
    lines: list[bytes] = []
    try:
        async with asyncio.timeout(VERSION_S):
            while (line := await started.read_line()) is not None:
                lines.append(line)
    except TimeoutError:
        return ""
    finally:
        await started.close()
    return b"\n".join([*lines, started.lines.part]).decode(errors="replace")
