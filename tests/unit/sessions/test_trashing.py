"""The trash: nothing runs there, nothing begins there, and what waited is kept."""

import asyncio

import pytest

from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Rejected
from antiphon.sessions import effects
from antiphon.testing.clock import settle
from antiphon.testing.scripted import done, until_cancelled

from .conftest import LIMIT, World
from .test_turn import ends


async def trash(world: World, trashed: bool = True) -> None:
    await asyncio.wait_for(world.supervisor.trash(world.user, world.session, trashed), LIMIT)


async def resume(world: World) -> Accepted | Rejected:
    reply = await world.send(c.ResumeQueue(id=new_id(), session=world.session))
    assert isinstance(reply, Accepted | Rejected)
    return reply


async def started(world: World) -> list[str]:
    return [event.text for event in await world.events() if isinstance(event, e.TurnStarted)]


async def with_queue(world: World) -> None:
    """A turn runs, and two prompts wait."""
    world.provider.script = until_cancelled
    await world.prompt("first")
    await world.until(lambda: world.provider.agents)
    for text in ("second", "third"):
        await world.prompt(text, if_busy="queue")
    world.provider.script = done


async def test_what_waits_does_not_begin_in_the_trash(world: World) -> None:
    """The turn is stopped, its queue waits, no other agent starts; restored, a person lets the queue run."""
    await with_queue(world)
    await trash(world)
    session = await world.live()
    assert session.turn is None and session.agent is None
    assert await started(world) == ["first"]
    assert [q.text for q in session.state.queue] == ["second", "third"] and session.state.queue_held
    await trash(world, False)
    assert session.state.queue_held and session.turn is None
    assert isinstance(await resume(world), Accepted)
    await world.until(lambda: not session.state.queue)
    await world.idle()
    assert await started(world) == ["first", "second", "third"]
    assert ends(await world.events()) == ["turn-cancelled", "turn-completed", "turn-completed"]


async def test_a_queue_is_not_let_run_in_the_trash(world: World) -> None:
    """Whoever resumes it there is told why nothing begins; the queue stays as it was."""
    await with_queue(world)
    await trash(world)
    reply = await resume(world)
    assert isinstance(reply, Rejected) and reply.code == "session-trashed"
    session = await world.live()
    assert session.state.queue_held and len(session.state.queue) == 2 and len(world.provider.agents) == 1


async def test_a_prompt_on_its_way_is_stopped_or_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was looked at before the session went into the trash is a turn that is stopped: it loses no agent."""
    looking, gate = asyncio.Event(), asyncio.Event()

    async def slow(*_: object) -> list[object]:
        looking.set()
        await gate.wait()
        return []

    monkeypatch.setattr(effects, "find", slow)
    world.provider.script = until_cancelled
    asked = asyncio.create_task(world.prompt("on its way"))
    await asyncio.wait_for(looking.wait(), LIMIT)
    trashing = asyncio.create_task(trash(world))
    await settle()
    gate.set()
    await trashing
    assert isinstance(await asked, Accepted)
    session = await world.live()
    assert session.turn is None and session.agent is None
    assert ends(await world.events()) == ["turn-cancelled"]
    late = await world.prompt("too late")
    assert isinstance(late, Rejected) and late.code == "session-trashed"


async def test_an_agent_begins_nothing_in_the_trash(world: World) -> None:
    """What an agent would begin by itself as it is put away is no turn."""
    await world.prompt("hello")
    await world.idle()
    session, agent = await world.live(), world.provider.agents[0]
    session.trashed(world.clock.now())
    assert not await asyncio.wait_for(agent.sink.began("A background task ended."), LIMIT)
    assert await started(world) == ["hello"]
