"""No silent wait (promise 6): tells when a turn shows no sign of life.

The rules, all in monotonic seconds:

1. After `silence` without a sign of life the turn is stalled: told once.
2. After `stall` without one it is over: told once.
3. The clocks stand still while anything is open that takes its own time: an approval, a tool.
   When the last of them closes, they start anew.
4. A sign of life after a stall is told, and starts the clocks anew.
5. While the agent waits to try its model again, silence counts from the moment it said it would.
6. A person's *Wait* starts them anew too: one more full `stall`.
"""

from collections.abc import Callable
from typing import Literal

from antiphon.clock import Clock

Verdict = Literal["stalled", "over"]


class Silence:
    """The rules without time of their own."""

    def __init__(self, now: float, silence: float, stall: float) -> None:
        self._silence, self._stall = silence, stall
        self._last = now
        self._open: set[str] = set()
        self.stalled = False

    @property
    def since(self) -> float:
        """The last sign of life."""
        return self._last

    @property
    def deadline(self) -> float | None:
        """When to look again; None: not before something changes."""
        if self._open:
            return None
        return self._last + (self._stall if self.stalled else self._silence)

    def alive(self, now: float) -> bool:
        """A sign of life. True: it ends a stall."""
        was, self.stalled, self._last = self.stalled, False, now
        return was

    def opened(self, what: str) -> None:
        """Something begins that takes its own time."""
        self._open.add(what)

    def closed(self, what: str, now: float) -> None:
        """It is done."""
        if what in self._open:
            self._open.discard(what)
            self._last = now

    def look(self, now: float) -> Verdict | None:
        """What there is to tell at this moment."""
        if self._open:
            return None
        if now - self._last >= self._stall:
            return "over"
        if not self.stalled and now - self._last >= self._silence:
            self.stalled = True
            return "stalled"
        return None


async def watch(clock: Clock, silence: Silence, stalled: Callable[[], None], pause: float = 1.0) -> None:
    """Look after a turn; returns when it is over. `stalled` is called at each stall.

    While the clocks stand still it looks again every `pause` seconds.
    """
    while True:
        now = clock.monotonic()
        verdict = silence.look(now)
        if verdict == "over":
            return
        if verdict == "stalled":
            stalled()
        deadline = silence.deadline
        await clock.sleep(pause if deadline is None else max(deadline - now, 0.005))
