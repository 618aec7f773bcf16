"""Running the server: from nothing to ready, and from a signal to the end in good order.

Start: the log (its lock decides who serves) → the port → recovery → ready → REST. Stop: no new
connections → every turn ended → every client told → the log closed; 5 s in all, but for the
log, which takes as long as its disk does.
"""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Generator

import structlog
import uvicorn

from antiphon import __version__
from antiphon.clock import SystemClock
from antiphon.log.store import Log
from antiphon.server import diagnostics
from antiphon.server.app import Application, build
from antiphon.server.auth import make_link, sign_in_url
from antiphon.server.config import Settings
from antiphon.server.connection import LIMITS
from antiphon.server.listen import listen, local_url, port_of
from antiphon.server.transport import Transport

STOP_SECONDS = 5.0
"""From the signal until no socket is open any more."""
CLOSE_SECONDS = 0.5
"""Of those, what is left for uvicorn to close what is still open."""
SWITCH_SECONDS = 0.0005
"""How long a busy thread keeps the interpreter: at Python's 5 ms a commit beside one takes ten times as long."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)

_logger = structlog.get_logger(__name__)


async def serve(settings: Settings, *, open_browser: bool = False) -> int:
    """Serve until a signal comes. Returns the exit code.

    Raises LogError, CannotListen before anything is served.
    """
    diagnostics.configure(settings.log_level)
    sys.setswitchinterval(SWITCH_SECONDS)
    log = await Log.open(settings.data_dir)
    try:
        listening = listen(settings.host, settings.port, only=settings.public_url is not None)
        application = await build(settings, log, port_of(listening))
        await application.start()
    except BaseException:
        await log.close(clean=False)
        raise
    server = Server(application, lambda: _ready(settings, log, port_of(listening), open_browser))
    await server.serve([listening])
    await log.close(clean=server.stopped)
    if server.failure:
        raise server.failure
    return 0 if server.stopped else 1


async def _ready(settings: Settings, log: Log, port: int, open_browser: bool) -> None:
    """Say where it runs, and how to get in."""
    url = str(settings.public_url or local_url(settings.host, port))
    log.announce(url)
    _logger.info("ready", version=__version__, host=settings.host, port=port)
    link = sign_in_url(url, await make_link(log, SystemClock()))
    if port != settings.port and settings.port:
        print(f"Port {settings.port} is taken; using {port} instead.")
    print(f"Antiphon {__version__} runs at {url}")
    if settings.expose:
        print("Others can reach it, too: signing in is required, but nothing is encrypted on the way.")
    print(
        f"Sign in once, within 15 minutes, by this link (antiphon link prints another):\n  {link}", flush=True
    )
    if open_browser and sys.stdout.isatty():
        import webbrowser

        await asyncio.to_thread(webbrowser.open, link)


class Server(uvicorn.Server):
    """uvicorn, but that it stops in our order and that a signal is an order, not an accident."""

    def __init__(self, application: Application, ready: Callable[[], Awaitable[None]]) -> None:
        super().__init__(
            uvicorn.Config(
                application.front,  # pyright: ignore[reportArgumentType]
                http="httptools",
                ws=Transport,
                ws_max_size=LIMITS.frame_bytes + 64 * 1024,
                ws_per_message_deflate=False,
                ws_ping_interval=20.0,
                ws_ping_timeout=30.0,
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=30,
            )
        )
        self._application, self._ready = application, ready
        self.stopped = False
        """It stopped in good order."""
        self.failure: Exception | None = None
        """What it could not go on without."""
        self._completing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await self._ready()
        self._completing = asyncio.create_task(self._complete())

    async def _complete(self) -> None:
        """Put the rest together; without it there is no server."""
        try:
            await self._application.complete()
        except Exception as error:
            self.failure, self.should_exit = error, True
        # What is here now stays: collections need not look through it (and may have been off until now).
        gc.freeze()
        gc.enable()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        began = time.monotonic()
        for server in self.servers:
            server.close()
        _logger.info("stopping")
        try:
            async with asyncio.timeout(STOP_SECONDS - 2 * CLOSE_SECONDS):
                await self._application.end_turns()
            self.stopped = True
        except TimeoutError:
            _logger.error("stop-slow", seconds=time.monotonic() - began)
        with contextlib.suppress(TimeoutError):  # whoever does not listen is not waited for
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._application.say_goodbye()
        self.config.timeout_graceful_shutdown = CLOSE_SECONDS  # pyright: ignore[reportAttributeAccessIssue]
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take signals in the event loop, and do not raise them again: leaving by one is leaving in good order."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in SIGNALS:
                loop.remove_signal_handler(number)
