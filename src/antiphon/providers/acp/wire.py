"""The transport under the ACP library's connection: JSON lines over the agent's pipes.

The library's own reader logs and skips what it cannot parse, makes a task per notification
and never waits for a slow reader. Ours:

1. A line that is no JSON object, or an update of a wrong shape, breaks the connection; `broken` shows it.
2. `session/update`, and what the agent says in a way of its own (`tells`), goes straight to the translation, in order,
   before the next line is read.
3. Between reads it waits for the log (`drained`): the back pressure reaches the agent's pipe.
4. A flood lets the other sessions have the event loop every SLICE lines.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import msgspec

from antiphon.providers.loose import Json, table

SLICE = 32
"""Lines; about a millisecond's work."""
SHOWN = 200
"""Characters of a bad line that are shown."""


Tells = Callable[[str, Json], Sequence[Json] | None]
"""A notification's method and parameters → the session updates that it amounts to; None: it is not known."""


def nothing(method: str, params: Json) -> None:
    """An agent that says nothing beside ACP."""


class Pipes(Protocol):
    """The agent's stdin and stdout."""

    async def read_line(self) -> bytes | None: ...
    async def write(self, data: bytes) -> None: ...


class Wire:
    """By shape an `acp.connection.Transport`."""

    def __init__(
        self,
        pipes: Pipes,
        on_update: Callable[[Json], None],
        drained: Callable[[], Awaitable[None]],
        tells: Tells = nothing,
    ) -> None:
        self._pipes = pipes
        self._on_update = on_update
        self._tells = tells
        self._drained = drained
        self._asked: set[Any] = set()
        self._answered = asyncio.Event()
        self._lines = 0
        self.ended = asyncio.Event()
        """Nothing more can come."""
        self.broken: str | None = None
        """What the agent sent that is not ACP."""

    async def send(self, message: Json) -> None:
        """Write a message. Raises ConnectionError when the agent is gone."""
        await self._pipes.write(msgspec.json.encode(message) + b"\n")
        if "method" not in message:
            self._asked.discard(message.get("id"))
            if not self._asked:
                self._answered.set()

    async def receive(self) -> Json | None:
        """The next response or request; None at the end."""
        while message := await self._next():
            updates = self._updates(message)
            if updates is None:
                return self._note(message)
            if not all(map(self._update, updates)):
                break
        self.ended.set()
        return None

    def _updates(self, message: Json) -> Sequence[Json] | None:
        """The parameters of the session updates that the message amounts to; None: it is something else."""
        if message.get("method") == "session/update":
            return [table(message, "params")]
        if "method" not in message or "id" in message:
            return None
        told = self._tells(str(message["method"]), table(message, "params"))
        return None if told is None else [{"update": update} for update in told]

    def _update(self, params: Json) -> bool:
        try:
            self._on_update(params)
        except (ValueError, TypeError, AttributeError) as error:
            self.broken = f"{error}: {str(params)[:SHOWN]}"
        return self.broken is None

    async def _next(self) -> Json | None:
        await self._drained()
        self._lines += 1
        if self._lines % SLICE == 0:
            await asyncio.sleep(0)
        while (line := await self._pipes.read_line()) is not None:
            if line.strip():
                return self._decode(line)
        return None

    def _decode(self, line: bytes) -> Json | None:
        try:
            message = decode(line)
        except ValueError:
            message = None
        if found := table(message):
            return found
        self.broken = line[:SHOWN].decode(errors="replace")
        return None

    def _note(self, message: Json) -> Json:
        if "method" in message and "id" in message:
            self._asked.add(message["id"])
        return message

    async def answered(self) -> None:
        """Wait until every request of the agent has its response written."""
        while self._asked:
            self._answered.clear()
            await self._answered.wait()

    async def close(self) -> None:
        """The pipes close with the process."""
        self.ended.set()
        self._asked.clear()
        self._answered.set()


def decode(line: bytes) -> Any:
    """JSON, lone surrogates included (see surrogates.py). Raises ValueError."""
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        return json.loads(line)
