"""On a full disk nobody waits for space: what people ask is refused in words, and Stop works."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import pytest

from antiphon.log.errors import StorageFull
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.items import Note
from antiphon.model.replies import Accepted, Notice, Rejected
from antiphon.providers.base import Restored
from antiphon.sessions import restoring
from antiphon.sessions.session import Session
from antiphon.testing.scripted import ScriptedAgent

from .conftest import LIMIT, World
from .test_commands import asking, running
from .test_importing_follow import Home, Terminal
from .test_journal import Full


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    made = Home(tmp_path)
    await made.start()
    await made.make()
    yield made
    await made.stop()


async def full(world: World) -> Full:
    """The disk fills, and what the agent says then waits."""
    session = await world.live()
    disk = Full(world)
    disk.full = True
    session.say(e.UsageUpdated(usage=e.Usage(input_tokens=1)))
    await world.until(lambda: session.journal.full)
    return disk


async def space(world: World, disk: Full) -> None:
    """There is space again."""
    session = await world.live()
    disk.full = False
    for _ in range(3):
        await world.clock.advance(1)
    await world.until(lambda: session.journal.full is None)


async def refused(work: Awaitable[object]) -> None:
    """It is refused at once, for there is no space."""
    with pytest.raises(StorageFull):
        await asyncio.wait_for(work, LIMIT)


async def test_an_answer_is_refused_and_a_stop_works(world: World) -> None:
    """A question that waits cannot be answered, which is told; its turn can be stopped, and ends in the log later."""
    turn, request, _ = await asking(world)
    disk = await full(world)
    option = request.options[0].id
    answer = c.Answer(id=new_id(), session=world.session, approval=request.approval, option=option)
    reply = await world.send(answer)
    assert isinstance(reply, Rejected) and reply.code == "storage-full"
    stopped = await world.send(c.Cancel(id=new_id(), session=world.session, turn=turn))
    assert isinstance(stopped, Accepted) and stopped.outcome == "cancelled"
    await space(world, disk)
    await world.idle()
    ends = [event for event in await world.events() if isinstance(event, e.TURN_ENDS)]
    assert len(ends) == 1 and ends[0].turn == turn


async def test_a_disk_that_fills_while_an_answer_is_on_its_way(world: World) -> None:
    """Who waits for what was said before is told as soon as that cannot be written."""
    _, request, _ = await asking(world)
    session = await world.live()
    disk = Full(world)
    disk.full = True
    session.say(e.UsageUpdated(usage=e.Usage(input_tokens=1)))
    assert not session.journal.full
    option = request.options[0].id
    reply = await world.send(
        c.Answer(id=new_id(), session=world.session, approval=request.approval, option=option)
    )
    assert isinstance(reply, Rejected) and reply.code == "storage-full"
    await space(world, disk)


async def test_a_stop_that_meets_the_full_disk_itself_works(world: World) -> None:
    """Nothing has met it before: the reply cannot be stored, but the turn is stopped and the person is told so."""
    turn = await running(world)
    disk = Full(world)
    disk.full = True
    stopped = await world.send(c.Cancel(id=new_id(), session=world.session, turn=turn))
    assert isinstance(stopped, Accepted) and stopped.outcome == "cancelled"
    await space(world, disk)
    await world.idle()
    assert (await world.types()).count("turn-cancelled") == 1


async def test_an_agent_is_told_nothing_that_cannot_be_logged(world: World) -> None:
    """Words into a running turn, which would be said twice when they are sent again."""
    await running(world)
    disk = await full(world)
    reply = await world.prompt("left, please", if_busy="steer")
    assert isinstance(reply, Rejected) and reply.code == "storage-full"
    assert world.provider.agents[0].steered == []
    await space(world, disk)


async def test_facts_copies_and_the_trash_are_refused(world: World) -> None:
    """What REST asks is told, too; the turn of a session that cannot be put into the trash goes on."""
    turn = await running(world)
    disk = await full(world)
    supervisor, user, id = world.supervisor, world.user, world.session
    await refused(supervisor.update(user, id, e.SessionUpdated(title="Another")))
    await refused(supervisor.fork(user, id, turn, including=False))
    await refused(supervisor.trash(user, id, True))
    await space(world, disk)
    session = await world.live()
    assert session.running == turn and session.turn and not session.turn.stopping
    assert session.state.running == turn


async def test_the_trash_does_not_wait_for_an_end_that_cannot_be_logged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills while the turn is being stopped: the session lies in the trash, and the end is logged later."""
    turn = await running(world)
    disk, session = Full(world), await world.live()
    stop = session.stop_turn

    async def fills() -> None:
        disk.full = True
        session.say(e.UsageUpdated(usage=e.Usage(input_tokens=1)))
        await world.until(lambda: session.journal.full)
        await stop()

    monkeypatch.setattr(session, "stop_turn", fills)
    async with asyncio.timeout(LIMIT):
        await world.supervisor.trash(world.user, world.session, True)
    assert session.in_trash
    await space(world, disk)
    await world.idle()
    ends = [event for event in await world.events() if isinstance(event, e.TURN_ENDS)]
    assert [end.turn for end in ends if isinstance(end, e.TurnCancelled)] == [turn] and len(ends) == 1


