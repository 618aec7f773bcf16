"""`providers.base.Provider` for OpenRouter, for Gemini's API and for the models of this machine."""

from collections.abc import Sequence
from functools import cached_property

from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.provider import AcpProvider, Driver
from antiphon.providers.base import Limits
from antiphon.providers.chat import permission


def entry(id: str, name: str, limits: Limits) -> AcpEntry:
    """How the agent is started: the same program for both, told apart by its setting."""
    return AcpEntry(
        id=id,
        name=name,
        command=["{python}", "-P", "-m", "antiphon.providers.chat"],
        modes=[id for id, *_ in permission.MODES],
        bypass_modes=["bypass"],
        images=True,
        files="text",
        fork="log",
        warm=True,
        limits=limits,
    )


class OpenRouterProvider(AcpProvider):
    """The models of openrouter.ai, with a key of one's own."""

    def __init__(self) -> None:
        super().__init__(entry("openrouter", "OpenRouter", Limits(start=60.0, stall=300.0)))

    @cached_property
    def _driver(self) -> Driver:
        from antiphon.providers.chat.openrouter import OpenRouterDriver  # by the first who needs it

        return OpenRouterDriver(self._entry)


class GeminiApiProvider(AcpProvider):
    """Gemini's models with a key, where there is no Gemini CLI that runs."""

    def __init__(self) -> None:
        super().__init__(entry("gemini-api", "Gemini API", Limits(start=60.0, stall=300.0)))

    @cached_property
    def _driver(self) -> Driver:
        from antiphon.providers.chat.gemini_api import GeminiApiDriver  # by the first who needs it

        return GeminiApiDriver(self._entry)


class LocalProvider(AcpProvider):
    """The models that run on this machine, and on those that the operator lists."""

    def __init__(self, listed: Sequence[str] = ()) -> None:
        """`listed`: further addresses that may be asked."""
        # A large model takes minutes to load, and more to read a long prompt without a GPU.
        super().__init__(entry("localgpu", "Local models", Limits(start=60.0, stall=600.0)))
        self._listed = listed

    @cached_property
    def _driver(self) -> Driver:
        from antiphon.providers.chat.localgpu import LocalDriver  # by the first who needs it

        return LocalDriver(self._entry, self._listed)
