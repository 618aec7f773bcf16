"""What a provider is: our adapter for one agent.

A provider opens agents; an agent serves one session, one prompt at a time. What the agent
says goes to the session's `Sink` as events without `seq`, `turn` and `at` (the session sets
those). How a prompt ended is what `Agent.prompt` returns or raises: a provider never emits
a turn's start or end itself, so it cannot forget one.

`antiphon.testing.check_provider` runs any implementation through these rules.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from msgspec import Struct

from antiphon.model.events import (
    AgentFailed,
    AnyEvent,
    ApprovalRequested,
    ItemCompleted,
    ItemDelta,
    ItemDiscarded,
    ItemStarted,
    ItemUpdated,
    ProviderRetrying,
    SessionUpdated,
    TurnCancelled,
    TurnCompleted,
    UsageUpdated,
)
from antiphon.model.failures import Action, Failure

AgentEvent = (
    ItemStarted
    | ItemDelta
    | ItemUpdated
    | ItemCompleted
    | ItemDiscarded
    | ProviderRetrying
    | AgentFailed
    | UsageUpdated
    | SessionUpdated
)
"""What an agent may say through `Sink.emit`. Item ids are minted by the provider (`new_id`)."""

Outcome = TurnCompleted | TurnCancelled
"""How a prompt ends when it does not fail."""


class Capabilities(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the agent can do, told honestly: the page offers nothing else."""

    approvals: bool
    """It asks before it writes or runs commands."""
    consent: str = ""
    """Of one that does not ask: what a person must agree to, once for each project, before it starts there."""
    steer: bool = False
    """It takes words into a running turn."""
    resume: bool = False
    """A new process can go on with an earlier conversation."""
    images: bool = False
    """It is shown pictures."""
    files: Literal["paths", "text"] = "paths"
    """What it gets of other files: `paths`, where they lie, to be read by its own tools; `text`, their words, and no others."""
    modes: tuple[str, ...] = ()
    bypass_modes: tuple[str, ...] = ()
    """Those of the modes that skip approvals: offered only under `serve --allow-bypass` (promise 10)."""
    models: tuple[str, ...] = ()
    efforts: tuple[str, ...] = ()
    """How much it can be told to think, the least first; a running agent tells those of its model."""
    fork: Literal["", "end", "anywhere", "log"] = ""
    """Where its memory of a conversation can be copied: whole only, or up to before any turn; `log`: its memory
    is the session's log, and is copied with it. Elsewhere a copy of the session is told the transcript."""
    restore: bool = False
    """It keeps its files' earlier states, and brings back those of before a turn."""
    background: bool = False
    """It runs tasks beside its turns, tells of them, and ends them when asked."""
    warm: bool = False
    """Starting it before the first prompt costs nobody anything but memory."""


class Limits(Struct, frozen=True, kw_only=True, rename="camel"):
    """How long to be patient with the agent, in seconds."""

    start: float = 30.0
    """From the spawn until it can take a prompt."""
    silence: float = 10.0
    """Without a sign of life in a turn until the page is told (promise 6)."""
    stall: float = 180.0
    """Without a sign of life until the turn is ended."""
    interrupt: float = 2.0
    """After a cancel until the agent is terminated."""
    terminate: float = 1.0
    """After TERM until KILL."""


