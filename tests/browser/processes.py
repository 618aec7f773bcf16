"""The agents' processes as the machine has them: found by the marker in their environment."""

import asyncio
import contextlib
import time

import psutil

from antiphon.providers.environment import MARKER

LOOK_S = 0.01


def agents_of(session: str) -> list[psutil.Process]:
    """Every process of the session's agents, the keeper first (it is the oldest)."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if f".{session}." in process.environ().get(MARKER, "") and _alive(process):
                found.append(process)
    return sorted(found, key=lambda process: (process.create_time(), process.pid))


def _alive(process: psutil.Process) -> bool:
    """Dead and not collected yet is dead."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _wait(processes: list[psutil.Process], limit_s: float) -> list[psutil.Process]:
    """Wait until all are dead; what still lives after the limit. (Nothing tells of a stranger's death but looking.)"""
    until = time.monotonic() + limit_s
    while (left := [process for process in processes if _alive(process)]) and time.monotonic() < until:
        time.sleep(LOOK_S)
    return left


async def all_gone(session: str, *, limit_s: float, noise_s: float = 2.0) -> float:
    """Seconds until no process of the session is left. `noise_s` is for a busy machine."""
    began = time.monotonic()
    left = await asyncio.to_thread(_wait, agents_of(session), limit_s + noise_s)
    assert not left, f"left behind: {left}"
    assert not (late := agents_of(session)), f"left behind: {late}"
    return time.monotonic() - began


async def death_of(process: psutil.Process) -> float:
    """When it died: ms since the Unix epoch, as the page counts."""
    assert not await asyncio.to_thread(_wait, [process], 60), f"{process} lives on"
    return time.time() * 1000
