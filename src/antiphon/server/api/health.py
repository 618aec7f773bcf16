"""Whether the server is up. Told to anybody who may reach it, and nothing more."""

from litestar import get

from antiphon.server.errors import refusals
from antiphon.server.health import HEALTHY, Health


@get("/health", tags=["watching"], responses=refusals(), security=[])
async def health() -> Health:
    """The server is up."""
    return HEALTHY  # here for its description: the front answers itself, before REST is there


ROUTES = (health,)
