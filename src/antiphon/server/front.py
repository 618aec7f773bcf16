"""The outermost ASGI application: who may come in, by which path, to what, with which headers.

In this order: the gate (Host, Origin), the base path of `--public-url`, then to the
WebSocket, REST or the page. REST's routes are closed to strangers unless `OPEN` names them,
so that a new route cannot be forgotten.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from msgspec import Struct

from antiphon.log.errors import LogClosed
from antiphon.server.auth import Auth
from antiphon.server.gate import Gate, Headers
from antiphon.server.health import HEALTHY
from antiphon.server.later import App
from antiphon.server.page import Page
from antiphon.server.refused import Refused

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

OPEN = frozenset(
    {
        "/health",
        "/api/sign-in",
        "/api/sign-in/password",
        "/api/openapi.json",
        "/docs",
        "/docs/reference.js",
        "/docs/reference.css",
    }
)
"""What strangers may ask for, beside the page itself: nothing that is anybody's."""

LOGINS = "/ws/sign-in/"
"""Below it: a WebSocket for each agent's own login."""

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]
CONTENT_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    b"font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; "
    b"base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
"""Scripts are the page's own files, always: whatever an agent writes cannot run here."""


class Front:
    """Everything that comes in comes in here."""

    def __init__(
        self, *, gate: Gate, auth: Auth, base: str, rest: App, websocket: App, logins: App, page: Page
    ) -> None:
        self._gate, self._auth, self._base = gate, auth, base
        self._rest, self._websocket, self._logins, self._page = rest, websocket, logins, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, _with_headers(send))

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._gate.refuse("WEBSOCKET", Headers.of(scope["headers"]))
        if refusal is not None:
            await _deny(receive, send, 403, Refused(code=refusal.code, message=refusal.message))
            return
        path = self._path(scope)
        if path == "/ws":
            await self._websocket(scope, receive, send)
        elif path.startswith(LOGINS):
            await self._logins({**scope, "path": path}, receive, send)
        else:
            message = "The WebSocket is at /ws below the server's address."
            await _deny(receive, send, 404, Refused(code="not-found", message=message))

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._gate.refuse(scope["method"], Headers.of(scope["headers"]))
        if refusal is not None:
            await _say(send, 403, Refused(code=refusal.code, message=refusal.message))
            return
        path = self._path(scope)
        if path == "/ws" or path.startswith(LOGINS):
            message = "This is the WebSocket's address: it takes WebSocket connections only."
            await _say(send, 426, Refused(code="method-not-allowed", message=message))
        elif path == "/health" and scope["method"] in {"GET", "HEAD"}:
            await _say(send, 200, HEALTHY)
        elif path.startswith("/api/") or path in _REST:
            await self._resource(path, scope, receive, send)
        else:
            await self._file(path, scope, send)

    def _path(self, scope: Scope) -> str:
        """The path below the base. A proxy may have taken the base away already, so both are served."""
        path: str = scope["path"]
        if self._base and (path == self._base or path.startswith(f"{self._base}/")):
            return path[len(self._base) :] or "/"
        return path

    async def _resource(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        state: dict[str, Any] = {}
        if path not in OPEN:
            try:
                identity = await self._auth.identify(scope["headers"])
            except LogClosed as closed:
                await _say(send, 503, Refused(code="server-stopping", message=str(closed)))
                return
            if identity is None:
                await _say(send, 401, SIGNED_OUT)
                return
            state["identity"] = identity
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": "", "state": state}
        await self._rest(inner, receive, send)

    async def _file(self, path: str, scope: Scope, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            message = "The page is only read. The interface is described at /docs."
            await _say(send, 405, Refused(code="method-not-allowed", message=message))
            return
        headers = dict(scope["headers"])
        reply = self._page.answer(
            path,
            accepts_gzip=b"gzip" in headers.get(b"accept-encoding", b""),
            known=headers.get(b"if-none-match", b"").decode("latin-1") or None,
        )
        policy = [(b"content-security-policy", CONTENT_POLICY)]
        await _send(send, reply.status, [*reply.headers, *policy], reply.body)


_REST = frozenset({"/health", "/metrics", "/docs", "/docs/reference.js", "/docs/reference.css"})

SIGNED_OUT = Refused(
    code="signed-out",
    message="Sign in first: open a fresh link (antiphon link), or send an API token (antiphon token create) "
    "as Authorization: Bearer.",
)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *SECURITY_HEADERS]
        await send(message)

    return sending


async def _say(send: Send, status: int, answer: Struct) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await _send(send, status, headers, msgspec.json.encode(answer))


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def _deny(receive: Receive, send: Send, status: int, refused: Refused) -> None:
    """Answer a WebSocket's handshake by HTTP."""
    await receive()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": msgspec.json.encode(refused)})
