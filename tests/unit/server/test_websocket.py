"""One connection with several sessions: what one of them waits for holds up no other."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.server import connection
from antiphon.server.websocket import INBOX, Endpoint, WebSockets
from antiphon.sessions.session import Session
from antiphon.testing.clock import settle
from tests.unit.sessions.conftest import LIMIT, World
from tests.unit.sessions.test_commands import asking, running
from tests.unit.sessions.test_journal import Full


class Page:
    """A client of the sockets: it sends commands, and keeps all frames."""

    def __init__(self, world: World) -> None:
        self.frames: list[dict[str, Any]] = []
        self._come = asyncio.Event()
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._sent.put_nowait({"type": "websocket.connect"})

        async def identify(headers: Any) -> Any:
            return SimpleNamespace(user=world.user, token="t")

        endpoint = Endpoint(
            identify=identify,
            supervisor=world.supervisor,
            hub=world.hub,
            clock=world.clock,
            version="1",
            user="u",
        )
        scope = {
            "type": "websocket",
            "headers": [],
            "antiphon.send": self._take,
            "antiphon.abort": lambda: None,
        }
        self.visit = asyncio.create_task(WebSockets(endpoint)(scope, self._sent.get, self._send))

    async def _send(self, message: Any) -> None:
        pass

    def _take(self, frame: bytes) -> bool:
        self.frames.append(json.loads(frame))
        self._come.set()
        return True

    def send(self, **command: Any) -> str:
        command.setdefault("id", new_id())
        self._sent.put_nowait({"type": "websocket.receive", "text": json.dumps(command)})
        return command["id"]

    async def reply(self, id: str) -> dict[str, Any]:
        """The reply to a command."""
        async with asyncio.timeout(LIMIT):
            while True:
                for frame in self.frames:
                    if frame.get("id") == id:
                        return frame
                self._come.clear()
                await self._come.wait()

    async def ask(self, **command: Any) -> dict[str, Any]:
        return await self.reply(self.send(**command))

    def replied(self, id: str) -> bool:
        return any(frame.get("id") == id for frame in self.frames)

    async def leave(self) -> None:
        self._sent.put_nowait({"type": "websocket.disconnect"})
        await asyncio.wait_for(self.visit, LIMIT)


class Slow:
    """Catching up with one session's file takes until `may` is set."""

    def __init__(self, session: Session) -> None:
        self.may, self.begun, self.given_up = asyncio.Event(), asyncio.Event(), False
        session.caught_up = self._caught_up  # type: ignore[method-assign]

    async def _caught_up(self) -> None:
        self.begun.set()
        try:
            await self.may.wait()
        except asyncio.CancelledError:
            self.given_up = True
            raise


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    await made.start()
    await made.make()
    yield made
    await made.stop()


@pytest.fixture
async def page(world: World) -> AsyncIterator[Page]:
    made = Page(world)
    yield made
    await made.leave()


async def another(world: World) -> str:
    """One more session, which the world goes on in; returns the one before."""
    before = world.session
    (world.work.parent / "other").mkdir()
    world.work = world.work.parent / "other"
    await world.make()
    return before


async def test_a_stop_waits_for_no_other_session(world: World, page: Page) -> None:
    """While one session is read in, another's turn is stopped over the same socket."""
    slow = Slow(await world.live())
    first = await another(world)
    turn = await running(world)
    opening = page.send(type="subscribe", session=first)
    await asyncio.wait_for(slow.begun.wait(), LIMIT)
    stopped = await page.ask(type="cancel", session=world.session, turn=turn)
    assert (stopped["type"], stopped["outcome"]) == ("accepted", "cancelled")
    assert (await page.ask(type="ping"))["type"] == "pong"
    assert not page.replied(opening)
    slow.may.set()
    assert (await page.reply(opening))["type"] == "subscribed"


async def test_a_sessions_commands_keep_their_order(world: World, page: Page) -> None:
    """What was sent after a slow one waits for it: subscribing and leaving, prompts and their place in the queue."""
    slow = Slow(await world.live())
    id = world.session
    sent = [
        page.send(type="subscribe", session=id),
        page.send(type="unsubscribe", session=id),
        page.send(type="prompt", session=id, text="one"),
        page.send(type="prompt", session=id, text="two", ifBusy="queue"),
        page.send(type="subscribe", session=id),
    ]
    await asyncio.wait_for(slow.begun.wait(), LIMIT)
    await settle()
    assert not any(map(page.replied, sent))
    slow.may.set()
    for each in sent:
        await page.reply(each)
    assert [frame["id"] for frame in page.frames if frame.get("id")] == sent
    state = (await world.live()).state
    await world.until(lambda: not state.queue and not state.running)
    texts = [event.text for event in await world.events() if isinstance(event, e.TurnStarted)]
    assert texts == ["one", "two"]


async def test_too_many_are_refused(world: World, page: Page) -> None:
    """Over all sessions, what is not done yet is bounded; `ping` is not concerned."""
    slow = Slow(await world.live())
    first = await another(world)
    sent = [page.send(type="subscribe", session=first) for _ in range(INBOX)]
    refused = await page.ask(type="subscribe", session=world.session)
    assert (refused["type"], refused["code"]) == ("rejected", "inbox-full")
    assert (await page.ask(type="ping"))["type"] == "pong"
    slow.may.set()
    assert (await page.reply(sent[-1]))["type"] == "subscribed"
    assert (await page.ask(type="subscribe", session=world.session))["type"] == "subscribed"


async def test_who_leaves_ends_what_is_under_way(world: World) -> None:
    """Several sessions are being read in for a connection that ends: it ends at once, and nobody follows them."""
    sessions, slows = list[str](), list[Slow]()
    for name in ("a", "b"):
        world.work = world.folder / name
        world.work.mkdir()
        await world.make()
        sessions.append(world.session)
        slows.append(Slow(await world.live()))
    page = Page(world)
    for session in sessions:
        page.send(type="subscribe", session=session)
    for slow in slows:
        await asyncio.wait_for(slow.begun.wait(), LIMIT)
    await page.leave()
    assert all(slow.given_up for slow in slows)
    assert not any(map(world.hub.followed, sessions))


async def test_two_at_once_are_not_one_too_many(
    world: World, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that are read in for one place, the second is refused."""
    monkeypatch.setattr(connection, "LIMITS", replace(connection.LIMITS, subscriptions=1))
    slow = Slow(await world.live())
    first = await another(world)
    late = page.send(type="subscribe", session=first)
    await asyncio.wait_for(slow.begun.wait(), LIMIT)
    assert (await page.ask(type="subscribe", session=world.session))["type"] == "subscribed"
    slow.may.set()
    assert (await page.reply(late))["code"] == "too-large"
    assert not world.hub.followed(first)


async def test_on_a_full_disk_a_stop_follows_a_refused_answer(world: World, page: Page) -> None:
    """Both over one socket: the answer is refused in words, and holds up nothing."""
    turn, request, _ = await asking(world)
    session = await world.live()
    disk = Full(world)
    disk.full = True
    session.say(e.UsageUpdated(usage=e.Usage(input_tokens=1)))
    await world.until(lambda: session.journal.full)
    option = request.options[0].id
    answer = page.send(type="answer", session=session.id, approval=request.approval, option=option)
    cancel = page.send(type="cancel", session=session.id, turn=turn)
    assert (await page.reply(answer))["code"] == "storage-full"
    assert (await page.reply(cancel))["outcome"] == "cancelled"
    disk.full = False
    await world.clock.advance(2)
    await world.idle()
