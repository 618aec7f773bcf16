"""Events: the immutable facts of a session's log, and the frame's body on the wire.

Source of truth of the wire: docs/protocol.md. An event's `seq` is given by the log; a
provider makes events without it. Deltas of a completed item may be missing from a later
reading (the item came whole), so readers follow cursors and never count.
"""

from typing import Any, Literal

from msgspec import Struct

from antiphon.model.failures import Failure, FailureCode
from antiphon.model.items import ItemContent


class Usage(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What a turn cost, where the agent says so."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cost_usd: float | None = None
    context_tokens: int | None = None
    context_limit: int | None = None


class Option(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One way to answer an approval."""

    id: str
    label: str
    kind: Literal["allow-once", "allow-always", "reject-once", "reject-always", "reject-stop", "answer"] = (
        "answer"
    )
    """`reject-stop`: rejected, and the turn ends."""
    scope: str = ""
    """Of `allow-always`: how far it goes, in words ("in this project", "for the rest of this session")."""
    rule: str | None = None
    """Of `allow-always`: what Antiphon keeps for the project, in the agent's own notation; a person takes it back."""


class Field(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Something to fill in beside the choice of an option."""

    id: str
    label: str
    choices: list[str] = []
    """Empty: free text. A question's choices are suggestions: a person may answer in words of their own."""
    descriptions: list[str] = []
    """More about each choice, in the same order; "" or none where there is no more to say."""
    multiple: bool = False
    required: bool = False


class QueuedTurn(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A prompt that waits for the turn before it to end."""

    turn: str
    text: str
    at: int
    """ms since the Unix epoch."""
    attachments: list[str] = []
    command: str | None = None


class Event(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, tag_field="type"):
    """The envelope of every event."""

    seq: int = 0
    """1, 2, 3 … within the session; 0: not in the log yet."""
    turn: str | None = None
    at: int = 0
    """ms since the Unix epoch."""


class TurnQueued(Event, frozen=True, tag="turn-queued"):
    """A prompt was accepted while another turn runs; it starts by itself (or when the queue is let run)."""

    text: str
    attachments: list[str] = []
    command: str | None = None


class TurnEdited(Event, frozen=True, tag="turn-edited"):
    """A person gave a waiting turn other words."""

    text: str


class TurnStarted(Event, frozen=True, tag="turn-started"):
    """The turn runs: the session is claimed, the agent about to be asked."""

    text: str
    attachments: list[str] = []
    command: str | None = None
    retry_of: str | None = None
    """The failed turn that this one tries again."""
    origin: Literal["person", "agent"] = "person"
    """`agent`: it began by itself (a background task ended); `text` says why."""
    carried: bool = False
    """The agent had lost the conversation: it was told the transcript before the prompt."""


class TurnSteered(Event, frozen=True, tag="turn-steered"):
    """Words given into the running turn."""

    text: str
    attachments: list[str] = []
    command: str | None = None


class TurnCompleted(Event, frozen=True, tag="turn-completed"):
    """The agent finished, and said so."""

    usage: Usage | None = None
    stop_reason: str | None = None
    """The agent's own word, when it says more than "done": `max-tokens`, `refusal` …"""


class TurnFailed(Event, frozen=True, tag="turn-failed"):
    """The turn ended by a failure."""

    failure: Failure
    usage: Usage | None = None


class TurnCancelled(Event, frozen=True, tag="turn-cancelled"):
    """A person stopped the turn, or took it from the queue."""

    usage: Usage | None = None
    dequeued: bool = False
    """It was taken from the queue and never started."""


class TurnInterrupted(Event, frozen=True, tag="turn-interrupted"):
    """The server stopped under the turn. The session can be continued."""

    reason: Literal["server-stopped", "server-died"] = "server-died"


class TurnStalled(Event, frozen=True, tag="turn-stalled"):
    """No sign of life from the agent since `since`; at `limit` the turn will be ended."""

    since: int
    """ms since the Unix epoch."""
    limit: int
    """ms since the Unix epoch."""


class TurnAlive(Event, frozen=True, tag="turn-alive"):
    """After a stall: the agent moved again, or the person chose to wait on."""


class ItemStarted(Event, frozen=True, tag="item-started"):
    """An item opens."""

    item: str
    content: ItemContent
    parent: str | None = None
    """The tool-call item of the sub-agent that this item belongs to."""


class ItemDelta(Event, frozen=True, tag="item-delta"):
    """More text of an open item: of a message or reasoning its `text`, of a tool-call its `output`."""

    item: str
    text: str


class ItemUpdated(Event, frozen=True, tag="item-updated"):
    """An open item's content, whole, replacing what was known of it (text so far included)."""

    item: str
    content: ItemContent


class ItemCompleted(Event, frozen=True, tag="item-completed"):
    """The item is done. Self-contained: a reader needs no earlier event of the item."""

    item: str
    content: ItemContent
    parent: str | None = None
    cut: bool = False
    """The turn ended before the agent finished the item; what there is of it is kept."""


class ItemDiscarded(Event, frozen=True, tag="item-discarded"):
    """The agent took the item back (it sends it again after a retry): forget it."""

    item: str


class ApprovalRequested(Event, frozen=True, tag="approval-requested"):
    """The agent asks a person. The turn's clocks stand still until it is resolved."""

    approval: str
    kind: Literal["permission", "question", "plan"]
    title: str
    options: list[Option]
    fields: list[Field] = []
    body: str | None = None
    """More to read before deciding, in markdown."""
    item: str | None = None
    """The tool-call item that waits for it."""
    content: ItemContent | None = None
    """What would be done: a tool call with its input or diffs."""


class ApprovalResolved(Event, frozen=True, tag="approval-resolved"):
    """The approval is closed; the first answer won."""

    approval: str
    by: Literal["person", "turn-ended", "agent", "server"] = "person"
    option: str | None = None
    """None: closed without an answer."""
    fields: dict[str, Any] = {}
    user: str | None = None


class ProviderRetrying(Event, frozen=True, tag="provider-retrying"):
    """The agent's call to its model failed and is tried again."""

    attempt: int
    code: FailureCode
    message: str
    limit: int | None = None
    """How many attempts there will be."""
    next_at: int | None = None
    """ms since the Unix epoch."""


class AgentFailed(Event, frozen=True, tag="agent-failed"):
    """Something failed outside a turn: a warm start, a resume, a background task."""

    failure: Failure


class UsageUpdated(Event, frozen=True, tag="usage-updated"):
    """The agent told its usage so far."""

    usage: Usage


class AgentCommand(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A slash command that the agent offers."""

    name: str
    description: str = ""


class BackgroundTask(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What the agent runs beside its turns; `stop-task` ends it, and so does the session's end."""

    id: str
    """The agent's own id of it."""
    title: str
    kind: Literal["command", "agent", "other"] = "other"
    item: str | None = None
    """The tool-call item that started it."""
    started_at: int | None = None
    """ms since the Unix epoch."""


class SessionUpdated(Event, frozen=True, tag="session-updated"):
    """Facts of the session itself; a field left out is unchanged."""

    title: str | None = None
    model: str | None = None
    mode: str | None = None
    effort: str | None = None
    """How much the agent thinks, in its own word."""
    starred: bool | None = None
    queue: list[str] | None = None
    """Turn ids of the queue in their new order."""
    queue_held: bool | None = None
    """True: the queue waits until a person lets it run (after a restart)."""
    commands: list[AgentCommand] | None = None
    modes: list[str] | None = None
    models: list[str] | None = None
    efforts: list[str] | None = None
    """What there is to choose of, with the model that is set."""
    tasks: list[BackgroundTask] | None = None
    """All that the agent runs in the background now."""
    lost: bool | None = None
    """True: the agent has lost the conversation, and the next prompt begins a new one (or carries the transcript over)."""
    elsewhere: bool | None = None
    """True: another program writes to this conversation now; a prompt is taken only as a fork of it."""


TurnEnd = TurnCompleted | TurnFailed | TurnCancelled | TurnInterrupted

TURN_ENDS = (TurnCompleted, TurnFailed, TurnCancelled, TurnInterrupted)
TURN_END_TYPES = ("turn-completed", "turn-failed", "turn-cancelled", "turn-interrupted")

AnyEvent = (
    TurnQueued
    | TurnEdited
    | TurnStarted
    | TurnSteered
    | TurnCompleted
    | TurnFailed
    | TurnCancelled
    | TurnInterrupted
    | TurnStalled
    | TurnAlive
    | ItemStarted
    | ItemDelta
    | ItemUpdated
    | ItemCompleted
    | ItemDiscarded
    | ApprovalRequested
    | ApprovalResolved
    | ProviderRetrying
    | AgentFailed
    | UsageUpdated
    | SessionUpdated
)
