"""A session's way into the trash: nothing runs there, and nothing begins there.

1. It lies there before its turn is stopped: the end of a turn lets the next in the queue begin.
2. What waits in its queue is kept, and held: after a restore a person lets it run.
"""

import contextlib

from antiphon.log import sessions as rows
from antiphon.log.errors import StorageFull
from antiphon.model import events as e
from antiphon.sessions.session import Session


async def put_away(session: Session) -> None:
    """Into the trash: its queue is held, its turn stopped, its agent ended. Raises StorageFull, and then it is not there."""
    await _mark(session)
    with contextlib.suppress(StorageFull):  # its end is logged when there is space, and upkeep ends its agent
        await session.stop_turn()
        await _retire(session)


async def _retire(session: Session) -> None:
    await session.acquire()
    try:
        if session.turn is None:  # else it was restored meanwhile, and asked something
            await session.retire()
    finally:
        session.lock.release()


async def _mark(session: Session) -> None:
    """Under the lock, so that a prompt is either before it, and stopped, or after it, and refused."""
    key, at = session.row.key, session.clock.now()
    await session.acquire()
    try:
        session.journal.check_storage()
        if session.state.queue and not session.state.queue_held:
            await session.journal.commit([e.SessionUpdated(queue_held=True, at=at)], at_once=True)
        await session.log.write(lambda conn: rows.set_trashed(conn, key, at))
        session.trashed(at)
    finally:
        session.lock.release()
