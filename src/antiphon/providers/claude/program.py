"""Which `claude` is used: the person's own one, or else the one that `antiphon[claude]` brings."""

import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from antiphon.model.failures import Action
from antiphon.providers import finder
from antiphon.providers.claude.errors import NAME, PROVIDER
from antiphon.providers.finder import Wanted
from antiphon.providers.programs import Program

OLDEST = (2, 1, 200)
"""The oldest Claude Code that we speak with; `tests/agents` runs the newest."""
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


def candidates(environment: Mapping[str, str]) -> list[str]:
    """The path of every `claude` here, the person's own first."""
    own = [shutil.which("claude", path=environment.get("PATH"))]
    if home := environment.get("HOME"):
        own += [str(path) for place in HOMES if (path := Path(home) / place).is_file()]
    found = [path for path in dict.fromkeys(own) if path]
    spec = find_spec("claude_agent_sdk")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / "_bundled/claude").is_file():
            found.append(str(path))
    return found


def program(command: list[str]) -> Program:
    """What to start."""
    return Program(provider=PROVIDER, name=NAME, command=command, install=INSTALL)


class Finder(finder.Finder):
    """Finds it, and remembers each one's version until its file changes."""

    def __init__(self) -> None:
        super().__init__(
            Wanted(program=program(["claude"]), oldest=OLDEST, update=UPDATE, candidates=candidates)
        )
