"""Changes, appends and commands: all of it or nothing, in order, once."""

import asyncio
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection

from antiphon.log import projects, sessions
from antiphon.log.append import Append, append
from antiphon.log.commands import KEEP_DAYS, add_command, get_command, prune_commands
from antiphon.log.errors import (
    CommandSeen,
    Fenced,
    TurnRunning,
    UnknownProject,
)
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.testing.log_checks.subject import (
    RACERS,
    Subject,
    all_events,
    command,
    kinds,
    race,
    refused,
    started,
)
from antiphon.testing.pen import Pen

DAY_MS = 86_400_000


async def a_change_that_raises_leaves_nothing(subject: Subject) -> None:
    """What a change did before it raised is undone, and its error is the caller's."""

    def half(conn: Connection) -> None:
        projects.add_project(conn, user=user, path="/home/me/half")
        raise UnknownProject("half")

    user = await subject.user()
    await refused(subject.log.write(half), UnknownProject)
    assert await subject.log.read(lambda conn: projects.list_projects(conn, user)) == []


async def a_failed_change_spares_its_group(subject: Subject) -> None:
    """Of changes committed together, one that raises takes no other with it."""

    def change(number: int) -> Callable[[Connection], None]:
        def run(conn: Connection) -> None:
            projects.add_project(conn, user=user, path=f"/home/me/{number}")
            if number % 3 == 0:
                raise UnknownProject(str(number))

        return run

    user = await subject.user()
    results = await asyncio.gather(*(subject.log.write(change(n)) for n in range(12)), return_exceptions=True)
    assert [n for n, result in enumerate(results) if isinstance(result, UnknownProject)] == [0, 3, 6, 9]
    kept = await subject.log.read(lambda conn: projects.list_projects(conn, user))
    assert {p.path for p in kept} == {f"/home/me/{n}" for n in range(12) if n % 3}


async def changes_run_in_order(subject: Subject) -> None:
    """Changes queued without waiting run in the order of queueing, each after the one before."""
    pen = await subject.pen()
    await pen.write(started("t1"))
    batches: list[Append] = []
    for number in range(100):
        batches.append(pen.batch(e.ItemDelta(turn="t1", item="a", text=str(number))))
        pen.head += 1
    await asyncio.gather(*(subject.log.write(partial(append, batch=batch)) for batch in batches))
    written = [x.body for batch in batches for x in batch.events]
    assert [body for _, body in await all_events(subject.log, pen.key, after=1)] == written


async def a_committed_change_is_seen_by_the_next_read(subject: Subject) -> None:
    """Once `write` has returned, every later read sees it."""
    pen = await subject.pen()
    turn = new_id()
    await pen.write(started(turn))
    for number in range(50):
        head = await pen.write(e.ItemDelta(turn=turn, item="a", text=str(number)))
        assert (await pen.row()).head == head


async def what_is_appended_is_read_back(subject: Subject) -> None:
    """The bodies come back byte for byte, in order, once."""
    pen = await subject.pen()
    turn = new_id()
    some = [
        started(turn, "schöne Grüße \n\0"),
        *(e.ItemDelta(turn=turn, item="a", text=f"{n}✓") for n in range(300)),
    ]
    encoded = pen.numbered(*some)
    await pen.write(*some)
    assert await all_events(subject.log, pen.key) == [(x.event.seq, x.body) for x in encoded]


async def a_wrong_head_is_fenced(subject: Subject) -> None:
    """An append that does not continue the head is refused whole."""
    pen = await subject.pen()
    await pen.write(started(new_id()))
    pen.head = 0
    await refused(pen.write(started(new_id())), Fenced)
    pen.head = 5
    await refused(pen.write(started(new_id())), Fenced)
    assert len(await all_events(subject.log, pen.key)) == 1


async def an_older_claim_is_fenced(subject: Subject) -> None:
    """After another claim the writer before cannot append, not even at the right head."""
    pen = await subject.pen()
    again = await subject.log.write(lambda conn: sessions.claim(conn, pen.key, "another-node"))
    assert (again.generation, again.node) == (pen.generation + 1, "another-node")
    await refused(pen.write(started(new_id())), Fenced)
    await Pen(subject.log, again).write(started(new_id()))


async def one_writer_wins_each_seq(subject: Subject) -> None:
    """Writers racing for the same head: one append is in the log, the others are fenced."""
    pen = await subject.pen()
    batch = pen.batch(started(new_id()))
    results = await race(subject, lambda log: log.write(lambda conn: append(conn, batch)))
    assert kinds(results) == [None] + [Fenced] * (RACERS * 2 - 1)
    assert len(await all_events(subject.log, pen.key)) == 1


async def a_command_has_one_effect(subject: Subject) -> None:
    """The same command many times at once: one effect, and everybody gets the stored reply."""
    pen, user = await subject.pen(), await subject.user()

    async def send(log: Log) -> None:
        def run(conn: Connection) -> None:
            now = sessions.get_session(conn, None, pen.session.id)
            assert now is not None
            batch = Pen(log, now).batch(e.SessionUpdated(title="once"), command=command(user, "c1"))
            append(conn, batch)

        await log.write(run)

    results = await race(subject, send)
    assert kinds(results) == [None] + [CommandSeen] * (RACERS * 2 - 1)
    stored = {(x.stored.hash, x.stored.reply) for x in results if isinstance(x, CommandSeen)}
    assert stored == {(b"h", b'{"type":"accepted"}')}
    assert len(await all_events(subject.log, pen.key)) == 1


async def a_refused_append_stores_no_command(subject: Subject) -> None:
    """A command whose events are refused is not stored: sent again, it can have its effect."""
    pen, user = await subject.pen(), await subject.user()
    await pen.write(started("t1"))
    await refused(pen.write(started("t2"), command=command(user, "c1")), TurnRunning)
    assert await subject.log.read(lambda conn: get_command(conn, user, "c1")) is None
    await pen.write(e.TurnCompleted(turn="t1"), started("t2"), command=command(user, "c1"))
    assert await subject.log.read(lambda conn: get_command(conn, user, "c1")) is not None


async def commands_are_of_their_user(subject: Subject) -> None:
    """Two users may send the same id; neither sees the other's."""
    user, stranger = await subject.user(), await subject.stranger()
    await subject.log.write(lambda conn: add_command(conn, command(user, "c1", b"mine")))
    assert await subject.log.read(lambda conn: get_command(conn, stranger, "c1")) is None
    await subject.log.write(lambda conn: add_command(conn, command(stranger, "c1", b"theirs")))
    stored = await subject.log.read(lambda conn: get_command(conn, user, "c1"))
    assert stored is not None and stored.hash == b"mine"


async def old_commands_are_pruned(subject: Subject) -> None:
    """Commands older than their time are forgotten a few at a time, younger ones never."""
    user, now = await subject.user(), 100 * DAY_MS
    edge = now - KEEP_DAYS * DAY_MS
    for number, at in enumerate((edge - 2, edge - 1, edge, now)):
        await subject.log.write(
            lambda conn, n=number, at=at: add_command(conn, command(user, f"c{n}", at=at))
        )
    gone = [await subject.log.write(lambda conn: prune_commands(conn, now, limit_rows=1)) for _ in range(3)]
    left = [await subject.log.read(lambda conn, n=n: get_command(conn, user, f"c{n}")) for n in range(4)]
    assert (gone, [x is not None for x in left]) == ([1, 1, 0], [False, False, True, True])
