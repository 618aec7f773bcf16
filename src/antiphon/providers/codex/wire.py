"""The line to one Codex: JSON-RPC as JSON lines, without its "jsonrpc" field.

1. Notifications are handed on in order, one after the other; the next line is read when the one before
   is done with and the log has nearly caught up (`drained`): the back pressure reaches the pipe.
2. A request of the agent is answered in a task of its own, so that a question to a person holds up
   nothing. Whatever goes wrong in ours, it gets an answer.
3. The agent is dead when its stdout ends, or says what is not JSON, or what we fail at (our mistake, told
   as such). Whatever waits for it then fails.
4. A question that Codex says is resolved, though we have not answered it, is closed.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import msgspec

from antiphon.model.failures import Failure
from antiphon.providers import death
from antiphon.providers.base import ProviderFailed
from antiphon.providers.codex import errors
from antiphon.providers.loose import Json, table, text
from antiphon.providers.process import AgentProcess

SLICE = 32
"""Lines after which the other sessions have the event loop; about a millisecond's work."""
SHOWN = 200
"""Characters of a bad line that are shown."""
NOT_FOUND, FAILED = -32601, -32603
"""JSON-RPC's codes for a method that is not there, and for one that failed."""

OnNotification = Callable[[str, Json], Awaitable[None]]
OnRequest = Callable[[str, Json], Awaitable[Json]]


class Refused(Exception):
    """Codex refused {method}: {reason}"""

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"Codex refused {method}: {reason}")
        self.method, self.reason = method, reason


class Line:
    """Made over a started process; `close` is owed in every case."""

    def __init__(
        self,
        process: AgentProcess,
        on_notification: OnNotification,
        on_request: OnRequest,
        drained: Callable[[], Awaitable[None]],
    ) -> None:
        self.process = process
        self._on_notification, self._on_request, self._drained = on_notification, on_request, drained
        self._ids = count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._answering: dict[Any, asyncio.Task[None]] = {}
        self._broken: str | None = None
        self._closing = False
        self.death = asyncio.create_task(self._watch(), name=f"watch codex {process.pid}")
        """Done when the agent is gone: why."""

    # Ours

    async def send(self, message: Json) -> None:
        """Write a message. Raises ConnectionError when the agent is gone."""
        await self.process.write(msgspec.json.encode(message) + b"\n")

    async def request(self, method: str, **params: Any) -> Json:
        """Ask it. Raises Refused, ProviderFailed when the agent is gone."""
        id = next(self._ids)
        answer = self._waiting[id] = asyncio.get_running_loop().create_future()
        try:
            await self.send({"id": id, "method": method, "params": params})
            await asyncio.wait({answer, self.death}, return_when=asyncio.FIRST_COMPLETED)
        except ConnectionError:
            pass
        finally:
            self._waiting.pop(id, None)
        if not answer.done():
            raise ProviderFailed(await asyncio.shield(self.death))
        found = answer.result()
        if "error" in found:
            raise Refused(method, text(table(found, "error").get("message")))
        return table(found, "result")

    # Its

    async def _watch(self) -> Failure:
        mistake: Exception | None = None
        try:
            await self._read()
        except Exception as error:
            mistake = error
        for task in self._answering.values():
            task.cancel()
        if mistake is not None:
            said = f"{type(mistake).__name__}: {mistake}"
            return errors.failure("internal", "Antiphon failed at what Codex said.", said)
        found = await death.cause(
            self.process,
            name=errors.NAME,
            language="its protocol",
            broken=self._broken,
            closing=self._closing,
        )
        detail = "\n".join(filter(None, (found.detail, self.process.stderr)))
        action = self.process.program.install if found.code == "provider-missing" else None
        return errors.failure(found.code, found.message, detail, action)

    async def _read(self) -> None:
        lines = 0
        while (line := await self._next()) is not None:
            lines += 1
            if lines % SLICE == 0:
                await asyncio.sleep(0)
            message = self._decode(line)
            if self._broken is not None:
                return
            await self._take(message)

    async def _next(self) -> bytes | None:
        await self._drained()
        return await self.process.read_line()

    def _decode(self, line: bytes) -> Json:
        if not line.strip():
            return {}
        with contextlib.suppress(msgspec.DecodeError):
            if message := decode(line):
                return message
        self._broken = line[:SHOWN].decode(errors="replace")
        return {}

    async def _take(self, message: Json) -> None:
        method, id, params = text(message.get("method")), message.get("id"), table(message, "params")
        if not method:
            answer = self._waiting.get(id) if isinstance(id, int) else None
            if answer and not answer.done():
                answer.set_result(message)
        elif id is None:
            if method == "serverRequest/resolved" and (task := self._answering.get(params.get("requestId"))):
                task.cancel()  # nobody waits for it any more
            await self._on_notification(method, params)
        else:
            task = asyncio.create_task(self._answer(id, method, params))
            self._answering[id] = task
            task.add_done_callback(lambda _: self._answering.pop(id, None))

    async def _answer(self, id: Any, method: str, params: Json) -> None:
        try:
            response: Json = {"result": await self._on_request(method, params)}
        except NotImplementedError:
            response = {"error": {"code": NOT_FOUND, "message": f"{method} is not supported"}}
        except Exception as error:
            response = {"error": {"code": FAILED, "message": str(error) or type(error).__name__}}
        with contextlib.suppress(ConnectionError):  # it is gone: `death` tells it
            await self.send({"id": id, **response})

    async def close(self) -> None:
        """End the agent and all below it. Idempotent; never raises."""
        self._closing = True
        await self.process.close()
        await asyncio.wait({self.death})


def decode(line: bytes) -> Json:
    """A message; {} for JSON that is none. Raises msgspec.DecodeError."""
    return table(msgspec.json.decode(line))
