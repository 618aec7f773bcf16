#!/usr/bin/env python3
"""A stand-in for the Cursor CLI, which no registry has: `cursor-agent acp` as it is documented (cursor.com/docs/cli/acp).

A real process with real commands, files and a real line to its model's address; its model is the words of the prompt. What it
cannot show is whether the CLI does as its documentation says. Standard library only: its link stands on a machine's PATH.

    cursor-agent --version | status | acp

The words are those of the table of faults (faults.py), and ASK, PLAN, TODOS, TASK, IMAGE for Cursor's own methods.
"""

import asyncio
import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
WORDS = " ".join(f"w{number}" for number in range(1, 241))
HOUR_S = 3600.0
INTERNAL, INVALID_PARAMS, METHOD_NOT_FOUND, AUTH_REQUIRED = -32603, -32602, -32601, -32000
STORE = Path.home() / ".cursor/stand-in"
OPTIONS = [
    {"optionId": "allow-once", "name": "Allow once", "kind": "allow_once"},
    {"optionId": "allow-always", "name": "Allow always", "kind": "allow_always"},
    {"optionId": "reject-once", "name": "Reject", "kind": "reject_once"},
]
REFUSALS = {
    "E401": "[unauthenticated] HTTP 401",
    "E403": "[permission_denied] HTTP 403",
    "E400": "[internal] HTTP 400",
    "TOOLONG": "[invalid_argument] prompt is too long: 250000 tokens > 200000 maximum",
    "E402": "[unknown] HTTP 402",
    "WAIT429": "[unavailable] HTTP 429",
    "LONG429": "[unavailable] HTTP 429",
    "E429": "[unavailable] HTTP 429",
    "E500": "[unknown] HTTP 500",
    "E503": "[unavailable] HTTP 503",
    "E529": "[unavailable] HTTP 529",
    "DROP": "[unavailable] read ECONNRESET",
    "MALFORMED": "[internal] parse binary: premature EOF",
}
"""What cursor-sdk, which has the same local agent, was heard to say."""


class Refused(Exception):
    """A JSON-RPC error to answer with."""

    def __init__(self, code: int, message: str, details: str = "") -> None:
        super().__init__(message)
        self.error: Json = {"code": code, "message": message} | (
            {"data": {"details": details}} if details else {}
        )


class Cancelled(Exception):
    """The client stopped the turn."""


