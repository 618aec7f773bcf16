"""A fake of Cursor's backend, as much of it as the real local agent (cursor-sdk) needs to answer, and all that goes wrong.

The agent opens one stream for a prompt (`RunSSE`, framed protobuf) and sends what it has to say beside it (`BidiAppend`). Field
numbers were read off the agent's own descriptors. What is said to a prompt is picked by the words in it.
"""

import base64
import contextlib
import json
import queue
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.agents import protobuf as pb
from tests.agents.fixtures import BIG, WORDS, Fixture

HOUR_S = 3600.0
PATIENCE_S = 30.0
"""For the agent to send what a stream waits for."""
MODELS = [
    {"id": "composer-2", "displayName": "Composer 2"},
    {"id": "other-model", "displayName": "Another model"},
]
STATUSES = {
    "E401": (401, "unauthenticated"),
    "E403": (403, "permission_denied"),
    "E400": (400, "invalid_argument"),
    "E402": (402, "resource_exhausted"),
    "WAIT429": (429, "resource_exhausted"),
    "LONG429": (429, "resource_exhausted"),
    "E429": (429, "resource_exhausted"),
    "E500": (500, "internal"),
    "E503": (503, "unavailable"),
    "E529": (529, "unavailable"),
}
"""Word → HTTP status and Connect's code of the answer."""
SHELL = {
    "FOREVER": "tail -f /dev/null",
    "STRAY": "tail -f /dev/null & echo left",
    "RUN": "echo out; echo err >&2; exit 3",
    "LOUD": "for i in 1 2 3; do echo line $i; sleep 0.2; done",
    "ENV": "env",
    "RAISE": "echo RAISE",
}
"""Word → the command that the model wants to be run."""


class Cut(Exception):
    """The connection is dropped in the middle."""


class Stream:
    """One answer under way."""

    def __init__(self, connection: "Connection", inbox: "queue.Queue[bytes]") -> None:
        self.connection = connection
        self._inbox = inbox

    def frame(self, data: bytes, flags: int = 0) -> None:
        """Write one framed message."""
        body = struct.pack(">BI", flags, len(data)) + data
        self.connection.chunk(body)

    def update(self, number: int, value: bytes = b"") -> None:
        """An `InteractionUpdate`."""
        self.frame(pb.field(1, pb.field(number, value)))

    def text(self, words: str) -> None:
        """Words of the answer."""
        self.update(1, pb.field(1, words))

    def think(self, words: str) -> None:
        """A thought."""
        self.update(4, pb.field(1, words))

    def words(self, text: str, size: int = 12, delay_s: float = 0.0) -> None:
        """The text, bit by bit."""
        for at in range(0, len(text), size):
            self.text(text[at : at + size])
            if delay_s:
                time.sleep(delay_s)

    def call(self, id: str, tool: int, args: bytes, result: bytes | None = None) -> None:
        """A tool call begins, or has ended."""
        body = pb.field(1, args) + (b"" if result is None else pb.field(2, result))
        number = 2 if result is None else 3
        self.update(number, pb.field(1, id) + pb.field(2, pb.field(tool, body)) + pb.field(3, "mc1"))

    def shell(self, command: str) -> None:
        """Have the agent run a command, and tell its end."""
        args = (
            pb.field(1, command)
            + pb.field(3, 600_000)
            + pb.field(4, "call_1")
            + pb.field(8, pb.field(2, pb.field(1, command.split()[0]) + pb.field(3, command)))
        )
        self.call("call_1", 1, args)
        self.frame(pb.field(2, pb.field(1, 1) + pb.field(15, "exec1") + pb.field(2, args)))
        while not (said := pb.get(self._inbox.get(timeout=HOUR_S), 2)):
            pass
        self.call("call_1", 1, args, pb.get(said, 2) or b"")

    def edit(self, path: str, diff: str) -> None:
        """A file was changed."""
        args = pb.field(1, path)
        self.call("call_2", 12, args)
        success = (
            pb.field(1, path) + pb.field(3, 1) + pb.field(4, 1) + pb.field(5, diff) + pb.field(7, "new\n")
        )
        self.call("call_2", 12, args, pb.field(1, success))

    def todos(self) -> None:
        """The agent's to-do list."""
        entries = [
            pb.field(1, "1") + pb.field(2, "Look") + pb.field(3, 3),
            pb.field(1, "2") + pb.field(2, "Do it") + pb.field(3, 2),
        ]
        body = b"".join(pb.field(1, each) for each in entries)
        self.call("call_3", 9, body)
        self.call("call_3", 9, body, pb.field(1, body))

    def end(self) -> None:
        """The model is done."""
        self.update(14, pb.field(1, 100) + pb.field(2, 20))
        self.eof()

    def fail(self, code: str, message: str) -> None:
        """The stream ends with an error, as Connect tells one after its headers."""
        self.frame(json.dumps({"error": {"code": code, "message": message}}).encode(), 2)

    def eof(self) -> None:
        """The stream ends well, whatever was said in it."""
        self.frame(b"{}", 2)


