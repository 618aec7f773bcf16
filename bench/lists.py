"""A page of a list of 100,000 sessions, and a stream that must not feel it."""

import asyncio
import contextlib
import random
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from antiphon.log import projects, sessions
from antiphon.log.store import Log
from antiphon.log.users import the_user
from bench import stream
from bench.figures import Result, Row, median_of, percentile
from bench.filled import SESSIONS, with_sessions
from bench.served import Server, database, served, temporary
from bench.wire import Wrong

PAGE = 50
READS_PER_S = 20
"""Pages read beside the stream."""

Place = tuple[int, int]
"""(last_activity, key) of the row before a page."""


async def run(quick: bool) -> Result:
    """Pages in the database; then a stream with and without pages read beside it."""
    times, (rounds, seconds) = (50 if quick else 1000), ((1, 4) if quick else (3, 10))
    with temporary() as folder:
        await with_sessions(folder)
        pages = await _pages(folder, times)
        async with served(folder) as server:
            alone, beside, reads = await _streams(server, rounds, seconds)
    return Result(
        title=f"Lists: a page of {PAGE} out of {SESSIONS:,} sessions",
        how=f"In the database: the whole query function on a reader's connection, {times} pages of each kind in mixed order; "
        "floor: the statements that it issues, by the bare driver. Then the stream of one session at "
        f"{stream.RATE} chunks/s while a client reads pages over REST ({READS_PER_S} a second, all depths); floor: the same "
        "stream without.",
        rows=[
            *pages,
            *(
                Row(
                    what=f"stream beside, p{p:g}",
                    value=median_of(beside, p),
                    floor=median_of(alone, p),
                    unit="ms",
                )
                for p in (50, 99)
            ),
            Row(what="page over REST, p50", value=percentile(reads, 50), unit="ms"),
        ],
        checked="walking all pages finds each of the sessions that are not in the trash once, the newest first; all chunks "
        "of the streams came in order and once",
    )


# In the database


async def _pages(folder: Path, times: int) -> list[Row]:
    log = await Log.open(folder / "data")
    try:
        return await log.read(lambda conn: _measure(log, conn, folder, times))
    finally:
        await log.close()


def _measure(log: Log, conn: Connection, folder: Path, times: int) -> list[Row]:
    user = the_user(conn).key
    project = projects.list_projects(conn, user)[0].id
    kinds = {
        f"{whose}, {depth}": {"project": of, "before": places[at]}
        for whose, of in (("all", None), ("one project", project))
        for places in [_walk(conn, user, of)]
        for depth, at in (("first page", 0), ("middle page", len(places) // 2), ("last page", -1))
    }
    found = _time(kinds, times, lambda **page: sessions.list_sessions(conn, user, limit=PAGE, **page))
    floor = _bare(log, conn, user, folder, kinds, times)
    return [
        Row(
            what=f"{kind}, p{p}",
            value=percentile(found[kind], p),
            floor=percentile(floor[kind], p),
            unit="ms",
            at_most=1.0,
        )
        for kind in kinds
        for p in (50, 99)
    ]


def _walk(conn: Connection, user: int, project: str | None) -> list[Place | None]:
    """Where each page begins. Raises Wrong unless the pages hold all sessions, in order and once."""
    places: list[Place | None] = [None]
    order: list[Place] = []
    while page := sessions.list_sessions(conn, user, project=project, before=places[-1], limit=PAGE):
        order += [(row.last_activity, row.key) for row in page]
        places.append(order[-1])
    query = "SELECT count(*) FROM session_metadata WHERE trashed_at IS NULL"
    there = conn.exec_driver_sql(query).scalar_one()
    if order != sorted(set(order), reverse=True) or (project is None and len(order) != there):
        raise Wrong(f"the pages hold {len(order)} sessions of {there}, or not the newest first")
    return places[:-2]


def _bare(
    log: Log, conn: Connection, user: int, folder: Path, kinds: dict[str, Any], times: int
) -> dict[str, list[float]]:
    """The same statements, by Python's own driver."""
    issued: dict[str, dict[str, Any]] = {}
    for kind, page in kinds.items():
        seen: list[tuple[str, Any]] = []
        log.on_statement = lambda statement, parameters, seen=seen: seen.append((statement, parameters))
        sessions.list_sessions(conn, user, limit=PAGE, **page)
        issued[kind] = {"statements": seen}
    log.on_statement = None
    with contextlib.closing(sqlite3.connect(f"file:{database(folder)}?mode=ro", uri=True)) as bare:
        bare.execute("BEGIN")
        return _time(
            issued, times, lambda statements: [bare.execute(*each).fetchall() for each in statements]
        )


def _time(kinds: dict[str, Any], times: int, read: Callable[..., Any]) -> dict[str, list[float]]:
    """ms of each reading, the kinds in mixed order."""
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    order = list(kinds) * times
    random.Random(1).shuffle(order)
    for kind in order:
        began = time.perf_counter()
        read(**kinds[kind])
        found[kind].append((time.perf_counter() - began) * 1000)
    return found


# Beside a stream


async def _streams(
    server: Server, rounds: int, seconds: int
) -> tuple[list[stream.Latencies], list[stream.Latencies], list[float]]:
    """The stream's latencies without and with pages read beside it, and the pages' own."""
    alone: list[stream.Latencies] = []
    beside: list[stream.Latencies] = []
    reads: list[float] = []
    for _ in range(rounds):
        alone.append(await stream.through(server, 1, stream.RATE * seconds))
        async with _reading(server, reads):
            beside.append(await stream.through(server, 1, stream.RATE * seconds))
    return alone, beside, reads


@contextlib.asynccontextmanager
async def _reading(server: Server, reads: list[float]) -> AsyncGenerator[None]:
    reader = asyncio.create_task(_read(server, reads))
    try:
        yield
    finally:
        reader.cancel()
        await asyncio.wait({reader})
    if not reader.cancelled():
        raise Wrong(f"the pages could not be read: {reader.exception()!r}")


async def _read(server: Server, reads: list[float]) -> None:
    draw = random.Random(1)
    while True:
        depth = 1_700_000_000_000 + draw.randrange(1_000_000_000)
        began = time.perf_counter()
        page = await server.get(f"/api/sessions?limit={PAGE}&before={depth}-1")
        reads.append((time.perf_counter() - began) * 1000)
        if not page["sessions"]:
            raise Wrong("an empty page")
        await asyncio.sleep(1 / READS_PER_S)
