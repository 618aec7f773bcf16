"""The wire over a real WebSocket: one reply to each command, frames that chain, a goodbye at the end."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from antiphon.model.ids import new_id
from tests.servers import RunningServer

LIMIT = 15.0


class Wire:
    """A bare client: sends frames, and sorts what comes."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> str:
        frame.setdefault("id", new_id())
        await self.socket.send(json.dumps(frame))
        return frame["id"]

    async def next(self, *types: str, **fields: Any) -> dict[str, Any]:
        """The next frame of one of these types with these fields; others are kept in `frames`."""
        async with asyncio.timeout(LIMIT):
            while True:
                frame = json.loads(await self.socket.recv())
                self.frames.append(frame)
                if frame["type"] in types and fields.items() <= frame.items():
                    return frame

    async def ask(self, **frame: Any) -> dict[str, Any]:
        """Send a command; its one reply."""
        id = await self.send(**frame)
        replies = ("subscribed", "unsubscribed", "accepted", "session-busy", "rejected", "pong")
        return await self.next(*replies, id=id)

    async def until_event(self, *types: str) -> dict[str, Any]:
        """Read `events` frames until one brings an event of these types."""
        while True:
            for event in (await self.next("events"))["events"]:
                if event["type"] in types:
                    return event


@asynccontextmanager
async def wire(server: RunningServer, **headers: str) -> AsyncIterator[Wire]:
    headers.setdefault("Authorization", f"Bearer {server.token}")
    url = server.url.replace("http", "ws") + "/ws"
    async with connect(
        url, additional_headers=headers, subprotocols=["antiphon.v1"], proxy=None, max_size=None
    ) as found:
        yield Wire(found)


@pytest.fixture
def session(running_server: RunningServer) -> str:
    running_server.make_project()
    return str(running_server.make_session()["id"])


async def test_welcome_comes_first(running_server: RunningServer) -> None:
    """The first frame is `welcome`, in our subprotocol, with what the server takes."""
    async with wire(running_server) as client:
        frame = json.loads(await client.socket.recv())
        assert frame["type"] == "welcome" and frame["version"] and frame["limits"]["promptCharacters"] > 0
        assert client.socket.subprotocol == "antiphon.v1"
        with running_server.client() as api:
            assert frame["user"] == api.get("/api/me").json()["user"]


async def test_strangers_are_turned_away(running_server: RunningServer) -> None:
    """Without a token: 401. A page whose cookie is over is told in a frame, and not to come back."""
    with pytest.raises(InvalidStatus) as refused:
        async with wire(running_server, Authorization="Bearer antiphon_wrong"):
            pass
    assert refused.value.response.status_code == 401
    async with wire(running_server, Authorization="", Origin=running_server.url) as client:
        frame = json.loads(await client.socket.recv())
        assert (frame["type"], frame["code"], frame["retry"]) == ("goodbye", "signed-out", False)


