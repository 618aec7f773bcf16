"""Turns that an agent begins by itself: turns like any other, with all that is promised of them."""

import asyncio

from antiphon.log.sessions import get_session
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, SessionBusy
from antiphon.providers.base import Agent, Outcome, Prompt
from antiphon.testing.clock import settle
from antiphon.testing.scripted import ScriptedAgent, crash, deaf, done, until_cancelled

from .conftest import LIMIT, World
from .test_turn import ends, seen

WHY = "A background task ended."


async def idle_agent(world: World) -> ScriptedAgent:
    """An agent that has answered a prompt."""
    await world.prompt("hello")
    await world.idle()
    return world.provider.agents[0]


async def began(agent: ScriptedAgent, why: str = WHY) -> bool:
    return await asyncio.wait_for(agent.sink.began(why), LIMIT)


async def test_the_agent_begins_a_turn(world: World) -> None:
    """What an idle agent begins is a turn that says why, with its items, and one end."""
    agent = await idle_agent(world)
    assert await began(agent)
    await world.idle()
    events = await world.events()
    started = [x for x in events if isinstance(x, e.TurnStarted)]
    assert [(x.origin, x.text, x.command) for x in started[1:]] == [("agent", WHY, None)]
    assert ends(events) == ["turn-completed", "turn-completed"]
    said = [x for x in events if isinstance(x, e.ItemCompleted)]
    assert said[-1].turn == started[-1].turn
    row = await world.log.read(lambda conn: get_session(conn, None, world.session))
    assert row and (row.title, row.message_count) == ("hello", 3)


async def test_a_running_turn_takes_what_the_agent_begins(world: World) -> None:
    """A turn that is about to ask the agent takes what that begins: told at once."""
    agent, gate = await idle_agent(world), asyncio.Event()
    session = await world.live()
    ready = session.ready_agent

    async def slow() -> Agent:
        await gate.wait()
        return await ready()

    session.ready_agent = slow  # type: ignore[method-assign]
    await world.prompt("again")
    async with session.lock:  # as a steer holds it while it waits for the agent
        assert not await asyncio.wait_for(began(agent), 0.5)
    gate.set()
    await world.idle()
    assert (await world.types()).count("turn-started") == 2


async def test_what_begins_as_a_turn_ends_gets_its_own(world: World) -> None:
    """The agent has ended its turn and begins anew before that end is logged: nothing falls between the two."""
    told = list[asyncio.Task[bool]]()

    async def script(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        if prompt.text == "first":
            told.append(asyncio.create_task(agent.sink.began(WHY)))
            await settle()
        else:
            agent.say("by myself")
        return e.TurnCompleted()

    world.provider.script = script
    await world.prompt("first")
    await world.until(lambda: told)
    assert await asyncio.wait_for(told[0], LIMIT)
    await world.idle()
    types = await world.types()
    assert [x for x in types if x.startswith("turn-")] == ["turn-started", "turn-completed"] * 2
    assert types.index("item-started") > types.index("turn-completed")


async def test_two_things_at_once_are_one_turn(world: World) -> None:
    """Of two beginnings at the same moment one starts a turn, the other is part of it."""
    agent = await idle_agent(world)
    assert sorted(await asyncio.gather(began(agent), began(agent))) == [False, True]
    await world.idle()
    assert (await world.types()).count("turn-started") == 2


async def test_a_prompt_meets_it_as_busy(world: World) -> None:
    """A prompt during the agent's own turn is answered as in any other."""
    agent = await idle_agent(world)
    world.provider.script = until_cancelled
    assert await began(agent)
    reply = await world.prompt("me too")
    assert isinstance(reply, SessionBusy)
    queued = await world.prompt("then me", if_busy="queue")
    assert isinstance(queued, Accepted) and queued.outcome == "queued"
    await world.send(c.Cancel(id=new_id(), session=world.session, turn=reply.turn))
    world.provider.script = done
    await world.idle()
    await world.until(lambda: agent.prompts[-1] == "then me")
    assert ends(await world.events())[1] == "turn-cancelled"


async def test_a_prompt_and_the_agent_race(world: World) -> None:
    """Prompt and beginning at the same moment: one of them has the session, and the other is told."""
    agent = await idle_agent(world)
    world.provider.script = until_cancelled
    reply, mine = await asyncio.gather(world.prompt("me"), began(agent))
    assert isinstance(reply, SessionBusy if mine else Accepted)
    assert (await world.types()).count("turn-started") == 2


async def test_its_silence_is_told_and_ended(world: World) -> None:
    """An agent that falls silent in a turn of its own is stalled, then ended as any other."""
    agent = await idle_agent(world)
    world.provider.script = deaf
    assert await began(agent)
    await world.until(lambda: len(agent.prompts) == 2)
    await world.clock.advance(10)
    await world.until(lambda: "turn-stalled" in seen(world))
    await world.clock.advance(175)
    await world.idle()
    assert ends(await world.events())[1:] == ["turn-failed"]


async def test_its_death_is_an_end(world: World) -> None:
    """The agent dies in its own turn, or before it could go on: the turn fails."""
    agent = await idle_agent(world)
    world.provider.script = until_cancelled
    assert await began(agent)
    agent.closed.set()
    agent.sink.died(crash())
    await world.idle()
    last = (await world.events())[-1]
    assert isinstance(last, e.TurnFailed) and last.failure.code == "provider-crashed"


async def test_a_server_that_dies_ends_it(world: World) -> None:
    """A server killed in the agent's own turn finds and ends it at its next start."""
    agent = await idle_agent(world)
    world.provider.script = until_cancelled
    assert await began(agent)
    await world.until(lambda: len(agent.prompts) == 2)
    await world.restart()
    assert ends(await world.events()) == ["turn-completed", "turn-interrupted"]


async def test_an_agent_that_was_given_up_begins_nothing(world: World) -> None:
    """A dying agent's words reach no turn, and a session that stops starts none."""
    agent = await idle_agent(world)
    session = await world.live()
    await session.close_agent()
    assert not await began(agent)
    await world.prompt("another")
    await world.idle()
    session.stopping = True
    assert not await began(world.provider.agents[1])
    assert (await world.types()).count("turn-started") == 2


async def test_a_lock_that_is_held_is_waited_for(world: World) -> None:
    """While a command has the session the agent waits, and is not kept waiting by its own end."""
    agent = await idle_agent(world)
    session = await world.live()
    await session.lock.acquire()
    waiting = asyncio.create_task(agent.sink.began(WHY))
    await settle()
    assert not waiting.done()
    await session.close_agent()
    assert await asyncio.wait_for(waiting, LIMIT) is False
    session.lock.release()
