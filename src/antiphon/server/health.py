"""Whether the server is up: answered by the front itself, so that it waits for nothing else."""

from typing import Literal

from msgspec import Struct

from antiphon import __version__


class Health(Struct, frozen=True, kw_only=True, rename="camel"):
    """The server is up."""

    status: Literal["ok"]
    version: str


HEALTHY = Health(status="ok", version=__version__)
