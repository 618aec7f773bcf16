"""Modes that skip approvals: no agent starts in one unless the server was started to allow it (promise 10)."""

import asyncio

import pytest

from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Rejected
from antiphon.providers.base import ProviderFailed
from antiphon.sessions.warm import SETTLE_SECONDS
from antiphon.testing.clock import settle
from antiphon.testing.scripted import done, until_cancelled

from .conftest import LIMIT, World


async def choose(world: World, mode: str) -> None:
    """As a person does on the page."""
    await world.supervisor.update(world.user, world.session, e.SessionUpdated(mode=mode))


async def restart(world: World, *, allow: bool) -> None:
    world.allow_bypass = allow
    await world.restart()


@pytest.fixture
async def bypassing(world: World) -> World:
    """A session of an earlier start with the flag, its agent named, a prompt waiting; started anew without it."""
    world.provider.can(bypass_modes=("bypass",), warm=True)
    await restart(world, allow=True)
    await choose(world, "bypass")
    await world.prompt("allowed")
    await world.idle()
    assert world.provider.agents[0].launch.mode == "bypass"
    world.provider.script = until_cancelled
    await world.prompt("left running")
    await world.prompt("waits", if_busy="queue")
    await world.until(lambda: len(world.provider.agents[0].prompts) == 2)
    await restart(world, allow=False)
    world.provider.script = done
    world.provider.agents.clear()
    return world


def told(reply: object) -> str:
    assert isinstance(reply, Rejected) and reply.code == "bypass-not-allowed"
    return reply.message


async def test_a_prompt_is_refused_until_there_is_another_mode(bypassing: World) -> None:
    """It is told what to do, nothing starts; in another mode, or with the flag again, the very same prompt runs."""
    world = bypassing
    command = c.Prompt(id=new_id(), session=world.session, text="hello")
    words = told(await world.send(command))
    assert "bypass" in words and "another mode" in words and "--allow-bypass" in words
    assert not world.provider.agents
    await choose(world, "ask")
    assert isinstance(await world.send(command), Accepted)
    await world.idle()
    assert world.provider.agents[-1].launch.mode == "ask"


async def test_with_the_flag_again_it_goes_on(bypassing: World) -> None:
    """The refusal is not remembered: what was refused without the flag runs with it."""
    world = bypassing
    command = c.Prompt(id=new_id(), session=world.session, text="hello")
    told(await world.send(command))
    await restart(world, allow=True)
    assert isinstance(await world.send(command), Accepted)
    await world.idle()
    assert world.provider.agents[-1].launch.mode == "bypass"


async def test_a_queue_stays_held(bypassing: World) -> None:
    """What waits is not let run in that mode, nor lost."""
    world = bypassing
    resume = c.ResumeQueue(id=new_id(), session=world.session)
    told(await world.send(resume))
    session = await world.live()
    assert session.state.queue_held and [q.text for q in session.state.queue] == ["waits"]
    assert not world.provider.agents
    await choose(world, "ask")
    assert isinstance(await world.send(resume), Accepted)
    await world.idle()
    assert world.provider.agents[-1].prompts == ["waits"]


async def test_looking_starts_nothing(bypassing: World) -> None:
    """No agent is made ready in that mode; chosen another one, it is."""
    world = bypassing
    session = await world.live()
    leave = world.hub.follow(session.id, lambda: None)
    world.supervisor.looked_at(session)
    await settle()
    await world.clock.advance(SETTLE_SECONDS)
    await session.journal.flushed()
    assert not session.slot.taken and not world.provider.agents
    assert "agent-failed" not in await world.types()
    await choose(world, "ask")
    await settle()
    await world.clock.advance(SETTLE_SECONDS)
    await world.until(lambda: session.agent)
    assert world.provider.agents[-1].launch.mode == "ask"
    leave()


async def test_no_road_leads_to_such_an_agent(bypassing: World) -> None:
    """Whatever asks for the agent is told why there is none; the conversation is not lost by it."""
    session = await bypassing.live()
    with pytest.raises(ProviderFailed) as failed:
        await asyncio.wait_for(session.ready_agent(), LIMIT)
    assert "--allow-bypass" in failed.value.failure.message and failed.value.failure.retryable
    assert not bypassing.provider.agents
    assert session.slot.native_session == "native-1" and not session.slot.lost
