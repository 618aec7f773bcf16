"""Whether the server is up. Told to anybody who may reach it, and nothing more."""

from litestar import get

from antiphon import __version__
from antiphon.server.errors import refusals
from antiphon.server.rest import Health


@get("/health", tags=["watching"], responses=refusals(), security=[])
async def health() -> Health:
    """The server is up."""
    return Health(status="ok", version=__version__)


ROUTES = (health,)
