"""A session as its events make it: `apply(state, event)`.

The page's `reduce.ts` does the same; tests hold both to the transcripts in
`tests/transcripts/`. The rules:

1. Events are applied in order of seq; one at or below `head` is dropped.
2. Events up to `live_from` change the transcript only; later ones change what is live too
   (running turn, approvals, queue): a subscription's state is already as of its head.
3. An entry's events at or below its own `seq` are dropped: an open item comes with its text so far.
4. A reader may start anywhere: an event of an unknown turn or item makes it, but for deltas
   and updates of an unknown item, which are dropped (`item-completed` brings it whole).
5. A turn's end closes what is open in it. Nothing shown is taken away but by `item-discarded`.
"""

from collections.abc import Callable
from typing import Any, Literal

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from antiphon.model import events as e
from antiphon.model.failures import Failure, FailureCode
from antiphon.model.items import ItemContent, Message, Reasoning, ToolCall

TurnStatus = Literal["queued", "running", "completed", "failed", "cancelled", "interrupted", "outside"]


class ApprovalCard(
    Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, tag_field="kind", tag="approval"
):
    """An approval where it stands in the transcript."""

    request: e.ApprovalRequested
    resolved: e.ApprovalResolved | None = None


class RetryLine(
    Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, tag_field="kind", tag="retry"
):
    """The agent is trying again; one line for all attempts in a row."""

    attempt: int
    code: FailureCode
    message: str
    limit: int | None = None
    next_at: int | None = None


class FailureLine(
    Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, tag_field="kind", tag="failure"
):
    """A failure outside any turn."""

    failure: Failure


EntryContent = ItemContent | ApprovalCard | RetryLine | FailureLine


class Entry(Struct, kw_only=True, rename="camel", omit_defaults=True):
    """One thing in a turn: an item, an approval, a retry, a failure."""

    id: str
    seq: int
    """The last event that made it what it is."""
    content: EntryContent
    open: bool = False
    cut: bool = False
    parent: str | None = None
    text: list[str] = field(default_factory=list[str], name="-text")
    """Deltas not yet joined to `content` (joining each would be quadratic)."""

    def settle(self) -> None:
        """Join the collected deltas to the content."""
        if not self.text:
            return
        more, self.text = "".join(self.text), []
        match self.content:
            case Message() | Reasoning():
                self.content = replace(self.content, text=self.content.text + more)
            case ToolCall():
                self.content = replace(self.content, output=self.content.output + more)
            case _:
                pass


class Turn(Struct, kw_only=True, rename="camel", omit_defaults=True):
    """One prompt and all until its end."""

    id: str
    status: TurnStatus
    text: str = ""
    attachments: list[str] = []
    command: str | None = None
    retry_of: str | None = None
    origin: Literal["person", "agent"] = "person"
    carried: bool = False
    queued_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    entries: list[Entry] = []
    failure: Failure | None = None
    reason: str | None = None
    """turn-interrupted: why."""
    stop_reason: str | None = None
    usage: e.Usage | None = None
    stalled_since: int | None = None
    stalled_limit: int | None = None


class State(Struct, kw_only=True, rename="camel", omit_defaults=True):
    """What a person sees of a session."""

    head: int = 0
    live_from: int = 0
    turns: list[Turn] = []
    """In order of their first event; queued turns are in `queue` until they start."""
    running: str | None = None
    approvals: list[e.ApprovalRequested] = []
    queue: list[e.QueuedTurn] = []
    queue_held: bool = False
    title: str | None = None
    model: str | None = None
    mode: str | None = None
    effort: str | None = None
    commands: list[e.AgentCommand] = []
    modes: list[str] = []
    models: list[str] = []
    efforts: list[str] = []
    tasks: list[e.BackgroundTask] = []
    lost: bool = False
    elsewhere: bool = False

    def turn(self, turn: str) -> Turn | None:
        """The turn by its id; the newest are looked at first."""
        return next((t for t in reversed(self.turns) if t.id == turn), None)

    def entry(self, turn: str | None, entry: str) -> Entry | None:
        """An entry of a turn (of the last stretch outside any turn for None)."""
        found = self.turn(turn) if turn else (self.turns[-1] if self.turns else None)
        return next((x for x in reversed(found.entries) if x.id == entry), None) if found else None


def apply(state: State, event: e.AnyEvent) -> None:
    """Change `state` by one event (see the rules above)."""
    if event.seq <= state.head:
        return
    _TRANSCRIPT[type(event)](state, event)
    if event.seq > state.live_from:
        live = _LIVE.get(type(event))
        if live:
            live(state, event)
    state.head = event.seq


def snapshot(state: State) -> dict[str, Any]:
    """The state as JSON values, deltas joined: what the shared transcripts expect."""
    for turn in state.turns:
        for entry in turn.entries:
            entry.settle()
    found: dict[str, Any] = msgspec.to_builtins(state)
    for turn in found.get("turns", []):
        for entry in turn.get("entries", []):
            entry.pop("-text", None)
    return found


