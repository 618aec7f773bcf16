"""What was allowed for always: told to the agents that start, until it is taken back."""

import asyncio

from antiphon.log import rules
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted
from antiphon.providers.base import Outcome, Prompt
from antiphon.testing.scripted import ScriptedAgent, done, until_cancelled

from .conftest import LIMIT, World

ALWAYS = e.Option(id="always", label="Always allow make", kind="allow-always", rule="Bash(make:*)")


async def allow(world: World) -> rules.Rule:
    """A question, answered with always."""
    request = e.ApprovalRequested(approval=new_id(), kind="permission", title="Run make", options=[ALWAYS])

    async def script(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        await agent.sink.ask(request)
        return e.TurnCompleted()

    world.provider.script = script
    await world.prompt()
    session = await world.live()
    await world.until(lambda: session.state.approvals)
    answer = c.Answer(id=new_id(), session=world.session, approval=request.approval, option="always")
    assert isinstance(await world.send(answer), Accepted)
    await world.idle()
    world.provider.script = done
    [rule] = await world.log.read(lambda conn: rules.list_rules(conn, world.user))
    return rule


async def take_back(world: World, rule: str, user: int | None = None) -> bool:
    return await asyncio.wait_for(world.supervisor.take_back(user or world.user, rule), LIMIT)


async def test_the_next_agent_is_told(world: World) -> None:
    """What was allowed for always goes along with every later launch."""
    await allow(world)
    assert world.provider.agents[0].launch.rules == ()
    await (await world.live()).close_agent()
    await world.prompt()
    await world.idle()
    assert world.provider.agents[1].launch.rules == ("Bash(make:*)",)


async def test_taken_back_it_ends_an_idle_agent_at_once(world: World) -> None:
    """The agent that learned the rule is gone when the answer comes; the next one has none."""
    rule = await allow(world)
    assert await take_back(world, rule.id)
    assert world.provider.agents[0].closed.is_set()
    await world.prompt()
    await world.idle()
    assert world.provider.agents[1].launch.rules == ()
    assert not await take_back(world, rule.id)


async def test_taken_back_in_a_turn_it_ends_the_agent_after_it(world: World) -> None:
    """A running turn is not cut; its agent gets no further prompt."""
    rule = await allow(world)
    world.provider.script = until_cancelled
    reply = await world.prompt("long work")
    agent = world.provider.agents[0]
    await world.until(lambda: agent.prompts[-1] == "long work")
    assert await take_back(world, rule.id)
    assert not agent.closed.is_set()
    assert isinstance(reply, Accepted) and reply.turn
    await world.send(c.Cancel(id=new_id(), session=world.session, turn=reply.turn))
    await asyncio.wait_for(agent.closed.wait(), LIMIT)
    world.provider.script = done
    await world.idle()
    await world.prompt("next")
    await world.idle()
    assert world.provider.agents[1].launch.rules == ()


async def test_another_user_takes_nothing_back(world: World) -> None:
    """Another's rule is not found, and its agents go on."""
    rule = await allow(world)
    assert not await take_back(world, rule.id, world.user + 1)
    assert not world.provider.agents[0].closed.is_set()
