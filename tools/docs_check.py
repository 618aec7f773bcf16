"""Whether the docs are whole: links lead somewhere, promises name tests that exist, no word is missing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools import ROOT, protocol_types, tree_check

ARCHITECTURE = ROOT / "docs/architecture.md"
PROTOCOL = ROOT / "docs/protocol.md"
GLOSSARY = ROOT / "docs/glossary.md"
STORIES = ROOT / "docs/stories.md"

PROMISES = range(1, 11)

WORDS = [
    *(
        "provider",
        "agent",
        "session",
        "project",
        "turn",
        "item",
        "event",
        "delta",
        "approval",
        "steer",
        "cancel",
    ),
    *("seq", "epoch", "cursor", "head", "log", "hub", "subscription", "wake-up", "keeper", "failure"),
]
"""Each has one meaning in code, wire and page; docs/glossary.md says which."""

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|(?:src|href)=\"([^\"]+)\"")
TEST = re.compile(r"`((?:tests|web)/[^`:]+\.(?:py|tsx?))::([^`]+)`")
HEADING = re.compile(r"^#{2,6} .*$", re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def problems() -> list[str]:
    """What is missing or leads nowhere; empty when all is well."""
    return [*_broken_links(), *_promises(), *_protocol(), *_stories(), *_glossary()]


def _broken_links() -> Iterator[str]:
    for path in tree_check.committed("*.md"):
        text = path.read_text(encoding="utf-8")
        for found in LINK.finditer(FENCE.sub("", text)):
            target = found[1] or found[2]
            if not re.match(r"[a-z]+:|//", target):
                yield from _broken_link(path, target)


def _broken_link(path: Path, target: str) -> Iterator[str]:
    place, _, anchor = target.partition("#")
    wanted = (path.parent / place).resolve() if place else path
    if not wanted.exists():
        yield f"{path.relative_to(ROOT)}: the link {target} leads nowhere"
    elif anchor and wanted.suffix == ".md" and anchor not in _anchors(wanted):
        yield f"{path.relative_to(ROOT)}: {target}: there is no such heading"


def _anchors(path: Path) -> set[str]:
    """The headings' anchors, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def _promises() -> Iterator[str]:
    text = _read(ARCHITECTURE)
    if text is None:
        yield "docs/architecture.md is missing"
        return
    rows = {int(row[1]): row[0] for row in re.finditer(r"^\|\s*\**(\d+)\b.*$", text, re.MULTILINE)}
    for number in PROMISES:
        if not TEST.search(rows.get(number, "")):
            yield f"docs/architecture.md: promise {number} names no test (`tests/a.py::test_b`)"
    yield from _tests_are_there(ARCHITECTURE, text)


def _roads(text: str) -> Iterator[str]:
    """Each road into an agent has its test."""
    section = re.search(r"^## Roads into an agent$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (?!Road\b)([^|]+?) \|(.*)$", section[1], re.MULTILINE) if section else []
    if not rows:
        yield "docs/protocol.md has no table of the roads into an agent"
    for road, row in rows:
        if not TEST.search(row):
            yield f"docs/protocol.md: the road “{road}” names no test (`tests/a.py::test_b`)"
    yield from _tests_are_there(PROTOCOL, text)


def _stories() -> Iterator[str]:
    """Each story has its tests."""
    text = _read(STORIES)
    if text is None:
        yield "docs/stories.md is missing"
        return
    sections = re.findall(r"^## (\d+\. [^\n]*)$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not sections:
        yield "docs/stories.md has no story (`## 1. …`)"
    for name, section in sections:
        if not TEST.search(section):
            yield f"docs/stories.md: the story “{name}” names no test (`tests/a.py::test_b`)"
    yield from _tests_are_there(STORIES, text)


def _tests_are_there(doc: Path, text: str) -> Iterator[str]:
    for place, name in sorted(set(TEST.findall(text))):
        if not _has_test(ROOT / place, name):
            yield f"docs/{doc.name}: there is no test {place}::{name}"


def _has_test(path: Path, name: str) -> bool:
    if not path.exists():
        return False
    text = path.read_text(encoding="utf-8")
    return name.split("[")[0] in _python_tests(text) if path.suffix == ".py" else name in text


def _python_tests(text: str) -> set[str]:
    found: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            inner = (part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef))
            found.update(f"{node.name}::{part.name}" for part in inner)
    return found


def _protocol() -> Iterator[str]:
    text = _read(PROTOCOL)
    if text is None:
        yield "docs/protocol.md is missing"
        return
    headings = " ".join(HEADING.findall(text))
    for word in sorted(protocol_types.message_types()):
        if f"`{word}`" not in headings:
            yield f"docs/protocol.md: no heading names `{word}`"
    yield from _roads(text)


def _glossary() -> Iterator[str]:
    text = _read(GLOSSARY)
    if text is None:
        yield "docs/glossary.md is missing"
        return
    for word in WORDS:
        if not re.search(rf"^(?:#+ |[-*|] *)\**`?{word}\b", text, re.MULTILINE | re.IGNORECASE):
            yield f"docs/glossary.md does not say what `{word}` means"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
