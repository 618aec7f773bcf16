"""What a turn's end says besides the end itself: nothing of the turn is left open."""

from collections.abc import Iterator

from msgspec.structs import replace

from antiphon.model import events as e
from antiphon.model.items import Content, ToolCall
from antiphon.model.state import State

HOLDING = frozenset({"auth", "usage-limit", "provider-missing", "workspace-missing", "storage"})
"""Failures that the next prompt would meet as well: the queue waits for a person."""


def closing(state: State, end: e.TurnEnd) -> list[e.AnyEvent]:
    """The events that close the running turn: approvals, items (kept, marked as cut), the end.

    `state` must be as of the log's head. `end.turn` names the turn.
    """
    return [*_approvals(state, end), *_items(state, end), end, *_queue(state, end)]


def _approvals(state: State, end: e.TurnEnd) -> Iterator[e.AnyEvent]:
    died = isinstance(end, e.TurnInterrupted) and end.reason == "server-died"
    for approval in state.approvals:
        yield e.ApprovalResolved(
            turn=end.turn, approval=approval.approval, by="server" if died else "turn-ended"
        )


def _items(state: State, end: e.TurnEnd) -> Iterator[e.AnyEvent]:
    turn = state.turn(end.turn or "")
    cut = not isinstance(end, e.TurnCompleted)
    for entry in turn.entries if turn else ():
        entry.settle()
        content = entry.content
        if not entry.open or not isinstance(content, Content):
            continue
        if isinstance(content, ToolCall) and content.status in ("preparing", "pending", "running"):
            content = replace(content, status="failed" if cut else "completed")
        yield e.ItemCompleted(turn=end.turn, item=entry.id, content=content, parent=entry.parent, cut=cut)


def _queue(state: State, end: e.TurnEnd) -> Iterator[e.AnyEvent]:
    """Hold the queue where going on by itself would do harm."""
    failed = isinstance(end, e.TurnFailed) and (end.failure.code in HOLDING or _must_choose(end))
    if state.queue and not state.queue_held and (failed or isinstance(end, e.TurnInterrupted)):
        yield e.SessionUpdated(queue_held=True)


def _must_choose(end: e.TurnFailed) -> bool:
    """The conversation is lost, and only a person says how to go on."""
    return end.failure.action is not None and end.failure.action.kind == "carry-over"
