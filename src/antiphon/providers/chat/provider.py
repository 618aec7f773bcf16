"""`providers.base.Provider` for OpenRouter, for Gemini's API and for the models of this machine."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Agent, Capabilities, Launch, Limits, Readiness, Sink

if TYPE_CHECKING:
    from antiphon.providers.chat.driver import ChatDriver

MODES = ["ask", "accept-edits", "plan", "bypass"]


def entry(id: str, name: str, limits: Limits) -> AcpEntry:
    """How the agent is started: the same program for both, told apart by its setting."""
    return AcpEntry(
        id=id,
        name=name,
        command=["{python}", "-P", "-m", "antiphon.providers.chat"],
        modes=MODES,
        bypass_modes=["bypass"],
        images=True,
        files="text",
        warm=True,
        limits=limits,
    )


class ChatProvider:
    """Opens agents of one kind. Subclasses name the driver."""

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

    @cached_property
    def _driver(self) -> "ChatDriver":
        raise NotImplementedError

    async def readiness(self) -> Readiness:
        """See Provider."""
        return await self._driver.readiness()

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        """See Provider."""
        return await self._driver.open(launch, sink)


class OpenRouterProvider(ChatProvider):
    """The models of openrouter.ai, with a key of one's own."""

    def __init__(self) -> None:
        super().__init__(entry("openrouter", "OpenRouter", Limits(start=60.0, stall=300.0)))

    @cached_property
    def _driver(self) -> "ChatDriver":
        from antiphon.providers.chat.openrouter import OpenRouterDriver  # by the first who needs it

        return OpenRouterDriver(self._entry)


class GeminiApiProvider(ChatProvider):
    """Gemini's models with a key, where there is no Gemini CLI that runs."""

    def __init__(self) -> None:
        super().__init__(entry("gemini-api", "Gemini API", Limits(start=60.0, stall=300.0)))

    @cached_property
    def _driver(self) -> "ChatDriver":
        from antiphon.providers.chat.gemini_api import GeminiApiDriver  # by the first who needs it

        return GeminiApiDriver(self._entry)


class LocalProvider(ChatProvider):
    """The models that run on this machine, and on those that the operator lists."""

    def __init__(self, listed: Sequence[str] = ()) -> None:
        """`listed`: further addresses that may be asked."""
        # A large model takes minutes to load, and more to read a long prompt without a GPU.
        super().__init__(entry("localgpu", "Local models", Limits(start=60.0, stall=600.0)))
        self._listed = listed

    @cached_property
    def _driver(self) -> "ChatDriver":
        from antiphon.providers.chat.localgpu import LocalDriver  # by the first who needs it

        return LocalDriver(self._entry, self._listed)
