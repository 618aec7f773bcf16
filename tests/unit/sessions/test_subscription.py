"""A client that names the last event it saw gets exactly the rest, once (promise 4)."""

import msgspec

from antiphon.log import events as event_rows
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.items import Message
from antiphon.model.replies import Accepted
from antiphon.sessions import subscription
from antiphon.testing.scripted import until_cancelled

from .conftest import World

_decode = msgspec.json.Decoder(e.AnyEvent).decode


async def open_turn(world: World) -> None:
    """Two whole turns, then one with an open item."""
    await world.prompt("first")
    await world.idle()
    await world.prompt("second")
    await world.idle()
    world.provider.script = until_cancelled
    await world.prompt("third")
    session = await world.live()
    await world.until(lambda: any(x.text or x.open for t in session.state.turns for x in t.entries))
    await session.journal.flushed()


def subscribe(world: World, **more: object) -> c.Subscribe:
    return c.Subscribe(id=new_id(), session=world.session, **more)  # type: ignore[arg-type]


async def test_after_a_cursor_comes_exactly_the_rest(world: World) -> None:
    """From every cursor the reading gives each later event once, in order."""
    await open_turn(world)
    session = await world.live()
    every = [event.seq for event in await world.events()]
    for after in range(session.state.head + 1):
        opening = await subscription.begin(session, subscribe(world, epoch=session.row.epoch, after=after))
        assert not opening.reply.reset and opening.cursor == after and not opening.events
        read = await subscription.read(session, after)
        assert [seq for seq, _ in read] == [seq for seq in every if seq > after]


async def test_a_tail_brings_open_items_whole(world: World) -> None:
    """The tail has no deltas of the open item: it comes with its text so far, and goes on from the head."""
    await open_turn(world)
    session = await world.live()
    opening = await subscription.begin(session, subscribe(world, tail=3))
    assert [item.content for item in opening.reply.items] == [Message(text="working")]
    assert opening.reply.turn and opening.reply.turn.text == "third"
    assert opening.reply.more and len(opening.events) == 3 and opening.cursor == session.state.head
    assert opening.reply.first == opening.events[0][0]
    assert all(not isinstance(_decode(body), e.ItemDelta) for _, body in opening.events)


async def test_another_past_starts_afresh(world: World) -> None:
    """A cursor of another epoch, or beyond the head, is not of this log's past: reset."""
    await open_turn(world)
    session = await world.live()
    for strange in ({"epoch": new_id(), "after": 2}, {"epoch": session.row.epoch, "after": 10_000}):
        opening = await subscription.begin(session, subscribe(world, **strange))
        assert opening.reply.reset and opening.reply.epoch == session.row.epoch and opening.events


async def test_holes_are_read_over(world: World) -> None:
    """Deltas taken out by hand: the reading goes on over the hole, and the cursor chain holds."""
    await open_turn(world)
    session = await world.live()
    key = session.row.key
    gone = [x.seq for x in await world.events() if isinstance(x, e.ItemDelta)]

    def remove(conn: object) -> None:
        from antiphon.log import schema

        conn.execute(schema.event.delete().where(schema.event.c.session == key, schema.event.c.seq.in_(gone)))  # type: ignore[attr-defined]

    await world.log.write(remove)
    session.journal.forget()
    cursor, seen = 0, list[int]()
    while cursor < session.state.head:
        events = await subscription.read(session, cursor, limit=1)
        if not events:
            break
        cursor = events[-1][0]
        seen += [seq for seq, _ in events]
    kept = await world.log.read(lambda conn: event_rows.read_after(conn, key, 0))
    assert seen == [seq for seq, _ in kept] and not set(seen) & set(gone)


async def test_a_prompt_is_in_the_reply_of_a_second_tab(world: World) -> None:
    """The live state is as of the head: the queue and the running turn are there."""
    await open_turn(world)
    reply = await world.prompt("fourth", if_busy="queue")
    assert isinstance(reply, Accepted)
    opening = await subscription.begin(await world.live(), subscribe(world, tail=0))
    assert [q.text for q in opening.reply.queue] == ["fourth"] and opening.events == []


async def test_an_idle_session_is_compacted(world: World) -> None:
    """Deltas of completed items go when the session is idle; what they said is there whole."""
    await world.prompt("a few words")
    await world.idle()
    assert "item-delta" in await world.types()
    await world.clock.advance(15)

    async def compacted() -> bool:
        return "item-delta" not in await world.types()

    for _ in range(200):
        if await compacted():
            break
    assert await world.types() == ["turn-started", "item-started", "item-completed", "turn-completed"]
