"""`providers.base.Provider` for Claude Code."""

from functools import cached_property
from typing import TYPE_CHECKING

from antiphon.providers.base import Agent, Capabilities, Launch, Limits, Readiness, Sink
from antiphon.providers.claude import command, errors
from antiphon.providers.login import Prepared

if TYPE_CHECKING:
    from antiphon.providers.claude.driver import ClaudeDriver


class ClaudeProvider:
    """Opens Claude Codes."""

    id = errors.PROVIDER
    name = errors.NAME
    capabilities = Capabilities(
        approvals=True,
        steer=True,
        resume=True,
        images=True,
        modes=command.MODES,
        bypass_modes=command.BYPASS,
        models=("default", "opus", "sonnet", "haiku"),
        efforts=command.EFFORTS,
        fork="anywhere",
        restore=True,
        background=True,
        warm=True,
    )
    limits = Limits(start=60.0, stall=300.0)
    login = errors.LOGIN

    @cached_property
    def _driver(self) -> "ClaudeDriver":
        from antiphon.providers.claude.driver import ClaudeDriver  # by the first who needs it: no start does

        return ClaudeDriver(self.capabilities.models, self.limits)

    async def readiness(self) -> Readiness:
        """See Provider."""
        return await self._driver.readiness()

    async def prepare_login(self) -> Prepared:
        """See SignsIn."""
        return await self._driver.prepare_login()

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        """See Provider."""
        return await self._driver.open(launch, sink)
