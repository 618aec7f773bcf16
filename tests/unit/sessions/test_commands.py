"""Exactly one reply, at most one effect (promise 1), and a busy session that says so (promise 5)."""

import asyncio

from antiphon.log import schema
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.replies import Accepted, Rejected, SessionBusy
from antiphon.providers.base import Answered, Outcome, Prompt
from antiphon.testing.scripted import ScriptedAgent, done, until_cancelled

from .conftest import World


async def running(world: World) -> str:
    """Start a turn that works until it is cancelled."""
    world.provider.script = until_cancelled
    reply = await world.prompt("long work")
    assert isinstance(reply, Accepted) and reply.turn
    await world.until(lambda: world.provider.agents)
    return reply.turn


async def cancel(world: World, turn: str) -> None:
    await world.send(c.Cancel(id=new_id(), session=world.session, turn=turn))
    await world.idle()


async def test_the_same_command_again_has_no_second_effect(world: World) -> None:
    """A command sent again gets the same reply, also when its turn still runs, and starts nothing."""
    command = c.Prompt(id=new_id(), session=world.session, text="once")
    world.provider.script = until_cancelled
    first = await world.send(command)
    assert await world.send(command) == first
    assert isinstance(first, Accepted) and first.turn
    await cancel(world, first.turn)
    assert await world.send(command) == first
    assert (await world.types()).count("turn-started") == 1


async def test_many_at_once_with_one_id_have_one_effect(world: World) -> None:
    """Twenty copies of one command at the same time: one turn, twenty times the same reply."""
    command = c.Prompt(id=new_id(), session=world.session, text="once")
    replies = await asyncio.gather(*(world.send(command) for _ in range(20)))
    await world.idle()
    assert all(reply == replies[0] for reply in replies)
    assert (await world.types()).count("turn-started") == 1


async def test_one_id_for_two_commands_is_rejected(world: World) -> None:
    """The same id with another body is refused, whatever the session does."""
    id = new_id()
    await world.prompt("this", id=id)
    await world.idle()
    reply = await world.prompt("that", id=id)
    assert isinstance(reply, Rejected) and reply.code == "id-reused"


async def test_a_restart_remembers_the_reply(world: World) -> None:
    """The stored reply outlives the server: a client that asks again after a crash gets it."""
    command = c.Prompt(id=new_id(), session=world.session, text="once")
    first = await world.send(command)
    await world.idle()
    await world.restart()
    assert await world.send(command) == first
    assert (await world.types()).count("turn-started") == 1


async def test_a_lasting_rejection_is_stored_and_a_passing_one_is_not(world: World) -> None:
    """`not-running` stays the answer; `session-busy` does not outlive the busy turn."""
    gone = c.Cancel(id=new_id(), session=world.session, turn=new_id())
    first = await world.send(gone)
    assert isinstance(first, Rejected) and first.code == "not-running"
    turn = await running(world)
    prompt = c.Prompt(id=new_id(), session=world.session, text="me too")
    assert isinstance(await world.send(prompt), SessionBusy)
    await cancel(world, turn)
    world.provider.script = done
    assert isinstance(await world.send(prompt), Accepted)
    assert await world.send(gone) == first


async def test_a_busy_session_says_so(world: World) -> None:
    """The answer names the provider, the turn, since when and how many wait; nothing else happens."""
    turn = await running(world)
    await world.prompt("queued", if_busy="queue")
    reply = await world.prompt("me too")
    assert isinstance(reply, SessionBusy)
    assert (reply.provider, reply.turn, reply.queued) == ("scripted", turn, 1)
    assert reply.since == world.clock.now()
    assert (await world.types()).count("turn-started") == 1


async def test_two_prompts_race_for_one_session(world: World) -> None:
    """Of prompts at the same moment one runs; the others are told."""
    world.provider.script = until_cancelled
    replies = await asyncio.gather(*(world.prompt(f"tab {n}") for n in range(5)))
    assert sum(isinstance(reply, Accepted) for reply in replies) == 1
    assert sum(isinstance(reply, SessionBusy) for reply in replies) == 4


