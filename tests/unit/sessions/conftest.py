"""A session with its real log, a scripted agent and a clock turned by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from antiphon.log import events as event_rows
from antiphon.log import projects
from antiphon.log import sessions as rows
from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Reply
from antiphon.sessions.hub import Hub
from antiphon.sessions.session import Session
from antiphon.sessions.supervisor import Supervisor
from antiphon.testing.clock import ManualClock, settle
from antiphon.testing.scripted import ScriptedProvider

LIMIT = 10.0
_decode = msgspec.json.Decoder(e.AnyEvent).decode


async def no_environment(provider: str) -> dict[str, str]:
    """What the scripted agent is started with."""
    return {}


class World:
    """One node: log, hub, clock, a scripted provider, one trusted project with one session."""

    log: Log
    user: int
    session: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "work"
        self.work.mkdir(exist_ok=True)
        self.provider = ScriptedProvider()
        self.clock = ManualClock()
        self.hub = Hub()
        self.reaped: list[int] = []
        self.allow_bypass = False
        """For the next start."""

    async def start(self) -> None:
        self.log = await Log.open(self.folder / "data")
        self.supervisor = Supervisor(
            log=self.log,
            hub=self.hub,
            clock=self.clock,
            providers={"scripted": self.provider},
            environment=no_environment,
            reap=self._reap,
            allow_bypass=self.allow_bypass,
        )
        await self.supervisor.start()

    async def _reap(self, left: list[Any]) -> None:
        self.reaped += [row.pid for row in left]

    async def make(self) -> None:
        """A project and a session in it."""
        self.user = (await self.log.read(the_user)).key
        self.session = await self.another(self.work)

    async def another(self, folder: Path | None = None) -> str:
        """One more session of a trusted project; its id. `folder`: the project's."""

        def create(conn: Any) -> str:
            project = projects.add_project(
                conn, user=self.user, path=str(folder or self.work), name="work", trusted_at=1, at=1
            )
            row = rows.create_session(
                conn,
                id=new_id(),
                user=self.user,
                project=project.id,
                provider="scripted",
                node=self.log.node,
                at=1,
            )
            return row.id

        return await self.log.write(create)

    async def live(self) -> Session:
        return await self.supervisor.get(self.user, self.session)

    async def send(self, command: c.AnyCommand) -> Reply:
        return await asyncio.wait_for(self.supervisor.submit(self.user, command), LIMIT)

    async def prompt(self, text: str = "hello", **more: Any) -> Reply:
        more.setdefault("id", new_id())
        return await self.send(c.Prompt(session=self.session, text=text, **more))

    async def events(self) -> list[e.AnyEvent]:
        row = (await self.live()).row
        found = await self.log.read(lambda conn: event_rows.read_after(conn, row.key, 0, limit_rows=100_000))
        return [_decode(body) for _, body in found]

    async def types(self) -> list[str]:
        return [str(event.__struct_config__.tag) for event in await self.events()]

    async def until(self, holds: Callable[[], Any]) -> None:
        """Wait until it holds: woken by every event of the session."""
        woken = asyncio.Event()
        leave = self.hub.follow(self.session, woken.set)
        try:
            async with asyncio.timeout(LIMIT):
                while not holds():
                    woken.clear()
                    await settle()
                    if holds():
                        return
                    await asyncio.wait({asyncio.ensure_future(woken.wait())}, timeout=0.02)
        finally:
            leave()

    async def idle(self) -> None:
        """Wait until no turn runs."""
        session = await self.live()
        await self.until(lambda: session.turn is None)

    async def stop(self) -> None:
        await self.supervisor.stop()
        await self.log.close()

    async def restart(self) -> None:
        """What a kill -9 leaves: the log as it is, nothing in memory."""
        for session in self.supervisor._open_sessions():
            if session.turn:
                session.journal.lost = RuntimeError("killed")
                session.turn.task.cancel()
        await self.log.close(clean=False)
        await self.start()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    await made.start()
    await made.make()
    yield made
    await made.stop()
