"""Which `codex` is used, and whether it will do."""

import asyncio
import contextlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from antiphon.model.failures import Action, Failure
from antiphon.model.ids import new_id
from antiphon.providers.base import ProviderFailed
from antiphon.providers.codex.errors import NAME, PROVIDER, failure
from antiphon.providers.process import AgentProcess
from antiphon.providers.programs import Program

OLDEST = (0, 160, 0)
"""The oldest Codex that we speak with; `tests/agents` runs the newest."""
VERSION = re.compile(r"\d+\.\d+\.\d+")
VERSION_S = 5.0
HOMES = (".local/bin/codex", ".npm-global/bin/codex", ".bun/bin/codex")
"""Where installers put it, below the home: a server's PATH often lacks them."""
NATIVE = "../codex-*/vendor/*/bin/codex"
"""The program itself, seen from the package whose `codex` is a script for Node that starts it."""

INSTALL = Action(kind="install", label="Install Codex", command="npm install -g @openai/codex")
UPDATE = Action(kind="install", label="Bring Codex up to date", command="npm install -g @openai/codex@latest")


class Found(Struct, frozen=True, kw_only=True):
    """A Codex that will do."""

    path: str
    version: str


def candidates(environment: Mapping[str, str]) -> list[str]:
    """The path of every `codex` here."""
    own = [shutil.which("codex", path=environment.get("PATH"))]
    if home := environment.get("HOME"):
        own += [str(path) for place in HOMES if (path := Path(home) / place).is_file()]
    return [native(path) for path in dict.fromkeys(own) if path]


def native(path: str) -> str:
    """The program behind npm's script, which would only wait for it: 50 MB and 100 ms less."""
    script = Path(path).resolve()
    if script.suffix != ".js":
        return path
    found = sorted(script.parent.parent.glob(NATIVE))
    return str(found[0].resolve()) if len(found) == 1 else path


class Finder:
    """Finds it, and remembers each program's version until its file changes."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, int], str | None] = {}

    async def find(self, environment: Mapping[str, str]) -> Found:
        """The first that is new enough. Raises ProviderFailed (`provider-missing`)."""
        old: list[str] = []
        mute: list[str] = []
        for path in await asyncio.to_thread(candidates, environment):
            version = await self._version(path, environment)
            if version and tuple(map(int, version.split("."))) >= OLDEST:
                return Found(path=path, version=version)
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
    message = f"{NAME} is not installed: there is no program codex here."
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
