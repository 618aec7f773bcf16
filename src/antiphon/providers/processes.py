"""Processes found and ended from outside: strays of a turn, and what an earlier server left.

Every agent's descendants carry its marker in their environment, and the keeper is their
ancestor; either finds them. Pids are reused, so a process is known by (pid, start time).
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import psutil
from msgspec import Struct

from antiphon.providers.environment import MARKER

PROC = Path("/proc")
LINUX = sys.platform == "linux"
START_TOLERANCE_S = 2.0
"""psutil derives start times from the boot time, which moves when the clock is set."""
GRACE_S = 0.5
"""Between TERM and KILL."""
LIMIT_S = 3.0
"""After which we stop looking for more: what KILL does not end is stuck in the kernel."""
TICK_S = 0.02
SETTLE_S = 0.05
"""For what is just ending by itself: that is no stray."""


class Seen(Struct, frozen=True):
    """A process as it was seen."""

    pid: int
    start_time: float
    """Seconds since the Unix epoch, as psutil gives it."""
    command: str = ""
    """For people: its command line, shortened."""


def look(pid: int) -> Seen | None:
    """The process by this pid; None when it is gone (or dead and not yet collected)."""
    try:
        found = psutil.Process(pid)
        with found.oneshot():
            if found.status() == psutil.STATUS_ZOMBIE:
                return None
            return Seen(pid, found.create_time(), " ".join(found.cmdline())[:200] or found.name())
    except psutil.Error:
        return None


def is_same(seen: Seen) -> bool:
    """Whether it still runs, and is not another by the same pid."""
    now = look(seen.pid)
    return now is not None and abs(now.start_time - seen.start_time) < START_TOLERANCE_S


def descendants(of: int) -> list[Seen]:
    """All living processes below this one."""
    pids = _below(of)
    return [seen for pid in pids if (seen := look(pid))]


def _below(of: int) -> list[int]:
    if not (PROC / str(of) / "task" / str(of) / "children").exists():
        with contextlib.suppress(psutil.Error):
            return [child.pid for child in psutil.Process(of).children(recursive=True)]
        return []
    found = _children(of)
    for pid in found:
        found += _children(pid)
    return found


def _children(pid: int) -> list[int]:
    """From /proc: much quicker than psutil, which reads every process of the machine."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in (PROC / str(pid) / "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def marked(markers: Iterable[str]) -> list[Seen]:
    """All living processes whose environment carries one of the markers. Takes milliseconds: use a thread."""
    wanted = frozenset(markers)
    me = os.getpid()
    return [seen for pid in psutil.pids() if pid != me and _marker(pid) in wanted and (seen := look(pid))]


def _marker(pid: int) -> str | None:
    """The process's marker; None when it has none or may not be read."""
    try:
        if LINUX:
            name = f"{MARKER}=".encode()
            for entry in (PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                if entry.startswith(name):
                    return entry[len(name) :].decode(errors="replace")
            return None
        return psutil.Process(pid).environ().get(MARKER)
    except (OSError, psutil.Error):
        return None


def end(find: Callable[[], list[Seen]]) -> list[Seen]:
    """End what `find` finds, TERM then KILL, until it finds nothing; blocks at most LIMIT_S: use a thread.

    Returns what was found. It looks once more after that: a process in the middle of its exec has no environment to
    be known by.
    """
    began = time.monotonic()
    ended: dict[int, Seen] = {}
    while left := find() or (find() if ended and not time.sleep(TICK_S) else []):
        waited = time.monotonic() - began
        if waited > LIMIT_S:
            break
        for seen in left:
            if waited > GRACE_S:
                _send(seen, psutil.Process.kill)
            elif seen.pid not in ended:
                _send(seen, psutil.Process.terminate, psutil.Process.resume)
            ended[seen.pid] = seen
        time.sleep(TICK_S)
    return list(ended.values())


def _send(seen: Seen, *signals: Callable[[psutil.Process], None]) -> None:
    """Signal the process, if it is still the one that was seen."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(seen.pid)
        if abs(process.create_time() - seen.start_time) < START_TOLERANCE_S:
            for signal in signals:
                signal(process)


def end_marked(markers: Iterable[str]) -> list[Seen]:
    """End all processes that carry one of the markers. Blocks: use a thread."""
    wanted = frozenset(markers)
    return end(lambda: marked(wanted)) if wanted else []


def end_strays(keeper: int, before: Mapping[int, float], *, orphans: bool = False) -> list[Seen]:
    """End what runs below the keeper and did not run before (pid → start time). Blocks: use a thread.

    `orphans`: spare what is below the keeper's first child, the agent.
    """

    def strays() -> list[Seen]:
        agent = _children(keeper)[:1] if orphans else []
        spared = {*agent, *(pid for each in agent for pid in _below(each))}
        return [s for s in descendants(keeper) if before.get(s.pid) != s.start_time and s.pid not in spared]

    if strays():
        time.sleep(SETTLE_S)
    return end(strays)
