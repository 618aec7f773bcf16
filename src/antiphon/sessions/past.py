"""A session's log as its agent's memory: for agents that keep none of their own."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from antiphon.log import attachments
from antiphon.log import events as event_rows
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.providers.base import Attachment, Past

PAGE = 500
"""Events read at a time."""

_decode = msgspec.json.Decoder(e.AnyEvent).decode


async def read(log: Log, session: int, user: int) -> Past:
    """All that the log holds of the session, without deltas."""
    return await log.read(lambda conn: _read(log, conn, session, user))


def _read(log: Log, conn: Connection, session: int, user: int) -> Past:
    pages: list[list[e.AnyEvent]] = []
    before, more = 2**62, True
    while more:
        page, more = event_rows.read_before(conn, session, before, PAGE)
        pages.append([_decode(body) for _, body in page])
        before = page[0][0] if page else 0
    events = [event for page in reversed(pages) for event in page]
    found = {id: row for id in _named(events) if (row := attachments.get(conn, user, id))}
    there = {
        id: Attachment(path=attachments.path_of(log.folder, id), name=row.name, media_type=row.media_type)
        for id, row in found.items()
    }
    return Past(events=events, attachments=there)


def _named(events: Sequence[e.AnyEvent]) -> set[str]:
    return {
        id for event in events if isinstance(event, e.TurnStarted | e.TurnSteered) for id in event.attachments
    }
