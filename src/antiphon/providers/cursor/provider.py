"""`providers.base.Provider` for Cursor: all of it that a start of the server loads."""

from functools import cached_property
from typing import TYPE_CHECKING

from antiphon.providers import environment
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Agent, Capabilities, Launch, Limits, Readiness, Sink
from antiphon.providers.cursor import roads
from antiphon.providers.login import Login, Prepared

if TYPE_CHECKING:
    from antiphon.providers.cursor.driver import CursorDriver


class CursorProvider:
    """Opens agents over the road that is there, and says which."""

    id = roads.ID
    name = roads.NAME

    @property
    def capabilities(self) -> Capabilities:
        """Those of the road that is open now; where none is, those of the CLI, which a person would install."""
        return self._entry.capabilities

    @property
    def limits(self) -> Limits:
        """See Provider."""
        return roads.CLI.limits

    @property
    def login(self) -> Login | None:
        """See SignsIn: that of the CLI."""
        return self._entry.login

    async def prepare_login(self) -> Prepared:
        """See SignsIn."""
        assert self.login is not None
        return self._entry.login_prepared(self.login)

    @property
    def _entry(self) -> AcpEntry:
        return roads.road(environment.for_provider(self.id)) or roads.CLI

    @cached_property
    def _driver(self) -> "CursorDriver":
        from antiphon.providers.cursor.driver import CursorDriver  # by the first who needs one: no start does

        return CursorDriver()

    async def readiness(self) -> Readiness:
        """See Provider."""
        return await self._driver.readiness()

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        """See Provider."""
        return await self._driver.open(launch, sink)
