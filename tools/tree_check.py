"""What may stand in a committed file: nothing of one machine, nothing large, no name that says nothing."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools import ROOT

LARGEST_BYTES = 600_000

ADDRESSES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|npm[m]irror|deb\.debian\.org"
    r"|dev[p]i|arti[f]actory|nexus\.\w"
)
"""Hosts of package registries and mirrors: each who installs has their own."""

PATHS = re.compile(r"(?<![\w./~])/(?:root|work|opt/(?:pypi|wheels|venv))(?=[/\s\"'`)\]]|$)", re.MULTILINE)
"""Folders of the machine that somebody worked on."""

EMPTY_WORDS = {"manager", "service", "handler", "utils", "helper", "helpers", "data", "info", "common"}
"""Words that are no names: they fit everything, and so say nothing."""

EMPTY_CLASS = re.compile(
    r"^\s*(?:export )?class (\w*(?:Manager|Service|Handler|Utils|Helper))\b", re.MULTILINE
)

LEFTOVERS = {".db", ".log", ".sqlite", ".sqlite3", ".pyc", ".whl", ".tgz"}


def problems() -> list[str]:
    """What should not stand in the tree; empty when all is well."""
    return [problem for path in committed() for problem in _problems_of(path)]


def committed(*patterns: str) -> list[Path]:
    """Tracked files and those that a commit would take in; with patterns, those that match one."""
    # The checkout may belong to another user (in a container): git would refuse to read it.
    git = ["git", "-c", f"safe.directory={ROOT}"]
    listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    done = subprocess.run([*git, *listing], cwd=ROOT, capture_output=True, text=True, check=True)
    names = done.stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def _problems_of(path: Path) -> Iterator[str]:
    name = path.relative_to(ROOT).as_posix()
    content = path.read_bytes()
    if len(content) > LARGEST_BYTES:
        yield f"{name}: {len(content) // 1000} kB; the limit is {LARGEST_BYTES // 1000} kB"
    if path.suffix in LEFTOVERS:
        yield f"{name}: made by running or building, not to be committed"
    if path.stem.lower() in EMPTY_WORDS:
        yield f"{name}: `{path.stem}` is no name; say what is in it"
    if b"\0" not in content[:8192]:
        yield from _problems_in(name, content.decode("utf-8", "replace"))


def _problems_in(name: str, text: str) -> Iterator[str]:
    for what, pattern in (("a registry's address", ADDRESSES), ("one machine's path", PATHS)):
        for match in pattern.finditer(text):
            yield f"{_place(name, text, match)}: {what}: {match[0]}"
    for match in EMPTY_CLASS.finditer(text) if name.endswith((".py", ".ts", ".tsx")) else ():
        yield f"{_place(name, text, match)}: `{match[1]}` ends in a word that says nothing"


def _place(name: str, text: str, match: re.Match[str]) -> str:
    return f"{name}:{text.count(chr(10), 0, match.start()) + 1}"
