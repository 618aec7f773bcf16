"""Files of agents' conversations that somebody looks at: looked at again each second."""

import asyncio
from collections.abc import Mapping

import structlog

from antiphon.clock import Clock
from antiphon.providers.archive import Archive
from antiphon.sessions.hub import Hub
from antiphon.sessions.importing_follow import Follower
from antiphon.sessions.session import Session

LOOK_SECONDS = 1.0

_logger = structlog.get_logger(__name__)


class Followers:
    """Those of all open sessions. All methods belong to the event loop."""

    def __init__(self, clock: Clock, hub: Hub, archives: Mapping[str, Archive]) -> None:
        self._clock, self._hub, self._archives = clock, hub, archives
        self._followers: dict[str, Follower] = {}

    def of(self, session: Session) -> Follower | None:
        """A follower for a session that was just opened; None: its agent has no record that we read."""
        archive = self._archives.get(session.row.provider)
        if archive is None:
            return None
        follower = self._followers[session.id] = Follower(session, archive)
        return follower

    async def run(self) -> None:
        """Follow what is looked at, for ever."""
        while self._archives:
            await self._clock.sleep(LOOK_SECONDS)
            for follower in tuple(self._followers.values()):
                if self._hub.followed(follower.session.id) or follower.following:
                    await self._look(follower)

    async def _look(self, follower: Follower) -> None:
        try:
            await follower.look()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # one session's trouble is not the others'
            _logger.exception("follow-failed", session=follower.session.id)
            follower.tell(f"{type(error).__name__}: {error}")
