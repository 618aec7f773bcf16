"""The index follows the log by itself: what was there before, what is said now, what only agents' files hold."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from antiphon.log import sessions as rows
from antiphon.log import spoken
from antiphon.log.search import SearchIndex
from antiphon.model import events as e
from antiphon.model.items import Message, ToolCall
from antiphon.sessions.searching import Searching
from antiphon.testing.pen import Pen
from tests.unit.sessions.conftest import LIMIT
from tests.unit.sessions.test_importing_follow import Home, Terminal


async def pause() -> None:
    """A moment for the threads."""
    await asyncio.to_thread(time.sleep, 0.005)


class Searched(Home):
    """A node with a search, started when a test says so."""

    async def start(self) -> None:
        await super().start()
        self.searching = Searching(
            log=self.log, hub=self.hub, clock=self.clock, user=1, archives={"scripted": self.history}
        )

    async def stop(self) -> None:
        await self.searching.stop()
        await super().stop()

    async def again(self) -> None:
        """Another search on the same files, as after a kill."""
        await self.searching.stop()
        self.searching = Searching(
            log=self.log, hub=self.hub, clock=self.clock, user=self.user, archives={"scripted": self.history}
        )
        self.searching.start()

    async def past(self) -> None:
        """All of the past is in the index."""
        async with asyncio.timeout(LIMIT):
            while self.searching.indexed < 1:
                await pause()

    async def found(self, typed: str, **more: Any) -> list[str]:
        page = await self.searching.find(self.user, typed, **more)
        return ["".join(hit.parts) for hit, _ in page.hits]

    async def finds(self, typed: str, what: list[str]) -> None:
        """Found within the limit."""
        async with asyncio.timeout(LIMIT):
            while await self.found(typed) != what:
                await pause()

    async def told(self, text: str, answer: str, turn: str = "t1") -> Pen:
        """A conversation of another run, in a session of its own."""
        pen = await Pen.on_new_session(self.log, self.user, path=str(self.work))
        await pen.write(
            e.TurnStarted(turn=turn, text=text),
            e.ItemCompleted(
                turn=turn, item="tool", content=ToolCall(title="otter", output='"kind":"message"')
            ),
            e.ItemCompleted(turn=turn, item="said", content=Message(text=answer)),
            e.TurnSteered(turn=turn, text=f"{text} steered"),
            e.TurnCompleted(turn=turn),
        )
        return pen


@pytest.fixture
async def home(tmp_path) -> AsyncIterator[Searched]:
    made = Searched(tmp_path)
    await made.start()
    await made.make()
    yield made
    await made.stop()


async def test_the_past_is_found(home: Searched) -> None:
    """What was said before there was an index: prompts, steers and messages, with their place; tools are not."""
    pen = await home.told("plant lettuce", "Lettuce is planted.")
    assert await home.found("lettuce") == []
    home.searching.start()
    await home.past()
    page = await home.searching.find(home.user, "lettuce")
    assert [(h.role, h.seq, h.turn, h.item) for h, _ in page.hits] == [
        ("person", 4, "t1", "steer-4"),
        ("agent", 3, "t1", "said"),
        ("person", 1, "t1", None),
    ]
    assert {row.id for _, row in page.hits} == {pen.session.id}
    assert await home.found("otter") == []
    assert await home.found("lettuce", project=999) == []
    assert await home.found("lettuce", provider="nobody") == []
    assert len(await home.found("lettuce", provider=pen.session.provider)) == 3


async def test_what_is_said_now_is_found(home: Searched) -> None:
    """A turn that ends is found without a restart, whoever asked for it."""
    home.searching.start()
    await home.past()
    await home.prompt("count the radishes")
    await home.finds("radishes", ["count the radishes"] * 2)  # the agent says it again


async def test_a_long_log_in_small_steps_over_kills(home: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after any number of steps it goes on where it was: nothing twice, nothing left out."""
    monkeypatch.setattr(spoken, "EVENTS", 7)
    pen = await home.told("first", "one")
    for number in range(60):
        await pen.write(
            e.ItemCompleted(turn="t1", item=f"i{number}", content=Message(text=f"radish {number}"))
        )
    steps, add = 0, Searching._add

    async def killed(self: Searching, *arguments) -> None:
        nonlocal steps
        await add(self, *arguments)
        steps += 1
        if steps in (2, 5):
            raise asyncio.CancelledError

    monkeypatch.setattr(Searching, "_add", killed)
    for _ in range(3):
        await home.again()
        async with asyncio.timeout(LIMIT):
            while home.searching.indexed < 1 and home.searching.under_way:
                await pause()
    assert steps >= 60 // 7
    assert await home.found("radish", limit=100) == [f"radish {number}" for number in reversed(range(60))]


