"""uvicorn's WebSocket protocol, told three things it has no setting for.

1. A small send buffer: what is on its way to a slow reader is small, so cursors stay near.
2. A way to abort: a polite close waits for a reader that may never come.
3. A way to send at once, where nothing must be waited for: a limit and a lock around each frame
   cost more than the frame.
"""

import socket
from asyncio import BaseTransport
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

SEND_BUFFER = 256 * 1024
"""Bytes in the kernel's buffer for one client."""
HIGH_WATER = 64 * 1024
"""Bytes in our own buffer above which a sender waits."""


class Transport(WebSocketsSansIOProtocol):
    """One client's WebSocket as uvicorn runs it."""

    def connection_made(self, transport: BaseTransport) -> None:
        raw: Any = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)

    async def run_asgi(self) -> None:
        scope: dict[str, Any] = self.scope  # pyright: ignore[reportAssignmentType]
        scope["antiphon.abort"] = self.transport.abort
        scope["antiphon.send"] = self.send_at_once
        await super().run_asgi()

    def send_at_once(self, text: bytes) -> bool:
        """Send a text frame; False: the client must be waited for, or is leaving."""
        if not self.writable.is_set() or self.close_sent or self.conn.state is not State.OPEN:
            return False
        self.conn.send_text(text)
        self.transport.write(b"".join(self.conn.data_to_send()))
        return True
