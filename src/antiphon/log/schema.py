"""The tables. What a promise rests on is a constraint here, not care elsewhere.

`key` is a table's integer key, used inside; `id` is the text that clients see. Times are ms
since the Unix epoch. A change here needs a migration (`migrations/versions`), and `REVISION` names the newest.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    literal_column,
    text,
)

from antiphon.model.events import TURN_END_TYPES

REVISION = "0007"
"""The newest migration. Revisions are numbers of four digits, so that newer ones sort later."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
"""Constraints have names, so that a later migration can speak of them."""

KEY = BigInteger().with_variant(Integer, "sqlite")
"""SQLite makes a column the rowid only if its type is exactly INTEGER."""

NOT_DELTA = text("type <> 'item-delta'")
"""As literal text: SQLite uses a partial index only for a query that says its very condition."""

IS_END = text("type IN ({})".format(", ".join(f"'{name}'" for name in TURN_END_TYPES)))


def literal(value: str) -> ColumnElement[str]:
    """A value of ours written into the statement: a bound one would hide a partial index from the planner."""
    return literal_column(f"'{value}'", Text)


def _partial(name: str, *columns: Column[Any], where: TextClause, unique: bool = False) -> Index:
    """An index of some rows.

    Whoever brings PostgreSQL: `postgresql_where` is the same word, but saying it here imports that
    dialect, a twentieth of the server's start.
    """
    return Index(name, *columns, unique=unique, sqlite_where=where)


node = Table(
    "node",
    metadata,
    Column("node", Text, primary_key=True),
    Column("instance", Text, nullable=False),
    Column("boot_id", Text, nullable=False),
    Column("starts", Integer, nullable=False),
    Column("clean", Boolean, nullable=False),
)

