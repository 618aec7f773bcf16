"""The client that measures: a WebSocket with nothing around it, and what it was sent of a session."""

import asyncio
import time
from collections.abc import Sequence

import msgspec
from websockets.asyncio.client import ClientConnection

from antiphon.model.commands import AnyCommand, Prompt, Subscribe
from antiphon.model.events import TURN_ENDS, AnyEvent, ItemCompleted, ItemDelta, TurnCompleted
from antiphon.model.ids import new_id
from antiphon.model.replies import AnyFrame, Events, Subscribed

LIMIT_S = 120.0
"""For anything that is waited for."""

_frame = msgspec.json.Decoder(AnyFrame).decode
_event = msgspec.json.Decoder(AnyEvent).decode
_encode = msgspec.json.Encoder().encode


class Wrong(Exception):
    """What was measured is not what should have happened: the figures would say nothing."""


class Stamped(ClientConnection):
    """A WebSocket that notes when bytes come, before anything is made of them."""

    came = 0

    def data_received(self, data: bytes) -> None:
        self.came = time.monotonic_ns()
        super().data_received(data)


class Wire:
    """The client's side of one WebSocket."""

    def __init__(self, socket: Stamped) -> None:
        self._socket = socket
        self.arrived = 0
        """When the last frame came, or later bytes, if they came before it was taken (monotonic ns)."""

    async def send(self, command: AnyCommand) -> None:
        await self._socket.send(_encode(command).decode())

    async def receive(self) -> AnyFrame:
        raw = await self._socket.recv(decode=False)
        self.arrived = self._socket.came
        return _frame(raw)

    async def follow(self, session: str, *, tail: int | None = None) -> Subscribed:
        """Subscribe from the first event on, or to the last `tail` ones; other frames before the reply are passed over."""
        after = 0 if tail is None else None
        await self.send(Subscribe(id=new_id(), session=session, after=after, tail=tail))
        while not isinstance(frame := await self.receive(), Subscribed):
            pass
        return frame

    async def ask(self, session: str, text: str) -> None:
        await self.send(Prompt(id=new_id(), session=session, text=text))


class Transcript:
    """What a client was sent of one session: each frame continues the one before, each event comes once."""

    def __init__(self) -> None:
        self.bodies: list[tuple[int, bytes]] = []
        self.chunks: list[str] = []
        """The words of the deltas, in order."""
        self.ended: AnyEvent | None = None
        self.arrived = 0
        """When the last of them came (monotonic ns)."""

    @property
    def cursor(self) -> int:
        return self.bodies[-1][0] if self.bodies else 0

    def take(self, frame: Events, arrived: int) -> list[str]:
        """The words that the frame brings. Raises Wrong."""
        if frame.after != self.cursor:
            raise Wrong(f"a frame continues {frame.after}, and the one before ended at {self.cursor}")
        words: list[str] = []
        for body in frame.events:
            event = _event(body)
            if event.seq != self.cursor + 1:
                raise Wrong(f"event {event.seq} came after event {self.cursor}")
            self.bodies.append((event.seq, bytes(body)))
            if isinstance(event, ItemDelta):
                words += event.text.split()
            elif isinstance(event, TURN_ENDS):
                self.ended = event
        if words:
            self.arrived = arrived
        self.chunks += words
        return words

    def check(self, numbers: Sequence[int], rows: Sequence[tuple[int, bytes]]) -> None:
        """That all chunks came, in order and once, and that the log holds what was sent. Raises Wrong."""
        if not isinstance(self.ended, TurnCompleted):
            raise Wrong(f"the turn ended otherwise: {self.ended}")
        found = [int(chunk.partition(":")[0]) for chunk in self.chunks]
        if found != list(numbers):
            raise Wrong(f"{len(found)} chunks came of {len(numbers)}, or in another order")
        held = set(rows)
        missing = [_event(body) for seq, body in self.bodies if (seq, body) not in held]
        if not held <= set(self.bodies) or not all(isinstance(event, ItemDelta) for event in missing):
            raise Wrong(f"the log holds {len(rows)} events, the client got {len(self.bodies)}, or others")
        self._check_whole({event.item for event in missing if isinstance(event, ItemDelta)}, rows)

    def _check_whole(self, items: set[str], rows: Sequence[tuple[int, bytes]]) -> None:
        """Deltas may be gone (compaction) where `item-completed` holds all that they said. Raises Wrong."""
        said: dict[str, str] = dict.fromkeys(items, "")
        for _, body in self.bodies:
            if isinstance(event := _event(body), ItemDelta) and event.item in said:
                said[event.item] += event.text
        whole = {
            event.item: event.content for _, body in rows if isinstance(event := _event(body), ItemCompleted)
        }
        if any(getattr(whole.get(item), "text", None) != text for item, text in said.items()):
            raise Wrong("the log lost deltas that no item holds")


async def turn(wire: Wire, session: str, text: str, transcript: Transcript) -> None:
    """Ask, and take all that comes until the turn has ended. The session is followed already."""
    transcript.ended = None
    await wire.ask(session, text)
    async with asyncio.timeout(LIMIT_S):
        while transcript.ended is None:
            frame = await wire.receive()
            if isinstance(frame, Events):
                transcript.take(frame, wire.arrived)
