"""What was said, on disk and outside the project, so that a new process can go on with it."""

import json
import os
import uuid
from pathlib import Path
from typing import Any


class Memory:
    """One conversation: a file of JSON lines `{"role": "user"|"agent", "text": …}`."""

    def __init__(self, id: str, file: Path, said: list[dict[str, Any]]) -> None:
        self.id = id
        self._file = file
        self.said = said

    @classmethod
    def new(cls) -> "Memory":
        """A conversation not begun."""
        id = uuid.uuid4().hex
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder() / f"{id}.jsonl"
        file.touch(mode=0o600)
        return cls(id, file, [])

    @classmethod
    def load(cls, id: str) -> "Memory | None":
        """The conversation by this id; None: there is none."""
        file = folder() / f"{id}.jsonl"
        if not id.isalnum() or not file.is_file():
            return None
        lines = file.read_text().splitlines()
        return cls(id, file, [json.loads(line) for line in lines if line.endswith("}")])

    def add(self, role: str, text: str) -> None:
        """Remember what was said, at once: the next moment may be a crash."""
        said = {"role": role, "text": text}
        self.said.append(said)
        with self._file.open("a") as opened:
            opened.write(json.dumps(said) + "\n")

    @property
    def prompts(self) -> list[str]:
        """What the person said."""
        return [said["text"] for said in self.said if said["role"] == "user"]


def folder() -> Path:
    """Where conversations are kept."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "antiphon" / "practice"
