"""The writer: groups, savepoints, order, and what happens when the disk is full."""

import asyncio
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from antiphon.log.append import append
from antiphon.log.errors import LogCorrupt, StorageFull
from antiphon.log.projects import add_project, list_projects
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.testing.pen import Pen


class Gate:
    """A change that keeps the writer busy until it is opened, so that others queue up behind it."""

    def __init__(self, log: Log) -> None:
        self._opened, self._entered = threading.Event(), threading.Event()
        self.done = asyncio.ensure_future(log.write(self._wait))

    def _wait(self, _conn: Connection) -> None:
        self._entered.set()
        assert self._opened.wait(10)

    async def entered(self) -> None:
        """Until the writer is in it."""
        assert await asyncio.to_thread(self._entered.wait, 10)

    def open(self) -> None:
        """Let the writer go on."""
        self._opened.set()


async def queued(log: Log, changes: list[Callable[[Connection], object]]) -> list[object]:
    """The results of changes that were all queued before the first of them ran."""
    gate = Gate(log)
    await gate.entered()
    running = [asyncio.ensure_future(log.write(change)) for change in changes]
    await asyncio.sleep(0)
    gate.open()
    return list(await asyncio.gather(*running, return_exceptions=True))


async def test_what_is_queued_is_committed_together(log: Log, user: int) -> None:
    """Changes that wait while the writer is busy share one commit and one call into the event loop."""
    commits = log.commits.count
    loop = asyncio.get_running_loop()
    calls = 0
    call_soon = loop.call_soon_threadsafe

    def count(callback: Callable[..., object], *arguments: object, **options: object) -> asyncio.Handle:
        nonlocal calls
        calls += getattr(callback, "__module__", "") == "antiphon.log.writer"
        return call_soon(callback, *arguments, **options)  # type: ignore[arg-type]

    loop.call_soon_threadsafe = count  # type: ignore[method-assign]
    results = await queued(log, [partial(add_project, user=user, path=f"/{n}") for n in range(50)])
    assert len({project.id for project in results}) == 50
    assert log.commits.count - commits == 2
    assert calls == 2


async def test_a_change_sees_those_before_it(log: Log, user: int) -> None:
    """Within a group each change finds what the ones before it did."""

    def count(conn: Connection) -> int:
        found = len(list_projects(conn, user))
        add_project(conn, user=user, path=f"/{found}")
        return found

    assert await queued(log, [count] * 20) == list(range(20))


class Refusal(Exception):
    """A change gives up."""


class Stop(BaseException):
    """No ordinary error."""


@pytest.mark.parametrize("kind", [Refusal, Stop])
async def test_one_that_raises_is_undone_alone(log: Log, user: int, kind: type[BaseException]) -> None:
    """In a group, what one change did before it raised is gone, and the others are there."""

    def change(number: int, conn: Connection) -> int:
        add_project(conn, user=user, path=f"/{number}")
        if number % 2:
            raise kind(number)
        return number

    results = await queued(log, [partial(change, n) for n in range(6)])
    assert [x if isinstance(x, int) else type(x) for x in results] == [0, kind, 2, kind, 4, kind]
    kept = await log.read(lambda conn: list_projects(conn, user))
    assert {p.path for p in kept} == {"/0", "/2", "/4"}


@pytest.mark.parametrize("kind", [Refusal, Stop])
async def test_one_alone_that_raises_is_undone(log: Log, user: int, kind: type[BaseException]) -> None:
    """Without a group too; and the writer lives on."""

    def change(conn: Connection) -> None:
        add_project(conn, user=user, path="/x")
        raise kind

    with pytest.raises(kind):
        await log.write(change)
    assert await log.read(lambda conn: list_projects(conn, user)) == []
    await log.write(partial(add_project, user=user, path="/y"))


async def test_a_cancelled_caller_undoes_nothing(log: Log, user: int) -> None:
    """Who stops waiting does not take the change back; the others of the group are told."""
    gate = Gate(log)
    await gate.entered()
    first = asyncio.ensure_future(log.write(partial(add_project, user=user, path="/1")))
    second = asyncio.ensure_future(log.write(partial(add_project, user=user, path="/2")))
    await asyncio.sleep(0)
    first.cancel()
    gate.open()
    assert (await second).path == "/2"
    assert {p.path for p in await log.read(lambda conn: list_projects(conn, user))} == {"/1", "/2"}