# The transcript


def _place(state: State, event: e.Event) -> Turn:
    """The turn that the event belongs to, made when it is not there (rule 4)."""
    if event.turn:
        found = state.turn(event.turn)
        if not found:
            found = Turn(id=event.turn, status="running", entries=[])
            state.turns.append(found)
        return found
    last = state.turns[-1] if state.turns else None
    if not last or last.status != "outside":
        last = Turn(id=f"outside-{event.seq}", status="outside", started_at=event.at, entries=[])
        state.turns.append(last)
    return last


def _find(turn: Turn, entry: str) -> Entry | None:
    return next((x for x in reversed(turn.entries) if x.id == entry), None)


def _close_retry(turn: Turn) -> None:
    if turn.entries and isinstance(turn.entries[-1].content, RetryLine):
        turn.entries[-1].open = False


def _put(turn: Turn, entry: Entry) -> None:
    """Add the entry, or replace the one by its id where it stands."""
    for at in range(len(turn.entries) - 1, -1, -1):
        if turn.entries[at].id == entry.id:
            if entry.seq > turn.entries[at].seq:
                turn.entries[at] = entry
            return
    _close_retry(turn)
    turn.entries.append(entry)


def _turn_queued(state: State, event: e.TurnQueued) -> None:
    """A queued turn is no part of the transcript until it starts."""


def _turn_edited(state: State, event: e.TurnEdited) -> None:
    """Nor is what becomes of it."""


def _turn_started(state: State, event: e.TurnStarted) -> None:
    turn = _place(state, event)
    turn.text, turn.attachments = event.text, event.attachments
    turn.command, turn.retry_of, turn.started_at = event.command, event.retry_of, event.at
    turn.origin, turn.carried = event.origin, event.carried


def _said(event: e.TurnSteered) -> Message:
    return Message(text=event.text, role="user", attachments=event.attachments)


def _turn_steered(state: State, event: e.TurnSteered) -> None:
    entry = Entry(id=f"steer-{event.seq}", seq=event.seq, content=_said(event))
    _put(_place(state, event), entry)


def _end(state: State, event: e.TurnEnd, status: TurnStatus) -> Turn:
    turn = _place(state, event)
    turn.status, turn.ended_at = status, event.at
    turn.stalled_since = turn.stalled_limit = None
    for entry in turn.entries:
        if entry.open:
            entry.settle()
            entry.open, entry.cut = False, not isinstance(entry.content, RetryLine | ApprovalCard)
    return turn


def _turn_completed(state: State, event: e.TurnCompleted) -> None:
    turn = _end(state, event, "completed")
    turn.usage, turn.stop_reason = event.usage or turn.usage, event.stop_reason


def _turn_failed(state: State, event: e.TurnFailed) -> None:
    turn = _end(state, event, "failed")
    turn.failure, turn.usage = event.failure, event.usage or turn.usage


def _turn_cancelled(state: State, event: e.TurnCancelled) -> None:
    if event.dequeued:
        return  # it never was in the transcript
    turn = _end(state, event, "cancelled")
    turn.usage = event.usage or turn.usage


def _turn_interrupted(state: State, event: e.TurnInterrupted) -> None:
    _end(state, event, "interrupted").reason = event.reason


def _turn_stalled(state: State, event: e.TurnStalled) -> None:
    turn = _place(state, event)
    turn.stalled_since, turn.stalled_limit = event.since, event.limit


def _turn_alive(state: State, event: e.TurnAlive) -> None:
    turn = _place(state, event)
    turn.stalled_since = turn.stalled_limit = None


def _item_started(state: State, event: e.ItemStarted) -> None:
    _put(
        _place(state, event),
        Entry(id=event.item, seq=event.seq, content=event.content, open=True, parent=event.parent),
    )


def _item_delta(state: State, event: e.ItemDelta) -> None:
    entry = _find(_place(state, event), event.item)
    if entry and entry.open and event.seq > entry.seq:
        entry.text.append(event.text)
        entry.seq = event.seq


def _item_updated(state: State, event: e.ItemUpdated) -> None:
    entry = _find(_place(state, event), event.item)
    if entry and entry.open and event.seq > entry.seq:
        entry.text, entry.content, entry.seq = [], event.content, event.seq


def _item_completed(state: State, event: e.ItemCompleted) -> None:
    turn = _place(state, event)
    known = _find(turn, event.item)
    parent = event.parent or (known.parent if known else None)
    _put(turn, Entry(id=event.item, seq=event.seq, content=event.content, cut=event.cut, parent=parent))


def _item_discarded(state: State, event: e.ItemDiscarded) -> None:
    turn = _place(state, event)
    turn.entries = [x for x in turn.entries if x.id != event.item]


