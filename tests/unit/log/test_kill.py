"""What was acknowledged survives kill -9, in order and once."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import msgspec
import pytest

from antiphon.log import events, sessions, turns
from antiphon.log.store import Log
from antiphon.model import events as e

APPEND = """
import asyncio, sys
from pathlib import Path
from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.model import events as e
from antiphon.testing.pen import Pen

async def append_for_ever(folder, size):
    log = await Log.open(folder)
    user = (await log.read(the_user)).key
    pen = await Pen.on_new_session(log, user)
    print(pen.session.id, flush=True)
    await pen.write(e.TurnStarted(turn="t1", text="go"))
    while True:
        deltas = [e.ItemDelta(turn="t1", item="a", text=str(pen.head + 1 + n)) for n in range(size)]
        print(await pen.write(*deltas), flush=True)

asyncio.run(append_for_ever(Path(sys.argv[1]), int(sys.argv[2])))
"""


@pytest.mark.parametrize("size", [1, 7, 150])
async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, size: int) -> None:
    """Three servers in a row are killed amid their appends; each acknowledged event is there, in order, once."""
    chance = random.Random(size)
    told: dict[str, int] = {}
    for _ in range(3):
        session, acknowledged = run_and_kill(tmp_path, size, chance.uniform(0.05, 0.3))
        told[session] = acknowledged
    log = await Log.open(tmp_path)
    assert not log.forked  # kill -9 loses no commit, so no client has to start afresh
    for session, acknowledged in told.items():
        await check(log, session, acknowledged)
    running = await log.read(lambda conn: turns.running_turns(conn, log.node))
    assert {found.id for found, _ in running} == set(told)
    await log.close()


def run_and_kill(folder: Path, size: int, seconds: float) -> tuple[str, int]:
    """A writer's session, and the last head that it was told, when it is killed after so long a time."""
    writer = subprocess.Popen(
        [sys.executable, "-c", APPEND, str(folder), str(size)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    session = writer.stdout.readline().strip()
    lines = [writer.stdout.readline()]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        lines.append(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate(timeout=30)
    whole = [line for line in "".join([*lines, rest]).splitlines(keepends=True) if line.endswith("\n")]
    return session, int(whole[-1])


async def check(log: Log, session: str, acknowledged: int) -> None:
    """The session's log is 1, 2, 3 … up to at least what was acknowledged, and its row agrees."""
    row = await log.read(lambda conn: sessions.get_session(conn, None, session))
    assert row is not None
    found: list[tuple[int, bytes]] = []
    while frame := await log.read(partial(events.read_after, session=row.key, cursor=len(found))):
        found += frame
    assert [seq for seq, _ in found] == list(range(1, row.head + 1))
    assert row.head >= acknowledged
    texts = [msgspec.json.decode(body, type=e.AnyEvent).text for _, body in found[1:]]
    assert texts == [str(seq) for seq in range(2, row.head + 1)]


def test_the_child_appends(tmp_path: Path) -> None:
    """The writer that is killed does append."""
    _, acknowledged = run_and_kill(tmp_path, 1, 0.2)
    assert acknowledged > 10
    asyncio.run(_reopen(tmp_path))


async def _reopen(folder: Path) -> None:
    await (await Log.open(folder)).close()
