"""The real local agent of Cursor (cursor-sdk), its backend faked on loopback."""

import os
from pathlib import Path

from tests.agents.cursor_backend import around
from tests.agents.machine import machine
from tools import ROOT

PACKAGES = ROOT / "tests/agents/python/cursor"
"""Where cursor-sdk lies: beside .venv, so that a server does not see it unless a test says so."""
BRIDGE = ROOT / "tests/agents/cursor_bridge.sh"


def at_home(folder: Path, backend: str) -> dict[str, str]:
    """The environment of a machine with cursor-sdk, a key and no Cursor CLI."""
    home = machine(folder, **{"cursor-sdk-bridge": BRIDGE})
    bridge = {"CURSOR_SDK_BRIDGE_BIN": str(folder / "bin/cursor-sdk-bridge")}
    return home | bridge | {"PYTHONPATH": str(PACKAGES)} | around(backend)


def no_cli(path: str) -> str:
    """A PATH without a Cursor CLI."""
    names = ("cursor-agent", "agent")
    return os.pathsep.join(
        each for each in path.split(os.pathsep) if not any((Path(each) / name).exists() for name in names)
    )