class Restoring(ScriptedAgent):
    """It brings one file back, and may fill the disk meanwhile."""

    disk: Full | None = None

    async def restore(self, turn: str, *, dry: bool) -> Restored:
        if self.disk:
            self.disk.full = True
        return Restored(files=("a.txt",))


async def test_files_are_brought_back_only_with_their_note(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without space nothing is touched; where it ends in between, the note is kept until there is some."""
    monkeypatch.setattr("antiphon.testing.scripted.ScriptedAgent", Restoring)
    world.provider.can(restore=True)
    await world.prompt("one")
    await world.idle()
    session = await world.live()
    agent = session.agent
    assert isinstance(agent, Restoring)
    disk = await full(world)
    await refused(restoring.restore(session, "turn", dry=False))
    assert (await asyncio.wait_for(restoring.restore(session, "turn", dry=True), LIMIT)).files
    await space(world, disk)
    agent.disk = disk
    assert (await asyncio.wait_for(restoring.restore(session, "turn", dry=False), LIMIT)).files
    await space(world, disk)
    notes = [
        x for x in await world.events() if isinstance(x, e.ItemCompleted) and isinstance(x.content, Note)
    ]
    assert len(notes) == 1


async def test_space_is_told_only_when_something_was_written(world: World) -> None:
    """Whoever only waits for what was said before proves nothing."""
    await world.prompt()
    await world.idle()
    told = list[Notice]()
    world.hub.listen(world.user, told.append)
    disk = Full(world)
    disk.full = True
    await world.prompt("another")
    await (await world.live()).journal.flushed()
    assert [notice.code for notice in told] == ["storage-full"]


def fill_at(session: Session, disk: Full, nth: int) -> None:
    """The disk is full while the session's log is written for the nth time, and only then."""
    commit, commits = session.journal.commit, 0

    async def filling(*given: Any, **more: Any) -> int:
        nonlocal commits
        commits += 1
        disk.full = commits == nth
        try:
            return await commit(*given, **more)
        finally:
            disk.full = False

    session.journal.commit = filling  # type: ignore[method-assign]


async def test_a_record_that_cannot_be_logged_is_read_again(home: Home) -> None:
    """Looking at it and prompting wait for nothing; with space all of it comes, once."""
    terminal = Terminal(home)
    for number in range(60):
        terminal.prompt(f"prompt {number}")
        terminal.answer("yes")
    await home.clock.advance(3600)
    await home.look()
    session = await home.live()
    disk = Full(home)
    fill_at(session, disk, 3)
    await asyncio.wait_for(home.opened(), LIMIT)
    assert 0 < len(await home.texts()) < 60
    assert not session.lock.locked()
    await asyncio.wait_for(home.opened(), LIMIT)
    assert await home.texts() == [f"prompt {number}" for number in range(60)]
    items = [event for event in await home.events() if isinstance(event, e.ItemCompleted)]
    assert len(items) == len({event.item for event in items}) == 60
    assert sum(isinstance(event, e.TURN_ENDS) for event in await home.events()) == 60


async def test_a_turn_whose_record_was_given_up_is_looked_at_again(home: Home) -> None:
    """Another program's turn is in the log, and what it means could not be: nobody needs to look for that to come."""
    terminal = Terminal(home)
    terminal.prompt("one")
    await home.look()
    session = await home.live()
    fill_at(session, Full(home), 2)
    await asyncio.wait_for(home.opened(), LIMIT)
    assert session.state.running and not session.state.elsewhere
    await home.clock.advance(1.1)
    await home.until(lambda: session.state.elsewhere)


async def test_a_prompt_waits_for_no_record(home: Home) -> None:
    """What another program wrote cannot be logged before a prompt, also one that forks: it is refused, and works later."""
    terminal = Terminal(home)
    terminal.prompt("one")
    terminal.answer("yes")
    await home.clock.advance(3600)
    await home.look()
    await home.opened()
    await home.supervisor.refresh(home.session)
    terminal.prompt("two")
    terminal.answer("yes")
    await home.clock.advance(3600)
    disk = Full(home)
    disk.full = True
    for fork in (False, True):
        reply = await home.prompt("mine", fork=fork)
        assert isinstance(reply, Rejected) and reply.code == "storage-full"
    disk.full = False
    assert isinstance(await home.prompt("mine"), Accepted)
    await home.idle()
    assert await home.texts() == ["one", "two", "mine"]
