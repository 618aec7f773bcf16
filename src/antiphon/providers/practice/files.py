"""The project's files, and nothing outside it: no path and no symbolic link leads out."""

import os
from collections.abc import Iterator
from pathlib import Path

SKIPPED = frozenset({".git", "node_modules", "__pycache__", ".venv"})
READ_LIMIT = 256 * 1024
"""Bytes shown of one file."""
MATCH_LIMIT = 200
LIST_LIMIT = 500


class Refused(Exception):
    """What the person asked for cannot be done: {message}"""


def inside(root: Path, path: str) -> Path:
    """The full path. Raises Refused when it leads outside the project."""
    home = root.resolve()
    found = (home / path).resolve()
    if not found.is_relative_to(home):
        raise Refused(f"`{path}` is outside this project; I only work inside it.")
    return found


def listing(root: Path, path: str) -> list[str]:
    """Names in a folder, folders with a slash at their end. Raises Refused."""
    folder = inside(root, path)
    if folder.is_file():
        return [path]
    if not folder.is_dir():
        raise Refused(f"There is no folder `{path}`.")
    names = sorted(f"{each.name}/" if each.is_dir() else each.name for each in folder.iterdir())
    more = len(names) - LIST_LIMIT
    return names[:LIST_LIMIT] + ([f"… and {more} more"] if more > 0 else [])


def read(root: Path, path: str) -> str:
    """A text file, cut at READ_LIMIT. Raises Refused."""
    file = inside(root, path)
    if not file.is_file():
        raise Refused(f"There is no file `{path}`.")
    with file.open("rb") as opened:
        content = opened.read(READ_LIMIT + 1)
    if b"\0" in content:
        raise Refused(f"`{path}` is not a text file.")
    text = content[:READ_LIMIT].decode(errors="replace")
    return text + ("\n… (cut here)\n" if len(content) > READ_LIMIT else "")


def before(root: Path, path: str) -> str | None:
    """The whole text of a file that is to be changed; None: there is none yet. Raises Refused."""
    file = inside(root, path)
    if not file.exists():
        return None
    if not file.is_file() or file.stat().st_size > READ_LIMIT:
        raise Refused(f"`{path}` is no file that I could change.")
    try:
        return file.read_text()
    except UnicodeDecodeError:
        raise Refused(f"`{path}` is not a text file.") from None


def write(root: Path, path: str, text: str) -> None:
    """Write the file, and the folders it needs. Raises Refused."""
    file = inside(root, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with open(os.open(file, flags, 0o666), "w") as opened:
        opened.write(text)


def search(root: Path, path: str, words: str) -> list[tuple[str, int, str]]:
    """(file, line number, line) where the words occur, ignoring case. Raises Refused."""
    found: list[tuple[str, int, str]] = []
    for file in _texts(inside(root, path), root.resolve()):
        for number, line in enumerate(file.read_text(errors="ignore").splitlines(), 1):
            if words.lower() in line.lower():
                found.append((str(file.relative_to(root.resolve())), number, line.strip()[:200]))
                if len(found) == MATCH_LIMIT:
                    return found
    return found


def _texts(start: Path, home: Path) -> Iterator[Path]:
    if start.is_file():
        yield start
    for folder, folders, names in os.walk(start):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            file = Path(folder, name)
            if file.resolve().is_relative_to(home) and file.is_file() and file.stat().st_size <= READ_LIMIT:
                yield file
