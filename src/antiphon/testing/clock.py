"""Time that stands still until a test moves it."""

import asyncio
import heapq
from itertools import count

SETTLE_TURNS = 50
"""Rounds of the event loop given to whoever was woken."""


class ManualClock:
    """A `Clock` whose hands the test turns."""

    def __init__(self, now: int = 1_700_000_000_000) -> None:
        self._start = now
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> int:
        return self._start + round(self._elapsed * 1000)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        until: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + max(seconds, 0), next(self._order), until))
        await until

    async def advance(self, seconds: float) -> None:
        """Let so much time pass: whoever slept until within it wakes, in order, at its own moment."""
        until = self._elapsed + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, sleeper = heapq.heappop(self._sleepers)
            self._elapsed = max(self._elapsed, at)
            if not sleeper.done():
                sleeper.set_result(None)
            await settle()
        self._elapsed = until
        await settle()


async def settle() -> None:
    """Let all that can run in this event loop run (not: what waits for threads or processes)."""
    for _ in range(SETTLE_TURNS):
        await asyncio.sleep(0)