async def test_the_trash_is_left_out(home: Searched) -> None:
    """What lies in the trash is not found, and is again once it is restored; pages are as long as they can be."""
    pens = [await home.told(f"radish {number}", "ok") for number in range(6)]
    home.searching.start()
    await home.past()
    for pen in pens[1:4]:
        await home.log.write(partial(rows.set_trashed, session=pen.key, at=1))
    page = await home.searching.find(home.user, "radish", limit=4)
    assert {row.id for _, row in page.hits} <= {pens[n].session.id for n in (0, 4, 5)}
    rest = await home.searching.find(home.user, "radish", limit=4, before=page.next)
    assert (len(page.hits), len(rest.hits), rest.next) == (4, 2, None)
    await home.log.write(partial(rows.set_trashed, session=pens[1].key, at=None))
    assert len(await home.found("radish", limit=100)) == 8


async def test_nothing_of_another_user(home: Searched) -> None:
    """Another user finds nothing."""
    await home.told("radish", "ok")
    home.searching.start()
    await home.past()
    assert (await home.searching.find(home.user + 1, "radish")).hits == []


async def test_what_only_an_agents_file_holds(home: Searched) -> None:
    """An imported session that nobody opened is found by what its file says; opened, by its log, and once."""
    terminal = Terminal(home)
    turn = terminal.prompt("one about radishes")
    terminal.answer("radishes, yes")
    await home.clock.advance(3600)
    await home.look()
    home.searching.start()
    await home.past()
    page = await home.searching.find(home.user, "radishes")
    assert [(hit.seq, row.head) for hit, row in page.hits] == [(0, 0), (0, 0)]
    items = {(hit.turn, hit.item) for hit, _ in page.hits}
    assert (turn, None) in items
    await home.opened()
    home.hub.changed(home.user, home.session)
    async with asyncio.timeout(LIMIT):
        while not all(hit.seq for hit, _ in page.hits):
            await pause()
            page = await home.searching.find(home.user, "radishes")
    assert {(hit.turn, hit.item) for hit, _ in page.hits} == items
    assert len(page.hits) == 2


async def test_a_restored_log_is_indexed_anew(home: Searched) -> None:
    """Another epoch is another past: what was said in the one before is not found any more."""
    pen = await home.told("radish", "ok")
    home.searching.start()
    await home.past()
    await home.log.write(lambda conn: rows.new_epochs(conn, home.log.node))
    await home.log.write(
        lambda conn: conn.exec_driver_sql(
            "UPDATE event SET body = CAST(replace(body, 'radish', 'turnip') AS BLOB)"
        )
    )
    await home.again()
    await home.past()
    assert await home.found("radish") == []
    assert len(await home.found("turnip")) == 2
    assert pen.key


async def test_a_stop_waits_for_what_a_thread_does(home: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is closed under a thread's hands would crash the server."""
    began, go, order = threading.Event(), threading.Event(), list[str]()
    add, close = SearchIndex.add, SearchIndex.close

    def slow(index: SearchIndex, *what: Any) -> None:
        began.set()
        go.wait(LIMIT)
        try:
            add(index, *what)
        finally:  # a stop may interrupt it
            order.append("added")

    def closed(index: SearchIndex) -> None:
        order.append("closed")
        close(index)

    monkeypatch.setattr(SearchIndex, "add", slow)
    await home.told("a question", "an answer")
    home.searching.start()
    assert await asyncio.to_thread(began.wait, LIMIT)
    monkeypatch.setattr(SearchIndex, "close", closed)
    stopping = asyncio.create_task(home.searching.stop())
    await pause()
    assert order == []
    go.set()
    await stopping
    assert order == ["added", "closed"]
