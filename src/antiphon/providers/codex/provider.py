"""`providers.base.Provider` for Codex."""

from functools import cached_property
from typing import TYPE_CHECKING

from antiphon.providers.base import Agent, Capabilities, Launch, Limits, Readiness, Sink
from antiphon.providers.codex import command, errors, modes
from antiphon.providers.login import Prepared

if TYPE_CHECKING:
    from antiphon.providers.codex.driver import CodexDriver


class CodexProvider:
    """Opens Codexes."""

    id = errors.PROVIDER
    name = errors.NAME
    capabilities = Capabilities(
        approvals=True,
        steer=True,
        resume=True,
        images=True,
        modes=modes.MODES,
        bypass_modes=modes.BYPASS,
        efforts=command.EFFORTS,
        fork="end",
        background=True,
        warm=True,
    )
    limits = Limits(start=60.0, stall=300.0)
    login = errors.LOGIN

    @cached_property
    def _driver(self) -> "CodexDriver":
        from antiphon.providers.codex.driver import CodexDriver  # by the first who needs it: no start does

        return CodexDriver(self.limits)

    async def readiness(self) -> Readiness:
        """See Provider."""
        return await self._driver.readiness()

    async def prepare_login(self) -> Prepared:
        """See SignsIn."""
        return await self._driver.prepare_login()

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        """See Provider."""
        return await self._driver.open(launch, sink)
