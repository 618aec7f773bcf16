"""Items: the parts of a turn that a person sees. One shape per kind, whole at every time."""

from typing import Any, Literal

from msgspec import Struct


class Content(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, tag_field="kind"):
    """What an item holds. `item-started`, `item-updated` and `item-completed` carry it whole."""


class Message(Content, frozen=True, tag="message"):
    """Words to the person (markdown), or the person's own words steered into the turn."""

    text: str = ""
    role: Literal["agent", "user"] = "agent"
    attachments: list[str] = []
    """What came with the person's words."""


class Reasoning(Content, frozen=True, tag="reasoning"):
    """The agent thinking aloud (markdown)."""

    text: str = ""


class Diff(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One file's change: its whole text before and after."""

    path: str
    """As the agent named it; relative paths are relative to the project."""
    before: str | None = None
    """None: the file is new."""
    after: str | None = None
    """None: the file is deleted."""


ToolKind = Literal["read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other"]
ToolStatus = Literal["preparing", "pending", "running", "completed", "failed"]
"""`preparing`: the model is still writing the call; the turn's clocks run on."""


class ToolCall(Content, frozen=True, tag="tool-call"):
    """The agent using a tool. Deltas append to `output`."""

    title: str
    tool: ToolKind = "other"
    status: ToolStatus = "pending"
    name: str | None = None
    """The agent's own name of the tool, such as `Bash`."""
    input: Any = None
    """JSON, as the agent gave it."""
    output: str = ""
    exit_code: int | None = None
    diffs: list[Diff] = []
    paths: list[str] = []
    """Files that the call touches."""


class PlanEntry(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One step of a plan."""

    text: str
    status: Literal["pending", "running", "completed"] = "pending"


class Plan(Content, frozen=True, tag="plan"):
    """What the agent means to do, whole each time."""

    entries: list[PlanEntry] = []


class Note(Content, frozen=True, tag="note"):
    """Something that happened to the conversation, told in words: it was compacted, a model stood in for another."""

    text: str = ""


ItemContent = Message | Reasoning | ToolCall | Plan | Note