async def test_a_turn_that_only_the_log_knows_is_busy_too(world: World) -> None:
    """The claim is the log's: a running turn that this process does not know of refuses a second."""
    turn = await running(world)
    session = await world.live()
    session.turn, held = None, session.turn
    reply = await world.prompt("me too")
    session.turn = held
    assert isinstance(reply, SessionBusy) and reply.turn == turn


async def test_the_queue_runs_in_its_order(world: World) -> None:
    """Queued prompts run one after the other, in the order that the person gave them."""
    turn = await running(world)
    queued = [await world.prompt(text, if_busy="queue") for text in ("one", "two", "three")]
    one, two, three = (str(reply.turn) for reply in queued if isinstance(reply, Accepted))
    reply = await world.send(c.Reorder(id=new_id(), session=world.session, turns=[three, two, one]))
    assert isinstance(reply, Accepted) and reply.outcome == "reordered"
    await world.send(c.Dequeue(id=new_id(), session=world.session, turn=two))
    world.provider.script = done
    await cancel(world, turn)
    await world.until(lambda: world.provider.agents[0].prompts == ["long work", "three", "one"])
    await world.idle()
    starts = [x.text for x in await world.events() if isinstance(x, e.TurnStarted)]
    assert starts == ["long work", "three", "one"]
    assert (await world.types()).count("turn-cancelled") == 2


async def test_the_queue_survives_a_restart_and_waits(world: World) -> None:
    """After a restart the queue is there, held, until a person lets it run."""
    turn = await running(world)
    await world.prompt("later", if_busy="queue")
    await world.restart()
    session = await world.live()
    assert session.state.queue_held and session.turn is None
    world.provider.script = done
    await world.send(c.ResumeQueue(id=new_id(), session=world.session))
    await world.idle()
    assert [x.text for x in await world.events() if isinstance(x, e.TurnStarted)] == ["long work", "later"]
    assert turn


async def test_a_reorder_of_another_queue_is_refused(world: World) -> None:
    """An order that does not name each waiting turn once changes nothing."""
    await running(world)
    await world.prompt("one", if_busy="queue")
    reply = await world.send(c.Reorder(id=new_id(), session=world.session, turns=[new_id()]))
    assert isinstance(reply, Rejected) and reply.code == "invalid"


async def test_steering(world: World) -> None:
    """Words into a running turn reach the agent and the log; where it cannot, they become a queued turn."""
    turn = await running(world)
    reply = await world.prompt("left, please", if_busy="steer")
    assert isinstance(reply, Accepted) and (reply.outcome, reply.turn) == ("steered", turn)
    assert world.provider.agents[0].steered == ["left, please"]
    world.provider.can(steer=False)
    reply = await world.prompt("right, please", if_busy="steer")
    assert isinstance(reply, Accepted) and reply.outcome == "queued"


async def test_the_same_steer_again_says_nothing_twice(world: World) -> None:
    """Words sent again after a lost connection reach the agent once."""
    await running(world)
    command = c.Prompt(id=new_id(), session=world.session, text="left, please", if_busy="steer")
    first = await world.send(command)
    assert await world.send(command) == first
    assert world.provider.agents[0].steered == ["left, please"]


async def test_a_steer_into_an_idle_session_is_a_turn(world: World) -> None:
    """Whoever steers a turn that is over gets a turn of their own."""
    reply = await world.prompt("hello", if_busy="steer")
    assert isinstance(reply, Accepted) and reply.outcome == "started"
    await world.idle()


def ask(options: int = 2) -> e.ApprovalRequested:
    offered = [e.Option(id=f"o{n}", label=f"Option {n}") for n in range(options)]
    return e.ApprovalRequested(approval=new_id(), kind="permission", title="May I?", options=offered)


