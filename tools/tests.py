"""`./dev test`: the checks, the page's tests, then Python's; all run, also when an earlier one fails."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tools import ROOT, check, chromium, environment, node
from tools.page import WEB
from tools.steps import Stop, say

QUICK = ["tests/unit", "tests/conformance", "tests/integration"]
"""Three at a time: they wait a good part of their time."""
BROWSER = "tests/browser"
"""Two at a time, each with a browser of its own."""
AGENTS = "tests/agents"
"""Three at a time: much of it is waiting for an agent that hangs. What shares an agent stays on one worker."""


def run(pytest_words: list[str], agents: bool) -> int:
    """Returns the exit code. With words for pytest, pytest runs alone: that is for working on one thing."""
    environment.prepare_tools()
    if agents:
        environment.prepare_agents()
    if _wants_browser(pytest_words):
        chromium.require()
    if pytest_words:
        return _pytest(pytest_words, agents)
    start = time.monotonic()
    failed: list[str] = []
    steps = {"check": _check, "vitest": _vitest, "pytest": _quick, "browser": _browser}
    if agents:
        steps["agents"] = _agents
    for name, step in steps.items():
        print(f"\n==== {name} ====", flush=True)
        if not _passes(step):
            failed.append(name)
    outcome = f"failed: {', '.join(failed)}" if failed else "all passed"
    say(f"test: {outcome} ({time.monotonic() - start:.0f} s)")
    return 1 if failed else 0


def _passes(step: Callable[[], int]) -> bool:
    try:
        return step() == 0
    except Stop as stop:
        say(str(stop))
        return False


def _check() -> int:
    return 1 if check.run() else 0


def _vitest() -> int:
    found = node.of_venv()
    return subprocess.run(found.npm("run", "--silent", "test"), cwd=WEB, env=found.environment()).returncode


def _quick() -> int:
    environment.prepare_package()
    return _run_pytest(["-n", "3", "--dist", "loadfile", *QUICK])


def _browser() -> int:
    environment.prepare_package()
    return _run_pytest(["-n", "2", "--dist", "worksteal", BROWSER])


def _agents() -> int:
    environment.prepare_package()
    return _run_pytest(["-n", "3", "--dist", "loadgroup", AGENTS])


def _pytest(words: list[str], agents: bool) -> int:
    environment.prepare_package()
    folders = [*QUICK, BROWSER, *([AGENTS] if agents else [])]
    return _run_pytest(words if _names_a_place(words) else [*folders, *words])


def _run_pytest(words: list[str]) -> int:
    return subprocess.run([str(environment.PYTHON), "-m", "pytest", *words], cwd=ROOT).returncode


def _names_a_place(words: list[str]) -> bool:
    return any(Path(word.split("::")[0]).exists() for word in words if not word.startswith("-"))


def _wants_browser(words: list[str]) -> bool:
    return not _names_a_place(words) or any("browser" in word or "agents" in word for word in words)