class StandIn:
    """One process: one line, one conversation at work."""

    def __init__(self) -> None:
        self.waiting: dict[int, asyncio.Future[Json]] = {}
        self.asked = 0
        self.session = ""
        self.folder = ""
        self.said: list[str] = []
        self.turn: asyncio.Task[None] | None = None
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Until stdin ends."""
        reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            message = json.loads(line)
            if "method" not in message:
                self.waiting.pop(message["id"]).set_result(message.get("result") or {})
                continue
            task = asyncio.create_task(self.answer(message))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def answer(self, message: Json) -> None:
        """Answer one request."""
        method = METHODS.get(message["method"])
        try:
            if method is None:
                raise Refused(METHOD_NOT_FOUND, "Method not found")
            body: Json = {"result": await method(self, message.get("params") or {})}
        except Refused as refused:
            body = {"error": refused.error}
        if "id" in message:
            self.send({"id": message["id"], **body})

    def send(self, message: Json) -> None:
        """Write one message."""
        data = (json.dumps({"jsonrpc": "2.0", **message}) + "\n").encode()
        while data:
            data = data[os.write(1, data) :]

    def update(self, kind: str, /, **fields: Any) -> None:
        """A `session/update`."""
        update = {"sessionUpdate": kind, **fields}
        self.send({"method": "session/update", "params": {"sessionId": self.session, "update": update}})

    def notify(self, method: str, **params: Any) -> None:
        """A notification of Cursor's own."""
        self.send({"method": method, "params": params})

    async def request(self, method: str, params: Json) -> Json:
        """Ask the client."""
        self.asked += 1
        self.waiting[self.asked] = future = asyncio.get_running_loop().create_future()
        self.send({"id": self.asked, "method": method, "params": params})
        answer = await future
        if (answer.get("outcome") or {}).get("outcome") == "cancelled":
            raise Cancelled
        return answer

    # The conversation

    async def initialize(self, params: Json) -> Json:
        return {
            "protocolVersion": 1,
            "agentCapabilities": {
                "loadSession": True,
                "mcpCapabilities": {"http": True, "sse": True},
                "promptCapabilities": {"audio": False, "embeddedContext": False, "image": True},
                "sessionCapabilities": {"list": {}},
            },
            "authMethods": [{"id": "cursor_login", "name": "Cursor Login"}],
        }

    async def authenticate(self, params: Json) -> Json:
        if params.get("methodId") != "cursor_login":
            raise Refused(INVALID_PARAMS, "Invalid params")
        if not signed_in():
            await asyncio.sleep(HOUR_S)  # for somebody at a browser
        return {}

    async def new(self, params: Json) -> Json:
        self.open(params, str(uuid.uuid4()))
        self.keep()
        return {"sessionId": self.session, **about()}

    async def load(self, params: Json) -> Json:
        file = STORE / f"{params['sessionId']}.json"
        if not file.exists():
            raise Refused(INTERNAL, "Internal error", f"Session {params['sessionId']} not found")
        self.open(params, params["sessionId"])
        self.said = json.loads(file.read_text())
        for words in self.said:
            self.update("user_message_chunk", content={"type": "text", "text": words})
        return about()

    def open(self, params: Json, session: str) -> None:
        if not signed_in():
            raise Refused(AUTH_REQUIRED, "Authentication required")
        self.session, self.folder = session, params["cwd"]

    def keep(self) -> None:
        STORE.mkdir(parents=True, exist_ok=True)
        (STORE / f"{self.session}.json").write_text(json.dumps(self.said))

    async def set_mode(self, params: Json) -> Json:
        return {}

    # Turns

    async def prompt(self, params: Json) -> Json:
        words = " ".join(block.get("text", "") for block in params["prompt"])
        self.said.append(words)
        self.keep()
        self.turn = asyncio.create_task(self.work(words))
        try:
            await self.turn
        except (asyncio.CancelledError, Cancelled):
            return {"stopReason": "cancelled"}
        finally:
            self.turn = None
        return {"stopReason": "end_turn"}

    async def cancel(self, params: Json) -> Json:
        if self.turn:
            self.turn.cancel()
        return {}

    async def work(self, words: str) -> None:
        await asyncio.to_thread(reach)
        for word, details in REFUSALS.items():
            if word in words:
                raise Refused(INTERNAL, "Internal error", details)
        await next((does for word, does in DOES.items() if word in words), StandIn.say)(self)

    def text(self, words: str) -> None:
        self.update("agent_message_chunk", content={"type": "text", "text": words})

    async def stream(self, words: str, delay_s: float) -> None:
        for at in range(0, len(words), 12):
            self.text(words[at : at + 12])
            await asyncio.sleep(delay_s)

    async def say(self) -> None:
        self.text("Hello from the fake model.")

    async def next(self) -> None:
        self.text("The next answer.")

    async def cut(self) -> None:
        await self.stream(WORDS[:200], 0.02)
        raise Refused(INTERNAL, "Internal error", "[aborted] stream ended before its end")

    async def hang(self) -> None:
        self.text(WORDS[:36])
        await asyncio.sleep(HOUR_S)

    async def silent(self) -> None:
        await asyncio.sleep(HOUR_S)

    async def long(self) -> None:
        await self.stream(WORDS, 0.06)

    async def slow(self) -> None:
        await self.stream(WORDS, 0.4)

    async def big(self) -> None:
        for _ in range(100):
            self.text("All of it. " * 1900)

    # Tools

    async def allowed(self, call: Json) -> bool:
        self.update("tool_call", **call)
        params = {"sessionId": self.session, "toolCall": call, "options": OPTIONS}
        answer = await self.request("session/request_permission", params)
        return answer["outcome"].get("optionId") != "reject-once"

    async def write(self) -> None:
        call = {"toolCallId": "w1", "title": "Edit `hello.txt`", "kind": "edit", "status": "pending"}
        diff = {"type": "diff", "path": "hello.txt", "oldText": None, "newText": "hi\n"}
        if await self.allowed(call | {"content": [diff], "locations": [{"path": "hello.txt"}]}):
            await asyncio.to_thread((Path(self.folder) / "hello.txt").write_text, "hi\n")
        self.update("tool_call_update", toolCallId="w1", status="completed")
        self.text("It is written.")

    async def run(self, command: str, title: str = "") -> None:
        call = {"toolCallId": "r1", "title": title or f"`{command}`", "kind": "execute", "status": "pending"}
        if not await self.allowed(call | {"rawInput": {"command": command}}):
            self.update("tool_call_update", toolCallId="r1", status="completed")
            return
        self.update("tool_call_update", toolCallId="r1", status="in_progress")
        running = await asyncio.create_subprocess_shell(
            command, cwd=self.folder, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await running.communicate()
        told = {"exitCode": running.returncode, "stdout": out.decode(), "stderr": ""}
        self.update("tool_call_update", toolCallId="r1", status="completed", rawOutput=told)
        self.text("It ran.")

    async def forever(self) -> None:
        await self.run("tail -f /dev/null")

    async def raises(self) -> None:
        await self.run("echo RAISE && tail -f /dev/null")

    async def exits(self) -> None:
        await self.run("echo out; exit 3")

    # Cursor's own

    async def ask(self) -> None:
        answer = await self.request(
            "cursor/ask_question",
            {
                "toolCallId": "q1",
                "title": "Before I begin",
                "questions": [
                    {
                        "id": "compiler",
                        "prompt": "Which compiler?",
                        "options": [{"id": "g", "label": "gcc"}, {"id": "c", "label": "clang"}],
                    },
                    {
                        "id": "extras",
                        "prompt": "What else?",
                        "options": [{"id": "t", "label": "Tests"}, {"id": "d", "label": "Docs"}],
                        "allowMultiple": True,
                    },
                ],
            },
        )
        self.text(json.dumps(answer))

    async def plan(self) -> None:
        answer = await self.request(
            "cursor/create_plan",
            {
                "toolCallId": "p1",
                "name": "The plan",
                "overview": "Two steps.",
                "plan": "# Do it\n\nFirst look.",
                "todos": [{"id": "1", "content": "Look", "status": "pending"}],
                "isProject": False,
            },
        )
        self.text(json.dumps(answer))

    async def todos(self) -> None:
        one, two = (
            {"id": "1", "content": "Look", "status": "completed"},
            {"id": "2", "content": "Do it", "status": "pending"},
        )
        self.notify("cursor/update_todos", toolCallId="t1", todos=[one, two], merge=False)
        self.notify(
            "cursor/update_todos", toolCallId="t1", todos=[two | {"status": "in_progress"}], merge=True
        )
        self.text("Two steps.")

    async def task(self) -> None:
        self.notify(
            "cursor/task", toolCallId="s1", description="Looked around", prompt="Look", subagentType="explore"
        )
        self.notify("cursor/generate_image", toolCallId="i1", description="A cat", filePath="cat.png")
        self.notify("cursor/heartbeat_of_tomorrow", what="ever")
        self.text("Done.")


def about() -> Json:
    """Modes and models, as session/new tells them."""
    modes = [{"id": id, "name": id.title()} for id in ("agent", "plan", "ask")]
    return {"modes": {"currentModeId": "agent", "availableModes": modes}}


def signed_in() -> bool:
    """By a login, or by a key."""
    return bool(os.environ.get("CURSOR_API_KEY")) or (Path.home() / ".cursor/login").exists()


def reach() -> None:
    """The model's address answers."""
    if address := os.environ.get("CURSOR_BACKEND_URL"):
        try:
            urllib.request.urlopen(f"{address}/v1/me", timeout=10).read()
        except (urllib.error.URLError, OSError) as error:
            raise Refused(
                INTERNAL, "Internal error", f"[unavailable] connect ECONNREFUSED: {error}"
            ) from None


METHODS: dict[str, Callable[[StandIn, Json], Awaitable[Json]]] = {
    "initialize": StandIn.initialize,
    "authenticate": StandIn.authenticate,
    "session/new": StandIn.new,
    "session/load": StandIn.load,
    "session/set_mode": StandIn.set_mode,
    "session/prompt": StandIn.prompt,
    "session/cancel": StandIn.cancel,
}
DOES: dict[str, Callable[[StandIn], Awaitable[None]]] = {
    "CUTCALL": StandIn.cut,
    "CUT": StandIn.cut,
    "HANG": StandIn.hang,
    "SILENT": StandIn.silent,
    "LONG": StandIn.long,
    "SLOW": StandIn.slow,
    "BIG": StandIn.big,
    "WRITE": StandIn.write,
    "FOREVER": StandIn.forever,
    "RAISE": StandIn.raises,
    "EXITS": StandIn.exits,
    "TASK": StandIn.task,
    "ASK": StandIn.ask,
    "PLAN": StandIn.plan,
    "TODOS": StandIn.todos,
    "NEXT": StandIn.next,
}


def main() -> None:
    """One of the CLI's commands."""
    match sys.argv[1:]:
        case ["--version"]:
            print("2026.11.01-standin")
        case ["status"]:
            print("✓ Logged in as you@example.com" if signed_in() else "Not logged in")
        case ["acp"]:
            asyncio.run(StandIn().serve())
        case other:
            sys.exit(f"cursor-agent: no such command: {other}")


if __name__ == "__main__":
    main()
