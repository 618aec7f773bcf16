"""`providers.base.Provider` for the Gemini CLI."""

from functools import cached_property
from typing import TYPE_CHECKING

from antiphon.providers.acp.provider import AcpProvider

if TYPE_CHECKING:
    from antiphon.providers.gemini.driver import GeminiDriver


class GeminiProvider(AcpProvider):
    """An ACP agent of the catalog, whose sign-in is known."""

    @cached_property
    def _driver(self) -> "GeminiDriver":
        from antiphon.providers.gemini.driver import GeminiDriver  # by the first who needs one: no start does

        return GeminiDriver(self._entry)
