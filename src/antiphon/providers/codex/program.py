"""Which `codex` is used, and whether it will do."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from antiphon.model.failures import Action
from antiphon.providers import finder
from antiphon.providers.codex.errors import NAME, PROVIDER
from antiphon.providers.finder import Wanted
from antiphon.providers.programs import Program

OLDEST = (0, 160, 0)
"""The oldest Codex that we speak with; `tests/agents` runs the newest."""
HOMES = (".local/bin/codex", ".npm-global/bin/codex", ".bun/bin/codex")
"""Where installers put it, below the home: a server's PATH often lacks them."""
NATIVE = "../codex-*/vendor/*/bin/codex"
"""The program itself, seen from the package whose `codex` is a script for Node that starts it."""

INSTALL = Action(kind="install", label="Install Codex", command="npm install -g @openai/codex")
UPDATE = Action(kind="install", label="Bring Codex up to date", command="npm install -g @openai/codex@latest")


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


def program(command: list[str]) -> Program:
    """What to start."""
    return Program(provider=PROVIDER, name=NAME, command=command, install=INSTALL)


class Finder(finder.Finder):
    """Finds it, and remembers each one's version until its file changes."""

    def __init__(self) -> None:
        super().__init__(
            Wanted(program=program(["codex"]), oldest=OLDEST, update=UPDATE, candidates=candidates)
        )
