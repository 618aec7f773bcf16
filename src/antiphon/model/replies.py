"""Server → client: the one reply to each command, and the frames nobody asked for."""

from typing import Literal

from msgspec import Raw, Struct

from antiphon.model.events import AgentCommand, ApprovalRequested, BackgroundTask, QueuedTurn
from antiphon.model.items import ItemContent

RejectedCode = Literal[
    "bad-frame",
    "unknown-type",
    "invalid",
    "too-large",
    "id-reused",
    "inbox-full",
    "queue-full",
    "unknown-session",
    "unknown-turn",
    "unknown-approval",
    "unknown-attachment",
    "unknown-provider",
    "unknown-task",
    "agent-silent",
    "not-running",
    "already-answered",
    "untrusted-folder",
    "consent-needed",
    "workspace-missing",
    "session-trashed",
    "session-elsewhere",
    "bypass-not-allowed",
    "storage-full",
    "server-stopping",
    "internal",
]

TRANSIENT: frozenset[RejectedCode] = frozenset(
    {
        "inbox-full",
        "queue-full",
        "agent-silent",
        "storage-full",
        "server-stopping",
        "internal",
        "untrusted-folder",
        "consent-needed",
        "workspace-missing",
        "session-elsewhere",
        "bypass-not-allowed",
    }
)
"""Rejections that the same command may outlive: not stored, so that it can be sent again."""

Outcome = Literal[
    "started",
    "queued",
    "steered",
    "cancelled",
    "waiting",
    "answered",
    "dequeued",
    "reordered",
    "edited",
    "resumed",
    "stopped",
]


class Frame(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, tag_field="type"):
    """Whatever the server sends."""


class Limits(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the server takes, so that the page can say so beforehand."""

    frame_bytes: int
    prompt_characters: int
    attachment_bytes: int
    heartbeat_seconds: float
    subscriptions: int


class Welcome(Frame, frozen=True, tag="welcome"):
    """The first frame: only now is the client connected."""

    server: str
    """This run of the server, a new id at each start."""
    version: str
    limits: Limits
    user: str
    """The user's id, as in `GET /api/me`."""
    allow_bypass: bool = False


class RunningTurn(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The turn that runs, as of `Subscribed.head`."""

    turn: str
    text: str
    since: int
    """ms since the Unix epoch."""
    command: str | None = None
    attachments: list[str] = []
    origin: Literal["person", "agent"] = "person"
    carried: bool = False
    stalled_since: int | None = None
    stalled_limit: int | None = None


class OpenItem(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An item under way, with its text so far, as of `Subscribed.head`: its deltas up to there are in it."""

    item: str
    content: ItemContent
    turn: str | None = None
    parent: str | None = None


class Subscribed(Frame, frozen=True, tag="subscribed"):
    """The session's live state as of `head`, before its events.

    Events up to `head` change only the transcript; those after it change the state too.
    """

    id: str
    session: str
    epoch: str
    first: int
    """The first seq that will be sent; first - 1 is the cursor that the first frame continues."""
    head: int
    more: bool = False
    """There are older events: fetch them by `GET /api/sessions/{id}/events?before={first}`."""
    reset: bool = False
    """The client's cursor is not of this log's past: forget what you have of this session."""
    turn: RunningTurn | None = None
    approvals: list[ApprovalRequested] = []
    queue: list[QueuedTurn] = []
    queue_held: bool = False
    items: list[OpenItem] = []
    commands: list[AgentCommand] = []
    modes: list[str] = []
    models: list[str] = []
    """Those that the agent itself told of; empty until it has started."""
    efforts: list[str] = []
    tasks: list[BackgroundTask] = []
    lost: bool = False
    elsewhere: bool = False


class Unsubscribed(Frame, frozen=True, tag="unsubscribed"):
    """No more events of the session follow."""

    id: str
    session: str


class Accepted(Frame, frozen=True, tag="accepted"):
    """The command is in the log and has its effect."""

    id: str
    session: str
    outcome: Outcome
    turn: str | None = None
    seq: int | None = None
    """The event that records the effect."""


class SessionBusy(Frame, frozen=True, tag="session-busy"):
    """The session runs another turn; the prompt had no effect."""

    id: str
    session: str
    provider: str
    turn: str
    since: int
    """ms since the Unix epoch."""
    queued: int = 0
    """How many prompts wait already."""


class Rejected(Frame, frozen=True, tag="rejected"):
    """The command had no effect, and why."""

    id: str | None
    code: RejectedCode
    message: str
    by: str | None = None
    """already-answered: who or what closed the approval."""
    option: str | None = None
    """already-answered: what was chosen."""


class Pong(Frame, frozen=True, tag="pong"):
    """Here."""

    id: str


class Events(Frame, frozen=True, tag="events"):
    """The next events of a subscription: they continue the cursor `after`."""

    session: str
    subscription: str
    """The id of the subscribe: frames of an older one are to be dropped."""
    after: int
    events: list[Raw]
    """Encoded `AnyEvent`s, exactly as the log holds them."""
    to: int | None = None
    """The cursor after this frame, where it is beyond the last event (deltas left out: open items came whole)."""


class Heartbeat(Frame, frozen=True, tag="heartbeat"):
    """Every 15 s: the cursors already sent on this socket, by session."""

    cursors: dict[str, int]


class SessionRow(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A session as the lists show it."""

    id: str
    project: str
    """Project id."""
    project_name: str
    provider: str
    title: str
    last_activity: int
    """ms since the Unix epoch."""
    created_at: int
    message_count: int = 0
    starred: bool = False
    state: Literal["idle", "running", "waiting", "stalled", "failed", "interrupted"] = "idle"
    """waiting: for a person's answer. failed, interrupted: how the last turn ended."""
    queued: int = 0
    head: int = 0
    model: str | None = None
    mode: str | None = None
    effort: str | None = None
    trashed: bool = False
    imported: bool = False
    """The agent's own program began it, not Antiphon."""
    unread: bool = False
    """A turn has ended since its owner last saw it."""


class Sessions(Frame, frozen=True, tag="sessions"):
    """Rows of the lists that changed: a hint; after a reconnect fetch the list again."""

    revision: int
    upserts: list[SessionRow] = []
    removes: list[str] = []
    ends: list[str] = []
    """Those of `upserts` where a turn has ended since the last such frame, even one that began since, too."""


class Imports(Frame, frozen=True, tag="imports"):
    """How far the agents' own records have been looked through, a few times a second while it lasts."""

    running: bool
    done: int
    """Files that were looked at."""
    total: int
    """Files that are new or have changed; 0: there is nothing to look at."""
    imported: int
    """Sessions made of files, in all."""
    skipped: int
    """Files that became none, in all: `GET /api/imports` says why."""


NoticeCode = Literal[
    "storage-full", "storage-back", "new-version", "slow-client", "signed-out", "import-failed"
]


class Notice(Frame, frozen=True, tag="notice"):
    """Something to tell at once that is not in the log."""

    code: NoticeCode
    message: str
    session: str | None = None


class Goodbye(Frame, frozen=True, tag="goodbye"):
    """The server closes the connection."""

    code: Literal["server-stopping", "signed-out", "too-slow", "protocol-error"]
    message: str
    retry: bool
    """Whether coming back makes sense."""


Reply = Subscribed | Unsubscribed | Accepted | SessionBusy | Rejected | Pong
AnyFrame = Welcome | Reply | Events | Heartbeat | Sessions | Imports | Notice | Goodbye
