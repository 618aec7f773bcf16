"""Agents made ready before the first prompt: few, in trusted folders, one launch for all who wait."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from antiphon.log import schema
from antiphon.log import sessions as rows
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted
from antiphon.presence import presence
from antiphon.providers.base import Launch, ProviderFailed, Sink
from antiphon.sessions import subscription
from antiphon.sessions.session import Session
from antiphon.sessions.supervisor import IDLE_AGENT_SECONDS
from antiphon.sessions.warm import AGAIN_SECONDS, SETTLE_SECONDS
from antiphon.testing.clock import settle
from antiphon.testing.scripted import ScriptedAgent, crash, until_cancelled

from .conftest import LIMIT, World


class Looking:
    """Somebody who looks at sessions of the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.leave: dict[str, Callable[[], None]] = {}

    async def at(self, session: str | None = None, *, stays: bool = True) -> Session:
        """Subscribe, look for a moment; `stays`: look on."""
        live = await self.world.supervisor.get(self.world.user, session or self.world.session)
        leave = self.world.hub.follow(live.id, lambda: None)
        self.leave[live.id] = leave
        self.world.supervisor.looked_at(live)
        if not stays:
            leave()
        await settle()
        await self.world.clock.advance(SETTLE_SECONDS)
        await presence(
            self.world.work
        )  # the warmer looks for the folder now: in a thread, and we share its look
        await settle()
        return live

    async def ready(self, session: str | None = None) -> ScriptedAgent:
        """Look until the agent is there."""
        live = await self.at(session)
        await self.world.until(lambda: live.agent)
        assert isinstance(live.agent, ScriptedAgent)
        return live.agent


@pytest.fixture
def look(world: World) -> Looking:
    world.provider.can(warm=True)
    return Looking(world)


class Slow:
    """An opening that waits for the test, then succeeds or fails."""

    def __init__(self, world: World) -> None:
        self.gate, self.entered, self.times = asyncio.Event(), asyncio.Event(), 0
        self.failure: Exception | None = None
        world.provider._opening = self

    async def __call__(self, launch: Launch) -> None:
        self.times += 1
        self.entered.set()
        await self.gate.wait()
        if self.failure:
            raise self.failure


async def test_looking_makes_an_agent_ready(look: Looking) -> None:
    """A session that is looked at has its agent before the prompt, which then goes to that one."""
    agent = await look.ready()
    assert await look.world.types() == []
    await look.world.prompt("hello")
    await look.world.idle()
    assert agent.prompts == ["hello"] and len(look.world.provider.agents) == 1


async def test_a_glance_starts_nothing(look: Looking) -> None:
    """Whoever clicks through a list starts no agents."""
    await look.at(stays=False)
    await look.world.clock.advance(10)
    assert not look.world.provider.agents


async def test_nothing_starts_where_it_must_not(look: Looking) -> None:
    """Not for a provider that is not to be warmed, not in a folder that nobody trusts, gone, or in the trash."""
    world = look.world
    world.provider.can(warm=False)
    session = await look.at()
    assert not session.slot.taken
    world.provider.can(warm=True)
    await world.log.write(lambda conn: conn.execute(schema.project.update().values(trusted_at=None)))
    await world.supervisor.refresh(world.session)
    await look.at()
    assert not session.slot.taken
    await world.log.write(lambda conn: conn.execute(schema.project.update().values(trusted_at=1)))
    world.work.rmdir()
    await look.at()
    assert not session.slot.taken
    world.work.mkdir()
    session.stopping = True
    await look.at()
    assert not session.slot.taken
    session.stopping = False
    await world.supervisor.trash(world.user, world.session, True)
    await look.at()
    assert not session.slot.taken and not world.provider.agents
    await world.supervisor.trash(world.user, world.session, False)
    await look.ready()


async def test_a_prompt_joins_the_start(look: Looking) -> None:
    """A prompt in the middle of a warm start waits for that one: one launch, one agent."""
    slow = Slow(look.world)
    await look.at()
    await slow.entered.wait()
    reply = await look.world.prompt("hello")
    assert isinstance(reply, Accepted)
    slow.gate.set()
    await look.world.idle()
    assert slow.times == 1 and [a.prompts for a in look.world.provider.agents] == [["hello"]]


