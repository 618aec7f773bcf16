"""The real Claude Code with a home of its own, its model faked on loopback."""

import json
import os
from pathlib import Path
from typing import Any

from tools import ROOT

CLAUDE = ROOT / "tests/agents/python/claude_agent_sdk/_bundled/claude"
"""Installed by `./dev test --agents`."""

Fixture = dict[str, Any]
WORDS = " ".join(f"w{number}" for number in range(1, 241))
HOUR_MS = 3_600_000


def call(id: str, name: str, **arguments: Any) -> dict[str, str]:
    """A tool call as the fake model makes it."""
    return {"type": "toolCall", "id": id, "name": name, "arguments": json.dumps(arguments)}


def after(id: str, content: str) -> Fixture:
    """What the model says when it has the call's result."""
    return {"match": {"toolCallId": id}, "response": {"content": content}}


def says(word: str, *blocks: Any, **how: Any) -> Fixture:
    """The model's answer to a prompt that holds the word: text, or blocks of text and calls."""
    if not blocks:
        return {"match": {"userMessage": word}, **how}
    if len(blocks) == 1 and isinstance(blocks[0], str):
        return {"match": {"userMessage": word}, "response": {"content": blocks[0]}, **how}
    parts = [{"type": "text", "text": each} if isinstance(each, str) else each for each in blocks]
    return {"match": {"userMessage": word}, "response": {"blocks": parts}, **how}


def refuses(word: str, status: int, type: str, message: str, **more: Any) -> Fixture:
    """The model's API answers with an error."""
    error = {"message": message, "type": type}
    return {"match": {"userMessage": word}, "response": {"error": error, "status": status, **more}}


def slowly(delay_ms: int = 40, size: int = 12) -> dict[str, int]:
    """A stream that can be watched."""
    return {"chunkSize": size, "latency": delay_ms}


def hanging(*delays_ms: int) -> dict[str, Any]:
    """A stream that stops after these chunks, and stays open."""
    delays = [*delays_ms, HOUR_MS]
    timings = {"ttftMs": 20, "interChunkDelaysMs": delays, "totalDurationMs": sum(delays) + HOUR_MS}
    return {"recordedTimings": timings, "chunkSize": 12}


def at_home(folder: Path, model: str) -> dict[str, str]:
    """A machine with `claude` on its PATH and nothing of the person's who runs the tests."""
    home, programs = folder / "home", folder / "bin"
    home.mkdir(parents=True)
    programs.mkdir()
    (programs / "claude").symlink_to(CLAUDE)
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(programs), *_plain_path()]),
        "ANTHROPIC_BASE_URL": model,
        "ANTHROPIC_API_KEY": "sk-fake-for-tests",
        "CLAUDE_CONFIG_DIR": str(home / ".claude"),
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "2",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "DISABLE_TELEMETRY": "1",
    }


def _plain_path() -> list[str]:
    """The PATH without folders that hold a `claude`."""
    folders = os.environ["PATH"].split(os.pathsep)
    return [folder for folder in folders if not (Path(folder) / "claude").exists()]
