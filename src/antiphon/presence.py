"""Whether a project's folder is there, asked so that a drive that has gone away holds up nobody else.

A `stat` on a network mount whose server is dead blocks its thread, perhaps for ever. So:

1. Folders are looked at in threads of their own, which keep nothing from ending: neither the event loop nor the
   threads that everything else shares wait for a drive.
2. One look per folder at a time, shared by all who ask meanwhile: a dead drive costs a thread per folder, not per question.
3. LIMIT_SECONDS after a look began the folder is `silent`, at once for whoever asks later, until that look has come back.
4. A few threads do all looks. One that is held up counts no more, and whoever waits behind it has another.
"""

import asyncio
import contextlib
import errno
import os
import stat
import threading
import time
from collections import deque
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Literal

LIMIT_SECONDS = 2.0
"""For a folder to answer."""
THREADS = 4
"""That look at folders at a time, besides those that are held up."""
PATIENCE_SECONDS = 0.05
"""A look that nobody has come to by then gets a thread of its own."""

Presence = Literal["there", "closed", "no-folder", "gone", "silent"]
"""closed: it is there, and may not be read. silent: nobody knows, as its drive does not answer."""

MISSING: dict[Presence, str] = {
    "no-folder": "is no folder any more",
    "gone": "is not there any more",
    "silent": "does not answer (is it on a drive that has gone away?)",
}
"""What to tell people; the others can be worked with, or say why not."""

_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})
_CLOSED = frozenset({errno.EACCES, errno.EPERM})


async def presence(folder: Path) -> Presence:
    """How it is with the folder; known within LIMIT_SECONDS."""
    look = _looks.at(folder)
    await _heard(look, min(PATIENCE_SECONDS, look.seconds_left()))
    _looks.hurry(look)
    await _heard(look, look.seconds_left())
    return _looks.told(look)


def presence_now(folder: Path) -> Presence:
    """The same for a thread that may wait."""
    look = _looks.at(folder)
    wait({look.answer}, min(PATIENCE_SECONDS, look.seconds_left()))
    _looks.hurry(look)
    wait({look.answer}, look.seconds_left())
    return _looks.told(look)


async def missing(folder: Path) -> str:
    """Why there is no folder to work in, for people; empty: there is one."""
    return MISSING.get(await presence(folder), "")


class _Look:
    """One look at one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answer: Future[Presence] = Future()
        self.begun = False
        self.late = False
        """It took longer than the limit: its thread counts no more."""
        self._until = time.monotonic() + LIMIT_SECONDS

    def seconds_left(self) -> float:
        return max(self._until - time.monotonic(), 0.0)


class _Looks:
    """The looks under way, and the threads that do them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Path, _Look] = {}
        self._waiting: deque[_Look] = deque()
        self._free = 0
        """Threads that are not held up."""

    def at(self, folder: Path) -> _Look:
        """The look under way, else a new one."""
        with self._lock:
            look = self._under_way.get(folder)
            if look is None:
                look = self._under_way[folder] = _Look(folder)
                self._waiting.append(look)
                if self._free < THREADS:
                    self._add_thread()
            return look

    def hurry(self, look: _Look) -> None:
        """One more thread, where all that there are seem held up."""
        with self._lock:
            if not look.begun:
                self._add_thread()

    def told(self, look: _Look) -> Presence:
        """What it found, if it has; who asks has waited."""
        with self._lock:
            if look.answer.done():
                return look.answer.result()
            if look.begun and not look.late:
                look.late = True
                self._free -= 1
            return "silent"

    def _add_thread(self) -> None:
        threading.Thread(target=self._work, name="presence", daemon=True).start()
        self._free += 1

    def _work(self) -> None:
        while look := self._next():
            found = _seen(look.folder)
            with self._lock:
                del self._under_way[look.folder]
                look.answer.set_result(found)
            if look.late:
                return

    def _next(self) -> _Look | None:
        with self._lock:
            if not self._waiting:
                self._free -= 1
                return None
            look = self._waiting.popleft()
            look.begun = True
            return look


_looks = _Looks()


def _seen(folder: Path) -> Presence:
    """Blocks, for as long as the drive likes."""
    try:
        mode = os.stat(folder).st_mode
    except ValueError:  # no path at all
        return "gone"
    except OSError as error:  # others than these are a drive's: it is stale, or fails
        return "gone" if error.errno in _GONE else "closed" if error.errno in _CLOSED else "silent"
    if not stat.S_ISDIR(mode):
        return "no-folder"
    return "there" if os.access(folder, os.R_OK | os.X_OK) else "closed"


async def _heard(look: _Look, seconds: float) -> None:
    """Wait for its answer, so long at most."""
    if seconds <= 0 or look.answer.done():
        return
    loop, answered = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: "Future[Presence]") -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(answered.set)

    look.answer.add_done_callback(tell)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await answered.wait()