async def test_a_model_chosen_while_it_starts(look: Looking) -> None:
    """The prompt goes to an agent with that model; what the one before says of its own is no fact any more."""
    slow, world = Slow(look.world), look.world
    live = await look.at()
    await slow.entered.wait()
    await world.supervisor.update(world.user, world.session, e.SessionUpdated(model="chosen"))
    assert live.slot.sink
    live.slot.sink.emit(e.SessionUpdated(model="usual"))
    await world.prompt("hello")
    slow.gate.set()
    await world.idle()
    assert [(a.launch.model, a.prompts) for a in world.provider.agents] == [(None, []), ("chosen", ["hello"])]
    row = await world.log.read(lambda conn: rows.get_session(conn, None, world.session))
    assert row and row.model == "chosen"


async def test_a_start_that_a_prompt_waits_for_fails_once(look: Looking) -> None:
    """The turn tells the failure; it is not told a second time beside it."""
    slow = Slow(look.world)
    slow.failure = ProviderFailed(crash())
    await look.at()
    await slow.entered.wait()
    await look.world.prompt("hello")
    slow.gate.set()
    await look.world.idle()
    types = await look.world.types()
    assert types == ["turn-started", "turn-failed"] and slow.times == 1


async def test_stop_ends_a_start_that_was_joined(look: Looking) -> None:
    """Stop while the joined start hangs ends the turn, and the start with it; nothing else is told."""
    slow = Slow(look.world)
    session = await look.at()
    await slow.entered.wait()
    reply = await look.world.prompt("hello")
    assert isinstance(reply, Accepted) and reply.turn
    await look.world.send(c.Cancel(id=new_id(), session=session.id, turn=reply.turn))
    await look.world.idle()
    assert await look.world.types() == ["turn-started", "turn-cancelled"]
    assert not session.slot.taken


async def test_a_failure_is_told_once(look: Looking) -> None:
    """A warm start that fails is an event; looking again tells and starts nothing for a minute, then starts, and tells no news twice."""
    world, slow = look.world, Slow(look.world)
    slow.gate.set()
    slow.failure = ProviderFailed(crash())
    session = await look.at()
    await world.until(lambda: session.state.head == 1)
    for _ in range(3):
        await look.at()
    assert await world.types() == ["agent-failed"] and slow.times == 1
    await world.clock.advance(AGAIN_SECONDS)
    await look.at()
    await world.until(lambda: slow.times == 2)
    await session.journal.flushed()
    assert await world.types() == ["agent-failed"]
    await world.prompt()
    await world.idle()
    assert slow.times == 3 and (await world.types())[-1] == "turn-failed"


async def test_a_new_key_is_tried_at_once(look: Looking) -> None:
    """What a start failed for is another than before: nobody waits a minute."""
    world, slow = look.world, Slow(look.world)
    slow.gate.set()
    slow.failure = ProviderFailed(crash())
    session = await look.at()
    await world.until(lambda: session.state.head == 1)
    slow.failure = None
    await world.supervisor.relaunch("scripted")
    await settle()
    await world.clock.advance(SETTLE_SECONDS)
    await world.until(lambda: session.agent)
    assert slow.times == 2


async def test_a_lost_conversation_waits_for_a_person(look: Looking) -> None:
    """A warm start that finds the conversation lost says so, and begins no new one, however often somebody looks."""
    world = look.world
    await world.prompt("before")
    await world.idle()
    session = await world.live()
    await session.close_agent()
    slow = Slow(world)
    slow.gate.set()
    slow.failure = ProviderFailed(Failure(provider="scripted", code="invalid-request", message="gone"))
    await look.at()
    await world.until(lambda: session.state.lost)
    await session.journal.flushed()
    assert (await world.types())[-2:] == ["session-updated", "agent-failed"]
    slow.failure = None
    await world.clock.advance(2 * AGAIN_SECONDS)
    await look.at()
    assert not session.slot.taken and slow.times == 1 and session.state.lost
    await world.prompt("go on", carry=True)
    await world.idle()
    assert "Person: before" in world.provider.agents[-1].prompts[0]


async def test_three_are_kept(look: Looking) -> None:
    """The fourth retires the longest idle one that nobody looks at; one that runs a turn does not count."""
    world = look.world
    ids = [world.session, *[await world.another() for _ in range(4)]]
    agents = []
    for id in ids[:3]:
        agents.append(await look.ready(id))
        await world.clock.advance(1)
    look.leave[ids[1]]()
    agents.append(await look.ready(ids[3]))
    assert [agent.closed.is_set() for agent in agents] == [False, True, False, False]
    world.provider.script = until_cancelled
    await world.send(c.Prompt(id=new_id(), session=ids[3], text="long work"))
    await look.ready(ids[4])
    assert sum(agent.closed.is_set() for agent in agents) == 1


