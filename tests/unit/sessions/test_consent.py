"""An agent that does not ask: nothing of it starts before a person has agreed, on any road into it."""

import asyncio

import pytest

from antiphon.log import consents
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Rejected
from antiphon.testing.clock import settle
from antiphon.testing.scripted import done, until_cancelled

from .conftest import LIMIT, World

WORDS = "It writes and runs without asking."


async def agree(world: World) -> None:
    session = await world.live()
    row = session.row
    await world.log.write(lambda conn: consents.give(conn, row.user, row.project, row.provider, 1))


async def take_back(world: World) -> bool:
    row = (await world.live()).row
    work = world.supervisor.take_back_consent(row.user, row.project, row.provider)
    return await asyncio.wait_for(work, LIMIT)


@pytest.fixture
def asking(world: World) -> World:
    """A world whose agent wants consent."""
    world.provider.can(approvals=False, consent=WORDS)
    return world


async def test_a_prompt_without_consent_is_rejected_and_starts_nothing(asking: World) -> None:
    """The rejection says what there is to agree to; the same prompt goes once it is given."""
    command = c.Prompt(id=new_id(), session=asking.session, text="go")
    refused = await asking.send(command)
    assert isinstance(refused, Rejected) and (refused.code, refused.message) == ("consent-needed", WORDS)
    assert not asking.provider.agents
    await agree(asking)
    assert isinstance(await asking.send(command), Accepted)
    await asking.idle()
    assert asking.provider.agents[0].launch.consented


async def test_an_agent_that_asks_needs_none(world: World) -> None:
    """And is told that there is none."""
    await world.prompt()
    await world.idle()
    assert not world.provider.agents[0].launch.consented


async def test_taken_back_it_ends_an_idle_agent_at_once(asking: World) -> None:
    """And the next prompt is rejected again."""
    await agree(asking)
    await asking.prompt()
    await asking.idle()
    assert await take_back(asking)
    assert asking.provider.agents[0].closed.is_set()
    assert isinstance(await asking.prompt(), Rejected)
    assert not await take_back(asking)


async def test_a_queued_prompt_does_not_run_without_it(asking: World) -> None:
    """Taken back while one runs: that one goes on to its end, the one behind it fails, and says why."""
    await agree(asking)
    asking.provider.script = until_cancelled
    running = await asking.prompt("long")
    await asking.until(lambda: asking.provider.agents and asking.provider.agents[0].prompts)
    waits = await asking.send(c.Prompt(id=new_id(), session=asking.session, text="next", if_busy="queue"))
    assert isinstance(running, Accepted) and isinstance(waits, Accepted) and waits.outcome == "queued"
    assert await take_back(asking)
    assert not asking.provider.agents[0].closed.is_set()
    asking.provider.script = done
    assert running.turn
    await asking.send(c.Cancel(id=new_id(), session=asking.session, turn=running.turn))
    async with asyncio.timeout(LIMIT):
        while not (failures := [event for event in await asking.events() if isinstance(event, e.TurnFailed)]):
            await settle()
    [failed] = failures
    assert failed.turn == waits.turn
    assert (failed.failure.code, failed.failure.retryable) == ("auth", True)
    assert "agreed" in failed.failure.message
    assert len(asking.provider.agents) == 1
