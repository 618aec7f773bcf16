"""JSON-RPC 2.0 over stdin and stdout: the agent's end of ACP, for agents of our own."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

from antiphon.providers.loose import Json, table

INTERNAL_ERROR = -32603
LINE_LIMIT = 64 * 1024 * 1024
"""Bytes in one message from the client."""


class RpcError(Exception):
    """A JSON-RPC error to answer with."""

    def __init__(
        self, code: int, message: str, details: str | None = None, *, data: Json | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data: Json | None = {"details": details} if details else data

    def to_json(self) -> Json:
        """The `error` of the response."""
        found: Json = {"code": self.code, "message": self.message}
        return found | ({"data": self.data} if self.data else {})


class _Stdout(asyncio.BaseProtocol):
    """Knows whether all is written."""

    def __init__(self) -> None:
        self.flushed = asyncio.Event()
        self.flushed.set()

    def pause_writing(self) -> None:
        self.flushed.clear()

    def resume_writing(self) -> None:
        self.flushed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.flushed.set()


class Peer:
    """The client, as the agent sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.WriteTransport, stdout: _Stdout) -> None:
        self._reader = reader
        self._writer = writer
        self._stdout = stdout
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def on_stdio(cls) -> "Peer":
        """Connect to this process's stdin and stdout."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=LINE_LIMIT)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        writer, stdout = await loop.connect_write_pipe(_Stdout, sys.stdout)
        writer.set_write_buffer_limits(0)
        return cls(reader, writer, stdout)

    async def serve(self, answer: Callable[[str, Json], Awaitable[Json]]) -> None:
        """Answer what the client asks, until stdin ends."""
        while line := await self._reader.readline():
            message = json.loads(line)
            if "method" not in message:
                self._settle(message)
                continue
            task = asyncio.create_task(self._answer(answer, message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, answer: Callable[[str, Json], Awaitable[Json]], message: Json) -> None:
        response: Json
        try:
            response = {"result": await answer(message["method"], table(message, "params"))}
        except RpcError as error:
            response = {"error": error.to_json()}
        except Exception as error:  # whatever it was, the client gets an answer
            print(f"agent: {error!r}", file=sys.stderr, flush=True)
            response = {"error": RpcError(INTERNAL_ERROR, "Internal error", repr(error)).to_json()}
        if "id" in message:
            self.send({"jsonrpc": "2.0", "id": message["id"], **response})

    def _settle(self, message: Json) -> None:
        waiting = self._waiting.pop(message["id"], None)
        if waiting and not waiting.done():
            waiting.set_result(table(message, "result"))

    async def request(self, method: str, params: Json) -> Json:
        """Ask the client; its result ({} for an error)."""
        id = len(self._waiting) + 1_000_000
        while id in self._waiting:
            id += 1
        self._waiting[id] = asyncio.get_running_loop().create_future()
        self.send({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        return await self._waiting[id]

    def notify(self, method: str, params: Json) -> None:
        """Tell the client."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: Json) -> None:
        """Write one message."""
        self.write(json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")

    def write(self, data: bytes) -> None:
        """Write bytes as they are (the misbehaviours do)."""
        self._writer.write(data)

    async def flushed(self) -> None:
        """Wait until all is in the pipe: then even a crash does not lose it."""
        await self._stdout.flushed.wait()
