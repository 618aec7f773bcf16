"""Signing in to an agent from the page: its own login command, in a terminal, over a WebSocket of its own.

Rules:

1. What runs is the provider's own command (providers/login.py), and nothing of it comes from the client.
2. It runs for the owner only, at most once for each provider: whoever asks again takes it over, and the
   earlier one ends (a person goes from the desk to the phone).
3. It ends with its socket, with the cookie or token that it came by, with the server, or after LIMIT_SECONDS; nothing of it is left.
4. What it prints goes to its socket and nowhere else; it is read only as fast as the socket takes it.
5. Whatever happens, the last frame is `login-ended`, with words.
"""

import asyncio
import codecs
import contextlib
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from antiphon.clock import Clock
from antiphon.model.failures import Action
from antiphon.model.ids import new_id
from antiphon.model.login import (
    LoginCommand,
    LoginEnd,
    LoginEnded,
    LoginFrame,
    LoginInput,
    LoginOutput,
    LoginResize,
    LoginStart,
    LoginStarted,
)
from antiphon.providers.base import Provider, ProviderFailed
from antiphon.providers.login import Login, Prepared, SignsIn, login_of
from antiphon.server.front import LOGINS
from antiphon.server.websocket import DRAIN_SECONDS, SUBPROTOCOL, Client, Receive, Scope, Send, turn_away

if TYPE_CHECKING:
    from antiphon.providers.terminal import Size, Terminal