async def test_callers_on_several_loops_are_each_told(log: Log, user: int) -> None:
    """A change from another thread's event loop is answered there."""

    def elsewhere(number: int) -> str:
        return asyncio.run(log.write(partial(add_project, user=user, path=f"/{number}"))).path

    paths = await asyncio.gather(*(asyncio.to_thread(elsewhere, n) for n in range(4)))
    assert paths == ["/0", "/1", "/2", "/3"]


async def test_an_error_of_the_database_tells_no_contents(log: Log) -> None:
    """What was to be written stays out of the error's words: they go to the server's own log."""
    with pytest.raises(IntegrityError) as caught:
        await log.write(partial(add_project, user=999, path="/a/private/path"))
    assert "FOREIGN KEY" in str(caught.value)
    assert "private" not in str(caught.value)


# A full disk


@pytest.fixture
def full_disk(log: Log) -> Iterator[Callable[[bool], None]]:
    """Stops this process's files from growing: SQLite's writes fail as on a full disk."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def fill(full: bool) -> None:
        size = os.path.getsize(log.folder / "antiphon.db-wal")
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limit[1]) if full else limit)

    yield fill
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    signal.signal(signal.SIGXFSZ, handler)


async def test_a_full_disk_is_said_and_loses_nothing(
    log: Log, pen: Pen, full_disk: Callable[[bool], None]
) -> None:
    """Appends fail in words while the disk is full; what was acknowledged stays, and later ones go on from there."""
    await pen.write(e.TurnStarted(turn="t1", text="hello"))
    full_disk(True)
    big = e.ItemDelta(turn="t1", item="a", text="x" * 200_000)
    with pytest.raises(StorageFull) as caught:
        await pen.write(big)
    assert caught.value.folder == log.folder
    assert "Free some space" in str(caught.value)
    assert (await pen.row()).head == 1
    full_disk(False)
    await pen.write(big)
    await pen.write(e.TurnCompleted(turn="t1"))
    assert (await pen.row()).last_end == "turn-completed"


async def test_a_full_disk_fails_the_whole_group(
    log: Log, pen: Pen, user: int, full_disk: Callable[[bool], None]
) -> None:
    """Nobody of a group is told of a commit that did not happen, and nothing of it is there."""
    batch = pen.batch(e.TurnStarted(turn="t1", text="x" * 400_000))
    full_disk(True)
    changes: list[Callable[[Connection], object]] = [partial(append, batch=batch)]
    changes += [partial(add_project, user=user, path=f"/{n}") for n in range(3)]
    results = await queued(log, changes)
    found = await log.read(lambda conn: {p.path for p in list_projects(conn, user)})
    told = {x.path for x in results if not isinstance(x, BaseException)}
    assert isinstance(results[0], StorageFull)
    assert told == found - {"/home/me/app"}
    full_disk(False)
    await pen.write(e.TurnStarted(turn="t1", text="now"))


async def test_a_database_at_its_limit_is_said(log: Log, user: int) -> None:
    """SQLite's own SQLITE_FULL is the same error."""
    pages = await log.write(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar())
    await log.write(lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar())
    with pytest.raises(StorageFull, match="full"):
        await log.write(partial(add_project, user=user, path="/" + "x" * 500_000))
    await log.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 1000000").scalar())
    await log.write(partial(add_project, user=user, path="/" + "x" * 500_000))


async def test_damage_in_use_is_said(log: Log, pen: Pen) -> None:
    """A database that is overwritten under a running server answers with a typed error, not with wrong rows."""
    await pen.write(e.TurnStarted(turn="t1", text="x" * 300_000))
    path = log.folder / "antiphon.db"
    await log.write(lambda conn: None)
    await log.close(clean=False)
    size = path.stat().st_size
    again = await Log.open(log.folder)
    try:
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(os.urandom(size - 4096))
        with pytest.raises(LogCorrupt):
            await again.read(
                lambda conn: conn.exec_driver_sql("SELECT sum(length(body)) FROM event").scalar()
            )
    finally:
        await again.close(clean=False)


def test_no_thread_is_left(tmp_path: Path) -> None:
    """A closed log leaves no thread behind."""

    async def run() -> None:
        log = await Log.open(tmp_path)
        await log.read(lambda conn: None)
        await log.close()

    asyncio.run(run())
    assert [t.name for t in threading.enumerate() if t.name.startswith("log-")] == []
