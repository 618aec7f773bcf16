"""Copies of a session up to one of its turns: what they have, what their agent remembers, what stays untouched."""

import asyncio

import pytest

from antiphon.log import sessions as rows
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.providers.base import NotRestorable, Prompt, Restored
from antiphon.sessions import forking, restoring
from antiphon.testing.scripted import ScriptedAgent, done, until_cancelled

from .conftest import World


async def talked(world: World, *texts: str) -> list[str]:
    """A session in which this was asked; its turns."""
    world.provider.script = done
    for text in texts:
        await world.prompt(text)
        await world.idle()
    return [event.turn or "" for event in await world.events() if isinstance(event, e.TurnStarted)]


async def copy(world: World, turn: str, *, including: bool = False) -> tuple[rows.Session, list[e.AnyEvent]]:
    """The copy's row and its events; the world goes on in it."""
    row = await world.supervisor.fork(world.user, world.session, turn, including=including)
    world.session = row.id
    return row, await world.events()


def asked(events: list[e.AnyEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, e.TurnStarted)]


async def test_a_copy_ends_before_the_turn_or_with_it(world: World) -> None:
    """The original stays as it is; the copy is idle, in the lists, and says where it comes from."""
    turns = await talked(world, "one", "two", "three")
    first, before = world.session, await world.events()
    row, events = await copy(world, turns[1])
    assert asked(events) == ["one"]
    assert (row.trashed_at, row.running, row.last_end, row.message_count) == (None, None, "turn-completed", 2)
    note = next(event for event in events if isinstance(event, e.ItemCompleted) and event.turn is None)
    assert "one" in note.content.text  # type: ignore[union-attr]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    world.session = first
    _, events = await copy(world, turns[1], including=True)
    assert asked(events) == ["one", "two"]
    world.session = first
    assert await world.events() == before


async def test_before_the_first_turn_it_is_empty_and_nothing_is_lost(world: World) -> None:
    """An agent that has said nothing yet has nothing to forget."""
    turns = await talked(world, "one")
    row, events = await copy(world, turns[0])
    assert asked(events) == [] and not row.lost


async def test_an_agent_that_can_copies_its_memory_up_to_there(world: World) -> None:
    """Its next start is told of which conversation, and without which turns; also after a restart, and once only."""
    world.provider.can(fork="anywhere")
    turns = await talked(world, "one", "two", "three")
    row, _ = await copy(world, turns[1])
    assert not row.lost
    await world.restart()
    await world.prompt("two, otherwise")
    await world.idle()
    launch = world.provider.agents[-1].launch
    assert (launch.native_session, launch.fork, launch.fork_without) == ("native-1", True, tuple(turns[1:]))
    found = await world.log.read(lambda conn: rows.get_session(conn, None, row.id))
    assert found and (found.native_session, found.fork_of) == ("native-2", None)


async def test_one_that_can_only_copy_all_does_so_at_the_end_and_is_told_elsewhere(world: World) -> None:
    """`end`: a copy with the last turn has its memory; an earlier one has lost the conversation."""
    world.provider.can(fork="end")
    turns = await talked(world, "one", "two")
    first = world.session
    row, _ = await copy(world, turns[1], including=True)
    assert (row.lost, row.fork_of) == (False, "native-1")
    world.session = first
    row, _ = await copy(world, turns[0], including=True)
    assert (row.lost, row.fork_of) == (True, None)
    await world.prompt("go on", carry=True)
    await world.idle()
    assert "Person: one" in world.provider.agents[-1].prompts[-1]
    assert "Person: two" not in world.provider.agents[-1].prompts[-1]


async def test_one_whose_memory_is_the_log_needs_no_more(world: World) -> None:
    """`log`: a new conversation, which reads the copy's log."""
    world.provider.can(fork="log")
    turns = await talked(world, "one", "two")
    row, _ = await copy(world, turns[1])
    assert (row.lost, row.fork_of) == (False, None)


