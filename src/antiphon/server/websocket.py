"""The WebSocket: a thin shell around `Connection`. No task of a client's waits for another's work.

The receiver decodes and enqueues, and never awaits an effect; `Chains` do the commands, those of a
session in their order; the sender pulls: replies first, then a frame for each subscription in turn, one
frame in flight. Whoever drains nothing for 30 s is cut off, and resumes for free.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from functools import partial
from typing import Any, Protocol

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import Connection as Database

from antiphon.clock import Clock
from antiphon.log import sessions as rows
from antiphon.model import commands as c
from antiphon.model.ids import new_id
from antiphon.model.replies import (
    Accepted,
    AnyFrame,
    Goodbye,
    Heartbeat,
    Pong,
    Rejected,
    Reply,
    Sessions,
    Subscribed,
    Unsubscribed,
    Welcome,
)
from antiphon.server.chains import Chains
from antiphon.server.connection import LIMITS, Connection, Following
from antiphon.server.rows import session_row
from antiphon.sessions import subscription
from antiphon.sessions.hub import Hub
from antiphon.sessions.supervisor import Supervisor, UnknownSession

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SUBPROTOCOL = "antiphon.v1"
INBOX = 256
"""Commands of one connection that may be under way or wait."""
DRAIN_SECONDS = 30.0
"""A socket that takes nothing for so long is cut off."""
LAST_WORDS_SECONDS = 0.5
"""For what is left to send before a goodbye, and for the goodbye itself."""
WARM_SECONDS = 1.0
"""After the first client's coming: the screen that it came for goes first."""
LIST_SECONDS = 0.1
"""Changes of the lists are gathered for so long."""
CLOSE_CODES = {"server-stopping": 1012, "signed-out": 4401, "too-slow": 4408, "protocol-error": 1002}

_encode = msgspec.json.Encoder().encode
_logger = structlog.get_logger(__name__)


class Client(Protocol):
    """Who is signed in."""

    @property
    def user(self) -> int: ...
    @property
    def token(self) -> str: ...


class Endpoint(Struct, frozen=True, kw_only=True):
    """What the WebSocket needs of the server."""

    identify: Callable[[Any], Awaitable[Client | None]]
    """From raw headers to who sends them."""
    supervisor: Supervisor
    hub: Hub
    clock: Clock
    version: str
    user: str
    """The id of the user."""
    allow_bypass: bool = False
    warm: Callable[[], object] | None = None
    """Called once, off the event loop, soon after the first client comes: what a prompt will need that is slow to load."""
    server: str = msgspec.field(default_factory=new_id)


class WebSockets:
    """All live sockets: an ASGI application for the scope `websocket`."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._live: set[_Socket] = set()
        self._warming: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._live)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. Host and Origin have been checked."""
        client = await self._endpoint.identify(scope["headers"])
        await receive()  # websocket.connect
        if client is None:
            await turn_away(scope, send)
            return
        offered = scope.get("subprotocols", [])
        await send(
            {"type": "websocket.accept", "subprotocol": SUBPROTOCOL if SUBPROTOCOL in offered else None}
        )
        socket = _Socket(
            self._endpoint, client, receive, send, scope["antiphon.send"], scope["antiphon.abort"]
        )
        self._live.add(socket)
        if self._endpoint.warm and self._warming is None:
            self._warming = asyncio.create_task(self._warm(self._endpoint.warm))
        try:
            await socket.run()
        finally:
            self._live.discard(socket)

    async def _warm(self, warm: Callable[[], object]) -> None:
        await self._endpoint.clock.sleep(WARM_SECONDS)
        await asyncio.to_thread(warm)

    async def goodbye(self, goodbye: Goodbye, *, token: str | None = None) -> None:
        """Tell all sockets (or those of one token) goodbye, and close them. Takes at most a second."""
        leaving = [s for s in self._live if token is None or s.client.token == token]
        if leaving:
            await asyncio.wait(
                [asyncio.create_task(s.leave(goodbye)) for s in leaving], timeout=2 * LAST_WORDS_SECONDS
            )


async def turn_away(scope: Scope, send: Send) -> None:
    """Nobody we know. A page is told in its own language, anything else by HTTP."""
    if any(name == b"origin" for name, _ in scope["headers"]):
        goodbye = Goodbye(code="signed-out", message="You are not signed in here.", retry=False)
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        await send({"type": "websocket.send", "text": _encode(goodbye).decode()})
        await send({"type": "websocket.close", "code": CLOSE_CODES["signed-out"]})
        return
    await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
    await send(
        {"type": "websocket.http.response.body", "body": b"Sign in first: cookie or Authorization: Bearer."}
    )


