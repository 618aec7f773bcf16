"""`providers.base.Provider` for an ACP agent of the catalog."""

from functools import cached_property
from typing import TYPE_CHECKING

from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Agent, Capabilities, Launch, Limits, Readiness, Sink
from antiphon.providers.login import Login, Prepared

if TYPE_CHECKING:
    from antiphon.providers.acp.driver import AcpDriver


class AcpProvider:
    """Opens agents of one kind."""

    def __init__(self, entry: AcpEntry) -> None:
        self._entry = entry

    @property
    def id(self) -> str:
        """See Provider."""
        return self._entry.id

    @property
    def name(self) -> str:
        """See Provider."""
        return self._entry.name

    @property
    def capabilities(self) -> Capabilities:
        """See Provider."""
        return self._entry.capabilities

    @property
    def limits(self) -> Limits:
        """See Provider."""
        return self._entry.limits

    @property
    def login(self) -> Login | None:
        """See SignsIn."""
        return self._entry.login

    async def prepare_login(self) -> Prepared:
        """See SignsIn."""
        assert self.login is not None
        return self._entry.login_prepared(self.login)

    @cached_property
    def _driver(self) -> "AcpDriver":
        from antiphon.providers.acp.driver import AcpDriver  # by the first who needs one: no start does

        return AcpDriver(self._entry)

    async def readiness(self) -> Readiness:
        """See Provider."""
        return await self._driver.readiness()

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        """See Provider."""
        return await self._driver.open(launch, sink)
