"""Turns and approvals: unique whoever races, and their rows follow their events."""

from sqlalchemy import Connection

from antiphon.log import approvals, events, sessions, turns
from antiphon.log.append import append
from antiphon.log.errors import (
    AlreadyResolved,
    TurnEnded,
    TurnKnown,
    TurnRunning,
    UnknownApproval,
    UnknownTurn,
)
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.testing.log_checks.subject import (
    RACERS,
    Subject,
    asked,
    kinds,
    race,
    refused,
    said,
    started,
)
from antiphon.testing.pen import Pen


async def one_turn_runs_at_a_time(subject: Subject) -> None:
    """Of many starts at once one runs; whoever comes later is told that a turn runs."""
    pen = await subject.pen()

    async def start(log: Log) -> None:
        def run(conn: Connection) -> None:
            now = sessions.get_session(conn, None, pen.session.id)
            assert now is not None
            own = Pen(log, now)
            append(conn, own.batch(started(new_id())))

        await log.write(run)

    assert kinds(await race(subject, start)) == [None] + [TurnRunning] * (RACERS * 2 - 1)
    assert (await pen.row()).head == 1


async def a_turn_ends_once(subject: Subject) -> None:
    """Of many ends of a turn at once one is in the log, whatever their types."""
    pen = await subject.pen()
    turn = new_id()
    await pen.write(started(turn))
    ends = iter(
        [e.TurnCompleted(turn=turn), e.TurnCancelled(turn=turn), e.TurnInterrupted(turn=turn)] * RACERS
    )

    async def end(log: Log) -> None:
        one = next(ends)

        def run(conn: Connection) -> None:
            now = sessions.get_session(conn, None, pen.session.id)
            assert now is not None
            append(conn, Pen(log, now).batch(one))

        await log.write(run)

    results = await race(subject, end)
    assert kinds(results) == [None] + [TurnEnded] * (RACERS * 2 - 1)
    assert all(x.turn == turn for x in results if isinstance(x, TurnEnded))
    last = await subject.log.read(lambda conn: events.last_end(conn, pen.key))
    assert last is not None and last.turn == turn


async def a_turn_is_known_from_its_start_to_its_end(subject: Subject) -> None:
    """The turn's row and its session's row follow its events."""
    pen = await subject.pen()
    failure = Failure(provider="practice", code="network", message="No network.")
    await pen.write(e.TurnStarted(turn="t1", text="\n  First line \nsecond", attachments=["f"], command="c1"))
    row, turn = await pen.row(), await subject.log.read(lambda conn: turns.running_turn(conn, pen.key))
    assert turn is not None
    assert (turn.id, turn.state, turn.attachments, turn.command, turn.started_at) == (
        "t1",
        "running",
        ["f"],
        "c1",
        1000,
    )
    assert (row.running, row.title, row.message_count, row.last_activity) == ("t1", "First line", 1, 1000)
    assert [
        (s.id, t.id)
        for s, t in await subject.log.read(lambda conn: turns.running_turns(conn, subject.log.node))
    ] == [(pen.session.id, "t1")]
    await pen.write(e.TurnFailed(turn="t1", failure=failure))
    row, turn = await pen.row(), await subject.log.read(lambda conn: turns.get_turn(conn, pen.key, "t1"))
    assert turn is not None
    assert (turn.state, turn.failure, turn.ended_at) == ("failed", failure, 2000)
    assert (row.running, row.last_end, row.last_activity) == (None, "turn-failed", 2000)
    assert await subject.log.read(lambda conn: turns.running_turns(conn, subject.log.node)) == []


async def a_turn_starts_once(subject: Subject) -> None:
    """A turn's id cannot be started again, nor an unknown turn ended."""
    pen = await subject.pen()
    await pen.write(started("t1"))
    await pen.write(e.TurnCompleted(turn="t1"))
    await refused(pen.write(started("t1")), TurnKnown)
    await refused(pen.write(e.TurnCompleted(turn="t1")), TurnEnded)
    await refused(pen.write(e.TurnCompleted(turn="t2")), UnknownTurn)
    assert (await pen.row()).head == 2


