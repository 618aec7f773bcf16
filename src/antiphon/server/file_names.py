"""The names of a project's files, for whoever writes `@`: listed beside, found in a moment.

1. A folder is listed by git where it can be: what .gitignore names is left out. Elsewhere it is walked,
   without what tools put there by the thousand.
2. A list that is not fresh is made anew beside; who asks waits a moment for it, and gets the old one then.
3. At most LIMIT names are kept of a folder, those nearest to its top first.
"""

import asyncio
import bisect
import contextlib
import itertools
import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

LIMIT = 40_000
"""Names kept of one folder."""
FOLDERS = 8
"""Folders whose names are kept."""
FRESH_S = 2.0
WAIT_S = 0.04
"""How long who asks waits for a newer list, where there is an old one."""
LIST_S = 10.0
"""For one listing."""
GAPPED = 300
"""Names with gaps that are compared."""
HEAVY = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "target", "dist", "build"})
"""Folders that no person names a file of; folders that begin with a dot are left out, too."""
GIT = ("git", "-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
"""Without the monitor: it is a command that the folder itself may name."""


class Listing(Struct, frozen=True):
    """The names of a folder's files, with slashes, from its top."""

    names: Sequence[str]
    small: Sequence[str]
    """The same, in small letters."""
    text: str
    """Those, a line each: one search goes through all."""
    starts: Sequence[int]
    """Where each line begins."""
    more: bool
    """There are more than are here."""
    at: float
    """Monotonic seconds."""


class Found(Struct, frozen=True):
    """What fits, the best first."""

    names: list[str]
    more: bool
    """Not all files are known: there are too many."""


class FileNames:
    """All folders that were asked about lately."""

    def __init__(self) -> None:
        self._known: dict[Path, Listing] = {}
        self._under_way: dict[Path, asyncio.Task[Listing]] = {}

    async def find(self, folder: Path, typed: str, limit: int, *, trusted: bool) -> Found:
        """The files that fit what is typed. `trusted`: git may be run there."""
        listing = await self._listing(folder, trusted)
        names = await asyncio.to_thread(fitting, listing, typed, limit)
        return Found(names, listing.more)

    async def _listing(self, folder: Path, trusted: bool) -> Listing:
        known = self._known.get(folder)
        if known and time.monotonic() - known.at < FRESH_S:
            return known
        task = self._under_way.get(folder)
        if task is None:
            task = self._under_way[folder] = asyncio.create_task(self._look(folder, trusted))
        done, _ = await asyncio.wait({task}, timeout=WAIT_S if known else None)
        return task.result() if done or not known else known

    async def _look(self, folder: Path, trusted: bool) -> Listing:
        try:
            names = (await _by_git(folder) if trusted else None) or await asyncio.to_thread(_walked, folder)
            listing = await asyncio.to_thread(_listed, names)
            self._known.pop(folder, None)
            self._known[folder] = listing
            while len(self._known) > FOLDERS:
                del self._known[next(iter(self._known))]
            return listing
        finally:
            del self._under_way[folder]


def _listed(names: Sequence[str]) -> Listing:
    kept = sorted(names, key=lambda name: (name.count("/"), name.casefold()))[:LIMIT]
    small = [name.lower() for name in kept]
    starts = list(itertools.accumulate((len(name) + 1 for name in small), initial=0))
    return Listing(kept, small, "\n".join(small), starts, len(names) > LIMIT, time.monotonic())


async def _by_git(folder: Path) -> list[str] | None:
    """What git lists there; None where it is no checkout, or git is not here."""
    around = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    try:
        git = await asyncio.create_subprocess_exec(
            *GIT,
            cwd=folder,
            env={**around, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    assert git.stdout is not None
    names: list[str] = []
    try:
        async with asyncio.timeout(LIST_S):
            rest = b""
            while len(names) <= LIMIT and (read := await git.stdout.read(1 << 16)):
                *whole, rest = (rest + read).split(b"\0")
                names += [name.decode() for name in whole if _is_text(name)]
            if len(names) > LIMIT:
                return names
            return list(dict.fromkeys(names)) if await git.wait() == 0 else None
    except TimeoutError:
        return names or None
    finally:
        if git.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                git.kill()
            await git.wait()


def _is_text(name: bytes) -> bool:
    try:
        return name.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _walked(folder: Path) -> list[str]:
    """Level by level, so that what is near comes first however much there is."""
    names: list[str] = []
    level, end = [""], time.monotonic() + LIST_S
    while level and len(names) <= LIMIT and time.monotonic() < end:
        below: list[str] = []
        for inside in level:
            for entry in _entries(folder / inside):
                path = f"{inside}/{entry.name}" if inside else entry.name
                if not entry.is_dir(follow_symlinks=False):
                    names.append(path)
                elif not entry.name.startswith(".") and entry.name not in HEAVY:
                    below.append(path)
            if len(names) > LIMIT:
                break
        level = below
    return names


def _entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if entry.name.isprintable())
    except OSError:
        return


def fitting(listing: Listing, typed: str, limit: int) -> list[str]:
    """The names that fit: whose own name begins so, then holds it, then whose path does, then with gaps. Pure."""
    wanted = typed.lower().strip()
    if not wanted:
        return list(listing.names[:limit])
    ranks: tuple[list[int], list[int], list[int]] = ([], [], [])
    for at, name in enumerate(listing.small):
        if wanted in name:
            own = name.rfind(wanted) - name.rfind("/") - 1
            ranks[0 if own == 0 else 1 if own > 0 else 2].append(at)
            if len(ranks[0]) == limit:
                break
    found = [at for rank in ranks for at in rank][:limit]
    if len(found) < limit:
        found += _with_gaps(listing, wanted, limit - len(found), set(found))
    return [listing.names[at] for at in found]


def _with_gaps(listing: Listing, wanted: str, limit: int, known: set[int]) -> list[int]:
    """Where the letters come in order: those closest together first, in one name before over several."""
    lines = "".join(f"[^{re.escape(letter)}\\n]*{re.escape(letter)}" for letter in wanted)
    found: list[tuple[int, int]] = []
    for match in re.finditer(f"^{lines}", listing.text, re.MULTILINE):
        at = bisect.bisect_right(listing.starts, match.start()) - 1
        if at not in known:
            found.append((_spread(listing.small[at], wanted), at))
        if len(found) >= GAPPED:
            break
    return [at for _, at in sorted(found)[:limit]]


def _spread(name: str, wanted: str) -> int:
    """How far apart the letters are, looked for from the end; a folder between counts for much."""
    at = end = len(name)
    for letter in reversed(wanted):
        at = name.rfind(letter, 0, at)
        end = min(end, at) if end == len(name) else end
    return end - at + 100 * name.count("/", at, end)
