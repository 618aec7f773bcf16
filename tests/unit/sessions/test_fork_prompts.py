"""A prompt with `fork` goes on in a copy once; one that is refused leaves the conversation as it was."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.model import commands as c
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Rejected
from antiphon.providers.base import Outcome, Prompt
from antiphon.sessions.native import Claims
from antiphon.testing.scripted import ScriptedAgent, done

from .test_importing_follow import FORK, NATIVE, Home, Terminal
from .test_journal import Full


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """A session that another program began, and left an hour ago; an agent that names its copies."""

    async def script(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        if agent.launch.fork:
            agent.sink.native(FORK)
        return await done(agent, prompt)

    made = Home(tmp_path)
    made.provider.script = script
    terminal = Terminal(made)
    terminal.prompt("one")
    terminal.answer("yes")
    await made.clock.advance(3600)
    await made.start()
    await made.make()
    await made.look()
    await made.opened()
    await made.supervisor.refresh(made.session)
    yield made
    await made.stop()


def is_free(home: Home, native: str = NATIVE) -> bool:
    """Whether another server could run the conversation. Raises NativeTaken."""
    Claims(home.folder / "claims", "/other/data").take("scripted", native, "Their session").release()
    return True


def launches(home: Home) -> list[tuple[str | None, bool]]:
    return [(agent.launch.native_session, agent.launch.fork) for agent in home.provider.agents]


async def test_a_fork_sent_again_forks_once(home: Home) -> None:
    """The same command again gets its reply; the next prompt goes on in the copy that there is."""
    command = c.Prompt(id=new_id(), session=home.session, text="in a copy", fork=True)
    first = await home.send(command)
    await home.idle()
    session = await home.live()

    async def again() -> None:
        raise AssertionError("the file was left again")

    assert session.follower
    leave, session.follower.leave = session.follower.leave, again  # type: ignore[method-assign]
    assert await home.send(command) == first
    session.follower.leave = leave  # type: ignore[method-assign]
    await home.prompt("and on")
    await home.idle()
    assert launches(home) == [(NATIVE, True)]
    assert (session.slot.native_session, session.slot.fork) == (FORK, False)


@pytest.mark.parametrize("refused", ["unknown-attachment", "storage-full"])
async def test_a_refused_fork_leaves_the_conversation(home: Home, refused: str) -> None:
    """What was not taken forks nothing: the next prompt goes on in the conversation itself, and its file is followed."""
    disk = Full(home)
    disk.full = refused == "storage-full"
    files = [new_id()] if refused == "unknown-attachment" else []
    reply = await home.prompt("in a copy", fork=True, attachments=files)
    assert isinstance(reply, Rejected) and reply.code == refused
    disk.full = False
    assert isinstance(await home.prompt("here"), Accepted)
    await home.idle()
    assert launches(home) == [(NATIVE, False)]
    Terminal(home).prompt("from the terminal", uuid="99999999-0000-4000-8000-000000000000")
    await home.opened()
    assert await home.texts() == ["one", "here", "from the terminal"]


async def test_a_refused_prompt_holds_no_conversation(home: Home) -> None:
    """Where no agent runs it, another server may have it: after a refusal, a repeat, a queue with nothing in it."""
    reply = await home.prompt("hello", attachments=[new_id()])
    assert isinstance(reply, Rejected) and is_free(home)
    disk = Full(home)
    disk.full = True
    reply = await home.prompt("hello")
    assert isinstance(reply, Rejected) and reply.code == "storage-full" and is_free(home)
    disk.full = False
    assert isinstance(await home.send(c.ResumeQueue(id=new_id(), session=home.session)), Accepted)
    assert is_free(home)
    command = c.Prompt(id=new_id(), session=home.session, text="hello")
    first = await home.send(command)
    await home.idle()
    await (await home.live()).retire()
    assert await home.send(command) == first and is_free(home)