LIMIT_SECONDS = 600.0
"""For a person to sign in; a device code lives about as long."""
START_SECONDS = 10.0
"""For the client to say how large its terminal is."""
FRAME_CHARACTERS = 16 * 1024
"""Of a client's frame: a pasted code has a few hundred."""
OUTPUT_BYTES_A_SECOND = 512 * 1024
"""A login that floods must not keep a phone busy: no faster than this."""
CLOSE_CODE = 1000
SIZES = range(2, 501)
"""Columns or rows that a terminal may have."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(LoginCommand).decode
_logger = structlog.get_logger(__name__)


class Logins:
    """All logins that run: an ASGI application for the scope `websocket`, below LOGINS."""

    def __init__(
        self,
        *,
        identify: Callable[[Any], Awaitable[Client | None]],
        owner: int,
        providers: Mapping[str, Provider],
        clock: Clock,
        over: Callable[[Provider], None],
    ) -> None:
        """`owner`: the key of the user who may sign in. `over`: a login of this provider was run, however it ended."""
        self._identify, self._owner, self._providers = identify, owner, providers
        self._clock, self._over = clock, over
        self._visits: set[_Visit] = set()
        self._running: dict[str, _Visit] = {}
        self._stopping = False

    def __len__(self) -> int:
        return len(self._running)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. Host and Origin have been checked; `scope["path"]` is below the base."""
        client = await self._identify(scope["headers"])
        await receive()  # websocket.connect
        if client is None:
            await turn_away(scope, send)
            return
        offered = SUBPROTOCOL in scope.get("subprotocols", [])
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if offered else None})
        socket = _Socket(receive, send, scope["antiphon.abort"])
        visit = _Visit(client.token)
        with contextlib.suppress(_Gone):
            await socket.end(
                await self._visited(
                    visit, self._serve(client, scope["path"].removeprefix(LOGINS), socket, visit)
                )
            )

    async def _visited(self, visit: "_Visit", serving: Coroutine[Any, Any, LoginEnded]) -> LoginEnded:
        """How it ends, by itself or by others; nothing of it is left then. Raises _Gone."""
        self._visits.add(visit)
        if self._stopping:
            visit.end(STOPPING)
        work = asyncio.create_task(serving)
        try:
            await asyncio.wait({work, visit.ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            work.cancel()
            await asyncio.wait({work})
            self._visits.discard(visit)
            visit.over.set()
        if work.cancelled():
            return visit.ending.result()
        error = work.exception()
        if error is None or isinstance(error, _Gone):
            return work.result()
        _logger.error("sign-in-failed", exc_info=error)
        return _ended("internal", f"Antiphon made a mistake ({type(error).__name__}).")

    async def _serve(self, client: Client, name: str, socket: "_Socket", visit: "_Visit") -> LoginEnded:
        """From the first frame to the end. Raises _Gone when nobody is there any more."""
        provider = self._providers.get(name)
        if client.user != self._owner:
            return _ended("refused", "Agents sign in for the whole server: only its owner may do it.")
        if provider is None:
            return _ended("refused", "There is no such agent.")
        login = login_of(provider)
        if login is None or not isinstance(provider, SignsIn):
            return _ended("refused", f"{provider.name} has no login that could be run from here.")
        size = await socket.first()
        if size is None:
            return _ended("invalid", "The first frame must be login-start.")
        await self._make_room(name)
        self._running[name] = visit  # nothing is awaited between the two: there is one at a time
        try:
            prepared = await provider.prepare_login()
            return await _Running(provider, login, socket, self._clock).run(prepared, size)
        except ProviderFailed as failed:
            return _ended("refused", failed.failure.message, failed.failure.action)
        finally:
            del self._running[name]
            if not self._stopping:
                self._over(provider)

    async def _make_room(self, name: str) -> None:
        while other := self._running.get(name):
            other.end(ELSEWHERE)
            await other.over.wait()

    def end_of(self, token: str) -> None:
        """Whoever came by this token is signed out."""
        for visit in self._visits:
            if visit.token == token:
                visit.end(SIGNED_OUT)

    async def stop(self) -> None:
        """End all: the server stops."""
        self._stopping = True
        visits = list(self._visits)
        for visit in visits:
            visit.end(STOPPING)
        for visit in visits:
            await visit.over.wait()


def _ended(reason: LoginEnd, message: str, action: Action | None = None) -> LoginEnded:
    return LoginEnded(reason=reason, message=message, action=action)


STOPPING = _ended("stopping", "The server is stopping.")
SIGNED_OUT = _ended("signed-out", "You are signed out of Antiphon.")
ELSEWHERE = _ended("elsewhere", "The sign-in was begun anew in another window.")


class _Visit:
    """One connection, which others may end."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.ending: asyncio.Future[LoginEnded] = asyncio.get_running_loop().create_future()
        self.over = asyncio.Event()
        """Nothing of it runs any more."""

    def end(self, ended: LoginEnded) -> None:
        """End it, for this reason; the first one counts."""
        if not self.ending.done():
            self.ending.set_result(ended)


class _Gone(Exception):
    """The client has left."""


class _Socket:
    """One client's WebSocket, in frames of model/login.py."""

    def __init__(self, receive: Receive, send: Send, abort: Callable[[], None]) -> None:
        self._receive, self._send, self._abort = receive, send, abort

    async def first(self) -> "Size | None":
        """The terminal's size, out of the first frame; None: that is another one. Raises _Gone."""
        try:
            async with asyncio.timeout(START_SECONDS):
                frame = await self.next()
        except TimeoutError:
            return None
        return _size(frame) if isinstance(frame, LoginStart) else None

    async def next(self) -> LoginStart | LoginInput | LoginResize | None:
        """The next frame; None: it cannot be read. Raises _Gone."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise _Gone
        text = message.get("text")
        if not isinstance(text, str) or len(text) > FRAME_CHARACTERS:
            return None
        try:
            return _decode(text)
        except msgspec.DecodeError:
            return None

    async def say(self, frame: LoginFrame) -> None:
        """Send, and wait until the client takes it. Raises _Gone."""
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._send({"type": "websocket.send", "text": _encode(frame).decode()})
        except TimeoutError:
            self._abort()  # uvicorn's close() would wait for a reader that never comes
            raise _Gone from None
        except (OSError, RuntimeError):  # closed meanwhile
            raise _Gone from None

    async def end(self, ended: LoginEnded) -> None:
        """The last word. Raises _Gone."""
        await self.say(ended)
        with contextlib.suppress(OSError, RuntimeError):
            await self._send({"type": "websocket.close", "code": CLOSE_CODE})


class _Running:
    """One login."""

    def __init__(self, provider: Provider, login: Login, socket: _Socket, clock: Clock) -> None:
        self._provider, self._login, self._socket, self._clock = provider, login, socket, clock

    async def run(self, prepared: Prepared, size: "Size") -> LoginEnded:
        """Run it to its end; in every case nothing is left of it. Raises _Gone, ProviderFailed."""
        from antiphon.providers.terminal import Terminal  # by the first who signs in: no start does

        # In an empty folder: no project's settings, hooks or instructions are read by a login.
        with tempfile.TemporaryDirectory(prefix="antiphon-sign-in-") as folder:
            terminal = await Terminal.start(
                prepared.program,
                folder=Path(folder),
                environment=prepared.environment,
                marker=new_id(),
                size=size,
            )
            _logger.info("sign-in-started", provider=self._provider.id)
            try:
                return await self._until_the_end(terminal)
            finally:
                await terminal.close()
                _logger.info("sign-in-ended", provider=self._provider.id)

    async def _until_the_end(self, terminal: "Terminal") -> LoginEnded:
        work = (self._type(terminal), self._show(terminal), self._limit())
        tasks = [asyncio.create_task(each) for each in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return next(task for task in tasks if task in done).result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _type(self, terminal: "Terminal") -> LoginEnded:
        """Whatever the client sends; never waits for the program, so that a client that leaves is noticed."""
        while True:
            match await self._socket.next():
                case LoginInput(text=text):
                    if not terminal.write(text.encode(errors="replace")):
                        return _ended("too-much", f"{self._provider.name} does not take what was typed.")
                case LoginResize() as frame:
                    terminal.resize(_size(frame))
                case _:
                    return _ended("invalid", "A frame was none that a sign-in takes, or too long.")

    async def _show(self, terminal: "Terminal") -> LoginEnded:
        """What it prints, as fast as the client takes it; then how it ended."""
        login = self._login
        command = login.action.command or ""
        await self._socket.say(LoginStarted(provider=self._provider.id, command=command, hint=login.hint))
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        while data := await terminal.read():
            if text := decoder.decode(data):
                await self._socket.say(LoginOutput(text=text))
            await self._clock.sleep(len(data) / OUTPUT_BYTES_A_SECOND)
        exit = await terminal.exited
        if exit.status == 0:
            return _ended("done", f"{self._provider.name}'s login has ended well.")
        return _ended("failed", f"{self._provider.name}'s login {exit}.", login.action)

    async def _limit(self) -> LoginEnded:
        await self._clock.sleep(LIMIT_SECONDS)
        return _ended("time-limit", f"The sign-in was not done within {LIMIT_SECONDS / 60:g} minutes.")


def _size(frame: LoginStart | LoginResize) -> "Size":
    from antiphon.providers.terminal import Size

    def within(wanted: int) -> int:
        return min(max(wanted, SIZES[0]), SIZES[-1])

    return Size(columns=within(frame.columns), rows=within(frame.rows))