class _Socket:
    """One live connection."""

    def __init__(
        self,
        endpoint: Endpoint,
        client: Client,
        receive: Receive,
        send: Send,
        send_at_once: Callable[[bytes], bool],
        abort: Callable[[], None],
    ) -> None:
        self.client = client
        self._endpoint, self._receive, self._send_asgi = endpoint, receive, send
        self._send_at_once, self._abort = send_at_once, abort
        self._connection = Connection()
        self._chains = Chains(self._reply_to, INBOX)
        self._outbox: deque[AnyFrame] = deque()
        self._wake = asyncio.Event()
        self._told = asyncio.Event()
        """Nothing is left to send."""
        self._room = asyncio.Event()
        self._room.set()
        self._changed: set[str] = set()
        self._ended: set[str] = set()
        self._listed = asyncio.Event()
        self._beat = False
        self._leaves: dict[str, Callable[[], None]] = {}
        self._sending = asyncio.Lock()
        self._gone = False

    async def run(self) -> None:
        """Serve until either side leaves. What goes wrong inside ends the connection, which resumes."""
        end = self._endpoint
        self._leaves["lists"] = end.hub.watch(self.client.user, self._list_changed)
        self._leaves["notices"] = end.hub.listen(self.client.user, self._put)
        self._put(
            Welcome(
                server=end.server,
                version=end.version,
                limits=LIMITS,
                user=end.user,
                allow_bypass=end.allow_bypass,
            )
        )
        work: list[Coroutine[Any, Any, None]] = [
            self._receiver(),
            self._chains.run(),
            self._sender(),
            self._heart(),
            self._lister(),
        ]
        tasks = [asyncio.create_task(x) for x in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if error := task.exception():
                    _logger.error("connection-failed", exc_info=error)
                    await self.leave(
                        Goodbye(code="protocol-error", message="The server lost its thread.", retry=True)
                    )
        finally:
            self._gone = True
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for leave in self._leaves.values():
                leave()

    async def leave(self, goodbye: Goodbye) -> None:
        """Say goodbye, as far as the client listens, and close."""
        if self._gone:
            return
        with contextlib.suppress(TimeoutError):  # the ends of its turns first
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                await self._told.wait()
        self._gone = True
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LAST_WORDS_SECONDS), self._sending:
                await self._send_asgi({"type": "websocket.send", "text": _encode(goodbye).decode()})
                await self._send_asgi({"type": "websocket.close", "code": CLOSE_CODES[goodbye.code]})

    # In

    async def _receiver(self) -> None:
        """Decode and enqueue. Stops reading while the client does not take its replies."""
        while True:
            await self._room.wait()
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            command = self._connection.decode(message.get("text"))
            if isinstance(command, Rejected):
                self._put(command)
                continue
            if isinstance(command, c.Ping):
                self._put(Pong(id=command.id))
            elif not self._chains.add(command.session, command):
                self._put(
                    Rejected(
                        id=command.id, code="inbox-full", message="Too many commands at once; send it again."
                    )
                )

    async def _reply_to(self, command: c.SessionCommand) -> None:
        """Do the command; it gets its one reply."""
        try:
            reply = await self._do(command)
        except UnknownSession as unknown:
            reply = Rejected(id=command.id, code="unknown-session", message=str(unknown))
        except Exception as error:
            _logger.exception("command-failed", command=command.id)
            reply = Rejected(
                id=command.id,
                code="internal",
                message=f"Antiphon made a mistake ({type(error).__name__}).",
            )
        if reply:
            self._put(reply)

    async def _do(self, command: c.SessionCommand) -> Reply | None:
        match command:
            case c.Subscribe():
                return await self._subscribe(command)
            case c.Unsubscribe():
                self._unfollow(command.session)
                return Unsubscribed(id=command.id, session=command.session)
            case _:
                reply = await self._endpoint.supervisor.submit(self.client.user, command)
                return self._follow_prompt(command, reply)

    async def _subscribe(self, command: c.Subscribe) -> Reply | None:
        if self._too_many(command):
            return _followed_enough(command)
        session = await self._endpoint.supervisor.get(self.client.user, command.session)
        await session.caught_up()
        opening = await subscription.begin(session, command)
        if self._too_many(command):  # others came meanwhile
            return _followed_enough(command)
        following = Following(
            id=command.id,
            session=session.id,
            cursor=opening.cursor,
            opening=opening.events,
            after=opening.reply.first - 1,
        )
        self._answer_subscribe(opening.reply, following)
        if not command.ahead:
            self._endpoint.supervisor.looked_at(session)
        return None

    def _too_many(self, command: c.Subscribe) -> bool:
        return self._connection.full and not self._connection.follows(command.session)

    def _answer_subscribe(self, reply: Subscribed, following: Following) -> None:
        """The reply first, then its frames: both go through here without a wait between them."""
        self._put(reply)
        self._follow(following)

    def _follow_prompt(self, command: c.AnyCommand, reply: Reply) -> Reply:
        """No end may reach nobody: a prompt subscribes its connection from its turn's first event."""
        if isinstance(command, c.Prompt) and isinstance(reply, Accepted) and reply.seq:
            connection, session = self._connection, command.session
            if not connection.follows(session) and not connection.full:
                self._follow(Following(id=command.id, session=session, cursor=reply.seq - 1))
        return reply

    def _follow(self, following: Following) -> None:
        session = following.session
        if session not in self._leaves:
            self._leaves[session] = self._endpoint.hub.follow(session, lambda: self._woken(session))
        self._connection.follow(following)
        self._wake.set()

    def _unfollow(self, session: str) -> None:
        self._connection.unfollow(session)
        if leave := self._leaves.pop(session, None):
            leave()

    # Out

    def _put(self, frame: AnyFrame) -> None:
        self._outbox.append(frame)
        if len(self._outbox) > INBOX:
            self._room.clear()
        self._wake.set()

    def _woken(self, session: str) -> None:
        self._connection.woken(session)
        self._wake.set()

    def _list_changed(self, session: str, ended: bool) -> None:
        self._changed.add(session)
        if ended:
            self._ended.add(session)
        self._listed.set()

    async def _sender(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._told.clear()
            while await self._send_some():
                pass
            if not self._wake.is_set():
                self._told.set()

    async def _send_some(self) -> bool:
        """Send what goes first; False: nothing is left."""
        while self._outbox:
            await self._send(_encode(self._outbox.popleft()))
            self._room.set()
        if self._beat:
            self._beat = False
            await self._send(_encode(Heartbeat(cursors=self._connection.cursors())))
        following = self._connection.next()
        if following is None:
            return bool(self._outbox)
        await self._send_events(following)
        return True

    async def _send_events(self, following: Following) -> None:
        if opening := self._connection.opening(following):
            await self._send(opening)
        session = await self._endpoint.supervisor.get(self.client.user, following.session)
        events = await subscription.read(session, following.cursor)
        if events and self._connection.is_current(following):
            await self._send(self._connection.frame(following, events))

    async def _send(self, frame: bytes) -> None:
        if self._gone or self._send_at_once(frame):
            return
        try:
            async with asyncio.timeout(DRAIN_SECONDS), self._sending:
                if not self._gone:
                    await self._send_asgi({"type": "websocket.send", "text": frame.decode()})
        except TimeoutError:
            _logger.warning("client-too-slow")
            self._gone = True
            self._abort()  # uvicorn's close() would wait for a reader that never comes

    async def _heart(self) -> None:
        while True:
            await self._endpoint.clock.sleep(LIMITS.heartbeat_seconds)
            self._beat = True
            self._wake.set()

    async def _lister(self) -> None:
        """Tell the client which rows of its lists changed, a few times a second at most."""
        end = self._endpoint
        while True:
            await self._listed.wait()
            await end.clock.sleep(LIST_SECONDS)
            self._listed.clear()
            ids, self._changed = self._changed, set()
            ends, self._ended = self._ended, set()
            found = await end.supervisor.log.read(partial(_rows, user=self.client.user, ids=ids))
            here = [session_row(row) for row in found if row.trashed_at is None]
            gone = ids - {row.id for row in here}
            frame = Sessions(
                revision=end.hub.revision, upserts=here, removes=sorted(gone), ends=sorted(ends - gone)
            )
            self._put(frame)


def _followed_enough(command: c.Subscribe) -> Rejected:
    return Rejected(
        id=command.id,
        code="too-large",
        message=f"One connection follows at most {LIMITS.subscriptions} sessions.",
    )


def _rows(conn: Database, user: int, ids: set[str]) -> list[rows.Session]:
    return [row for id in ids if (row := rows.get_session(conn, user, id))]
