"""Commands: what a client asks of the server, each with an id of its own making.

Every command gets exactly one reply carrying its id (docs/protocol.md, promise 1). A
command with an effect is unique per (user, id): sent again, it gets the same reply and
has no second effect.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from antiphon.model.ids import ID_PATTERN

Id = Annotated[str, Meta(pattern=ID_PATTERN)]

PROMPT_LIMIT = 1_000_000
"""Characters in one prompt."""

Text = Annotated[str, Meta(max_length=PROMPT_LIMIT)]


class Command(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    omit_defaults=True,
    tag_field="type",
    forbid_unknown_fields=True,
):
    """The envelope of every command."""

    id: Id


class Subscribe(Command, frozen=True, tag="subscribe"):
    """Follow a session: from the event after `after` (with its `epoch`), or its last `tail` events."""

    session: Id
    epoch: str | None = None
    after: Annotated[int, Meta(ge=0)] | None = None
    tail: Annotated[int, Meta(ge=0, le=1000)] | None = None
    ahead: bool = False
    """Nobody looks at it yet: no agent is made ready for it."""


class Unsubscribe(Command, frozen=True, tag="unsubscribe"):
    """Follow the session no longer."""

    session: Id


class Prompt(Command, frozen=True, tag="prompt"):
    """Ask the agent. An accepted prompt is a turn, and every turn gets its end."""

    session: Id
    text: Text
    attachments: Annotated[list[Id], Meta(max_length=32)] = []
    if_busy: Literal["reject", "queue", "steer"] = "reject"
    retry_of: Id | None = None
    carry: bool = False
    """Where the agent has lost the conversation: tell it the transcript first."""
    fork: bool = False
    """Go on in a copy of the agent's conversation: what another program does in the original stays its own."""


class Cancel(Command, frozen=True, tag="cancel"):
    """Stop the running turn."""

    session: Id
    turn: Id


class Wait(Command, frozen=True, tag="wait"):
    """Give a stalled turn one more full limit."""

    session: Id
    turn: Id


class Answer(Command, frozen=True, tag="answer"):
    """Answer an approval; the first answer wins."""

    session: Id
    approval: Id
    option: Annotated[str, Meta(max_length=256)]
    fields: dict[str, Any] = {}


class Dequeue(Command, frozen=True, tag="dequeue"):
    """Take a waiting turn out of the queue; it ends as `turn-cancelled`."""

    session: Id
    turn: Id


class Reorder(Command, frozen=True, tag="reorder"):
    """Put the queue into this order; `turns` names each waiting turn once."""

    session: Id
    turns: Annotated[list[Id], Meta(max_length=1000)]


class Edit(Command, frozen=True, tag="edit"):
    """Give a waiting turn other words; its place and its files stay."""

    session: Id
    turn: Id
    text: Text


class ResumeQueue(Command, frozen=True, tag="resume-queue"):
    """Let a held queue run."""

    session: Id


class StopTask(Command, frozen=True, tag="stop-task"):
    """End something that the agent runs in the background."""

    session: Id
    task: Annotated[str, Meta(max_length=256)]


class Ping(Command, frozen=True, tag="ping"):
    """Are you there?"""


SessionCommand = (
    Subscribe
    | Unsubscribe
    | Prompt
    | Cancel
    | Wait
    | Answer
    | Dequeue
    | Reorder
    | Edit
    | ResumeQueue
    | StopTask
)
"""The commands that concern a session."""

AnyCommand = SessionCommand | Ping

EFFECTS = (Prompt, Cancel, Wait, Answer, Dequeue, Reorder, Edit, ResumeQueue, StopTask)
"""Commands that change the log: stored once per (user, id)."""
