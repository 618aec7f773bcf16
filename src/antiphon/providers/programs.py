"""A program that is an agent, or tells something of one."""

from collections.abc import Sequence

from msgspec import Struct

from antiphon.model.failures import Action


class Program(Struct, frozen=True, kw_only=True):
    """What to start, and what to tell the person when it cannot be."""

    provider: str
    name: str
    command: Sequence[str]
    install: Action | None = None
