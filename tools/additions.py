"""What a person added by `./dev add`. It is remembered, so that it comes back when .venv is made anew."""

from pathlib import Path

from tools import ROOT
from tools.steps import Stop

LOCKS = {"claude": ROOT / "requirements-claude.lock", "cursor": ROOT / "requirements-cursor.lock"}
"""What can be added → its lock, whose versions fit the other locks: pyproject.toml's extra of this name."""
RECORD = ROOT / ".tools/added"


def added() -> list[str]:
    """The names that were added."""
    names = RECORD.read_text().split() if RECORD.exists() else []
    return [name for name in LOCKS if name in names]


def locks() -> list[Path]:
    """What .venv holds beside its own lock."""
    return [LOCKS[name] for name in added()]


def record(names: list[str]) -> None:
    """Remembers exactly these. Stop when there is no such addition."""
    if unknown := [name for name in names if name not in LOCKS]:
        raise Stop(f"there is no {', '.join(unknown)} to add. There is: {', '.join(LOCKS)}.")
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text("".join(f"{name}\n" for name in names))
