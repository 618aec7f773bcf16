"""An ASGI application that is put together beside the running server.

Importing Litestar and our routes is a quarter of all that a start costs, and neither the page
nor the WebSocket needs them. Whoever asks before it is there waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

App = Callable[[Any, Any, Any], Awaitable[None]]


class Later:
    """The application that `make` makes, once, on a thread of its own."""

    def __init__(self, make: Callable[[], App]) -> None:
        self._make = make
        self._making: asyncio.Task[App] | None = None

    async def made(self) -> App:
        """Have it made, if it is not, and wait for it. Raises what `make` raises, each time."""
        if self._making is None:
            self._making = asyncio.create_task(asyncio.to_thread(self._make))
        return await asyncio.shield(self._making)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await (await self.made())(scope, receive, send)
