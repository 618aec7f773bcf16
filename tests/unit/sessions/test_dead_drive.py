"""A project on a drive that has gone away: its prompts are refused in words, and everybody else goes on."""

import asyncio

from antiphon.model import commands as c
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Rejected
from antiphon.presence import presence
from antiphon.sessions.warm import SETTLE_SECONDS
from antiphon.testing.clock import settle
from tests.drive import Drive

from .conftest import World


async def test_others_go_on(world: World, drive: Drive) -> None:
    """While a prompt waits for the drive, a session elsewhere works; once it is back the prompt is taken."""
    command = c.Prompt(id=new_id(), session=await world.another(drive.folder / "site"), text="hi")
    waiting = asyncio.create_task(world.supervisor.submit(world.user, command))
    await settle()
    assert isinstance(await world.prompt("hello"), Accepted)
    await world.idle()
    assert not waiting.done()
    drive.comes_back()
    assert isinstance(await waiting, Accepted)


async def test_a_prompt_is_refused(world: World, drive: Drive) -> None:
    """Within the limit, in words; nothing starts there."""
    drive.limit(0.05)
    reply = await world.send(
        c.Prompt(id=new_id(), session=await world.another(drive.folder / "site"), text="hi")
    )
    assert isinstance(reply, Rejected) and reply.code == "workspace-missing"
    assert "does not answer" in reply.message
    assert not world.provider.agents


async def test_nothing_is_made_ready_there(world: World, drive: Drive) -> None:
    """Looking at its session holds up nothing either."""
    drive.limit(0.05)
    world.provider.can(warm=True)
    live = await world.supervisor.get(world.user, await world.another(drive.folder / "site"))
    leave = world.hub.follow(live.id, lambda: None)
    world.supervisor.looked_at(live)
    await world.clock.advance(SETTLE_SECONDS)
    assert await presence(drive.folder / "site") == "silent"
    await settle()
    assert not live.slot.taken and drive.looks == {str(drive.folder / "site"): 1}
    leave()