async def asking(world: World) -> tuple[str, e.ApprovalRequested, list[Answered]]:
    """Start a turn that asks, and wait until the question is in the log."""
    request, answers = ask(), list[Answered]()

    async def script(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
        answers.append(await agent.sink.ask(request))
        return e.TurnCompleted()

    world.provider.script = script
    reply = await world.prompt()
    session = await world.live()
    await world.until(lambda: session.state.approvals)
    assert isinstance(reply, Accepted) and reply.turn
    return reply.turn, request, answers


async def test_the_first_answer_wins(world: World) -> None:
    """Of several answers at once exactly one counts; the others learn which."""
    _, request, answers = await asking(world)
    replies = await asyncio.gather(
        *(
            world.send(
                c.Answer(id=new_id(), session=world.session, approval=request.approval, option=f"o{n % 2}")
            )
            for n in range(6)
        )
    )
    await world.idle()
    late = [reply for reply in replies if isinstance(reply, Rejected)]
    assert len(late) == 5 and {x.code for x in late} == {"already-answered"}
    assert {x.option for x in late} == {answers[0].option} and {x.by for x in late} == {"person"}
    assert (await world.types()).count("approval-resolved") == 1


async def test_an_answer_must_be_one_of_the_options(world: World) -> None:
    """What was not offered is refused, and the question stays open."""
    _, request, answers = await asking(world)
    reply = await world.send(
        c.Answer(id=new_id(), session=world.session, approval=request.approval, option="yolo")
    )
    assert isinstance(reply, Rejected) and reply.code == "invalid" and not answers
    assert (await world.live()).state.approvals


async def test_the_clocks_stand_still_while_it_asks(world: World) -> None:
    """A question may wait for hours: no stall, no limit."""
    _, request, answers = await asking(world)
    await world.clock.advance(7200)
    assert "turn-stalled" not in await world.types()
    await world.send(c.Answer(id=new_id(), session=world.session, approval=request.approval, option="o1"))
    await world.idle()
    assert answers == [Answered(option="o1")]


async def test_a_stop_closes_the_question(world: World) -> None:
    """Stop while it asks: the agent is told that no answer comes, the question is closed, the turn ends."""
    turn, request, answers = await asking(world)
    await cancel(world, turn)
    types = await world.types()
    assert types[-2] == "approval-resolved" and answers == [Answered(option=None)]
    late = await world.send(
        c.Answer(id=new_id(), session=world.session, approval=request.approval, option="o1")
    )
    assert isinstance(late, Rejected) and (late.code, late.by) == ("already-answered", "turn-ended")


async def test_another_user_finds_nothing(world: World) -> None:
    """Another user's command is answered as if the session were not there (promise 10)."""
    other = {"key": world.user + 1, "id": new_id(), "name": "other", "created_at": 1}
    await world.log.write(lambda conn: conn.execute(schema.user.insert().values(other)))
    reply = await world.supervisor.submit(
        world.user + 1, c.Prompt(id=new_id(), session=world.session, text="hi")
    )
    assert isinstance(reply, Rejected) and reply.code == "unknown-session"
    assert await world.types() == []


async def test_a_missing_folder_is_told_before_anything_starts(world: World) -> None:
    """A project whose folder is gone refuses the prompt with words, and takes it when it is back."""
    world.work.rmdir()
    command = c.Prompt(id=new_id(), session=world.session, text="hi")
    reply = await world.send(command)
    assert isinstance(reply, Rejected) and reply.code == "workspace-missing"
    world.work.mkdir()
    assert isinstance(await world.send(command), Accepted)


async def test_wait_gives_a_stalled_turn_one_more_limit(world: World) -> None:
    """Wait after a stall: told as a sign of life, and the limit starts anew."""
    turn = await running(world)
    await world.clock.advance(170)
    reply = await world.send(c.Wait(id=new_id(), session=world.session, turn=turn))
    assert isinstance(reply, Accepted) and reply.outcome == "waiting"
    await world.clock.advance(170)
    await (await world.live()).journal.flushed()
    types = await world.types()
    assert (await world.live()).turn and types.count("turn-stalled") == 2 and types.count("turn-alive") == 1


async def test_nothing_runs_in_a_folder_that_nobody_trusted(world: World) -> None:
    """A new folder's prompt is refused until a person trusts it; then the very same prompt runs (promise 10)."""

    async def trust(at: int | None) -> None:
        await world.log.write(lambda conn: conn.execute(schema.project.update().values(trusted_at=at)))

    await trust(None)
    command = c.Prompt(id=new_id(), session=world.session, text="hi")
    reply = await world.send(command)
    assert isinstance(reply, Rejected) and reply.code == "untrusted-folder"
    assert not world.provider.agents and await world.types() == []
    await trust(1)
    assert isinstance(await world.send(command), Accepted)