async def test_two_looks_at_once_keep_three(look: Looking) -> None:
    """Two sessions looked at in the same moment make room for both."""
    world, gate = look.world, asyncio.Event()
    first, *_ = [await look.ready(await world.another()) for _ in range(3)]

    async def slow() -> None:
        await gate.wait()
        first.closed.set()

    first.close = slow  # type: ignore[method-assign]
    both = [await world.supervisor.get(world.user, await world.another()) for _ in range(2)]
    for session in both:
        world.hub.follow(session.id, lambda: None)
        world.supervisor.looked_at(session)
    await settle()
    await world.clock.advance(SETTLE_SECONDS)
    gate.set()
    await world.until(lambda: all(session.agent for session in both))
    assert sum(not agent.closed.is_set() for agent in world.provider.agents) == 3


async def test_what_a_failed_start_still_says_is_not_heard(look: Looking) -> None:
    """An agent that did not become ready says nothing into the session."""
    world, sinks = look.world, list[Sink]()

    async def open(launch: Launch, sink: Sink) -> ScriptedAgent:
        sinks.append(sink)
        sink.emit(e.SessionUpdated(tasks=[e.BackgroundTask(id="b1", title="x")]))
        raise ProviderFailed(crash())

    world.provider.open = open  # type: ignore[method-assign]
    session = await look.at()
    await world.until(lambda: session.slot.failed)
    sinks[0].emit(e.SessionUpdated(title="from the grave"))
    assert not await sinks[0].began("from the grave")
    await session.journal.flushed()
    assert session.state.title is None and session.state.tasks == []


async def test_more_than_three_that_became_idle_are_looked_after(look: Looking) -> None:
    """Agents that prompts started are retired as well, down to three, within a quarter of a minute."""
    world = look.world
    ids = [await world.another() for _ in range(5)]
    for id in ids:
        await world.send(c.Prompt(id=new_id(), session=id, text="hello"))
        session = await world.supervisor.get(world.user, id)
        async with asyncio.timeout(LIMIT):
            while session.turn:
                await asyncio.wait({session.turn.task})
        await world.clock.advance(0.1)
    agents = world.provider.agents
    await world.clock.advance(15)
    async with asyncio.timeout(LIMIT):
        await agents[0].closed.wait()
        await agents[1].closed.wait()
    assert [agent.closed.is_set() for agent in agents] == [True, True, False, False, False]


async def test_idle_for_ten_minutes_is_over(look: Looking) -> None:
    """A warm agent that nobody asks is retired; the next look makes one ready again."""
    agent = await look.ready()
    await look.world.clock.advance(IDLE_AGENT_SECONDS + 30)
    await asyncio.wait_for(agent.closed.wait(), LIMIT)
    assert await look.ready() is not agent


async def test_a_session_whose_agent_is_gone_keeps_nothing(world: World) -> None:
    """What it said is in the log, and in memory no longer once the session is idle for long."""
    await world.prompt()
    await world.idle()
    session = await world.live()
    await session.close_agent()
    assert session.journal.tail._seqs
    await world.clock.advance(IDLE_AGENT_SECONDS + 30)
    await world.supervisor._look_once()
    assert not session.journal.tail._seqs
    assert [seq for seq, _ in await subscription.read(session, 0)] == [x.seq for x in await world.events()]
    await world.prompt()
    await world.idle()
    assert (await world.types()).count("turn-completed") == 2


async def test_a_server_that_stops_ends_a_start(look: Looking) -> None:
    """A start that hangs does not keep the server from stopping, and leaves nothing."""
    slow = Slow(look.world)
    session = await look.at()
    await slow.entered.wait()
    await asyncio.wait_for(look.world.supervisor.stop(), LIMIT)
    assert not session.slot.taken
    assert [x for x in await look.world.events() if isinstance(x, e.AgentFailed)] == []


async def test_other_settings_are_made_ready_too(look: Looking) -> None:
    """Another model while somebody looks: the agent is launched anew at once, before the prompt."""
    first = await look.ready()
    await look.world.supervisor.update(look.world.user, look.world.session, e.SessionUpdated(model="large"))
    await settle()
    await look.world.clock.advance(SETTLE_SECONDS)
    await look.world.until(lambda: len(look.world.provider.agents) == 2)
    assert first.closed.is_set() and look.world.provider.agents[1].launch.model == "large"
    assert Path(look.world.provider.agents[1].launch.folder) == look.world.work