async def test_a_running_turn_is_not_over_and_what_waits_stays_there(world: World) -> None:
    """A copy can end before it; its queue is the original's alone."""
    await talked(world, "one")
    world.provider.script = until_cancelled
    await world.prompt("two")
    await world.prompt("three", if_busy="queue")
    running = (await world.live()).running or ""
    with pytest.raises(forking.TurnNotOver):
        await copy(world, running, including=True)
    with pytest.raises(forking.NoSuchTurn):
        await copy(world, "nope")
    first = world.session
    row, events = await copy(world, running)
    assert asked(events) == ["one"] and row.queued == 0
    world.session = first
    (await world.live()).turn.stop("cancelled")  # type: ignore[union-attr]


async def test_what_was_allowed_for_always_is_not_allowed_again(world: World) -> None:
    """A rule that was taken back does not come back with a copy."""
    from antiphon.log import rules

    option = e.Option(id="always", label="Always", kind="allow-always", rule="Bash(rm:*)")

    async def asks(agent: ScriptedAgent, prompt: Prompt) -> e.TurnCompleted:
        await agent.sink.ask(
            e.ApprovalRequested(approval="a1", kind="permission", title="rm", options=[option])
        )
        return e.TurnCompleted()

    world.provider.script = asks
    await world.prompt("one")
    session = await world.live()
    await world.until(lambda: session.state.approvals)
    await world.send(c.Answer(id=new_id(), session=world.session, approval="a1", option="always"))
    await world.idle()
    (rule,) = await world.log.read(lambda conn: rules.list_rules(conn, world.user))
    assert await world.supervisor.take_back(world.user, rule.id)
    turn = next(event.turn for event in await world.events() if isinstance(event, e.TurnStarted))
    await copy(world, turn or "", including=True)
    assert await world.log.read(lambda conn: rules.list_rules(conn, world.user)) == []


async def test_a_waiting_prompt_gets_other_words_and_starts_with_them(world: World) -> None:
    """Its place stays, also over a restart; what does not wait cannot be changed."""
    world.provider.script = until_cancelled
    await world.prompt("one")
    await world.prompt("two", if_busy="queue")
    session = await world.live()
    waiting = session.state.queue[0].turn
    reply = await world.send(c.Edit(id=new_id(), session=world.session, turn=waiting, text="other"))
    assert reply.outcome == "edited"  # type: ignore[union-attr]
    late = await world.send(c.Edit(id=new_id(), session=world.session, turn="nope", text="x"))
    assert late.code == "unknown-turn"  # type: ignore[union-attr]
    await world.restart()
    session = await world.live()
    assert [each.text for each in session.state.queue] == ["other"]
    world.provider.script = done
    await world.send(c.ResumeQueue(id=new_id(), session=world.session))
    await world.idle()
    assert world.provider.agents[-1].prompts[-1] == "other"


class Restoring(ScriptedAgent):
    """An agent that keeps what files were."""

    asked: list[tuple[str, bool]]

    async def restore(self, turn: str, *, dry: bool) -> Restored:
        self.asked = [*getattr(self, "asked", []), (turn, dry)]
        if turn == "gone":
            raise NotRestorable("No file checkpoint found for this message.")
        return Restored(files=[str(self.launch.folder / "a.py")], insertions=1, deletions=2)


async def test_files_are_brought_back_by_the_agent_between_turns(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First what would change, without a trace; then it is done, and the log says so."""
    turns = await talked(world, "one")
    session = await world.live()
    with pytest.raises(restoring.Hindered):
        await restoring.restore(session, turns[0], dry=True)
    world.provider.can(restore=True)
    with pytest.raises(NotRestorable):
        await restoring.restore(session, turns[0], dry=True)
    await session.close_agent()
    monkeypatch.setattr("antiphon.testing.scripted.ScriptedAgent", Restoring)
    before = await world.events()
    preview = await restoring.restore(session, turns[0], dry=True)
    assert preview.files and await world.events() == before
    await restoring.restore(session, turns[0], dry=False)
    note = (await world.events())[-1]
    assert isinstance(note, e.ItemCompleted) and "a.py" in note.content.text  # type: ignore[union-attr]
    with pytest.raises(NotRestorable):
        await restoring.restore(session, "gone", dry=False)
    world.provider.script = until_cancelled
    await world.prompt("two")
    with pytest.raises(restoring.Hindered):
        await asyncio.wait_for(restoring.restore(session, turns[0], dry=True), 5)
    session.turn.stop("cancelled")  # type: ignore[union-attr]