def _say(stream: Stream) -> None:
    stream.words("Hello from the fake model.")
    stream.end()


def _next(stream: Stream) -> None:
    stream.words("The next answer.")
    stream.end()


def _drop(stream: Stream) -> None:
    raise Cut


def _cut(stream: Stream) -> None:
    stream.words(WORDS[:200], 20, 0.04)
    raise Cut


def _cut_call(stream: Stream) -> None:
    stream.words("First.")
    stream.call("call_4", 1, pb.field(1, "echo cut"))
    raise Cut


def _cut_once(stream: Stream) -> None:
    backend = stream.connection.server
    if "cut" not in backend.once:
        backend.once.add("cut")
        _cut(stream)
    stream.words(WORDS[:200], 20)
    stream.end()


def _malformed(stream: Stream) -> None:
    stream.words("Well, ")
    stream.frame(b"\xff\xff\xff\xff")
    stream.eof()


def _early(stream: Stream) -> None:
    stream.words("As I was about to ")
    stream.eof()


def _silent(stream: Stream) -> None:
    time.sleep(HOUR_S)


def _hang(stream: Stream) -> None:
    stream.words(WORDS[:36])
    time.sleep(HOUR_S)


def _paced(delay_s: float) -> Callable[[Stream], None]:
    def speak(stream: Stream) -> None:
        stream.words(WORDS, 12, delay_s)
        stream.end()

    return speak


def _big(stream: Stream) -> None:
    stream.words(BIG, 20_000)
    stream.end()


def _think(stream: Stream) -> None:
    stream.think("Let me ")
    stream.think("see.")
    stream.words("I see.")
    stream.end()


def _edit(stream: Stream) -> None:
    stream.edit("notes.txt", "--- a/notes.txt\n+++ b/notes.txt\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n")
    stream.words("It is changed.")
    stream.end()


def _todos(stream: Stream) -> None:
    stream.todos()
    stream.words("Two steps.")
    stream.end()


ANSWERS: dict[str, Callable[[Stream], None]] = {
    "DROP": _drop,
    "CUTONCE": _cut_once,
    "CUTCALL": _cut_call,
    "CUT": _cut,
    "MALFORMED": _malformed,
    "EARLY": _early,
    "SILENT": _silent,
    "HANG": _hang,
    "LONG": _paced(0.06),
    "SLOW": _paced(0.4),
    "BIG": _big,
    "THINK": _think,
    "EDIT": _edit,
    "TODOS": _todos,
    "NEXT": _next,
    "SAY": _say,
}