async def the_queue_keeps_its_order(subject: Subject) -> None:
    """Queued turns wait in order, can be reordered and taken out, and start without a second row."""
    pen = await subject.pen()
    await pen.write(
        started("t0"), *(e.TurnQueued(turn=f"q{n}", text=f"prompt {n}", command=f"c{n}") for n in range(4))
    )
    assert (await queued(pen), (await pen.row()).queued) == (["q0", "q1", "q2", "q3"], 4)
    await pen.write(e.SessionUpdated(queue=["q3", "q1", "q0", "q2"], queue_held=True))
    await pen.write(e.TurnCancelled(turn="q1", dequeued=True))
    row = await pen.row()
    assert (await queued(pen), row.queued, row.queue_held, row.last_end) == (
        ["q3", "q0", "q2"],
        3,
        True,
        None,
    )
    await pen.write(e.TurnCompleted(turn="t0"), started("q3"), e.SessionUpdated(queue_held=False))
    row = await pen.row()
    assert (await queued(pen), row.queued, row.queue_held, row.running) == (["q0", "q2"], 2, False, "q3")
    await pen.write(e.TurnQueued(turn="q9", text="last"))
    assert await queued(pen) == ["q0", "q2", "q9"]


async def queued(pen: Pen) -> list[str]:
    """The ids of the session's waiting turns."""
    return [turn.turn for turn in await pen.log.read(lambda conn: turns.queue(conn, pen.key))]


async def a_stall_shows_in_the_rows(subject: Subject) -> None:
    """A stalled turn says since when and until when, and no longer once it lives or ends."""
    pen = await subject.pen()
    await pen.write(started("t1"), e.TurnStalled(turn="t1", since=5, limit=9))
    turn = await subject.log.read(lambda conn: turns.running_turn(conn, pen.key))
    assert turn is not None
    assert (turn.stalled_since, turn.stalled_limit, (await pen.row()).stalled) == (5, 9, True)
    await pen.write(e.TurnAlive(turn="t1"))
    assert not (await pen.row()).stalled
    await pen.write(e.TurnStalled(turn="t1", since=5, limit=9), e.TurnCompleted(turn="t1"))
    turn = await subject.log.read(lambda conn: turns.get_turn(conn, pen.key, "t1"))
    assert turn is not None
    assert (turn.stalled_since, (await pen.row()).stalled) == (None, False)


async def the_row_follows_the_session(subject: Subject) -> None:
    """Title, model, mode and star come from session-updated; messages are counted; deltas move nothing."""
    pen = await subject.pen()
    await pen.write(started("t1"), e.TurnSteered(turn="t1", text="more"), said("t1", "a", "hi"))
    await pen.write(
        e.ItemDelta(turn="t1", item="b", text="x"),
        e.SessionUpdated(title="T", model="m", mode="w", starred=True),
    )
    row = await pen.row()
    assert (row.title, row.model, row.mode, row.starred) == ("T", "m", "w", True)
    assert (row.message_count, row.last_activity, row.head) == (3, 2000, 5)


async def the_first_answer_wins(subject: Subject) -> None:
    """Of many answers at once one is in the log; the others are told who closed it, and how."""
    pen = await subject.pen()
    await pen.write(started("t1"), asked("t1", "a1"))
    numbers = iter(range(RACERS * 2))

    async def answer(log: Log) -> str:
        option = f"option-{next(numbers)}"

        def run(conn: Connection) -> None:
            now = sessions.get_session(conn, None, pen.session.id)
            assert now is not None
            append(conn, Pen(log, now).batch(e.ApprovalResolved(turn="t1", approval="a1", option=option)))

        await log.write(run)
        return option

    results = await race(subject, answer)
    assert kinds(results) == [None] + [AlreadyResolved] * (RACERS * 2 - 1)
    won = next(x for x in results if isinstance(x, str))
    assert {(x.by, x.option) for x in results if isinstance(x, AlreadyResolved)} == {("person", won)}
    row = await subject.log.read(lambda conn: approvals.get_approval(conn, pen.key, "a1"))
    assert row is not None
    assert (row.by, row.option, row.request.title) == ("person", won, "May I?")


async def open_approvals_are_found(subject: Subject) -> None:
    """Open approvals are listed by session and by user, in the order of asking; closed ones are not."""
    pen, user, stranger = await subject.pen(), await subject.user(), await subject.stranger()
    await pen.write(started("t1"), asked("t1", "a2"), asked("t1", "a1"), asked("t1", "a3"))
    await pen.write(e.ApprovalResolved(turn="t1", approval="a1", by="turn-ended"))
    found = await subject.log.read(lambda conn: approvals.open_approvals(conn, pen.key))
    assert ([x.approval for x in found], (await pen.row()).waiting) == (["a2", "a3"], 2)
    mine = await subject.log.read(lambda conn: approvals.waiting(conn, user))
    assert [(session, x.approval) for session, x in mine] == [(pen.session.id, "a2"), (pen.session.id, "a3")]
    assert await subject.log.read(lambda conn: approvals.waiting(conn, stranger)) == []
    await refused(pen.write(e.ApprovalResolved(turn="t1", approval="nope")), UnknownApproval)
