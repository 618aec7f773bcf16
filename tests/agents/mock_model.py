"""A fake model API on loopback (aimock) that the real agents accept."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools import ROOT, node

BINARIES = ROOT / "tests/agents/node_modules/.bin"
NODE = node.of_venv().executable


@contextmanager
def serving(fixtures: list[dict[str, Any]], folder: Path) -> Iterator[str]:
    """Serves the fixtures (first match wins); gives its address."""
    file = folder / "fixtures.json"
    file.write_text(json.dumps({"fixtures": fixtures}))
    command = [str(NODE), str(BINARIES / "llmock"), "-p", "0", "-f", str(file)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield _address(server)
    finally:
        server.terminate()
        server.communicate(timeout=10)


def _address(server: "subprocess.Popen[str]") -> str:
    assert server.stdout
    told = []
    for line in server.stdout:
        told.append(line)
        if "listening on " in line:
            return line.split("listening on ")[1].strip()
    raise AssertionError(f"the fake model did not start: {''.join(told)}")


def journal(address: str) -> list[dict[str, Any]]:
    """What was asked of the model, oldest first."""
    with urllib.request.urlopen(f"{address}/__aimock/journal", timeout=10) as answer:
        return json.load(answer)
