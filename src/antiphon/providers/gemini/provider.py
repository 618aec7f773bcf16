"""`providers.base.Provider` for the Gemini CLI."""

from functools import cached_property

from antiphon.providers.acp.provider import AcpProvider, Driver


class GeminiProvider(AcpProvider):
    """An ACP agent of the catalog, whose sign-in is known."""

    @cached_property
    def _driver(self) -> Driver:
        from antiphon.providers.gemini.driver import GeminiDriver  # by the first who needs one: no start does

        return GeminiDriver(self._entry)
