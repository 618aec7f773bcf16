"""What a prompt will need is loaded before it comes, and after what the first client came for."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from antiphon.log.store import Log
from antiphon.server import app
from antiphon.server.auth import make_api_token
from antiphon.server.config import load
from antiphon.server.websocket import WARM_SECONDS
from antiphon.testing.clock import ManualClock

LIMIT = 10.0


class Visitor:
    """A client of the ASGI application: it stays, and takes all frames."""

    def __init__(self, secret: str) -> None:
        self.headers = [(b"authorization", f"Bearer {secret}".encode())]
        self.welcomed = asyncio.Event()
        self._come = False

    async def receive(self) -> dict[str, Any]:
        if self._come:
            await asyncio.Event().wait()
        self._come = True
        return {"type": "websocket.connect"}

    async def send(self, message: object) -> None:
        pass

    def send_at_once(self, frame: bytes) -> bool:
        self.welcomed.set()
        return True

    def visit(self, server: app.Application) -> asyncio.Task[None]:
        scope = {
            "type": "websocket",
            "headers": self.headers,
            "antiphon.send": self.send_at_once,
            "antiphon.abort": lambda: None,
        }
        return asyncio.create_task(server.sockets(scope, self.receive, self.send))


async def test_the_first_client_is_served_first_then_the_library_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading takes a second of the interpreter, which the first screen would have to share; it is done once."""
    loaded = threading.Semaphore(0)
    monkeypatch.setattr(app, "_warm", loaded.release)
    clock, log = ManualClock(), await Log.open(tmp_path)
    server = await app.build(load({"data_dir": str(tmp_path)}, {}), log, 1, providers={}, clock=clock)
    _, secret = await make_api_token(log, clock, "test")
    visitors = [Visitor(secret), Visitor(secret)]
    visits = [visitor.visit(server) for visitor in visitors]
    try:
        for visitor in visitors:
            await asyncio.wait_for(visitor.welcomed.wait(), LIMIT)
        await clock.advance(WARM_SECONDS * 0.99)
        assert not loaded.acquire(blocking=False)
        await clock.advance(WARM_SECONDS)
        assert await asyncio.to_thread(loaded.acquire, timeout=LIMIT)
        await clock.advance(WARM_SECONDS)
        assert not loaded.acquire(blocking=False)
    finally:
        for visit in visits:
            visit.cancel()
        await asyncio.wait(visits)
        await log.close()
