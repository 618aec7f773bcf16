"""Where the data lies, and how much room it takes."""

import asyncio

from litestar import get

from antiphon.server import stored
from antiphon.server.dependencies import Parts
from antiphon.server.errors import refusals
from antiphon.server.rest import Storage


@get("/api/storage", tags=["watching"], responses=refusals())
async def storage(parts: Parts) -> Storage:
    """The data directory, what it holds by kind, and the room that is left on its disk."""
    return await asyncio.to_thread(stored.measured, parts.settings.data_dir)


ROUTES = (storage,)
