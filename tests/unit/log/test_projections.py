"""The rows tell the same story as the log: after any history they agree with `apply`."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.log import approvals, turns
from antiphon.log.projections import PROJECTIONS, title_of
from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.model import events as e
from antiphon.model.failures import Failure
from antiphon.model.items import Message
from antiphon.model.state import _LIVE, State, apply  # pyright: ignore[reportPrivateUsage]
from antiphon.testing.pen import Pen

FAILURE = Failure(provider="practice", code="network", message="No network.")


class History:
    """Events that a session might write, chosen by numbers, and the state that they make."""

    def __init__(self) -> None:
        self.state = State()
        self.events: list[e.AnyEvent] = []
        self.turns = 0
        self.asked = 0

    def add(self, choice: int, number: int) -> None:
        """One more event: the choice among what may happen now."""
        kinds = [
            self.start_or_queue,
            self.end,
            self.dequeue,
            self.ask,
            self.resolve,
            self.reorder,
            self.say,
            self.stall,
        ]
        event = kinds[choice % len(kinds)](number)
        if event is not None:
            self._apply(event)

    def _apply(self, event: e.AnyEvent) -> None:
        from msgspec.structs import replace

        self.events.append(event)
        seq = len(self.events)
        apply(self.state, replace(event, seq=seq, at=1000 * seq))

    def start_or_queue(self, number: int) -> e.AnyEvent:
        """The next of the queue, a new turn, or one more in the queue."""
        if self.state.running is None and self.state.queue and number % 2:
            waiting = self.state.queue[0]
            return e.TurnStarted(turn=waiting.turn, text=waiting.text)
        self.turns += 1
        kind = e.TurnStarted if self.state.running is None else e.TurnQueued
        return kind(turn=f"t{self.turns}", text=f"prompt {self.turns}", command=f"c{self.turns}")

    def end(self, number: int) -> e.AnyEvent | None:
        """One of the four ends, its approvals closed before."""
        turn = self.state.running
        if turn is None:
            return None
        for approval in list(self.state.approvals):
            self._apply(e.ApprovalResolved(turn=turn, approval=approval.approval, by="turn-ended"))
        ends = [
            e.TurnCompleted(turn=turn),
            e.TurnFailed(turn=turn, failure=FAILURE),
            e.TurnCancelled(turn=turn),
        ]
        return [*ends, e.TurnInterrupted(turn=turn)][number % 4]

    def dequeue(self, number: int) -> e.AnyEvent | None:
        """A waiting turn is taken out."""
        waiting = self.state.queue
        return e.TurnCancelled(turn=waiting[number % len(waiting)].turn, dequeued=True) if waiting else None

    def ask(self, _number: int) -> e.AnyEvent | None:
        """The agent asks."""
        self.asked += 1
        turn = self.state.running
        return (
            e.ApprovalRequested(turn=turn, approval=f"a{self.asked}", kind="question", title="?", options=[])
            if turn
            else None
        )

    def resolve(self, number: int) -> e.AnyEvent | None:
        """A person answers."""
        waiting = self.state.approvals
        return (
            e.ApprovalResolved(approval=waiting[number % len(waiting)].approval, option="x")
            if waiting
            else None
        )

    def reorder(self, number: int) -> e.AnyEvent:
        """The queue backwards, held or not."""
        return e.SessionUpdated(
            queue=[q.turn for q in reversed(self.state.queue)],
            queue_held=bool(number % 2),
            model=f"m{number}",
        )

    def say(self, number: int) -> e.AnyEvent | None:
        """The agent has said something."""
        return (
            e.ItemCompleted(turn=self.state.running, item=f"i{number}", content=Message(text="hi"))
            if self.state.running
            else None
        )

    def stall(self, number: int) -> e.AnyEvent | None:
        """Silence, or life again."""
        turn = self.state.running
        if turn is None:
            return None
        return (
            e.TurnStalled(turn=turn, since=number, limit=number + 1) if number % 2 else e.TurnAlive(turn=turn)
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choices=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), max_size=40), size=st.integers(1, 9))
def test_rows_agree_with_apply(choices: list[tuple[int, int]], size: int) -> None:
    """Whatever happened, in batches of any size: running turn, queue, approvals and the session's row agree."""
    history = History()
    for choice, number in choices:
        history.add(choice, number)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(agree(Path(folder), history, size))


async def agree(folder: Path, history: History, size: int) -> None:
    """Write the history, and compare the rows with the state."""
    log = await Log.open(folder)
    pen = await Pen.on_new_session(log, (await log.read(the_user)).key)
    for at in range(0, len(history.events), size):
        await pen.write(*history.events[at : at + size])
    row, state = await pen.row(), history.state
    running = await log.read(lambda conn: turns.running_turn(conn, pen.key))
    queue = await log.read(lambda conn: turns.queue(conn, pen.key))
    waiting = await log.read(lambda conn: approvals.open_approvals(conn, pen.key))
    await log.close()
    assert row.head == state.head
    assert row.running == state.running == (running.id if running else None)
    assert (row.queued, row.waiting) == (len(queue), len(waiting))
    assert queue == state.queue
    assert waiting == state.approvals
    assert (row.queue_held, row.model) == (state.queue_held, state.model)
    stalled = state.turn(state.running).stalled_since if state.running else None  # type: ignore[union-attr]
    assert row.stalled == (stalled is not None) == bool(running and running.stalled_since is not None)
    said = [x for x in history.events if isinstance(x, e.TurnStarted | e.TurnSteered | e.ItemCompleted)]
    assert row.message_count == len(said)


def test_what_is_live_is_projected() -> None:
    """Every event that changes what is live changes the rows too."""
    assert set(_LIVE) <= set(PROJECTIONS)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Fix it", "Fix it"),
        ("\n\n  Fix it \nnow", "Fix it"),
        ("", ""),
        (" \n ", ""),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("word " * 30, ("word " * 16)[:79].rstrip() + "…"),
    ],
)
def test_a_title_is_the_first_line(text: str, title: str) -> None:
    """A session is named by its first prompt's first line with something on it, in at most 80 characters."""
    assert title_of(text) == title
    assert len(title) <= 80


async def test_only_the_first_prompt_names_the_session(log: Log, pen: Pen) -> None:
    """A later prompt, queued or started, does not rename it; a title given by hand stays."""
    await pen.write(e.TurnStarted(turn="t1", text="First"), e.TurnQueued(turn="t2", text="Second"))
    assert (await pen.row()).title == "First"
    await pen.write(
        e.SessionUpdated(title="Mine"), e.TurnCompleted(turn="t1"), e.TurnStarted(turn="t2", text="Second")
    )
    assert (await pen.row()).title == "Mine"
