"""Reading: by cursors, over holes, in frames and pages."""

import msgspec
from sqlalchemy import delete

from antiphon.log import events, schema
from antiphon.model import events as e
from antiphon.testing.log_checks.subject import (
    Subject,
    all_events,
    said,
    started,
)
from antiphon.testing.pen import Pen


async def frames_are_bounded(subject: Subject) -> None:
    """A reading keeps to its bytes, its rows and its last seq, but always gives one event."""
    pen = await subject.pen()
    await pen.write(started("t1"), *(e.ItemDelta(turn="t1", item="a", text="x" * 1000) for _ in range(20)))

    async def seqs(after: int, **limits: int) -> list[int]:
        return [
            seq
            for seq, _ in await subject.log.read(
                lambda conn: events.read_after(conn, pen.key, after, **limits)
            )
        ]

    assert await seqs(1, limit_bytes=3500) == [2, 3, 4]
    assert await seqs(1, limit_bytes=10) == [2]
    assert await seqs(1, limit_rows=4) == [2, 3, 4, 5]
    assert await seqs(1, to=3) == [2, 3]
    assert await seqs(21) == []


async def cursors_cross_holes(subject: Subject) -> None:
    """With events gone by hand, every cursor still leads to exactly what is left, in order, once."""
    pen = await subject.pen()
    await pen.write(started("t1"), *(e.ItemDelta(turn="t1", item="a", text=str(n)) for n in range(60)))
    gone = {2, 3, 4, 20, 21, 40, 59, 60, 61}
    where = schema.event.c.session == pen.key, schema.event.c.seq.in_(gone)
    await subject.log.write(lambda conn: conn.execute(delete(schema.event).where(*where)).rowcount)
    left = [seq for seq in range(1, 62) if seq not in gone]
    for cursor in range(63):
        found = await all_events(subject.log, pen.key, after=cursor)
        assert [seq for seq, _ in found] == [seq for seq in left if seq > cursor]
    await pen.write(e.TurnCompleted(turn="t1"))
    assert [seq for seq, _ in await all_events(subject.log, pen.key, after=58)] == [62]


async def pages_leave_deltas_out(subject: Subject) -> None:
    """Pages from the end backwards hold every event but deltas, once, and say whether there is more."""
    pen = await subject.pen()
    for number in range(8):
        deltas = [e.ItemDelta(turn=f"t{number}", item="a", text="x")] * 3
        await pen.write(
            started(f"t{number}"), *deltas, said(f"t{number}", "a", "xxx"), e.TurnCompleted(turn=f"t{number}")
        )
    every = await all_events(subject.log, pen.key)
    expected = [(seq, body) for seq, body in every if b'"item-delta"' not in body]
    found: list[tuple[int, bytes]] = []
    more, before = True, pen.head + 1
    while more:
        page, more = await subject.log.read(lambda conn, at=before: events.read_before(conn, pen.key, at, 5))
        assert len(page) == 5 or not more
        found, before = [*page, *found], page[0][0]
    assert found == expected


async def a_turn_is_read_whole(subject: Subject) -> None:
    """A turn's events from its start on, none of the turn before."""
    pen = await subject.pen()
    await pen.write(
        started("t1"), e.TurnCompleted(turn="t1"), started("t2"), e.ItemDelta(turn="t2", item="a", text="x")
    )
    found = await subject.log.read(lambda conn: events.read_turn(conn, pen.key, "t2"))
    assert [seq for seq, _ in found] == [3, 4]
    assert await subject.log.read(lambda conn: events.read_turn(conn, pen.key, "t3")) == []


async def deltas_of_completed_items_are_compacted(subject: Subject) -> None:
    """Only deltas of items completed in their turn go, a few at a time, and only when no turn runs."""
    pen = await subject.pen()
    delta = [e.ItemDelta(turn="t1", item=item, text="x") for item in "abab"]
    await pen.write(started("t1"), *delta, said("t1", "a", "xx"))
    assert await compacted(pen) == 0
    await pen.write(
        e.TurnInterrupted(turn="t1"), started("t2"), said("t2", "b", ""), e.TurnCompleted(turn="t2")
    )
    assert [await compacted(pen) for _ in range(3)] == [1, 1, 0]
    kept = [msgspec.json.decode(body, type=e.AnyEvent) for _, body in await all_events(subject.log, pen.key)]
    assert [x.item for x in kept if isinstance(x, e.ItemDelta)] == ["b", "b"]
    assert len(kept) == 10 - 2
    await pen.write(started("t3"), e.ItemDelta(turn="t3", item="a", text="y"), said("t3", "a", "y"))
    await pen.write(e.TurnCompleted(turn="t3"))
    assert [await compacted(pen) for _ in range(2)] == [1, 0]


async def compacted(pen: Pen) -> int:
    """How many rows one compaction of at most one row took."""
    return await pen.log.write(lambda conn: events.compact(conn, pen.key, 1))
