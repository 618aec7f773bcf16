"""`providers.base.Provider` for an ACP agent of the catalog."""

from functools import cached_property
from typing import Protocol

from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Agent, Capabilities, Launch, Limits, Readiness, Sink
from antiphon.providers.login import Login, Prepared


class Driver(Protocol):
    """The part of an AcpProvider that runs programs and asks servers."""

    async def readiness(self) -> Readiness:
        """See Provider."""
        ...

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        """See Provider."""
        ...


class AcpProvider:
    """Opens agents of one kind. Subclasses name another driver."""

    def __init__(self, entry: AcpEntry) -> None:
        self._known = entry

    @property
    def _entry(self) -> AcpEntry:
        """How it is started now."""
        return self._known

    @property
    def id(self) -> str:
        """See Provider."""
        return self._known.id

    @property
    def name(self) -> str:
        """See Provider."""
        return self._known.name

    @property
    def capabilities(self) -> Capabilities:
        """See Provider."""
        return self._entry.capabilities

    @property
    def limits(self) -> Limits:
        """See Provider."""
        return self._known.limits

    @property
    def login(self) -> Login | None:
        """See SignsIn."""
        return self._entry.login

    async def prepare_login(self) -> Prepared:
        """See SignsIn."""
        entry = self._entry
        assert entry.login is not None
        return entry.login_prepared(entry.login)

    @cached_property
    def _driver(self) -> Driver:
        from antiphon.providers.acp.driver import AcpDriver  # by the first who needs one: no start does

        return AcpDriver(self._known)

    async def readiness(self) -> Readiness:
        """See Provider."""
        return await self._driver.readiness()

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        """See Provider."""
        return await self._driver.open(launch, sink)
