"""The transport under the ACP library's connection."""

import asyncio
import json
from typing import Any

import pytest

from antiphon.providers.acp.wire import SLICE, Wire


class Pipes:
    """Lines that are all there already, as in a flood."""

    def __init__(self, *lines: Any) -> None:
        self._lines = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        self.written: list[Any] = []

    async def read_line(self) -> bytes | None:
        return self._lines.pop(0) if self._lines else None

    async def write(self, data: bytes) -> None:
        self.written.append(json.loads(data))


def update(text: str) -> dict[str, Any]:
    """A session/update."""
    return {"method": "session/update", "params": {"text": text}}


async def nothing() -> None:
    """A log that has caught up."""


def wire(pipes: Pipes, heard: list[Any] | None = None) -> Wire:
    """A wire over the pipes."""
    return Wire(pipes, (heard if heard is not None else []).append, nothing)


async def test_updates_are_handled_before_what_follows_them() -> None:
    """When the response is read, everything that came before it has been translated."""
    heard: list[Any] = []
    found = wire(Pipes(update("1"), update("2"), {"id": 1, "result": {}}, update("3")), heard)
    assert await found.receive() == {"id": 1, "result": {}}
    assert [each["text"] for each in heard] == ["1", "2"]
    assert await found.receive() is None
    assert [each["text"] for each in heard] == ["1", "2", "3"]
    assert found.ended.is_set()
    assert found.broken is None


@pytest.mark.parametrize("line", [b"no json", b"[1]", b"{}", b"\xff\xfe", b'{"a":1', b"null"])
async def test_what_is_no_message_breaks_the_wire(line: bytes) -> None:
    """Nothing is skipped: the reader ends, and the line is kept."""
    found = wire(Pipes(line, {"id": 1, "result": {}}))
    assert await found.receive() is None
    assert found.broken
    assert found.ended.is_set()


async def test_an_update_of_a_wrong_shape_breaks_the_wire() -> None:
    """Whatever the translation cannot take is told, not lost in a log."""

    def refuse(params: Any) -> None:
        raise ValueError("no such code")

    found = Wire(Pipes(update("1")), refuse, nothing)
    assert await found.receive() is None
    assert found.broken
    assert "no such code" in found.broken


async def test_a_flood_lets_others_run() -> None:
    """However much is in the pipe, the event loop is not held for more than a slice."""
    handled = 0
    held: list[int] = []

    def hear(params: Any) -> None:
        nonlocal handled
        handled += 1

    async def other() -> None:
        seen = 0
        while handled < 1000:
            held.append(handled - seen)
            seen = handled
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    found = Wire(Pipes(*[update("x")] * 1000), hear, nothing)
    assert await found.receive() is None
    await beside
    assert max(held) <= SLICE


async def test_every_read_waits_for_the_log() -> None:
    """The back pressure."""
    order: list[str] = []

    async def drained() -> None:
        order.append("drained")

    found = Wire(Pipes(update("1"), update("2")), lambda params: order.append("update"), drained)
    await found.receive()
    assert order == ["drained", "update", "drained", "update", "drained"]


async def test_answered_waits_for_every_response() -> None:
    """Requests of the agent are counted until their responses are written."""
    pipes = Pipes({"id": "a", "method": "ask"}, {"id": "b", "method": "ask"})
    found = wire(pipes)
    await found.answered()
    await found.receive()
    await found.receive()
    waiting = asyncio.create_task(found.answered())
    for id in ("b", "a"):
        await asyncio.sleep(0)
        assert not waiting.done()
        await found.send({"id": id, "result": {}})
    await waiting
    assert [message["id"] for message in pipes.written] == ["b", "a"]


async def test_closing_lets_go_whoever_waits() -> None:
    """No wait outlives the wire."""
    found = wire(Pipes({"id": "a", "method": "ask"}))
    await found.receive()
    waiting = asyncio.create_task(found.answered())
    await asyncio.sleep(0)
    await found.close()
    async with asyncio.timeout(1):
        await waiting
