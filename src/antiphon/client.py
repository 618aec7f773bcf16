"""The Python client: the same rules of connecting and resuming as the page.

    async with Client("http://127.0.0.1:8420", token) as client:
        session = await client.post("/api/sessions", {"project": "site", "provider": "practice"})
        follow = client.follow(session["id"])
        await client.send(Prompt(id=new_id(), session=session["id"], text="hello"))
        async for event in follow:
            ...

1. It is connected when `welcome` has arrived; only that resets the ladder of waits.
2. A command that has no reply yet is sent again, with its id, after each reconnect.
3. Each event is given once, in order, over any number of reconnects: a frame that does not
   continue the cursor makes it subscribe again from there; an older subscription's is dropped.
"""

import asyncio
import contextlib
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from antiphon.model.commands import AnyCommand, Subscribe
from antiphon.model.events import AnyEvent
from antiphon.model.ids import new_id
from antiphon.model.replies import (
    Accepted,
    Events,
    Goodbye,
    Pong,
    Rejected,
    Reply,
    SessionBusy,
    Subscribed,
    Unsubscribed,
)
from antiphon.model.replies import AnyFrame as Frame

LADDER = (3.0, 6.0, 12.0, 24.0, 30.0)
"""Seconds before each try to reconnect; the last one stays."""
WELCOME_SECONDS = 10.0
"""For a connection to be made and welcomed."""
SILENCE_SECONDS = 35.0
"""Without any frame: the connection is dead, however alive it looks."""
FRAME_LIMIT = 64 * 1024 * 1024
"""Bytes: one event may be larger than a frame's usual 256 KiB."""
BUFFERED_EVENTS = 50_000
"""What a follower may leave unread before the connection is no longer read."""

T = TypeVar("T")

_decode_frame = msgspec.json.Decoder(Frame).decode
_decode_event = msgspec.json.Decoder(AnyEvent).decode
_encode = msgspec.json.Encoder().encode


class SignedOut(Exception):
    """The server does not know this token."""


class RequestRefused(Exception):
    """The server refused a REST request: its status, its code, its words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{message} ({status}, {code})")
        self.status, self.code, self.message = status, code, message


class Reset(Struct, frozen=True):
    """In the stream of events: the log's past is another one; forget what came before."""

    epoch: str


class _Following(Struct):
    session: str
    start: dict[str, int]
    subscription: str = ""
    epoch: str | None = None
    cursor: int | None = None
    state: Subscribed | None = None
    queue: asyncio.Queue[AnyEvent | Reset] = msgspec.field(
        default_factory=lambda: asyncio.Queue(BUFFERED_EVENTS)
    )