class Readiness(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Whether the agent can be used here, and what is missing."""

    found: bool
    version: str | None = None
    """What it says of itself; "": nothing at all, None: nothing yet."""
    signed_in: bool | None = None
    """None: not known."""
    models: list[str] = []
    message: str = ""
    action: Action | None = None
    account: str = ""
    """Who pays, in words: "Claude Max of …", "API key from ANTHROPIC_API_KEY"."""
    warning: str = ""
    """What a person should know before the first prompt: a key that overrides a login."""


class Attachment(Struct, frozen=True, kw_only=True):
    """A file that goes with a prompt."""

    path: Path
    name: str
    media_type: str


class Prompt(Struct, frozen=True, kw_only=True):
    """What to ask the agent."""

    turn: str
    text: str
    attachments: Sequence[Attachment] = ()


class Past(Struct, frozen=True, kw_only=True):
    """What the session's log holds, for an agent that keeps no memory of its own."""

    events: Sequence[AnyEvent] = ()
    """In order, without deltas; the running turn's among them."""
    attachments: Mapping[str, Attachment] = {}
    """Those that the events name and that are still there, by id."""


async def nothing_yet() -> Past:
    """The past of a session that has none."""
    return Past()


class Launch(Struct, frozen=True, kw_only=True):
    """All that an agent needs to start."""

    session: str
    folder: Path
    """The project's folder: the agent's working directory."""
    marker: str
    """Put into the agent's environment as `ANTIPHON_MARKER`: finds what is left of it (promise 7)."""
    environment: Mapping[str, str]
    """The user's environment, already without Antiphon's secrets and other providers' keys."""
    native_session: str | None = None
    """The agent's own id of the conversation to resume; None: a new one."""
    fork: bool = False
    """Resume it in a copy, with an id of its own; the conversation itself is not written to."""
    fork_without: Sequence[str] = ()
    """With `fork`: the copy has only what came before the first of these turns that the agent knows (`Prompt.turn`)."""
    model: str | None = None
    mode: str | None = None
    effort: str | None = None
    rules: Sequence[str] = ()
    """What a person allowed for always in this project, in the agent's own notation (`Option.rule`)."""
    past: Callable[[], Awaitable[Past]] = nothing_yet
    """Reads the session's log: only for an agent whose memory it is."""
    consented: bool = False
    """A person agreed to `Capabilities.consent` in this project."""


class Answered(Struct, frozen=True, kw_only=True):
    """How an approval was resolved."""

    option: str | None
    """The chosen option's id; None: closed without an answer (cancelled): tell the agent so."""
    fields: Mapping[str, Any] = {}


class ProcessStarted(Struct, frozen=True, kw_only=True):
    """A process that must not outlive its session."""

    pid: int
    start_time: float
    """As psutil gives it, seconds since the Unix epoch: pid alone may be another's later."""
    marker: str


class Sink(Protocol):
    """Where an agent's words go: the session, as the agent sees it."""

    def emit(self, event: AgentEvent) -> None:
        """Log an event, in the order of the calls; never blocks, and is a sign of life."""
        ...

    async def drained(self) -> None:
        """Wait until the log has nearly caught up. Await it between reads: it is the back pressure."""
        ...

    def alive(self) -> None:
        """A sign of life that is no event."""
        ...

    async def ask(self, request: ApprovalRequested) -> Answered:
        """Ask a person, durably, and wait for the answer however long it takes.

        Ends with `option=None` when the turn is cancelled or ends first.
        """
        ...

    async def began(self, why: str) -> bool:
        """The agent begins to work though nobody asked: a turn of its own is started for it.

        `why` stands where a prompt's text would. False: a turn runs already, and what the agent
        says is part of it. True: `Agent.carry_on` will be called, once, for the turn's end.
        Never called while a `prompt` or `carry_on` has not had its end from the agent; where that
        end is not logged yet, this waits for it (a second at most).
        """
        ...

    def native(self, native_session: str) -> None:
        """Remember the agent's own id of the conversation, for a later resume."""
        ...

    async def process_started(self, process: ProcessStarted) -> None:
        """Record a process before it is given anything to do."""
        ...

    async def process_ended(self, pid: int) -> None:
        """The process and its descendants are gone."""
        ...

    def died(self, failure: Failure) -> None:
        """The agent is gone though nobody closed it. A running `prompt` raises as well."""
        ...


class ProviderFailed(Exception):
    """The agent failed: {failure.message}"""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Restored(Struct, frozen=True, kw_only=True):
    """Files that were brought back to what they were before a turn, or would be."""

    files: Sequence[str]
    """Paths as the agent tells them."""
    insertions: int | None = None
    """Lines; None: it does not say."""
    deletions: int | None = None


class NotRestorable(Exception):
    """The agent cannot bring the files back: {reason}"""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@runtime_checkable
class RestoresFiles(Protocol):
    """An agent that can do what `Capabilities.restore` says; between its prompts only."""

    async def restore(self, turn: str, *, dry: bool) -> Restored:
        """Bring the files back to before the turn; `dry`: only say which. Raises NotRestorable, ProviderFailed."""
        ...


class Agent(Protocol):
    """One running agent, serving one session."""

    async def prompt(self, prompt: Prompt) -> Outcome:
        """Ask, and return when the agent says that it is done.

        At most one at a time (the session sees to it). Raises ProviderFailed when the agent
        crashed, left without a result, or reported a failure. An end without the agent's
        own word of it is `truncated` or `provider-crashed`, never a success.
        """
        ...

    async def steer(self, prompt: Prompt) -> bool:
        """Give words into the running prompt; False when it is over or the agent cannot."""
        ...

    async def carry_on(self) -> Outcome:
        """Like `prompt`, for what the agent began by itself (`Sink.began`): return when it is done."""
        ...

    async def stop_task(self, task: str) -> bool:
        """End a background task; False when there is none of this id."""
        ...

    async def cancel(self) -> None:
        """Ask the agent to stop; `prompt` then returns TurnCancelled. Returns at once."""
        ...

    async def close(self) -> None:
        """End the agent and all its descendants: TERM, then KILL. Idempotent; never raises."""
        ...


class Provider(Protocol):
    """Our adapter for one agent."""

    @property
    def id(self) -> str:
        """`practice`, `claude`, …: stable, kebab-case."""
        ...

    @property
    def name(self) -> str:
        """For people: "Claude Code"."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def limits(self) -> Limits: ...

    async def readiness(self) -> Readiness:
        """Look whether the agent is here; never raises, never takes over 10 s."""
        ...

    async def open(self, launch: Launch, sink: Sink) -> Agent:
        """Start an agent that can take a prompt, within `limits.start`.

        Raises ProviderFailed: `provider-missing`, `workspace-missing`, `auth`, `provider-crashed`, …
        Leaves no process behind when it raises or is cancelled.
        """
        ...
