"""What a reading of the log sees."""

import asyncio
import threading
from typing import get_type_hints

from sqlalchemy import Connection

from antiphon.log import sessions
from antiphon.log.store import Log
from antiphon.testing.pen import Pen

LIMIT = 10.0


async def test_a_read_sees_one_moment(log: Log, user: int, pen: Pen) -> None:
    """What is committed while a read is under way is not in it, also for statements that go past SQLAlchemy."""
    looked, changed = threading.Event(), threading.Event()
    id = pen.session.id

    def look_twice(conn: Connection) -> list[int | None]:
        first = sessions.get_session(conn, user, id)
        looked.set()
        assert changed.wait(LIMIT)
        second = sessions.get_session(conn, user, id)
        assert first and second
        return [first.trashed_at, second.trashed_at]

    reading = asyncio.create_task(log.read(look_twice))
    assert await asyncio.to_thread(looked.wait, LIMIT)
    await log.write(lambda conn: sessions.set_trashed(conn, pen.key, 1))
    changed.set()
    assert await asyncio.wait_for(reading, LIMIT) == [None, None]
    assert await log.read(look_twice) == [1, 1]


async def test_a_sessions_flags_are_flags(log: Log, user: int, pen: Pen) -> None:
    """SQLite knows only 0 and 1; on the wire they are true and false."""
    flags = [name for name, kind in get_type_hints(sessions.Session).items() if kind is bool]
    assert "starred" in flags
    found = await log.read(lambda conn: sessions.get_session(conn, user, pen.session.id))
    listed = await log.read(lambda conn: sessions.list_sessions(conn, user))
    for session in (found, *listed):
        assert session is not None
        assert {type(getattr(session, name)) for name in flags} == {bool}
        assert session.project_trusted is pen.session.project_trusted
