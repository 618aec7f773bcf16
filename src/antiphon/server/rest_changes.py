"""The bodies of REST about a project's folder: what changed in it, and its files."""

from typing import Literal

from antiphon.server.rest import Resource

ChangeKind = Literal["added", "modified", "deleted", "renamed", "type-changed"]
Staged = Literal["none", "part", "all"]
NotShown = Literal["too-large", "too-many", "unreadable", "repository"]
EntryKind = Literal["folder", "file", "link", "other"]
FileKind = Literal["text", "image", "pdf", "binary"]


class ChangedFile(Resource, frozen=True):
    """A file that differs."""

    path: str
    """Relative to the project's folder."""
    kind: ChangeKind
    version: str
    """Another one as soon as it differs in another way."""
    old_path: str | None = None
    """Of a renamed file: where it was."""
    added: int | None = None
    """Lines; None: it is binary, or was not compared."""
    deleted: int | None = None
    staged: Staged = "none"
    """How much of it `git commit` would take."""
    untracked: bool = False
    conflicted: bool = False
    submodule: bool = False
    executable: bool | None = None
    """Whether it became executable, or ceased to be; None: neither."""
    not_shown: NotShown | None = None
    """Why its lines were not compared."""
    size: int | None = None
    """Bytes, where it was not compared."""


class Changes(Resource, frozen=True):
    """What differs between two states of a project's folder."""

    before: str
    """What is compared: ids for `…/changes/patch`."""
    after: str
    branch: str | None
    """None: no branch is checked out."""
    commit: str | None
    """None: there is no commit yet."""
    inside: str
    """Where the folder stands in its repository, which has more than is told here; empty: it is the whole."""
    files: list[ChangedFile]
    """At most 5,000 of `total`, by path."""
    total: int
    added: int
    """Lines, over all files."""
    deleted: int
    beside: int = 0
    """Of a turn: how many turns of other sessions ran in the folder at the same time; theirs is among it."""


class Patch(Resource, frozen=True):
    """The lines that differ in one file."""

    text: str
    """A unified diff, as git prints it; empty: no line differs."""
    cut: bool
    """There is more: ask with `whole`."""


class FileEntry(Resource, frozen=True):
    """Something in a folder."""

    name: str
    kind: EntryKind
    """`link`: a link that leads out of the project, or nowhere."""
    size: int
    ignored: bool
    """git leaves it alone."""


class FilesPage(Resource, frozen=True):
    """A part of a folder: folders first, by name."""

    path: str
    entries: list[FileEntry]
    total: int
    next: int | None
    """The next page's `offset`; None: this was the last."""


class FilePart(Resource, frozen=True):
    """A file, and a part of its text."""

    path: str
    kind: FileKind
    media_type: str
    size: int
    modified: int
    """ms since the Unix epoch."""
    text: str | None
    """None: it is no text."""
    next: int | None
    """Where the next part begins (`at`); None: this was the last."""
