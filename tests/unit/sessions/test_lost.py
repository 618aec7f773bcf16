"""A conversation that the agent has lost: told, and nothing begins anew until a person has chosen how."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.log import sessions as rows
from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.model import events as e
from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.model.items import Message, ToolCall
from antiphon.model.replies import Accepted
from antiphon.providers.base import Launch, ProviderFailed
from antiphon.sessions import carry
from antiphon.testing.pen import Pen
from antiphon.testing.scripted import done

from .conftest import World
from .test_turn import ends


async def lose(world: World, **more: object) -> e.TurnFailed:
    """A session with a past, whose agent no longer knows it; the end of the turn that met that."""
    world.provider.script = done
    await world.prompt("what we said before")
    await world.idle()
    await (await world.live()).close_agent()

    async def opening(launch: Launch) -> None:
        if launch.native_session:
            raise ProviderFailed(
                Failure(provider="scripted", code="invalid-request", message="never heard of it")
            )

    world.provider._opening = opening
    await world.prompt("go on", **more)
    await world.idle()
    end = (await world.events())[-1]
    assert isinstance(end, e.TurnFailed)
    return end


async def test_the_prompt_that_meets_it_fails_with_a_choice(world: World) -> None:
    """No new conversation begins by itself: the turn fails, says what can be done, and the session is marked lost."""
    end = await lose(world)
    failure = end.failure
    assert failure.code == "invalid-request" and failure.retryable and failure.action
    assert failure.action.kind == "carry-over" and "never heard of it" in (failure.detail or "")
    assert len(world.provider.agents) == 1
    assert (await world.live()).state.lost
    row = await world.log.read(lambda conn: rows.get_session(conn, None, world.session))
    assert row and row.lost and row.native_session is None


async def test_a_plain_prompt_begins_anew(world: World) -> None:
    """The next prompt without more begins a new conversation; then nothing is lost any more."""
    await lose(world)
    await world.prompt("from the start")
    await world.idle()
    assert world.provider.agents[1].prompts == ["from the start"]
    session = await world.live()
    assert not session.state.lost and session.slot.native_session == "native-2"
    assert ends(await world.events())[-1] == "turn-completed"


async def test_the_transcript_is_carried_over(world: World) -> None:
    """With `carry` the agent is told what was said, before the prompt; the log keeps the person's words alone."""
    end = await lose(world)
    reply = await world.prompt("go on", carry=True, retry_of=end.turn)
    await world.idle()
    assert isinstance(reply, Accepted)
    [told] = world.provider.agents[1].prompts
    assert told.endswith("</transcript>\n\ngo on")
    assert "Person: what we said before\n\nYou: what we said before" in told
    assert told.count("go on") == 1, "the turn that is tried again is not told twice"
    started = [x for x in await world.events() if isinstance(x, e.TurnStarted)][-1]
    assert started.carried and started.text == "go on"
    await world.prompt("and then", carry=True)
    await world.idle()
    assert world.provider.agents[1].prompts[1] == "and then", "nothing is lost any more"


async def test_it_survives_a_restart(world: World) -> None:
    """A server that starts anew still knows that the conversation is lost, and can carry it over."""
    await lose(world)
    await world.restart()
    session = await world.live()
    assert session.state.lost
    await world.prompt("go on", carry=True)
    await world.idle()
    assert "what we said before" in world.provider.agents[1].prompts[0]


async def test_the_queue_waits_for_the_choice(world: World) -> None:
    """What was queued behind it does not begin a new conversation by itself."""
    session, gate = await world.live(), asyncio.Event()
    world.provider.script = done
    await world.prompt("before")
    await world.idle()
    await session.close_agent()

    async def opening(launch: Launch) -> None:
        await gate.wait()
        if launch.native_session:
            raise ProviderFailed(Failure(provider="scripted", code="invalid-request", message="gone"))

    world.provider._opening = opening
    await world.prompt("first")
    await world.prompt("second", if_busy="queue")
    gate.set()
    await world.idle()
    assert session.state.queue_held and len(session.state.queue) == 1 and len(world.provider.agents) == 1


@pytest.fixture
async def pen(tmp_path: Path) -> AsyncIterator[Pen]:
    log = await Log.open(tmp_path / "data")
    yield await Pen.on_new_session(log, (await log.read(the_user)).key)
    await log.close()


async def test_the_transcript_has_a_limit(pen: Pen) -> None:
    """The newest parts stay; what does not fit is left out, and that is said."""
    for n in range(12):
        await pen.write(
            e.TurnStarted(turn=f"t{n}", text=f"question {n}"),
            e.ItemCompleted(turn=f"t{n}", item=new_id(), content=Message(text=f"answer {n} " + "x" * 10_000)),
            e.TurnCompleted(turn=f"t{n}"),
        )
    text = await carry.transcript(pen.log, pen.key, pen.head + 1)
    assert len(text) <= carry.LIMIT_CHARACTERS + len(carry.LEFT_OUT) + 2
    assert text.startswith(carry.LEFT_OUT) and "answer 11" in text and "answer 1 " not in text
    assert text.index("question 10") < text.index("answer 10") < text.index("question 11")
    assert "question 11" not in await carry.transcript(pen.log, pen.key, pen.head + 1, without="t11")


async def test_one_answer_larger_than_the_limit(pen: Pen) -> None:
    """Of an answer that alone is too long the end is told."""
    text = "a" * carry.LIMIT_CHARACTERS + " the end"
    await pen.write(e.ItemCompleted(item=new_id(), content=Message(text=text)))
    told = await carry.transcript(pen.log, pen.key, pen.head + 1)
    assert told.endswith(" the end") and len(told) <= carry.LIMIT_CHARACTERS + len(carry.LEFT_OUT) + 2


def test_what_is_told() -> None:
    """Words, steered words, tools with the end of their output, and how turns ended; not what sub-agents said."""
    call = ToolCall(title="make", name="Bash", status="failed", output="o" * 5000 + "cc: not found")
    told = carry.paragraph(e.ItemCompleted(item="i", content=call)) or ""
    assert (
        told.startswith("You used Bash: make [failed]\n…oo")
        and told.endswith("cc: not found")
        and len(told) < 2100
    )
    assert carry.paragraph(e.TurnSteered(text="left")) == "Person: left"
    assert carry.paragraph(e.ItemCompleted(item="i", content=Message(text="x"), parent="p")) is None
    assert carry.paragraph(e.TurnStarted(text="a task ended", origin="agent")) is None
    failed = e.TurnFailed(failure=Failure(provider="p", code="network", message="No network."))
    assert carry.paragraph(failed) == "(It ended here: No network.)"
    assert carry.told("", "hello") == "hello"
