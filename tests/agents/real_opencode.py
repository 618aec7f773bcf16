"""A real third-party agent: OpenCode over ACP, named by a few lines in agents.toml, its model faked on loopback."""

import json
import platform
from pathlib import Path

from tests.agents.machine import machine
from tools import ROOT

SYSTEM = {"Linux": "linux", "Darwin": "darwin"}.get(platform.system(), "")
MACHINE = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
OPENCODE = ROOT / f"tests/agents/node_modules/opencode-{SYSTEM}-{MACHINE}/bin/opencode"
"""Installed by `./dev test --agents`; there is none for other systems."""
AGENTS = """
[opencode]
name = "OpenCode"
command = ["opencode", "acp"]
install = "npm install -g opencode-ai"
sign-in = "opencode auth login"
images = true
modes = ["build", "plan"]

[opencode.limits]
start = 120.0
"""
"""All that a person writes."""


def at_home(folder: Path, model: str) -> dict[str, str]:
    """A machine with `opencode` on its PATH, and the person's own agents.toml."""
    around = machine(folder, opencode=OPENCODE)
    config = Path(around["HOME"]) / ".config"
    around["XDG_CONFIG_HOME"] = str(config)
    (config / "opencode").mkdir(parents=True)
    (config / "opencode/opencode.json").write_text(json.dumps(_settings(model)))
    (config / "antiphon").mkdir()
    (config / "antiphon/agents.toml").write_text(AGENTS)
    offline = ("MODELS_FETCH", "AUTOUPDATE", "LSP_DOWNLOAD", "DEFAULT_PLUGINS", "SHARE")
    return around | {f"OPENCODE_DISABLE_{name}": "1" for name in offline}


def _settings(model: str) -> object:
    options = {"baseURL": f"{model}/v1", "apiKey": "sk-fake-for-tests"}
    limit = {"limit": {"context": 100_000, "output": 8_000}}
    fake = {
        "npm": "@ai-sdk/openai-compatible",
        "name": "Fake",
        "options": options,
        "models": {"one": {"name": "One", **limit}, "two": {"name": "Two", **limit}},
    }
    return {
        "model": "fake/one",
        "small_model": "fake/one",
        "autoupdate": False,
        "permission": {"edit": "ask", "bash": "ask"},
        "provider": {"fake": fake},
    }
