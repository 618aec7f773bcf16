"""A scripted model's server, OpenAI-compatible, on loopback: what a person says picks what it answers.

The real thing on the wire (HTTP, server-sent events, cuts and hangs of real sockets), for what a fake
model's fixtures cannot say. `SAY`, `LONG`, `WRITE`, … are in `SCRIPTS`.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
ANSWER = "Hello from the model."


class ChatServer(ThreadingHTTPServer):
    """The server. `asked` has the body of each request for an answer, oldest first."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.asked: list[Json] = []
        self.headers: list[dict[str, str]] = []
        """Of those requests."""
        self.pages: dict[str, Json] = {"/v1/models": models("tiny")}
        """What is answered, by path; any other is 404. `{"redirect": URL}` leads there, `{"hang": True}` says nothing."""
        self.answers_at = ""
        """Where requests for an answer are led; empty: they are answered here."""
        self.paths: list[str] = []
        """What GET was asked for."""
        self.ended = threading.Event()
        """Set when it stops: whoever hangs lets go."""

    @property
    def root(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving() -> Iterator[ChatServer]:
    """Serves until the end."""
    server = ChatServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def models(*names: str, **more: Any) -> Json:
    """A list of models as `/v1/models` gives it."""
    return {"object": "list", "data": [{"id": name, "object": "model", **more} for name in names]}


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def log_message(self, *args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.page()

    def page(self) -> None:
        page = self.server.pages.get(self.path)
        if page and "hang" in page:
            self.hang()
        elif page and "redirect" in page:
            self.answer(302, {}, location=page["redirect"])
        else:
            self.answer(200 if page else 404, page or {"error": {"message": "no such page"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path != "/v1/chat/completions":
            self.page()
            return
        if self.server.answers_at:
            self.answer(307, {}, location=self.server.answers_at)
            return
        self.server.asked.append(body)
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        try:
            script_of(body)(self, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer(self, status: int, body: Json, **headers: str) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    # A stream

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def raw(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def chunk(self, delta: Json | None = None, finish: str | None = None, **more: Any) -> None:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        body = {
            "id": "c1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "tiny",
            "choices": choices,
        }
        self.raw(f"data: {json.dumps(body | more)}\n\n")

    def say(self, words: str) -> None:
        for word in words.split(" "):
            self.chunk({"content": f"{word} "})

    def end(self, finish: str = "stop", **usage: Any) -> None:
        told = {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105, **usage}
        self.chunk({}, finish)
        self.chunk(None, usage=told)
        self.raw("data: [DONE]\n\n")
        self.eof()

    def eof(self) -> None:
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def cut(self) -> None:
        """The connection ends in the middle."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(2)

    def hang(self) -> None:
        self.server.ended.wait(600)
        self.close_connection = True

    def call(self, name: str, id: str = "call_1", **arguments: Any) -> None:
        self.begin()
        function = {"name": name, "arguments": json.dumps(arguments)}
        self.chunk({"tool_calls": [{"index": 0, "id": id, "type": "function", "function": function}]})
        self.end("tool_calls")


Script = Callable[[_Exchange, Json], None]


def said(body: Json) -> list[str]:
    """What the person said, oldest first."""
    found = []
    for message in body["messages"]:
        if message["role"] == "user":
            content = message["content"]
            parts = [content] if isinstance(content, str) else [each.get("text", "") for each in content]
            found.append("\n".join(parts))
    return found


def script_of(body: Json) -> Script:
    """The script of the last word."""
    if body["messages"][-1]["role"] == "tool" and said(body)[-1] == "MANY":
        return many
    word = said(body)[-1].split()[-1] if body["messages"][-1]["role"] != "tool" else "DONE"
    for each in reversed(said(body)[-1].split()):
        if each in SCRIPTS and word != "DONE":
            return SCRIPTS[each]
    return SCRIPTS["DONE" if word == "DONE" else "SAY"]


def say(words: str, finish: str = "stop") -> Script:
    def play(exchange: _Exchange, body: Json) -> None:
        exchange.begin()
        exchange.say(words)
        exchange.end(finish)

    return play


def error(status: int, message: str, **headers: str) -> Script:
    return lambda exchange, body: exchange.answer(
        status, {"error": {"message": message, "code": status}}, **headers
    )


def call(name: str, **arguments: Any) -> Script:
    return lambda exchange, body: exchange.call(name, **arguments)


def long(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    while not exchange.server.ended.is_set():
        exchange.say("word")
        time.sleep(0.05)


def remember(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    exchange.say("You said: " + " | ".join(said(body)[:-1]))
    exchange.end()


def hang(exchange: _Exchange, body: Json) -> None:
    exchange.hang()


def hang_in_text(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    exchange.say("The beginning")
    exchange.hang()


def no_finish(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    exchange.say("The beginning")
    exchange.eof()


def drop_in_text(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    exchange.say("The beginning")
    exchange.cut()


def error_in_text(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    exchange.say("The beginning")
    exchange.chunk({"content": ""}, "error", error={"code": 502, "message": "Provider disconnected"})
    exchange.eof()


def malformed(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    exchange.say("The beginning")
    exchange.raw('data: {"choices": [{\n\n')
    exchange.eof()


def think(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    exchange.chunk({"reasoning": "Let me see."})
    exchange.say(ANSWER)
    exchange.end()


def cost(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    exchange.say(ANSWER)
    exchange.end(cost=0.0125)


def call_without_finish(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    function = {"name": "write_file", "arguments": json.dumps({"path": "cut.txt", "content": "x"})}
    exchange.chunk({"tool_calls": [{"index": 0, "id": "c", "type": "function", "function": function}]})
    exchange.eof()


def nothing(exchange: _Exchange, body: Json) -> None:
    """As llama-cpp-python does it: why comes only to who asks for no stream."""
    if body.get("stream"):
        exchange.begin()
        exchange.eof()
    else:
        exchange.answer(400, {"error": {"message": "Requested tokens (2000) exceed context window of 1536"}})


def two(exchange: _Exchange, body: Json) -> None:
    """Two tool calls in one answer."""
    exchange.begin()
    for index, name in enumerate(("a", "b")):
        function = {"name": "write_file", "arguments": json.dumps({"path": f"{name}.txt", "content": name})}
        exchange.chunk(
            {"tool_calls": [{"index": index, "id": name, "type": "function", "function": function}]}
        )
    exchange.end("tool_calls")


def many(exchange: _Exchange, body: Json) -> None:
    """More steps than a library's own limit lets a model take."""
    step = sum(message["role"] == "tool" for message in body["messages"])
    if step == 52:
        say("That is settled.")(exchange, body)
    else:
        exchange.call("file_info", id=f"call_{step}", path="hello.txt")


def uncounted(exchange: _Exchange, body: Json) -> None:
    exchange.begin()
    exchange.say(ANSWER)
    exchange.chunk({}, "stop")
    exchange.eof()


SCRIPTS: dict[str, Script] = {
    "NOTHING": nothing,
    "SAY": say(ANSWER),
    "DONE": say("That is settled."),
    "LONG": long,
    "REMEMBER": remember,
    "THINK": think,
    "COST": cost,
    "LENGTH": say("As far as it", "length"),
    "WRITE": call("write_file", path="hello.txt", content="hi there\n"),
    "EDIT": call("edit_file", path="hello.txt", old_text="there", new_text="you"),
    "OUTSIDE": call("write_file", path="../outside.txt", content="no"),
    "LINK": call("read_file", path="link.txt"),
    "RUN": call("run_command", command="echo one; echo two >&2; exit 3"),
    "ENV": call("run_command", command="env; cat /proc/$PPID/environ | tr '\\0' '\\n'"),
    "TAIL": call("run_command", command="echo begun; exec tail -f /dev/null"),
    "STRAY": call("run_command", command="setsid tail -f /dev/null >/dev/null 2>&1 & echo left"),
    "TWO": two,
    "MANY": many,
    "FOLDER": call("create_directory", path="made"),
    "REMOVE": call("run_command", command="rm old.txt"),
    "FILTERED": say("As far as it", "content_filter"),
    "UNCOUNTED": uncounted,
    "HANG": hang,
    "HANG_IN_TEXT": hang_in_text,
    "NO_FINISH": no_finish,
    "CALL_WITHOUT_FINISH": call_without_finish,
    "DROP_IN_TEXT": drop_in_text,
    "DROP": lambda exchange, body: exchange.cut(),
    "ERROR_IN_TEXT": error_in_text,
    "MALFORMED": malformed,
    "E400": error(400, "bad request"),
    "E401": error(401, "No auth credentials found"),
    "E402": error(402, "Insufficient credits"),
    "E403": error(403, "Key limit exceeded"),
    "E404": error(404, "No endpoints found for tiny"),
    "E413": error(413, "Payload too large"),
    "E429": error(429, "Rate limit exceeded"),
    "E429_AFTER": error(429, "Rate limit exceeded", retry_after="120"),
    "E500": error(500, "Internal Server Error"),
    "E503": error(503, "No instances available"),
    "E529": error(529, "Overloaded"),
    "TOO_LONG": error(400, "the request exceeds the available context size"),
}
