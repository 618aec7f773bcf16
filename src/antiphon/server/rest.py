"""REST's own types: what the resources look like. The rest of the wire is in `antiphon.model`."""

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

from antiphon.model.commands import Id
from antiphon.model.events import ApprovalRequested
from antiphon.model.replies import SessionRow
from antiphon.providers.archive import SkipReason
from antiphon.providers.base import Capabilities, Readiness
from antiphon.server.brings import Brings

Name = Annotated[str, Meta(min_length=1, max_length=200)]
"""What people call something."""


class Resource(Struct, frozen=True, kw_only=True, rename="camel"):
    """Whatever REST answers with: every field is there, null where there is nothing to say."""


class Ask(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Whatever REST is asked with: a field we do not know is a mistake, not a detail."""


class SignIn(Ask, frozen=True):
    """The secret of a one-time link."""

    token: Annotated[str, Meta(max_length=200)]


class Me(Resource, frozen=True):
    """Who you are, and what this server is."""

    user: str
    name: str
    version: str
    server: str
    """This run of the server, a new id at each start."""
    default_provider: str | None
    allow_bypass: bool
    roots: list[str]
    """Folders that projects may lie in."""


class Project(Resource, frozen=True):
    """A named folder."""

    id: str
    name: str
    path: str
    trusted: bool
    """Agents may start there."""
    missing: bool
    """The folder is not there at the moment."""
    created_at: int
    """ms since the Unix epoch."""
    last_activity: int


class Projects(Resource, frozen=True):
    """All projects, the latest active first."""

    projects: list[Project]


class NewProject(Ask, frozen=True):
    """Make a folder a project. The same path again: the same project."""

    path: Annotated[str, Meta(min_length=1, max_length=4096)]
    name: Name | None = None
    """Left out: the folder's own name."""
    trust: bool = False
    """Trust what the folder brings along (`GET …/brings` lists it): agents may start there."""


class ProjectChanges(Ask, frozen=True):
    """What may change about a project; a field left out stays."""

    name: Name | None = None


class BringsList(Resource, frozen=True):
    """Hooks, servers, permission rules, commands and instructions that agents would obey."""

    brings: list[Brings]


class Folder(Resource, frozen=True):
    """A folder that a project may lie in."""

    name: str
    path: str
    git: bool
    """It is the top of a git checkout."""
    project: str | None
    """The id of the project that it is already."""


class Folders(Resource, frozen=True):
    """One folder and the folders in it."""

    path: str
    roots: list[str]
    folders: list[Folder]
    parent: str | None
    """None: above it nothing may be shown."""


class FileNames(Resource, frozen=True):
    """Files of a project that fit what was typed, the best first."""

    files: list[str]
    """Paths from the project's folder, with slashes."""
    more: bool
    """The folder has more files than are looked through."""


class EarlierPrompt(Resource, frozen=True):
    """What somebody asked."""

    text: str
    at: int
    """ms since the Unix epoch."""


class PromptList(Resource, frozen=True):
    """What was asked in a project, the latest first, each text once."""

    prompts: list[EarlierPrompt]


class NewFolder(Ask, frozen=True):
    """Make a folder in a folder."""

    parent: Annotated[str, Meta(min_length=1, max_length=4096)]
    name: Annotated[str, Meta(min_length=1, max_length=255)]


class MadeFolder(Resource, frozen=True):
    """The folder that was made."""

    path: str


class SessionList(Resource, frozen=True):
    """A page of sessions, the latest active first."""

    sessions: list[SessionRow]
    revision: int
    """What the `sessions` frames count on from."""
    next: str | None
    """The next page's `before`; None: this was the last."""


class NewSession(Ask, frozen=True):
    """Begin a conversation in a project."""

    project: Annotated[str, Meta(min_length=1, max_length=200)]
    """Its id or its name."""
    provider: Id
    model: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    mode: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    effort: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    title: Annotated[str, Meta(max_length=200)] | None = None


class SessionChanges(Ask, frozen=True):
    """What may change about a session; a field left out stays."""

    title: Name | None = None
    starred: bool | None = None
    model: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    mode: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    effort: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    trashed: bool | None = None


class Seen(Ask, frozen=True):
    """How far somebody has read a session."""

    seq: Annotated[int, Meta(ge=0, le=2**53)]
    """Of the last event that was in sight."""


class SearchHit(Resource, frozen=True):
    """Something that was said."""

    session: SessionRow
    seq: int
    """Of its event; 0: the session was never opened here, and only the agent's own record has it yet."""
    turn: str | None
    item: str | None
    """None: it is the turn's prompt."""
    role: Literal["person", "agent"]
    at: int
    """ms since the Unix epoch."""
    parts: list[str]
    """What is around it and what was found, by turns, beginning with what is around."""


class SearchResults(Resource, frozen=True):
    """A page of what was said, the newest first."""

    hits: list[SearchHit]
    next: str | None
    """The next page's `before`; None: this was the last."""
    indexed: float
    """How much of the past can be found yet, 0 to 1."""


class NewFork(Ask, frozen=True):
    """A copy of a session."""

    turn: Id
    """It has what came before this turn."""
    including: bool = False
    """And the turn itself."""


class Restorable(Resource, frozen=True):
    """Files that are, or would be, as they were before a turn."""

    files: list[str]
    insertions: int | None
    """Lines that come back; null: the agent does not say."""
    deletions: int | None


class EventsPage(Resource, frozen=True):
    """Events of a session in order."""

    events: list[Raw]
    """Encoded `AnyEvent`s, exactly as the log holds them."""
    head: int
    """The log's last seq."""
    first: int
    """The seq of the first event here; the next older page's `before`."""
    epoch: str
    more: bool
    """There are events beyond this page, in the direction it was asked for."""


class SkippedFile(Resource, frozen=True):
    """A file of an agent's own record that is no session here."""

    provider: str
    path: str
    reason: SkipReason
    message: str
    """Why, for people."""


class ImportsPage(Resource, frozen=True):
    """How far the agents' own records have been looked through, and what was left out."""

    running: bool
    done: int
    """Files that were looked at, of `total`."""
    total: int
    imported: int
    """Sessions made of files."""
    skipped_count: int
    skipped: list[SkippedFile]
    next: str | None
    """The next page's `after`; None: this was the last."""


class Attachment(Resource, frozen=True):
    """An uploaded file: a prompt names it by its id."""

    id: str
    """The SHA-256 of its bytes, as hex."""
    name: str
    media_type: str
    size: int
    """Bytes."""


class Attachments(Resource, frozen=True):
    """What some uploaded files are."""

    attachments: list[Attachment]


class ProviderKey(Resource, frozen=True):
    """Where a provider's key is; never the key."""

    variable: str
    """What the agent reads it from, such as OPENROUTER_API_KEY."""
    source: str
    """In words, such as "in this system's keyring"; empty: there is none."""
    kept: bool
    """Antiphon keeps it: it can be removed."""
    problem: str
    """Why a key that is kept cannot be had."""


class NewKey(Ask, frozen=True):
    """A provider's key: told this once, and never shown again."""

    key: Annotated[str, Meta(min_length=1, max_length=5000)]

    def __repr__(self) -> str:
        return "NewKey()"


class ProviderInfo(Resource, frozen=True):
    """A provider, what its agent can do, and whether it is ready here."""

    id: str
    name: str
    capabilities: Capabilities
    key: ProviderKey | None = None
    """None: it takes no key."""
    readiness: Readiness | None = None
    """None: the first look is still under way (only where it is not waited for)."""
    sign_in: bool = False
    """Its agent has a login of its own, which can be run from here (`/ws/sign-in/{id}`)."""


class Providers(Resource, frozen=True):
    """All providers."""

    providers: list[ProviderInfo]


ClosedBy = Literal["person", "turn-ended", "agent", "server"]


class WaitingApproval(Resource, frozen=True):
    """An open approval and where it stands."""

    session: str
    title: str
    provider: str
    project: str
    """The project's id."""
    project_name: str
    request: ApprovalRequested


class ApprovalOutcome(Resource, frozen=True):
    """How an approval stands: open, or closed when, by whom or what, and with which option."""

    request: ApprovalRequested
    resolved_at: int | None = None
    """None: it waits for the person."""
    by: ClosedBy | None = None
    option: str | None = None
    """None: it was closed without an answer."""


class Approvals(Resource, frozen=True):
    """All that wait for the person's answer."""

    approvals: list[WaitingApproval]


class Rule(Resource, frozen=True):
    """What a person allowed an agent for always, in one project."""

    id: str
    project: str
    """The project's id."""
    provider: str
    rule: str
    """In the agent's own notation."""
    label: str
    """What the person chose, in the words of the option."""
    created_at: int
    """ms since the Unix epoch."""


class Rules(Resource, frozen=True):
    """All of them."""

    rules: list[Rule]


class Consent(Resource, frozen=True):
    """Where a person agreed that an agent works without asking."""

    project: str
    """The project's id."""
    provider: str
    created_at: int
    """ms since the Unix epoch."""


class Consents(Resource, frozen=True):
    """All of them."""

    consents: list[Consent]


class Token(Resource, frozen=True):
    """A browser that is signed in, or a script's token."""

    id: str
    kind: Literal["cookie", "api"]
    name: str
    created_at: int
    last_used_at: int | None
    expires_at: int | None
    current: bool
    """The one that this request came by."""


class Tokens(Resource, frozen=True):
    """All that may come in."""

    tokens: list[Token]


class NewToken(Ask, frozen=True):
    """Make an API token."""

    name: Name


class MadeToken(Resource, frozen=True):
    """A new API token: its secret is shown this once."""

    id: str
    name: str
    secret: str


class Stored(Resource, frozen=True):
    """What one kind of thing takes in the data directory."""

    kind: Literal["history", "attachments", "other"]
    bytes: int


class Storage(Resource, frozen=True):
    """Where the data lies, and how much room it takes."""

    path: str
    kinds: list[Stored]
    free: int
    """Bytes left on its disk for this user."""
    total: int
    """Bytes of its disk."""


class Ways(Resource, frozen=True):
    """How one may sign in, beside a link."""

    password: bool


class PasswordSignIn(Ask, frozen=True):
    """The owner's password."""

    password: Annotated[str, Meta(max_length=200)]


class NewPassword(Ask, frozen=True):
    """A password to sign in with from now on."""

    password: Annotated[str, Meta(min_length=12, max_length=200)]
