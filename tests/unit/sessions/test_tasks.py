"""What an agent runs beside its turns: listed, stopped when asked, and over when the agent is."""

import asyncio

import pytest

from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Rejected, Reply
from antiphon.sessions import subscription
from antiphon.sessions.supervisor import IDLE_AGENT_SECONDS
from antiphon.testing.scripted import ScriptedAgent, crash, done

from .conftest import World

TASK = e.BackgroundTask(id="b1", title="npm run dev", kind="command")


async def running_task(world: World) -> ScriptedAgent:
    """An idle agent with a task."""
    world.provider.script = done
    await world.prompt()
    await world.idle()
    agent = world.provider.agents[-1]
    agent.tasks = {TASK.id}
    agent.sink.emit(e.SessionUpdated(tasks=[TASK]))
    session = await world.live()
    await world.until(lambda: session.state.tasks)
    return agent


async def stop(world: World, task: str = TASK.id, id: str | None = None) -> Reply:
    return await world.send(c.StopTask(id=id or new_id(), session=world.session, task=task))


async def told(world: World) -> list[list[str]]:
    """The tasks of each event that tells of them."""
    events = await world.events()
    return [
        [t.id for t in x.tasks] for x in events if isinstance(x, e.SessionUpdated) and x.tasks is not None
    ]


async def test_a_task_is_listed_for_whoever_comes(world: World) -> None:
    """A page that subscribes later is told the tasks that run."""
    await running_task(world)
    opening = await subscription.begin(
        await world.live(), c.Subscribe(id=new_id(), session=world.session, tail=0)
    )
    assert opening.reply.tasks == [TASK]


async def test_a_task_is_stopped_once(world: World) -> None:
    """Stop reaches the agent; the same command again has the same reply and no second effect."""
    agent, id = await running_task(world), new_id()
    first = await stop(world, id=id)
    assert isinstance(first, Accepted) and first.outcome == "stopped"
    assert await stop(world, id=id) == first
    assert agent.stopped == [TASK.id]


async def test_an_unknown_task_is_told(world: World) -> None:
    """No such task, one that the agent no longer has, or no agent at all: `unknown-task`."""
    agent = await running_task(world)
    replies = [await stop(world, "b2")]
    agent.tasks.clear()
    replies.append(await stop(world))
    await (await world.live()).close_agent()
    replies.append(await stop(world))
    assert [x.code for x in replies if isinstance(x, Rejected)] == ["unknown-task"] * 3


async def test_an_agent_that_does_not_answer_is_told(world: World) -> None:
    """A deaf agent does not hold the session: after five seconds the person is told, and may try again."""
    agent = await running_task(world)
    heard = asyncio.Event()

    async def deaf(task: str) -> bool:
        heard.set()
        await asyncio.Event().wait()
        return True

    agent.stop_task = deaf  # type: ignore[method-assign]
    id = new_id()
    waiting = asyncio.create_task(stop(world, id=id))
    await heard.wait()
    await world.clock.advance(5)
    reply = await waiting
    assert isinstance(reply, Rejected) and reply.code == "agent-silent"
    del agent.stop_task
    assert isinstance(await stop(world, id=id), Accepted)


async def close(world: World, agent: ScriptedAgent) -> None:
    await (await world.live()).close_agent()


async def die(world: World, agent: ScriptedAgent) -> None:
    agent.sink.died(crash())


async def trash(world: World, agent: ScriptedAgent) -> None:
    await world.supervisor.trash(world.user, world.session, True)


async def kill_the_server(world: World, agent: ScriptedAgent) -> None:
    await world.restart()


@pytest.mark.parametrize("how", [close, die, trash, kill_the_server])
async def test_tasks_end_with_their_agent(world: World, how) -> None:  # type: ignore[no-untyped-def]
    """However the agent ends, an event says that its tasks are over: once."""
    await how(world, await running_task(world))
    session = await world.live()
    await session.journal.flushed()
    assert await told(world) == [["b1"], []] and session.state.tasks == []


async def test_an_agent_with_a_task_is_not_idle(world: World) -> None:
    """It is not retired while its task runs, and is when that is over."""
    agent = await running_task(world)
    await world.clock.advance(2 * IDLE_AGENT_SECONDS)
    await world.supervisor._look_once()
    assert not agent.closed.is_set()
    session = await world.live()
    agent.sink.emit(e.SessionUpdated(tasks=[]))
    await world.until(lambda: not session.state.tasks)
    await world.clock.advance(60)
    await asyncio.wait_for(agent.closed.wait(), 10)