async def test_another_sites_page_is_turned_away(running_server: RunningServer) -> None:
    """A foreign Origin gets no WebSocket, whatever cookie or token it brings (promise 10)."""
    with pytest.raises(InvalidStatus) as refused:
        async with wire(running_server, Origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_every_frame_gets_its_reply(running_server: RunningServer, session: str) -> None:
    """Good and bad frames, mixed and quick: each gets one reply, with its id where one can be read."""
    async with wire(running_server) as client:
        for frame in (
            "{",
            "[]",
            '{"type":"ping"}',
            '{"type":"dance","id":"a"}',
            '{"type":"prompt","id":"b"}',
        ):
            await client.socket.send(frame)
        await client.socket.send(b"\x00\x01")
        pings = [await client.send(type="ping") for _ in range(100)]
        unknown = await client.ask(type="subscribe", session=new_id())
        assert unknown["code"] == "unknown-session"
        rejected = [f for f in client.frames if f["type"] == "rejected" and f is not unknown]
        assert [(f["id"], f["code"]) for f in rejected] == [
            (None, "bad-frame"),
            (None, "bad-frame"),
            (None, "invalid"),
            ("a", "unknown-type"),
            ("b", "invalid"),
            (None, "bad-frame"),
        ]
        assert [f["id"] for f in client.frames if f["type"] == "pong"] == pings


async def test_a_prompt_subscribes_its_connection(running_server: RunningServer, session: str) -> None:
    """Whoever prompts without a subscription is brought the turn from its first event to its end."""
    async with wire(running_server) as client:
        reply = await client.ask(type="prompt", session=session, text="hello")
        assert reply["outcome"] == "started"
        await client.until_event("turn-completed")
        frames = [f for f in client.frames if f["type"] == "events"]
        assert frames[0]["subscription"] == reply["id"] and frames[0]["after"] == reply["seq"] - 1
        assert frames[0]["events"][0]["type"] == "turn-started"


async def test_frames_chain_and_a_cursor_resumes(running_server: RunningServer, session: str) -> None:
    """Each frame continues the one before; a new connection with the last cursor gets exactly the rest."""
    async with wire(running_server) as client:
        opened = await client.ask(type="subscribe", session=session, after=0)
        await client.send(type="prompt", session=session, text="slow 100/s for 1 s")
        await client.until_event("item-delta")
        frames = [f for f in client.frames if f["type"] == "events"]
        cursor = frames[-1]["events"][-1]["seq"]
    async with wire(running_server) as again:
        resumed = await again.ask(type="subscribe", session=session, epoch=opened["epoch"], after=cursor)
        assert not resumed.get("reset") and resumed["first"] == cursor + 1
        await again.until_event("turn-completed")
        frames += [f for f in again.frames if f["type"] == "events"]
    seqs, after = list[int](), 0
    for frame in frames:
        assert frame["after"] == after
        seqs += [event["seq"] for event in frame["events"]]
        after = frame.get("to", seqs[-1])
    assert seqs == list(range(1, seqs[-1] + 1))


async def test_two_tabs_see_the_same(running_server: RunningServer, session: str) -> None:
    """What one tab starts the other sees; of two prompts at once one runs and the other is told."""
    async with wire(running_server) as one, wire(running_server) as two:
        for tab in (one, two):
            await tab.ask(type="subscribe", session=session, after=0)
        replies = await asyncio.gather(
            *(tab.ask(type="prompt", session=session, text="slow 20/s for 1 s") for tab in (one, two))
        )
        assert sorted(reply["type"] for reply in replies) == ["accepted", "session-busy"]
        await asyncio.gather(one.until_event("turn-completed"), two.until_event("turn-completed"))
        seen = [[e for f in tab.frames if f["type"] == "events" for e in f["events"]] for tab in (one, two)]
        assert seen[0] == seen[1]


async def test_the_lists_hear_of_it(running_server: RunningServer, session: str) -> None:
    """A connection that follows nothing hears that a session's row changed: running, then titled and idle."""
    async with wire(running_server) as watcher, wire(running_server) as client:
        await watcher.next("welcome")
        await client.ask(type="prompt", session=session, text="hello there")
        await client.until_event("turn-completed")
        row: dict[str, Any] = {}
        ends: list[str] = []
        while not ends or row.get("state", "idle") != "idle" or not row.get("messageCount", 0) > 1:
            frame = await watcher.next("sessions")
            row, ends = frame["upserts"][0], ends + frame.get("ends", [])
        assert row["id"] == session and row["title"] == "hello there" and ends == [session]


async def test_an_end_is_named_however_short_the_turn(running_server: RunningServer, session: str) -> None:
    """Turns that begin and end between two frames are named, each once; one that is taken out of the queue is none."""
    async with wire(running_server) as watcher, wire(running_server) as client:
        await watcher.next("welcome")
        await client.ask(type="subscribe", session=session, after=0)
        for _ in range(5):
            await client.ask(type="prompt", session=session, text="hello there")
            await client.until_event("turn-completed")
            while not (frame := await watcher.next("sessions")).get("ends"):
                pass
            assert frame["ends"] == [session]
        await client.ask(type="prompt", session=session, text="hang")
        await client.until_event("item-delta")
        queued = await client.ask(type="prompt", session=session, text="later", ifBusy="queue")
        for count in (1, 0):
            while (frame := await watcher.next("sessions"))["upserts"][0].get("queued", 0) != count:
                assert not frame.get("ends")
            if count:
                await client.ask(type="dequeue", session=session, turn=queued["turn"])
        assert not frame.get("ends")


async def test_a_stopping_server_tells_the_end_and_says_goodbye(
    running_server: RunningServer, session: str
) -> None:
    """SIGTERM in a turn: its end comes first, then the goodbye, all within five seconds."""
    async with wire(running_server) as client:
        await client.ask(type="subscribe", session=session, after=0)
        await client.ask(type="prompt", session=session, text="hang")
        await client.until_event("item-delta")
        began = asyncio.get_running_loop().time()
        running_server.process.terminate()
        goodbye = await client.next("goodbye")
        events = [e for f in client.frames if f["type"] == "events" for e in f["events"]]
        assert events[-1]["type"] == "turn-interrupted" and events[-1]["reason"] == "server-stopped"
        assert (goodbye["code"], goodbye["retry"]) == ("server-stopping", True)
        await asyncio.to_thread(running_server.process.wait, 5)
        assert asyncio.get_running_loop().time() - began < 5
    assert running_server.process.returncode == 0


async def test_a_reader_that_does_not_read_delays_nobody(running_server: RunningServer, session: str) -> None:
    """One client takes nothing of a large answer; another gets all of it meanwhile."""
    lazy = socket.create_connection((running_server.url.split("/")[2].split(":")[0], running_server.port))
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    try:
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        lazy.sendall(
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{running_server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {running_server.token}\r\n\r\n".encode()
        )
        assert b"101" in lazy.recv(64)
        frame = json.dumps({"type": "subscribe", "id": new_id(), "session": session, "after": 0}).encode()
        lazy.sendall(bytes([0x81, 0x80 | 126]) + len(frame).to_bytes(2, "big") + b"\0\0\0\0" + frame)
        async with wire(running_server) as client:
            await client.ask(type="subscribe", session=session, after=0)
            await client.ask(type="prompt", session=session, text="big 8 MB")
            await client.until_event("turn-completed")
            assert (await client.ask(type="ping"))["type"] == "pong"
    finally:
        lazy.close()
