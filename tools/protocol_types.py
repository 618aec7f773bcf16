"""web/src/protocol.ts: the wire's types for the page, made from the server's own (msgspec)."""

import functools
import json
import os
import subprocess
from typing import Any

from tools import ROOT, node
from tools.environment import PYTHON
from tools.page import WEB
from tools.steps import Stop, say

TARGET = WEB / "src/protocol.ts"
LIMIT_SECONDS = 120


def write() -> None:
    """Makes the file anew."""
    made = _generate()
    if TARGET.exists() and TARGET.read_text() == made:
        say(f"{TARGET.relative_to(ROOT)} is up to date")
        return
    TARGET.write_text(made)
    say(f"wrote {TARGET.relative_to(ROOT)}")


def problem() -> str:
    """What is wrong with the file as it stands; empty when nothing is."""
    made = _generate()
    if not TARGET.exists() or TARGET.read_text() != made:
        return f"{TARGET.relative_to(ROOT)} is not what the server's types say: ./dev gen"
    return ""


def _generate() -> str:
    found = node.of_venv()
    script = WEB / "scripts/protocol.mjs"
    return _output([str(found.executable), str(script)], given=json.dumps(schema()))


@functools.cache
def schema() -> dict[str, Any]:
    """The wire's JSON Schema, `{"$defs": {name: schema}}`; Stop while the server cannot give it."""
    if not (ROOT / "src/antiphon/server/schema.py").exists():
        raise Stop("src/antiphon/server/schema.py is not there, which prints the wire's JSON Schema")
    made: dict[str, Any] = json.loads(_output([str(PYTHON), "-m", "antiphon.server.schema"]))
    return made


def message_types() -> set[str]:
    """Every word that stands in a `type` field on the wire."""
    found: set[str] = set()
    for definition in schema()["$defs"].values():
        kind = definition.get("properties", {}).get("type", {})
        found.update(kind.get("enum", []))
    return found


def _output(argv: list[str], given: str = "") -> str:
    # From the sources: the types can be made while the page, which needs them, does not build.
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        argv, cwd=ROOT, env=env, input=given, capture_output=True, text=True, timeout=LIMIT_SECONDS
    )
    if done.returncode:
        raise Stop(f"{' '.join(argv)} failed:\n{done.stderr.strip()}")
    return done.stdout
