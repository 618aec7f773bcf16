"""Agents made ready before the first prompt, for sessions that somebody looks at.

1. Only in a folder that a person trusts, and only agents whose start costs nobody anything
   (`Capabilities.warm`) and needs no consent, in no mode that the server forbids. An agent that
   has lost the conversation waits for a person to choose.
2. At most three of them are idle. The longest idle one that nobody looks at goes first; one that
   runs a turn or a background task is not idle.
3. A start that failed is told once, and tried again by the next prompt, or by whoever looks at
   the session a minute later.
"""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from antiphon.clock import Clock
from antiphon.presence import missing
from antiphon.sessions.hub import Hub
from antiphon.sessions.session import Session

AGENTS = 3
"""Idle ones at most."""
SETTLE_SECONDS = 0.3
"""For a person to look at a session before its agent starts: clicking through a list starts nothing."""
AGAIN_SECONDS = 60.0
"""After a start that failed until looking at the session starts it again."""


class Warmer:
    """Keeps agents ready, and not too many."""

    def __init__(self, clock: Clock, hub: Hub, sessions: Callable[[], Iterable[Session]]) -> None:
        self._clock, self._hub, self._sessions = clock, hub, sessions
        self._choosing = asyncio.Lock()

    async def looked_at(self, session: Session) -> None:
        """Somebody looks at the session: have its agent ready, if they still look in a moment."""
        session.idle_since = self._clock.monotonic()
        # Whether it is wanted is asked afterwards: just now its lock may be held for something that is soon over.
        await self._clock.sleep(SETTLE_SECONDS)
        if not self._wanted(session) or await missing(Path(session.row.project_path)):
            return
        async with self._choosing:
            if not self._hub.followed(session.id) or not self._wanted(session):
                return
            await self.make_room(session)
            session.chore(session.warm())

    def _wanted(self, session: Session) -> bool:
        row, slot = session.row, session.slot
        can = session.provider.capabilities
        if not can.warm or can.consent or session.busy or session.stopping or slot.lost:
            return False
        if slot.taken and not slot.relaunch:
            return False
        if session.state.elsewhere or session.forbidden_mode:
            return False
        if slot.failed and self._clock.monotonic() - slot.failed.at < AGAIN_SECONDS:
            return False
        return row.project_trusted and row.trashed_at is None

    async def make_room(self, besides: Session | None = None) -> None:
        """Retire what is idle beyond the limit; `besides` is about to have an agent."""
        idle = [session for session in self._sessions() if session is not besides and self._idle(session)]
        idle.sort(key=lambda session: (self._hub.followed(session.id), session.idle_since))
        room = AGENTS - 1 if besides else AGENTS
        for session in idle[: max(len(idle) - room, 0)]:
            await session.retire_idle()

    def _idle(self, session: Session) -> bool:
        return session.provider.capabilities.warm and session.slot.taken and not session.busy
