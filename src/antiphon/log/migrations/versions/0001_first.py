"""The first schema: every table that one node and, later, several need."""

import sqlalchemy as sa
from alembic import op

from antiphon.log.migrations.earlier import bring_over, set_aside

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; what is there under their names already is kept and brought over."""
    connection = op.get_bind()
    earlier = set_aside(connection)
    _create()
    bring_over(connection, earlier)


def _create() -> None:
    op.create_table(
        "node",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=("pk_node")),
        if_not_exists=True,
    )
    op.create_table(
        "user",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=("pk_user")),
        sa.UniqueConstraint("id", name=("uq_user_id")),
        if_not_exists=True,
    )
    op.create_table(
        "api_token",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.key"], name=("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("key", name=("pk_api_token")),
        sa.UniqueConstraint("id", name=("uq_api_token_id")),
        sa.UniqueConstraint("secret_hash", name=("uq_api_token_secret_hash")),
        if_not_exists=True,
    )
    op.create_table(
        "attachment",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.key"], name=("fk_attachment_user_id")),
        sa.PrimaryKeyConstraint("user_id", "id", name=("pk_attachment")),
        if_not_exists=True,
    )
    op.create_table(
        "command",
        sa.Column("key", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), server_default="done", nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.key"], name=("fk_command_user_id")),
        sa.PrimaryKeyConstraint("key", name=("pk_command")),
        if_not_exists=True,
    )
    op.create_index("idx_command_at", "command", ["at"], unique=False, if_not_exists=True)
    op.create_index("idx_command_once", "command", ["user_id", "id"], unique=True, if_not_exists=True)
    op.create_table(
        "project",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("trusted_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_activity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.key"], name=("fk_project_user_id")),
        sa.PrimaryKeyConstraint("key", name=("pk_project")),
        sa.UniqueConstraint("id", name=("uq_project_id")),
        sa.UniqueConstraint("user_id", "name", name=("uq_project_user_id_name")),
        sa.UniqueConstraint("user_id", "path", name=("uq_project_user_id_path")),
        if_not_exists=True,
    )
    op.create_table(
        "session_metadata",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("project_id", KEY, nullable=False),
        sa.Column("project_name", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_activity", sa.BigInteger(), nullable=False),
        sa.Column("message_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_starred", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("metadata", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("head", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("compacted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("native_session_id", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("trashed_at", sa.BigInteger(), nullable=True),
        sa.Column("running", sa.Text(), nullable=True),
        sa.Column("stalled", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("waiting", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("queued", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("queue_held", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_end", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.key"], name=("fk_session_metadata_project_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.key"], name=("fk_session_metadata_user_id")),
        sa.PrimaryKeyConstraint("key", name=("pk_session_metadata")),
        sa.UniqueConstraint("id", name=("uq_session_metadata_id")),
        if_not_exists=True,
    )
    op.create_index(
        "idx_session_metadata_last_activity",
        "session_metadata",
        ["last_activity"],
        unique=False,
        if_not_exists=True,
    )
    op.create_index(
        "idx_session_metadata_project_activity",
        "session_metadata",
        ["project_name", "last_activity"],
        unique=False,
        if_not_exists=True,
    )
    op.create_index(
        "idx_session_metadata_running",
        "session_metadata",
        ["node"],
        unique=False,
        sqlite_where=sa.text("running IS NOT NULL"),
        postgresql_where=sa.text("running IS NOT NULL"),
        if_not_exists=True,
    )
    op.create_index(
        "idx_session_metadata_trash",
        "session_metadata",
        ["last_activity"],
        unique=False,
        sqlite_where=sa.text("trashed_at IS NOT NULL"),
        postgresql_where=sa.text("trashed_at IS NOT NULL"),
        if_not_exists=True,
    )
    op.create_table(
        "approval",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session", KEY, nullable=False),
        sa.Column("turn", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("option", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session"], ["session_metadata.key"], name=("fk_approval_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=("pk_approval")),
        sa.UniqueConstraint("session", "id", name=("uq_approval_session_id")),
        if_not_exists=True,
    )
    op.create_index(
        "idx_approval_open",
        "approval",
        ["session"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
        if_not_exists=True,
    )
    op.create_table(
        "event",
        sa.Column("session", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session"], ["session_metadata.key"], name=("fk_event_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session", "seq", name=("pk_event")),
        if_not_exists=True,
    )
    op.create_index(
        "idx_event_completed",
        "event",
        ["session", "subject"],
        unique=False,
        sqlite_where=sa.text("type = 'item-completed'"),
        postgresql_where=sa.text("type = 'item-completed'"),
        if_not_exists=True,
    )
    op.create_index(
        "idx_event_end",
        "event",
        ["session", "turn"],
        unique=True,
        sqlite_where=sa.text(
            "type IN ('turn-completed', 'turn-failed', 'turn-cancelled', 'turn-interrupted')"
        ),
        postgresql_where=sa.text(
            "type IN ('turn-completed', 'turn-failed', 'turn-cancelled', 'turn-interrupted')"
        ),
        if_not_exists=True,
    )
    op.create_index(
        "idx_event_page",
        "event",
        ["session", "seq"],
        unique=False,
        sqlite_where=sa.text("type <> 'item-delta'"),
        postgresql_where=sa.text("type <> 'item-delta'"),
        if_not_exists=True,
    )
    op.create_index(
        "idx_event_resolved",
        "event",
        ["session", "subject"],
        unique=True,
        sqlite_where=sa.text("type = 'approval-resolved'"),
        postgresql_where=sa.text("type = 'approval-resolved'"),
        if_not_exists=True,
    )
    op.create_table(
        "process",
        sa.Column("key", KEY, nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("session", KEY, nullable=True),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("start_time", sa.Float(), nullable=False),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session"], ["session_metadata.key"], name=("fk_process_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=("pk_process")),
        if_not_exists=True,
    )
    op.create_index("idx_process_marker", "process", ["marker", "pid"], unique=False, if_not_exists=True)
    op.create_table(
        "turn",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session", KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachments", sa.Text(), server_default="[]", nullable=False),
        sa.Column("command", sa.Text(), nullable=True),
        sa.Column("retry_of", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("stalled_since", sa.BigInteger(), nullable=True),
        sa.Column("stalled_limit", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session"], ["session_metadata.key"], name=("fk_turn_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=("pk_turn")),
        sa.UniqueConstraint("session", "id", name=("uq_turn_session_id")),
        if_not_exists=True,
    )
    op.create_index(
        "idx_turn_queue",
        "turn",
        ["session", "position"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
        if_not_exists=True,
    )
    op.create_index(
        "idx_turn_running",
        "turn",
        ["session"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
        if_not_exists=True,
    )