class Client:
    """One connection to one server, kept up."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        ladder: Sequence[float] = LADDER,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._url, self._token, self._ladder, self._sleep = url.rstrip("/"), token, ladder, sleep
        self._socket: ClientConnection | None = None
        self._asked: dict[str, tuple[bytes, asyncio.Future[Reply]]] = {}
        self._following: dict[str, _Following] = {}
        self._runner: asyncio.Task[None] | None = None
        self.connections = 0
        """How often it has been welcomed."""

    async def __aenter__(self) -> Self:
        self._runner = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner:
            self._runner.cancel()
            await asyncio.wait({self._runner})

    # Asking

    async def send(self, command: AnyCommand) -> Reply:
        """Send a command and wait for its one reply, over reconnects too."""
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        frame = _encode(command)
        self._asked[command.id] = (frame, future)
        try:
            await self._put(frame)
            return await self._or_failure(future)
        finally:
            self._asked.pop(command.id, None)

    async def follow(
        self, session: str, *, after: int = 0, tail: int | None = None
    ) -> AsyncIterator[AnyEvent | Reset]:
        """All events after `after` (or the last `tail`), then each as it comes, for ever."""
        start = {"after": after} if tail is None else {"tail": tail}
        following = _Following(session=session, start=start, cursor=after if tail is None else None)
        self._following[session] = following
        try:
            await self._subscribe(following)
            while True:
                yield await self._or_failure(following.queue.get())
        finally:
            self._following.pop(session, None)

    async def request(self, method: str, path: str, body: Any = None) -> Any:
        """A REST request; raises RequestRefused with the server's words."""
        data = None if body is None else _encode(body)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url + path, data=data, headers=headers, method=method)  # noqa: S310 - the user's own server
        return await asyncio.to_thread(_fetch, request)

    async def get(self, path: str) -> Any:
        return await self.request("GET", path)

    async def post(self, path: str, body: Any = None) -> Any:
        return await self.request("POST", path, body)

    async def _or_failure(self, wanted: Awaitable[T]) -> T:
        """What is awaited, unless the client itself ends for good first."""
        assert self._runner is not None
        task = asyncio.ensure_future(wanted)
        try:
            await asyncio.wait({task, self._runner}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                self._runner.result()
            return await task
        finally:
            task.cancel()

    # The connection

    async def _run(self) -> None:
        tries = 0
        while True:
            with contextlib.suppress(OSError, TimeoutError, WebSocketException):
                async with asyncio.timeout(WELCOME_SECONDS):
                    socket = await self._connect()
                    await self._welcomed(socket)
                tries = 0
                await self._serve(socket)
            self._socket = None
            await self._sleep(self._ladder[min(tries, len(self._ladder) - 1)])
            tries += 1

    async def _connect(self) -> ClientConnection:
        return await connect(
            self._url.replace("http", "ws", 1) + "/ws",
            additional_headers={"Authorization": f"Bearer {self._token}"},
            subprotocols=[Subprotocol("antiphon.v1")],
            compression=None,
            max_size=FRAME_LIMIT,
            ping_interval=None,
            proxy=None,
        )

    async def _welcomed(self, socket: ClientConnection) -> None:
        first = _decode_frame(await socket.recv())
        if isinstance(first, Goodbye) and not first.retry:
            raise SignedOut(first.message)
        self._socket = socket
        self.connections += 1
        for following in self._following.values():
            await self._subscribe(following)
        for frame, _ in list(self._asked.values()):
            await self._put(frame)

    async def _serve(self, socket: ClientConnection) -> None:
        try:
            while True:
                async with asyncio.timeout(SILENCE_SECONDS):
                    raw = await socket.recv()
                await self._take(_decode_frame(raw))
        finally:
            self._socket = None
            await socket.close()

    async def _put(self, frame: bytes) -> None:
        """Send now if connected; if not, it is sent when connected again."""
        if self._socket:
            with contextlib.suppress(WebSocketException):
                await self._socket.send(frame.decode())

    async def _subscribe(self, following: _Following) -> None:
        following.subscription = new_id()
        start = following.start if following.cursor is None else {"after": following.cursor}
        command = Subscribe(
            id=following.subscription,
            session=following.session,
            epoch=following.epoch,
            after=start.get("after"),
            tail=start.get("tail"),
        )
        await self._put(_encode(command))

    async def _take(self, frame: Frame) -> None:
        match frame:
            case Events():
                await self._take_events(frame)
            case Subscribed():
                await self._take_subscribed(frame)
            case Accepted() | SessionBusy() | Rejected() | Pong() | Unsubscribed():
                asked = self._asked.get(frame.id or "")
                if asked and not asked[1].done():
                    asked[1].set_result(frame)
            case _:
                pass

    async def _take_subscribed(self, frame: Subscribed) -> None:
        following = self._following.get(frame.session)
        if following is None or following.subscription != frame.id:
            return
        if frame.reset and following.epoch is not None:
            await following.queue.put(Reset(frame.epoch))
        following.epoch, following.state, following.cursor = frame.epoch, frame, frame.first - 1

    async def _take_events(self, frame: Events) -> None:
        following = self._following.get(frame.session)
        if following is None or following.subscription != frame.subscription:
            return
        if frame.after != following.cursor:
            await self._subscribe(following)
            return
        for body in frame.events:
            event = _decode_event(body)
            await following.queue.put(event)
            following.cursor = event.seq
        following.cursor = frame.to or following.cursor


def _fetch(request: urllib.request.Request) -> Any:
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - as above
            body = response.read()
    except urllib.error.HTTPError as error:
        raise _refused(error.code, error.read()) from None
    return json.loads(body) if body else None


def _refused(status: int, body: bytes) -> RequestRefused:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        found = json.loads(body)
        return RequestRefused(status, found["code"], found["message"])
    return RequestRefused(status, "unreadable", body.decode(errors="replace")[:500])
