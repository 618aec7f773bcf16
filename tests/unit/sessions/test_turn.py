"""Every accepted turn ends exactly once, whatever happens (promise 2)."""

import asyncio

import pytest

from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.items import Message, ToolCall
from antiphon.model.replies import Accepted
from antiphon.providers.base import Limits, Outcome, Prompt, ProviderFailed
from antiphon.testing.scripted import ScriptedAgent, ScriptedProvider, crash, deaf, done, until_cancelled

from .conftest import World


def ends(events: list[e.AnyEvent]) -> list[str]:
    return [str(x.__struct_config__.tag) for x in events if isinstance(x, e.TURN_ENDS)]


async def test_a_prompt_is_answered(world: World) -> None:
    """A prompt becomes a turn, its words items, its end an event."""
    reply = await world.prompt("hello")
    assert isinstance(reply, Accepted) and reply.outcome == "started"
    await world.idle()
    types = await world.types()
    assert types[0] == "turn-started" and types[-1] == "turn-completed"
    assert [x.content for x in await world.events() if isinstance(x, e.ItemCompleted)] == [
        Message(text="hello")
    ]


async def test_a_crash_is_an_end(world: World) -> None:
    """What the agent said before it crashed is kept, marked as cut, and the failure is the end."""

    async def crashing(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        agent.say("half a", whole=False)
        raise ProviderFailed(crash())

    world.provider.script = crashing
    await world.prompt()
    await world.idle()
    events = await world.events()
    completed = [x for x in events if isinstance(x, e.ItemCompleted)]
    assert [(x.content, x.cut) for x in completed] == [(Message(text="half a"), True)]
    assert isinstance(events[-1], e.TurnFailed) and events[-1].failure.code == "provider-crashed"


async def test_our_own_mistake_is_an_end(world: World) -> None:
    """An exception that nobody thought of is a failure too, with its details."""

    async def wrong(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        raise ZeroDivisionError("seven over nothing")

    world.provider.script = wrong
    await world.prompt()
    await world.idle()
    last = (await world.events())[-1]
    assert isinstance(last, e.TurnFailed) and last.failure.code == "internal"
    assert "seven over nothing" in (last.failure.detail or "")


async def test_not_spawned_is_an_end(world: World) -> None:
    """An agent that cannot be started ends the turn with its reason."""

    async def opening(launch: object) -> None:
        raise ProviderFailed(crash("no such program"))

    world.provider._opening = opening
    await world.prompt()
    await world.idle()
    assert ends(await world.events()) == ["turn-failed"]


async def test_a_slow_start_is_an_end(world: World) -> None:
    """An agent that is not ready within its limit ends the turn."""

    async def opening(launch: object) -> None:
        await asyncio.Event().wait()

    world.provider._opening = opening
    await world.prompt()
    await world.clock.advance(30)
    await world.idle()
    last = (await world.events())[-1]
    assert isinstance(last, e.TurnFailed) and last.failure.code == "stalled"


@pytest.mark.parametrize("script", [until_cancelled, deaf])
async def test_stop_ends_the_turn(world: World, script: object) -> None:
    """Stop ends the turn as cancelled, whether the agent hears it or not, within its limit."""
    world.provider.script = script  # type: ignore[assignment]
    reply = await world.prompt()
    assert isinstance(reply, Accepted) and reply.turn
    await world.until(lambda: world.provider.agents)
    await world.send(c.Cancel(id=new_id(), session=world.session, turn=reply.turn))
    await world.clock.advance(5)
    await world.idle()
    assert ends(await world.events()) == ["turn-cancelled"]


async def test_a_deaf_agent_is_closed_and_the_next_prompt_gets_another(world: World) -> None:
    """After a stop that the agent did not hear, it is ended, and the next prompt works."""
    world.provider.script = deaf
    reply = await world.prompt()
    assert isinstance(reply, Accepted) and reply.turn
    await world.until(lambda: world.provider.agents)
    await world.send(c.Cancel(id=new_id(), session=world.session, turn=reply.turn))
    await world.clock.advance(5)
    await world.idle()
    world.provider.script = done
    await world.prompt("again")
    await world.idle()
    assert world.provider.agents[0].closed.is_set() and len(world.provider.agents) == 2
    assert ends(await world.events()) == ["turn-cancelled", "turn-completed"]


async def test_stop_before_the_agent_is_ready(world: World) -> None:
    """A stop while the agent starts ends the turn at once."""

    async def opening(launch: object) -> None:
        await asyncio.Event().wait()

    world.provider._opening = opening
    reply = await world.prompt()
    assert isinstance(reply, Accepted) and reply.turn
    await world.send(c.Cancel(id=new_id(), session=world.session, turn=reply.turn))
    await world.idle()
    assert ends(await world.events()) == ["turn-cancelled"]


async def test_a_silent_turn_says_so_and_is_ended(world: World) -> None:
    """Ten seconds of silence are told; at its limit the turn fails as stalled."""
    world.provider.script = deaf
    await world.prompt()
    await world.until(lambda: world.provider.agents)
    await world.clock.advance(10)
    await world.until(lambda: "turn-stalled" in seen(world))
    await world.clock.advance(175)
    await world.idle()
    events = await world.events()
    last = events[-1]
    assert isinstance(last, e.TurnFailed) and last.failure.code == "stalled"
    assert (await world.types()).count("turn-stalled") == 1


async def test_a_call_that_is_still_being_written_stops_no_clock(world: World) -> None:
    """A model that hangs in the middle of a tool call is silent; a tool that runs is not."""
    item = new_id()

    async def writing(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        agent.sink.emit(e.ItemStarted(item=item, content=ToolCall(title="Write", status="preparing")))
        return await deaf(agent, prompt)

    world.provider.script = writing
    await world.prompt()
    await world.until(lambda: "item-started" in seen(world))
    await world.clock.advance(10)
    await world.until(lambda: "turn-stalled" in seen(world))
    agent = world.provider.agents[0]
    agent.sink.emit(e.ItemUpdated(item=item, content=ToolCall(title="Write a.txt", status="running")))
    await world.clock.advance(1000)
    assert (await world.types())[-1] != "turn-failed"


async def test_the_wait_before_a_retry_is_not_silence(world: World) -> None:
    """An agent that said when it will try again is silent only ten seconds after that."""

    async def retrying(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        due = world.clock.now() + 30_000
        agent.sink.emit(e.ProviderRetrying(attempt=1, code="overloaded", message="busy", next_at=due))
        return await deaf(agent, prompt)

    world.provider.script = retrying
    await world.prompt()
    await world.until(lambda: "provider-retrying" in seen(world))
    await world.clock.advance(39)
    assert "turn-stalled" not in await world.types()
    await world.clock.advance(2)
    await world.until(lambda: "turn-stalled" in seen(world))


def seen(world: World) -> list[str]:
    """The types of the events in memory."""
    session = world.supervisor._open_sessions()[0]
    return [body.split(b'"')[3].decode() for body in session.journal.tail._bodies]


async def test_a_server_that_stops_ends_its_turns(world: World) -> None:
    """A stopping server interrupts its turns, in the log."""
    world.provider.script = until_cancelled
    await world.prompt()
    await world.until(lambda: world.provider.agents)
    session = await world.live()
    await world.supervisor.stop()
    last = (await world.events())[-1]
    assert isinstance(last, e.TurnInterrupted) and last.reason == "server-stopped"
    assert session.turn is None


async def test_a_server_that_was_killed_left_no_ghost(world: World) -> None:
    """After kill -9 the next start ends the turn, keeps what was said, and holds the queue."""

    async def asking(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        agent.say("so far", whole=False)
        await agent.sink.ask(
            e.ApprovalRequested(approval=new_id(), kind="permission", title="May I?", options=[])
        )
        return e.TurnCompleted()

    world.provider.script = asking
    await world.prompt()
    await world.prompt("next", if_busy="queue")
    session = await world.live()
    await world.until(lambda: session.state.approvals)
    await world.restart()
    session = await world.live()
    types = await world.types()
    assert types[-4:] == ["approval-resolved", "item-completed", "turn-interrupted", "session-updated"]
    assert session.state.queue_held and [q.text for q in session.state.queue] == ["next"]
    world.provider.script = done
    await world.send(c.ResumeQueue(id=new_id(), session=world.session))
    await world.idle()
    assert ends(await world.events()) == ["turn-interrupted", "turn-completed"]


async def test_an_unknown_provider_is_an_end(world: World) -> None:
    """A session whose agent this server no longer has fails its turns with words."""
    world.supervisor.providers = {}
    await world.prompt()
    await world.idle()
    last = (await world.events())[-1]
    assert isinstance(last, e.TurnFailed) and last.failure.code == "provider-missing"
    assert last.failure.type == "scripted-error"


async def test_limits_are_the_providers(world: World) -> None:
    """A patient provider's turn is not ended by another's limit."""
    world.supervisor.providers = {"scripted": ScriptedProvider(deaf, limits=Limits(stall=600))}
    await world.prompt()
    session = await world.live()
    await world.until(lambda: session.agent)
    await world.clock.advance(300)
    assert session.turn is not None
    session.turn.stop("cancelled")
    await world.clock.advance(5)
