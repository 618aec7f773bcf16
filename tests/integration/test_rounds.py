"""A hundred rounds of killing, dropping and coming back lose, double or reorder nothing.

Seeded: `ANTIPHON_ROUNDS_SEED=7` repeats a run. Two clients follow one session through all of
it; afterwards what each of them got is held against the log itself.
"""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
from collections import Counter
from pathlib import Path

import msgspec
import psutil
import pytest

from antiphon.client import Client, Reset
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Rejected, SessionBusy
from tests.servers import RunningServer

ROUNDS = 100
SEED = int(os.environ.get("ANTIPHON_ROUNDS_SEED", "1"))
LIMIT = 30.0
PROMPTS = (
    "slow 400/s for 1 s",
    "flood 800",
    "big 200 KB",
    "slow 100/s for 3 s",
    "crash",
    "exit",
    "cut",
    "hello",
)

_decode = msgspec.json.Decoder(e.AnyEvent).decode


class Watcher:
    """A client that follows the session, and all that it got."""

    def __init__(self, server: RunningServer, session: str) -> None:
        self.client = Client(server.url, server.token, ladder=(0.05, 0.1, 0.2))
        self.got: list[e.AnyEvent] = []
        self.resets = 0
        self._session = session
        self._grown = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Watcher":
        await self.client.__aenter__()
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._task
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self.client.__aexit__(None, None, None)

    async def _follow(self) -> None:
        async for event in self.client.follow(self._session):
            if isinstance(event, Reset):
                self.resets += 1
            else:
                self.got.append(event)
            self._grown.set()

    def drop(self) -> None:
        """Cut the wire without a word."""
        socket = self.client._socket
        if socket and socket.transport:
            socket.transport.abort()

    async def until(self, seq: int) -> None:
        """Wait until the event has come."""
        async with asyncio.timeout(LIMIT):
            while not self.got or self.got[-1].seq < seq:
                self._grown.clear()
                await self._grown.wait()


class Rounds:
    """What may happen in a round."""

    def __init__(
        self, server: RunningServer, session: str, dice: random.Random, first: Watcher, second: Watcher
    ) -> None:
        self.server, self.session, self.dice = server, session, dice
        self.watchers = (first, second)
        self.accepted: list[str] = []
        self.happened: Counter[str] = Counter()

    async def prompt(self) -> None:
        text = self.dice.choice(PROMPTS)
        if_busy = self.dice.choice(["reject", "queue"])
        command = c.Prompt(id=new_id(), session=self.session, text=text, if_busy=if_busy)  # type: ignore[arg-type]
        reply = await asyncio.wait_for(self.dice.choice(self.watchers).client.send(command), LIMIT)
        assert isinstance(reply, Accepted | SessionBusy | Rejected), reply
        if isinstance(reply, Accepted):
            assert reply.turn
            self.accepted.append(reply.turn)

    async def drop(self) -> None:
        self.dice.choice(self.watchers).drop()

    async def drop_both(self) -> None:
        for watcher in self.watchers:
            watcher.drop()

    async def kill_agent(self) -> None:
        self._kill(depth=2)

    async def kill_keeper(self) -> None:
        self._kill(depth=1)

    def _kill(self, depth: int) -> None:
        found = [psutil.Process(self.server.pid)]
        for _ in range(depth):
            found = [child for parent in found for child in _children(parent)]
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.dice.choice(found).pid, signal.SIGKILL)

    async def kill_server(self) -> None:
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.server.restart)

    async def let_queue_run(self) -> None:
        await asyncio.wait_for(
            self.watchers[0].client.send(c.ResumeQueue(id=new_id(), session=self.session)), LIMIT
        )

    async def breathe(self) -> None:
        """Let it work until something new arrives."""
        watcher = self.dice.choice(self.watchers)
        watcher._grown.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(watcher._grown.wait(), self.dice.uniform(0.01, 0.3))

    async def one(self) -> None:
        what = self.dice.choices(
            [
                self.prompt,
                self.drop,
                self.drop_both,
                self.kill_agent,
                self.kill_keeper,
                self.kill_server,
                self.let_queue_run,
                self.breathe,
            ],
            weights=[30, 15, 5, 10, 5, 6, 8, 21],
        )[0]
        self.happened[what.__name__] += 1
        await what()


@pytest.mark.timeout(600)
async def test_rounds(running_server: RunningServer) -> None:
    """After each seeded storm every client has exactly what the log has, and every turn its one end."""
    server = running_server
    server.make_project()
    session = str(server.make_session()["id"])
    async with Watcher(server, session) as first, Watcher(server, session) as second:
        rounds = Rounds(server, session, random.Random(SEED), first, second)
        for _ in range(ROUNDS):
            await rounds.one()
        print(rounds.happened)
        await _come_to_rest(rounds)
        log = _log(server.data_dir / "antiphon.db", session)
        await first.until(log[-1].seq)
        await second.until(log[-1].seq)
    _check(log, rounds, first)
    _check(log, rounds, second)
    assert first.client.connections > 5
    assert not _left(server)


async def _come_to_rest(rounds: Rounds) -> None:
    """Let the queue run until nothing runs and nothing waits."""
    client = rounds.watchers[0].client
    async with asyncio.timeout(120):
        while True:
            row = await client.get(f"/api/sessions/{rounds.session}")
            if row.get("queued"):
                await rounds.let_queue_run()
            elif row.get("state", "idle") not in ("running", "waiting", "stalled"):
                return
            await rounds.breathe()


def _log(database: Path, session: str) -> list[e.AnyEvent]:
    with contextlib.closing(sqlite3.connect(database)) as conn:
        rows = conn.execute(
            "SELECT event.body FROM event JOIN session_metadata s ON s.key = event.session WHERE s.id = ? ORDER BY seq",
            (session,),
        )
        return [_decode(body) for (body,) in rows]


def _check(log: list[e.AnyEvent], rounds: Rounds, watcher: Watcher) -> None:
    assert watcher.resets == 0
    seqs = [event.seq for event in watcher.got]
    assert seqs == sorted(set(seqs)), "doubled or out of order"
    got = {event.seq: event for event in watcher.got}
    assert all(got.get(event.seq) == event for event in log), "lost or changed"
    gone = [event for event in watcher.got if event.seq not in {x.seq for x in log}]
    assert all(isinstance(event, e.ItemDelta) for event in gone), "seen, but not in the log"
    ends = Counter(event.turn for event in log if isinstance(event, e.TURN_ENDS))
    assert set(ends.values()) <= {1}
    assert all(ends[turn] == 1 for turn in rounds.accepted), "a turn without its end"


def _children(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):  # it may be gone by now
        return process.children()
    return []


def _left(server: RunningServer) -> list[int]:
    """Processes of agents that are not of the server that runs now."""
    mine = {child.pid for child in psutil.Process(server.pid).children(recursive=True)}
    found = list[int]()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if (
                process.pid not in mine
                and str(server.root) in process.environ().get("PWD", "") + process.cwd()
            ):
                found.append(process.pid)
    return found
