"""The real Claude Code with a home of its own, its model faked on loopback."""

from pathlib import Path

from tests.agents.machine import machine
from tools import ROOT

CLAUDE = ROOT / "tests/agents/python/claude/claude_agent_sdk/_bundled/claude"
"""Installed by `./dev test --agents`."""


def at_home(folder: Path, model: str) -> dict[str, str]:
    """A machine with `claude` on its PATH."""
    around = machine(folder, claude=CLAUDE)
    return around | {
        "ANTHROPIC_BASE_URL": model,
        "ANTHROPIC_API_KEY": "sk-fake-for-tests",
        "CLAUDE_CONFIG_DIR": f"{around['HOME']}/.claude",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "2",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "DISABLE_TELEMETRY": "1",
    }
