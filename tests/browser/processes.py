"""The agents' processes as the machine has them: found by the marker in their environment."""

import asyncio
import contextlib
import time

import psutil

from antiphon.providers.environment import MARKER


def agents_of(session: str) -> list[psutil.Process]:
    """Every process of the session's agents, the keeper first (it is the oldest)."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if f".{session}." in process.environ().get(MARKER, "") and _alive(process):
                found.append(process)
    return sorted(found, key=lambda process: (process.create_time(), process.pid))


def _alive(process: psutil.Process) -> bool:
    return process.status() != psutil.STATUS_ZOMBIE


async def all_gone(session: str, *, limit_s: float, noise_s: float = 2.0) -> float:
    """Seconds until no process of the session is left. `noise_s` is for a busy machine."""
    began = time.monotonic()
    left = agents_of(session)
    _, alive = await asyncio.to_thread(psutil.wait_procs, left, timeout=limit_s + noise_s)
    assert not [process for process in alive if _alive(process)], f"left behind: {alive}"
    assert not (late := agents_of(session)), f"left behind: {late}"
    return time.monotonic() - began


async def death_of(process: psutil.Process) -> float:
    """When it died: ms since the Unix epoch, as the page counts."""
    await asyncio.to_thread(process.wait, 60)
    return time.time() * 1000
