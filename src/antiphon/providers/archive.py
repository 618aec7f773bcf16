"""An agent's own record of its conversations: what a provider offers so that they can be imported.

Files of the agent's, which we only ever read. An archive lists them, looks at the ends of one
for the lists, and reads one forward as our events; it knows neither the log nor sessions.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct

from antiphon.model.events import AnyEvent

SkipReason = Literal[
    "empty",
    "not-a-session",
    "sub-agent",
    "unreadable",
    "too-large",
    "no-folder",
    "folder-gone",
    "outside-roots",
    "duplicate",
]


class TranscriptFile(Struct, frozen=True):
    """One file, as the folder lists it."""

    path: Path
    size: int
    """Bytes."""
    mtime: int
    """ns since the Unix epoch."""


class Found(Struct, frozen=True, kw_only=True):
    """What the ends of a file tell of its conversation."""

    native: str
    """The agent's own id of it."""
    folder: str
    """Where it took place: an absolute path."""
    title: str
    created_at: int
    """ms since the Unix epoch."""
    last_activity: int
    """ms since the Unix epoch: of the last entry, not of the file."""


class Skipped(Struct, frozen=True, kw_only=True):
    """Why a file is not in the lists."""

    reason: SkipReason
    detail: str = ""


class Reading(Protocol):
    """One file read forward, line by line. The same lines give the same events, ids and all."""

    @property
    def turn(self) -> str | None:
        """The turn that has begun and not ended."""
        ...

    @property
    def foreign(self) -> bool:
        """The last that was read is another program's: not of a turn that `known` names."""
        ...

    @property
    def last(self) -> int:
        """When the last line of the conversation was written, in ms since the Unix epoch; 0: never."""
        ...

    def line(self, line: bytes) -> list[AnyEvent]:
        """The events of one line: with their turn and time, without seq. Never raises for bad input."""
        ...

    def rest(self) -> list[AnyEvent]:
        """All lines are read for now: a turn that the agent finished ends."""
        ...

    def close(self) -> list[AnyEvent]:
        """No more will come: a turn that is open ends, as far as its record goes."""
        ...

    def forget_turn(self) -> None:
        """The open turn has its end already: it gets no other."""
        ...


class Archive(Protocol):
    """All of one agent's records. Its methods block: call them off the event loop."""

    @property
    def provider(self) -> str: ...

    def files(self) -> list[TranscriptFile]:
        """Every file that may be a conversation, the newest first. Folders that cannot be read are left out."""
        ...

    def look(self, file: TranscriptFile) -> Found | Skipped:
        """Look at the file's ends: a bounded read, whatever its size. Never raises."""
        ...

    def find(self, native: str, folder: Path) -> Path | None:
        """The conversation's file, where there is one."""
        ...

    def reading(self, path: Path, known: Callable[[str], bool]) -> Reading:
        """Read the file from its first line. `known`: the turns that the log has already, which are passed over."""
        ...
