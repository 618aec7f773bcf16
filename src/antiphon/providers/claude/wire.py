"""The line to one Claude Code: JSON lines both ways, and control requests both ways.

    ours   {"type":"user"…}, {"type":"control_request","request_id":…,"request":{"subtype":…}}
    its    messages, its own control_requests (answered by `control_response`), `control_cancel_request`

1. Messages are handed on in order, one after the other; the next line is read when the one before
   is done with and the log has nearly caught up (`drained`): the back pressure reaches the pipe.
2. A control request of the agent is answered in a task of its own, so that a question to a person
   holds up nothing. Whatever goes wrong in ours, it gets an answer.
3. The agent is dead when its stdout ends, or says what is not JSON, or what we fail at (our mistake, told
   as such). Whatever waits for it then fails.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.providers import death
from antiphon.providers.base import ProviderFailed
from antiphon.providers.claude import errors
from antiphon.providers.loose import Json, table, text
from antiphon.providers.process import AgentProcess
from antiphon.providers.surrogates import mend

SLICE = 32
"""Lines after which the other sessions have the event loop; about a millisecond's work."""
SHOWN = 200
"""Characters of a bad line that are shown."""

OnMessage = Callable[[Json], Awaitable[None]]
OnRequest = Callable[[Json], Awaitable[Json]]


class ControlRefused(Exception):
    """Claude Code refused {subtype}: {reason}"""

    def __init__(self, subtype: str, reason: str) -> None:
        super().__init__(f"Claude Code refused {subtype}: {reason}")
        self.subtype, self.reason = subtype, reason


class Line:
    """Made over a started process; `close` is owed in every case."""

    def __init__(
        self,
        process: AgentProcess,
        on_message: OnMessage,
        on_request: OnRequest,
        drained: Callable[[], Awaitable[None]],
    ) -> None:
        self.process = process
        self._on_message, self._on_request, self._drained = on_message, on_request, drained
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._answering: dict[str, asyncio.Task[None]] = {}
        self._broken: str | None = None
        self._closing = False
        self.death = asyncio.create_task(self._watch(), name=f"watch claude {process.pid}")
        """Done when the agent is gone: why."""

    # Ours

    async def send(self, message: Json) -> None:
        """Write a message. Raises ConnectionError when the agent is gone."""
        await self.process.write(msgspec.json.encode(message) + b"\n")

    async def request(self, subtype: str, **fields: Any) -> Json:
        """Make a control request. Raises ControlRefused, ProviderFailed when the agent is gone."""
        id = new_id()
        answer = self._waiting[id] = asyncio.get_running_loop().create_future()
        request = {"subtype": subtype, **fields}
        try:
            await self.send({"type": "control_request", "request_id": id, "request": request})
            await asyncio.wait({answer, self.death}, return_when=asyncio.FIRST_COMPLETED)
        except ConnectionError:
            pass
        finally:
            self._waiting.pop(id, None)
        if not answer.done():
            raise ProviderFailed(await asyncio.shield(self.death))
        found = answer.result()
        if found.get("subtype") == "error":
            raise ControlRefused(subtype, text(found.get("error")))
        return table(found, "response")

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
            return errors.failure("internal", "Antiphon failed at what Claude Code said.", said)
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
        count = 0
        while (line := await self._next()) is not None:
            count += 1
            if count % SLICE == 0:
                await asyncio.sleep(0)
            if (message := self._decode(line)) is not None:
                await self._take(message)
            if self._broken is not None:
                return

    async def _next(self) -> bytes | None:
        await self._drained()
        return await self.process.read_line()

    def _decode(self, line: bytes) -> Json | None:
        """None for a line that is no message: some builds print words for their developers."""
        if not line.lstrip().startswith(b"{"):
            return None
        try:
            return table(decode(line))
        except ValueError:
            self._broken = line[:SHOWN].decode(errors="replace")
            return None

    async def _take(self, message: Json) -> None:
        kind = text(message.get("type"))
        if kind == "control_response":
            answer = self._waiting.get(text(table(message, "response").get("request_id")))
            if answer and not answer.done():
                answer.set_result(table(message, "response"))
        elif kind == "control_request":
            id = text(message.get("request_id"))
            task = asyncio.create_task(self._answer(id, mend(table(message, "request"))))
            self._answering[id] = task
            task.add_done_callback(lambda _: self._answering.pop(id, None))
        elif kind == "control_cancel_request":
            if task := self._answering.get(text(message.get("request_id"))):
                task.cancel()
        else:
            await self._on_message(mend(message))

    async def _answer(self, id: str, request: Json) -> None:
        response: Json = {"request_id": id}
        try:
            response |= {"subtype": "success", "response": await self._on_request(request)}
        except NotImplementedError:
            response |= {"subtype": "error", "error": f"{request.get('subtype')} is not supported"}
        except Exception as error:
            response |= {"subtype": "error", "error": str(error) or type(error).__name__}
        with contextlib.suppress(ConnectionError):  # it is gone: `death` tells it
            await self.send({"type": "control_response", "response": response})

    async def close(self) -> None:
        """End the agent and all below it. Idempotent; never raises."""
        self._closing = True
        await self.process.close()
        await asyncio.wait({self.death})


def decode(line: bytes) -> Any:
    """JSON, lone surrogates included (see surrogates.py). Raises ValueError."""
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        return json.loads(line)