user = Table(
    "user",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

api_token = Table(
    "api_token",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("user_id", KEY, ForeignKey("user.key"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("expires_at", BigInteger),
)

password = Table(
    "password",
    metadata,
    Column("user_id", KEY, ForeignKey("user.key"), primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

project = Table(
    "project",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("user_id", KEY, ForeignKey("user.key"), nullable=False),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("trusted_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("last_activity", BigInteger, nullable=False),
    UniqueConstraint("user_id", "path"),
    UniqueConstraint("user_id", "name"),
)

session_metadata = Table(
    "session_metadata",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("user_id", KEY, ForeignKey("user.key"), nullable=False),
    Column("project_id", KEY, ForeignKey("project.key"), nullable=False),
    Column("project_name", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("display_name", Text, nullable=False, server_default=text("''")),
    Column("last_activity", BigInteger, nullable=False),
    Column("message_count", Integer, nullable=False, server_default=text("0")),
    Column("is_starred", Boolean, nullable=False, server_default=text("0")),
    Column("metadata", Text, nullable=False, server_default="{}"),
    Column("created_at", BigInteger, nullable=False),
    Column("node", Text, nullable=False),
    Column("lease_until", BigInteger),
    Column("generation", Integer, nullable=False, server_default=text("0")),
    Column("epoch", Text, nullable=False),
    Column("head", BigInteger, nullable=False, server_default=text("0")),
    Column("compacted", BigInteger, nullable=False, server_default=text("0")),
    Column("native_session_id", Text),
    Column("model", Text),
    Column("mode", Text),
    Column("trashed_at", BigInteger),
    # Kept by the projections, so that a list needs no look at other tables:
    Column("running", Text),
    Column("stalled", Boolean, nullable=False, server_default=text("0")),
    Column("waiting", Integer, nullable=False, server_default=text("0")),
    Column("queued", Integer, nullable=False, server_default=text("0")),
    Column("queue_held", Boolean, nullable=False, server_default=text("0")),
    Column("last_end", Text),
    # The agent has lost the conversation; how many background tasks it runs.
    Column("lost", Boolean, nullable=False, server_default=text("0")),
    Column("tasks", Integer, nullable=False, server_default=text("0")),
    # The agent's own program began it.
    Column("imported", Boolean, nullable=False, server_default=text("0")),
    # The seq of the last end of a turn that ran, and up to which its owner has seen the log.
    Column("ended", BigInteger, nullable=False, server_default=text("0")),
    Column("seen", BigInteger, nullable=False, server_default=text("0")),
    Column("effort", Text),
    # A copy of another conversation of the agent's, to be made by its next start; without these turns.
    Column("fork_of", Text),
    Column("fork_before", Text),
)
# Which session has an agent's conversation.
_partial(
    "idx_session_metadata_native",
    session_metadata.c.native_session_id,
    where=text("native_session_id IS NOT NULL"),
)
# The lists. Both end in the rowid by nature, so they hold the order (last_activity, key) too.
Index("idx_session_metadata_last_activity", session_metadata.c.last_activity)
Index(
    "idx_session_metadata_project_activity", session_metadata.c.project_name, session_metadata.c.last_activity
)
_partial(
    "idx_session_metadata_trash",
    session_metadata.c.last_activity,
    where=text("trashed_at IS NOT NULL"),
)
ONLY = {
    "running": text("running IS NOT NULL"),
    "waiting": text("waiting > 0"),
    "queued": text("queued > 0"),
    "failed": text("last_end IN ('turn-failed', 'turn-interrupted') AND running IS NULL"),
    "unread": text("ended > seen"),
    "starred": text("is_starred = 1"),
}
"""What a list may be narrowed to: few of many sessions, so each has an index of its own to walk."""
for _name, _where in ONLY.items():
    _partial(f"idx_session_metadata_only_{_name}", session_metadata.c.last_activity, where=_where)
_partial(
    "idx_session_metadata_running",
    session_metadata.c.node,
    where=text("running IS NOT NULL"),
)

_partial(
    "idx_session_metadata_tasks",
    session_metadata.c.node,
    where=text("tasks > 0"),
)

event = Table(
    "event",
    metadata,
    Column("session", KEY, ForeignKey("session_metadata.key", ondelete="CASCADE"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("turn", Text),
    Column("subject", Text),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("session", "seq"),
)
# Pages of a transcript: without the deltas of its items.
_partial("idx_event_page", event.c.session, event.c.seq, where=NOT_DELTA)
# A turn ends once (promise 2).
_partial("idx_event_end", event.c.session, event.c.turn, unique=True, where=IS_END)
# The first answer wins.
_partial(
    "idx_event_resolved",
    event.c.session,
    event.c.subject,
    unique=True,
    where=text("type = 'approval-resolved'"),
)
# Compaction asks whether an item is complete.
_partial(
    "idx_event_completed",
    event.c.session,
    event.c.subject,
    where=text("type = 'item-completed'"),
)

turn = Table(
    "turn",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("id", Text, nullable=False),
    Column("session", KEY, ForeignKey("session_metadata.key", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("attachments", Text, nullable=False, server_default="[]"),
    Column("command", Text),
    Column("retry_of", Text),
    Column("queued_at", BigInteger),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("stalled_since", BigInteger),
    Column("stalled_limit", BigInteger),
    Column("failure", Text),
    Column("position", Integer),
    UniqueConstraint("session", "id"),
)
# A session runs one turn at a time (promise 5).
_partial(
    "idx_turn_running",
    turn.c.session,
    unique=True,
    where=text("state = 'running'"),
)
_partial(
    "idx_turn_queue",
    turn.c.session,
    turn.c.position,
    where=text("state = 'queued'"),
)

approval = Table(
    "approval",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("id", Text, nullable=False),
    Column("session", KEY, ForeignKey("session_metadata.key", ondelete="CASCADE"), nullable=False),
    Column("turn", Text),
    Column("body", LargeBinary, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
    Column("resolved_by", Text),
    Column("option", Text),
    UniqueConstraint("session", "id"),
)
_partial(
    "idx_approval_open",
    approval.c.session,
    where=text("resolved_at IS NULL"),
)

permission_rule = Table(
    "permission_rule",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("user_id", KEY, ForeignKey("user.key"), nullable=False),
    Column("project_id", KEY, ForeignKey("project.key"), nullable=False),
    Column("provider", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("user_id", "project_id", "provider", "rule"),
)

consent = Table(
    "consent",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("user_id", KEY, ForeignKey("user.key"), nullable=False),
    Column("project_id", KEY, ForeignKey("project.key"), nullable=False),
    Column("provider", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("user_id", "project_id", "provider"),
)

command = Table(
    "command",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("user_id", KEY, ForeignKey("user.key"), nullable=False),
    Column("id", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("state", Text, nullable=False, server_default="done"),
    Column("reply", LargeBinary),
    Column("at", BigInteger, nullable=False),
)
# A command has one effect (promise 1).
Index("idx_command_once", command.c.user_id, command.c.id, unique=True)
Index("idx_command_at", command.c.at)

process = Table(
    "process",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("node", Text, nullable=False),
    Column("boot_id", Text, nullable=False),
    Column("session", KEY, ForeignKey("session_metadata.key", ondelete="CASCADE")),
    Column("pid", Integer, nullable=False),
    Column("start_time", Float, nullable=False),
    Column("marker", Text, nullable=False),
)
Index("idx_process_marker", process.c.marker, process.c.pid)

attachment = Table(
    "attachment",
    metadata,
    Column("user_id", KEY, ForeignKey("user.key"), nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("user_id", "id"),
)

# Files of an agent's own record: what became of each, and how far it has been read.
imported = Table(
    "imported",
    metadata,
    Column("key", KEY, primary_key=True),
    Column("user_id", KEY, ForeignKey("user.key"), nullable=False),
    Column("provider", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("native_session_id", Text),
    Column("session", KEY, ForeignKey("session_metadata.key", ondelete="CASCADE")),
    Column("size", BigInteger, nullable=False),
    Column("mtime", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False, server_default=text("0")),
    Column("title", Text, nullable=False, server_default=text("''")),
    Column("reason", Text),
    Column("detail", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("user_id", "provider", "path"),
)
# A conversation is imported once, and a session reads one file.
_partial(
    "idx_imported_session",
    imported.c.session,
    unique=True,
    where=text("session IS NOT NULL"),
)
_partial(
    "idx_imported_skipped",
    imported.c.user_id,
    imported.c.path,
    where=text("reason IS NOT NULL"),
)

INDEXES = tuple(
    sorted(
        (index for table in metadata.tables.values() for index in table.indexes), key=lambda i: str(i.name)
    )
)
"""Every index with a name of ours, made by `CREATE INDEX IF NOT EXISTS` at each start."""
