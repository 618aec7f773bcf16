"""A session's way into the trash: nothing runs there, and nothing begins there.

1. It lies there before its turn is stopped: the end of a turn lets the next in the queue begin.
2. What waits in its queue is kept, and held: after a restore a person lets it run.
"""

import asyncio

from antiphon.log import sessions as rows
from antiphon.model import events as e
from antiphon.sessions.session import Session


async def put_away(session: Session) -> None:
    """Into the trash: its queue is held, its turn stopped, its agent ended. Raises StorageFull."""
    await _mark(session)
    if session.turn:
        session.turn.stop("cancelled")
        await asyncio.wait({session.turn.task})
    async with session.lock:
        if session.turn is None:  # else it was restored meanwhile, and asked something
            await session.retire()


async def _mark(session: Session) -> None:
    """Under the lock, so that a prompt is either before it, and stopped, or after it, and refused."""
    key, at = session.row.key, session.clock.now()
    await session.acquire()
    try:
        if session.state.queue and not session.state.queue_held:
            await session.journal.commit([e.SessionUpdated(queue_held=True, at=at)])
        await session.log.write(lambda conn: rows.set_trashed(conn, key, at))
        session.trashed(at)
    finally:
        session.lock.release()
