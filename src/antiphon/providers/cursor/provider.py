"""`providers.base.Provider` for Cursor: all of it that a start of the server loads."""

from functools import cached_property

from antiphon.providers import environment
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.provider import AcpProvider, Driver
from antiphon.providers.cursor import roads


class CursorProvider(AcpProvider):
    """Opens agents over the road that is there, and says which."""

    def __init__(self) -> None:
        super().__init__(roads.CLI)

    @property
    def _entry(self) -> AcpEntry:
        """That of the road that is open now; where none is, the CLI's, which a person would install."""
        return roads.road(environment.for_provider(roads.ID)) or roads.CLI

    @cached_property
    def _driver(self) -> Driver:
        from antiphon.providers.cursor.driver import CursorDriver  # by the first who needs one: no start does

        return CursorDriver()