def _approval_requested(state: State, event: e.ApprovalRequested) -> None:
    card = ApprovalCard(request=event)
    _put(_place(state, event), Entry(id=event.approval, seq=event.seq, content=card, open=True))


def _approval_resolved(state: State, event: e.ApprovalResolved) -> None:
    entry = _find(_place(state, event), event.approval)
    if entry and isinstance(entry.content, ApprovalCard):
        entry.content = replace(entry.content, resolved=event)
        entry.open, entry.seq = False, event.seq


def _provider_retrying(state: State, event: e.ProviderRetrying) -> None:
    turn = _place(state, event)
    line = RetryLine(
        attempt=event.attempt,
        code=event.code,
        message=event.message,
        limit=event.limit,
        next_at=event.next_at,
    )
    last = turn.entries[-1] if turn.entries else None
    if last and isinstance(last.content, RetryLine):
        last.content, last.seq, last.open = line, event.seq, True
    else:
        turn.entries.append(Entry(id=f"retry-{event.seq}", seq=event.seq, content=line, open=True))


def _agent_failed(state: State, event: e.AgentFailed) -> None:
    entry = Entry(id=f"failure-{event.seq}", seq=event.seq, content=FailureLine(failure=event.failure))
    _put(_place(state, event), entry)


def _usage_updated(state: State, event: e.UsageUpdated) -> None:
    if event.turn:
        _place(state, event).usage = event.usage


def _session_updated(state: State, event: e.SessionUpdated) -> None:
    """Facts of the session are no part of the transcript."""


# What is live


def _live_queued(state: State, event: e.TurnQueued) -> None:
    state.queue.append(
        e.QueuedTurn(
            turn=event.turn or "",
            text=event.text,
            at=event.at,
            attachments=event.attachments,
            command=event.command,
        )
    )


def _live_edited(state: State, event: e.TurnEdited) -> None:
    state.queue = [replace(q, text=event.text) if q.turn == event.turn else q for q in state.queue]


def _live_started(state: State, event: e.TurnStarted) -> None:
    state.running = event.turn
    state.queue = [q for q in state.queue if q.turn != event.turn]


def _live_ended(state: State, event: e.TurnEnd) -> None:
    if state.running == event.turn:
        state.running, state.approvals = None, []
    state.queue = [q for q in state.queue if q.turn != event.turn]


def _live_requested(state: State, event: e.ApprovalRequested) -> None:
    state.approvals.append(event)


def _live_resolved(state: State, event: e.ApprovalResolved) -> None:
    state.approvals = [a for a in state.approvals if a.approval != event.approval]


_FACTS = (
    "title",
    "model",
    "mode",
    "effort",
    "commands",
    "modes",
    "models",
    "efforts",
    "queue_held",
    "tasks",
    "lost",
    "elsewhere",
)


def _live_updated(state: State, event: e.SessionUpdated) -> None:
    for name in _FACTS:
        value = getattr(event, name)
        if value is not None:
            setattr(state, name, value)
    if event.queue is not None:
        order = {turn: at for at, turn in enumerate(event.queue)}
        state.queue = sorted(state.queue, key=lambda q: order.get(q.turn, len(order)))


_TRANSCRIPT: dict[type, Callable[[State, Any], None]] = {
    e.TurnQueued: _turn_queued,
    e.TurnEdited: _turn_edited,
    e.TurnStarted: _turn_started,
    e.TurnSteered: _turn_steered,
    e.TurnCompleted: _turn_completed,
    e.TurnFailed: _turn_failed,
    e.TurnCancelled: _turn_cancelled,
    e.TurnInterrupted: _turn_interrupted,
    e.TurnStalled: _turn_stalled,
    e.TurnAlive: _turn_alive,
    e.ItemStarted: _item_started,
    e.ItemDelta: _item_delta,
    e.ItemUpdated: _item_updated,
    e.ItemCompleted: _item_completed,
    e.ItemDiscarded: _item_discarded,
    e.ApprovalRequested: _approval_requested,
    e.ApprovalResolved: _approval_resolved,
    e.ProviderRetrying: _provider_retrying,
    e.AgentFailed: _agent_failed,
    e.UsageUpdated: _usage_updated,
    e.SessionUpdated: _session_updated,
}

_LIVE: dict[type, Callable[[State, Any], None]] = {
    e.TurnQueued: _live_queued,
    e.TurnEdited: _live_edited,
    e.TurnStarted: _live_started,
    e.TurnCompleted: _live_ended,
    e.TurnFailed: _live_ended,
    e.TurnCancelled: _live_ended,
    e.TurnInterrupted: _live_ended,
    e.ApprovalRequested: _live_requested,
    e.ApprovalResolved: _live_resolved,
    e.SessionUpdated: _live_updated,
}
