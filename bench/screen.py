"""The last screen of a session of 100,000 events: from subscribing to the frame that brings it."""

import contextlib
import os
import sqlite3
import time
from pathlib import Path

import msgspec

from antiphon.model.replies import Events, Sessions
from bench.figures import Result, Row, percentile
from bench.filled import DELTAS, ITEMS, TURNS, with_events
from bench.served import Server, database, served, temporary
from bench.wire import Wire, Wrong

TAIL = 200
COUNT = TURNS * (ITEMS * (DELTAS + 2) + 4)
QUERY = """SELECT seq, body FROM event WHERE session = (SELECT key FROM session_metadata WHERE id = ?)
AND type <> 'item-delta' ORDER BY seq DESC LIMIT ?"""


async def run(quick: bool) -> Result:
    """Cold: the first thing that a new server is asked for, its database in no cache. Warm: again."""
    colds, warms = (2, 20) if quick else (7, 200)
    with temporary() as folder:
        session = await with_events(folder)
        wanted = _read(folder, session)
        cold: list[float] = []
        bare_cold: list[float] = []
        for _ in range(colds):
            bare_cold.append(_bare(folder, session, cold=True))
            async with served(folder) as server:
                _forget(folder)
                cold.append(await _open(server, session, wanted))
        async with served(folder) as server:
            warm = [await _open(server, session, wanted) for _ in range(warms)]
            bare_warm = [_bare(folder, session, cold=False) for _ in range(warms)]
    return Result(
        title=f"Last screen: the last {TAIL} events of a session of {COUNT:,}",
        how=f"From sending `subscribe` to the arrival of its events. Cold: {colds} new servers, the database out of the "
        f"system's cache; warm: {warms} times again. Floor: the bare driver reads the same rows.",
        rows=[
            Row(
                what="cold, median",
                value=percentile(cold, 50),
                floor=percentile(bare_cold, 50),
                unit="ms",
                at_most=100,
            ),
            Row(what="cold, slowest", value=max(cold), floor=max(bare_cold), unit="ms"),
            Row(
                what="warm, p50",
                value=percentile(warm, 50),
                floor=percentile(bare_warm, 50),
                unit="ms",
                at_most=100,
            ),
            Row(
                what="warm, p99",
                value=percentile(warm, 99),
                floor=percentile(bare_warm, 99),
                unit="ms",
                at_most=100,
            ),
        ],
        checked=f"each time the {TAIL} events came as the log holds them",
    )


async def _open(server: Server, session: str, wanted: list[bytes]) -> float:
    """ms until the screen is there."""
    async with server.connect() as wire:
        began = time.monotonic_ns()
        await wire.follow(session, tail=TAIL)
        frame = await _events(wire)
    if [bytes(body) for body in frame.events] != wanted:
        raise Wrong(f"{len(frame.events)} events came of {TAIL}, or others")
    return (wire.arrived - began) / 1e6


async def _events(wire: Wire) -> Events:
    while not isinstance(frame := await wire.receive(), Events):
        if not isinstance(frame, Sessions):
            raise Wrong(f"no events came, but {frame}")
    return frame


def _read(folder: Path, session: str) -> list[bytes]:
    with contextlib.closing(sqlite3.connect(f"file:{database(folder)}?mode=ro", uri=True)) as bare:
        return [bytes(body) for _, body in reversed(bare.execute(QUERY, (session, TAIL)).fetchall())]


def _bare(folder: Path, session: str, *, cold: bool) -> float:
    if cold:
        _forget(folder)
    began = time.monotonic_ns()
    msgspec.json.encode([msgspec.Raw(body) for body in _read(folder, session)])
    return (time.monotonic_ns() - began) / 1e6


def _forget(folder: Path) -> None:
    """Have the system read the database from the disk again, where it can be asked to."""
    if hasattr(os, "posix_fadvise"):
        for path in folder.glob("data/antiphon.db*"):
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