class Backend(ThreadingHTTPServer):
    """The server, and what was asked of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.inboxes: dict[str, queue.Queue[bytes]] = {}
        self.asked: list[bytes] = []
        """The agent's requests, whole."""
        self.once: set[str] = set()
        self.lock = threading.Lock()

    def inbox(self, request: str) -> "queue.Queue[bytes]":
        """What the agent sends beside a stream."""
        with self.lock:
            return self.inboxes.setdefault(request, queue.Queue())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An agent that was killed hangs up: that is no error of ours."""


class Connection(BaseHTTPRequestHandler):
    """One connection of the agent's."""

    server: Backend
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        """Who the key is, and its models."""
        self._body()
        if not self._known():
            return self.json({"error": "bad key"}, 401)
        if self.path.startswith("/v1/me"):
            return self.json(
                {"apiKeyName": "fake", "userEmail": "fake@example.com", "createdAt": "2026-01-01T00:00:00Z"}
            )
        return self.json({"items": MODELS} if self.path.startswith("/v1/models") else {})

    def do_POST(self) -> None:
        """Everything else."""
        body = self._body()
        match self.path.rpartition("/")[2]:
            case "exchange_user_api_key":
                self._exchange()
            case "BidiAppend":
                rid = (pb.get(body, 2, 1) or b"").decode()
                data = pb.get(body, 4) or bytes.fromhex((pb.get(body, 1) or b"").decode())
                self.server.inbox(rid).put(data)
                self.proto()
            case "RunSSE":
                self._run((pb.get(body[5:], 1) or b"").decode())
            case _:
                self.json({}) if "json" in self.headers.get("content-type", "") else self.proto()

    def _known(self) -> bool:
        return "BAD" not in self.headers.get("authorization", "")

    def _exchange(self) -> None:
        if not self._known():
            return self.json({"error": "bad key"}, 401)
        claims = (
            base64.urlsafe_b64encode(json.dumps({"exp": 4102444800, "sub": "x"}).encode())
            .decode()
            .rstrip("=")
        )
        self.json({"accessToken": f"a.{claims}.b", "refreshToken": "r", "authId": "x"})

    def _run(self, rid: str) -> None:
        inbox = self.server.inbox(rid)
        asked = pb.get(inbox.get(timeout=PATIENCE_S), 1) or b""
        said = (pb.get(asked, 2, 1, 1, 1) or b"").decode(errors="replace")
        with self.server.lock:
            self.server.asked.append(asked)
        for word, (status, code) in STATUSES.items():
            if word in said:
                return self.json({"code": code, "message": f"fake {status}"}, status)
        self.begin()
        stream = Stream(self, inbox)
        try:
            self._answer(stream, said)
            self.chunk(b"")
        except Cut:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()

    def _answer(self, stream: Stream, said: str) -> None:
        if "TOOLONG" in said:
            return stream.fail("invalid_argument", "prompt is too long: 250000 tokens > 200000 maximum")
        for word, command in SHELL.items():
            if word in said:
                stream.shell(command)
                return _say(stream)
        next((speak for word, speak in ANSWERS.items() if word in said), _say)(stream)

    # HTTP

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "") == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def json(self, value: object, status: int = 200) -> None:
        """Answer with JSON."""
        self._whole(json.dumps(value).encode(), "application/json", status)

    def proto(self) -> None:
        """Answer with an empty message."""
        self._whole(b"", "application/proto", 200)

    def _whole(self, body: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        """Begin a stream."""
        self.send_response(200)
        self.send_header("content-type", "application/connect+proto")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        """A piece of it; an empty one ends it."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


@contextmanager
def backend() -> Iterator[Backend]:
    """A running one."""
    server = Backend()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def serving(fixtures: list[Fixture], folder: Path) -> Iterator[str]:
    """A running one's address, for the table of faults (`Subject.serve`)."""
    with backend() as server:
        yield address(server)


def address(server: Backend) -> str:
    """Where it listens."""
    return f"http://127.0.0.1:{server.server_port}"


def around(url: str, key: str = "key_fake_fake") -> dict[str, str]:
    """The environment that leads the agent there."""
    names = ("CURSOR_BACKEND_URL", "CURSOR_API_BASE_URL", "CURSOR_WEBSITE_URL")
    return dict.fromkeys(names, url) | {"CURSOR_API_KEY": key}
