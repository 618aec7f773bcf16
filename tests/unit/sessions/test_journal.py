"""Logged before shown (promise 3), with nothing lost, doubled or out of order."""

import asyncio
from typing import Any

from antiphon.log.errors import StorageFull
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Notice, Rejected
from antiphon.providers.base import Outcome, Prompt
from antiphon.sessions import subscription
from antiphon.testing.clock import settle
from antiphon.testing.scripted import ScriptedAgent, until_cancelled

from .conftest import World


async def test_nothing_is_seen_before_it_is_committed(world: World) -> None:
    """While the commit is under way no reader is woken, and no reading shows the event."""
    session = await world.live()
    gate, woken, write = asyncio.Event(), list[int](), world.log.write

    async def slow(function: Any) -> Any:
        await gate.wait()
        return await write(function)

    world.log.write = slow  # type: ignore[method-assign]
    world.hub.follow(world.session, lambda: woken.append(session.state.head))
    session.say(e.UsageUpdated(usage=e.Usage(input_tokens=1)))
    await settle()
    assert woken == [] and session.state.head == 0 and await subscription.read(session, 0) == []
    gate.set()
    await world.until(lambda: woken == [1])
    assert [seq for seq, _ in await subscription.read(session, 0)] == [1]


async def test_a_flood_joins_and_loses_nothing(world: World) -> None:
    """Twenty thousand chunks become far fewer events, and their text is whole and in order."""

    async def flood(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        item = agent.say(whole=False)
        for n in range(20_000):
            agent.sink.emit(e.ItemDelta(item=item, text=f"{n} "))
            if n % 500 == 0:
                await agent.sink.drained()
                await asyncio.sleep(0)
        return e.TurnCompleted()

    world.provider.script = flood
    await world.prompt()
    await world.idle()
    deltas = [x for x in await world.events() if isinstance(x, e.ItemDelta)]
    assert "".join(x.text for x in deltas) == "".join(f"{n} " for n in range(20_000))
    assert len(deltas) < 4000


class Full:
    """A log whose writes fail as on a full disk, while `full` is set."""

    def __init__(self, world: World) -> None:
        self.full = False
        self._write, self._folder = world.log.write, world.folder
        world.log.write = self.write  # type: ignore[method-assign]

    async def write(self, function: Any) -> Any:
        if self.full:
            raise StorageFull(self._folder, "database or disk is full")
        return await self._write(function)


async def test_a_full_disk_is_told_and_the_end_is_logged_when_storage_returns(world: World) -> None:
    """A notice says that nothing can be saved, commands are answered, and nothing said is lost."""
    told = list[Notice]()
    world.hub.listen(world.user, told.append)
    world.provider.script = until_cancelled
    reply = await world.prompt()
    assert isinstance(reply, Accepted) and reply.turn
    await world.until(lambda: world.provider.agents)
    disk = Full(world)
    disk.full = True
    world.provider.agents[0].say("while it was full")
    await world.until(lambda: told)
    # Twice on a slow machine, where a chore of the session's meets it, too.
    assert {notice.code for notice in told} == {"storage-full"}
    refused = await world.prompt("another", if_busy="queue")
    assert isinstance(refused, Rejected) and refused.code == "storage-full"
    stopped = await world.send(c.Cancel(id=new_id(), session=world.session, turn=reply.turn))
    assert isinstance(stopped, Accepted)
    disk.full = False
    for _ in range(5):
        await world.clock.advance(1)
    await world.idle()
    types = await world.types()
    assert types[-1] == "turn-cancelled" and types.count("turn-cancelled") == 1
    assert list(dict.fromkeys(notice.code for notice in told)) == ["storage-full", "storage-back"]
    said = [x.content for x in await world.events() if isinstance(x, e.ItemCompleted)]
    assert any(getattr(content, "text", "") == "while it was full" for content in said)


async def test_space_that_returns_is_told_where_only_a_prompt_was_refused(world: World) -> None:
    """Nothing waited for the disk: the next prompt finds that there is space, and the notice is taken back."""
    await world.prompt()
    await world.idle()
    told = list[Notice]()
    world.hub.listen(world.user, told.append)
    disk = Full(world)
    disk.full = True
    refused = await world.prompt("another")
    assert isinstance(refused, Rejected) and refused.code == "storage-full"
    disk.full = False
    assert isinstance(await world.prompt("another"), Accepted)
    await world.idle()
    assert [notice.code for notice in told] == ["storage-full", "storage-back"]


async def test_a_lost_log_ends_the_turn_and_goes_on(world: World) -> None:
    """Another writer took the session over: the turn is ended in the log, and the next prompt works."""
    world.provider.script = until_cancelled
    await world.prompt()
    await world.until(lambda: world.provider.agents)
    session = await world.live()
    from antiphon.log import sessions as rows

    await world.log.write(lambda conn: rows.claim(conn, session.row.key, world.log.node))
    session.say(e.UsageUpdated(usage=e.Usage()))
    await world.until(lambda: "turn-interrupted" in _types(world))
    assert (await world.types())[-1] == "turn-interrupted"
    assert isinstance(await world.prompt("again"), Accepted)


def _types(world: World) -> list[str]:
    return [
        body.split(b'"')[3].decode()
        for s in world.supervisor._open_sessions()
        for body in s.journal.tail._bodies
    ]
