"""Reading a session's log: always after a cursor or before one, never by counting.

Deltas of completed items may be gone (`compact`), so seqs have holes.
"""

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, select, update

from antiphon.log import schema
from antiphon.log.prepared import Prepared
from antiphon.model.events import TURN_END_TYPES, AnyEvent, TurnEnd

FRAME_BYTES = 256 * 1024
"""Bytes of events that a reading gives at most, unless the first event alone is larger."""

COMPACT_ROWS = 100
"""Deltas deleted in one commit: 2 ms, in which nothing else is written."""

_e, _s = schema.event.c, schema.session_metadata.c
_decode = msgspec.json.Decoder(TurnEnd).decode

_AFTER = Prepared(
    select(_e.seq, _e.body)
    .where(_e.session == bindparam("session"), _e.seq > bindparam("after"), _e.seq <= bindparam("to"))
    .order_by(_e.seq)
    .limit(bindparam("rows"))
)
_BEFORE = Prepared(
    select(_e.seq, _e.body)
    .where(_e.session == bindparam("session"), _e.seq < bindparam("before"), schema.NOT_DELTA)
    .order_by(_e.seq.desc())
    .limit(bindparam("rows"))
)
LAST = 2**62
"""Beyond every seq."""


def read_after(
    conn: Connection,
    session: int,
    cursor: int,
    *,
    limit_bytes: int = FRAME_BYTES,
    limit_rows: int = 2000,
    to: int | None = None,
) -> list[tuple[int, bytes]]:
    """(seq, body) of the events after the cursor (up to `to`), in order: at least one if there is any."""
    to = LAST if to is None else to
    found: list[tuple[int, bytes]] = []
    size = 0
    for seq, body in _AFTER.rows(conn, session=session, after=cursor, to=to, rows=limit_rows):
        size += len(body)
        if found and size > limit_bytes:
            break
        found.append((seq, body))
    return found


def read_before(
    conn: Connection, session: int, before: int, limit: int
) -> tuple[list[tuple[int, bytes]], bool]:
    """The last `limit` events before the seq `before`, in order and without deltas; and whether there are older ones.

    A session's end is `read_before(conn, session, head + 1, n)`.
    """
    rows = list(_BEFORE.rows(conn, session=session, before=before, rows=limit + 1))
    return [(seq, body) for seq, body in reversed(rows[:limit])], len(rows) > limit


def read_turn(conn: Connection, session: int, turn: str) -> list[tuple[int, bytes]]:
    """All events since the turn's start, in order; none when it never started."""
    started = select(_e.seq).where(_e.session == session, _e.turn == turn, schema.NOT_DELTA)
    first = conn.scalar(started.where(_e.type == "turn-started").order_by(_e.seq.desc()).limit(1))
    if first is None:
        return []
    rows = conn.execute(
        select(_e.seq, _e.body).where(_e.session == session, _e.seq >= first).order_by(_e.seq)
    )
    return [(seq, body) for seq, body in rows]


def start_of(conn: Connection, session: int, turn: str) -> int:
    """The seq of the turn's start; beyond all events when it never started."""
    started = select(_e.seq).where(_e.session == session, _e.turn == turn, schema.NOT_DELTA)
    first = conn.scalar(started.where(_e.type == "turn-started").order_by(_e.seq.desc()).limit(1))
    return LAST if first is None else first


def last_end(conn: Connection, session: int) -> AnyEvent | None:
    """The session's last end of a turn."""
    ends = select(_e.body).where(_e.session == session, _e.type.in_(TURN_END_TYPES), schema.NOT_DELTA)
    body = conn.scalar(ends.order_by(_e.seq.desc()).limit(1))
    return _decode(body) if body else None


# Compaction


def compact(conn: Connection, session: int, limit_rows: int = COMPACT_ROWS) -> int:
    """Delete deltas whose item is complete, at most `limit_rows`, in a session without a running turn.

    Returns how many went; 0: there is nothing left to do. What a completed item's deltas
    said, `item-completed` says whole; the deltas of an item that was never completed stay.
    """
    row = conn.execute(select(_s.head, _s.compacted, _s.running).where(_s.key == session)).first()
    if row is None or row.running is not None or row.compacted >= row.head:
        return 0
    seqs = _superfluous(conn, session, row.compacted, limit_rows)
    conn.execute(delete(schema.event).where(_e.session == session, _e.seq.in_(seqs)))
    done = seqs[-1] if len(seqs) == limit_rows else row.head
    conn.execute(update(schema.session_metadata).where(_s.key == session).values(compacted=done))
    return len(seqs)


def _superfluous(conn: Connection, session: int, after: int, limit_rows: int) -> list[int]:
    done = schema.event.alias("done")
    complete = exists().where(
        done.c.session == session,
        done.c.type == schema.literal("item-completed"),
        done.c.subject == _e.subject,
        done.c.turn.is_not_distinct_from(_e.turn),
        done.c.seq > _e.seq,
    )
    deltas = select(_e.seq).where(_e.session == session, _e.seq > after, _e.type == "item-delta", complete)
    return list(conn.scalars(deltas.order_by(_e.seq).limit(limit_rows)))
