"""The real Gemini CLI with a home of its own, its model faked on loopback."""

import json
import os
from pathlib import Path
from typing import Any

from tests.agents.machine import machine
from tests.agents.mock_model import BINARIES, NODE

GEMINI = BINARIES / "gemini"
"""Installed by `./dev test --agents`."""
SETTINGS: dict[str, Any] = {
    "security": {"auth": {"selectedType": "gemini-api-key"}},
    "privacy": {"usageStatisticsEnabled": False},
    # It waits 5 s and more between two attempts, ten of them unless told otherwise.
    "general": {"maxAttempts": 2},
}


def at_home(folder: Path, model: str, settings: Any = SETTINGS) -> dict[str, str]:
    """A machine with `gemini` on its PATH, and the node that runs it."""
    around = machine(folder, gemini=GEMINI)
    home = Path(around["HOME"])
    (home / ".gemini").mkdir()
    (home / ".gemini/settings.json").write_text(json.dumps(settings))
    return around | {
        "PATH": os.pathsep.join([around["PATH"].split(os.pathsep)[0], str(NODE.parent), around["PATH"]]),
        "GEMINI_API_KEY": "sk-fake-for-tests",
        "GOOGLE_GEMINI_BASE_URL": model,
    }
