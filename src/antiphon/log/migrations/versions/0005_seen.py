"""What a session's owner has seen of it; and indexes for lists that are narrowed to few of many."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ONLY = {
    "running": "running IS NOT NULL",
    "waiting": "waiting > 0",
    "queued": "queued > 0",
    "failed": "last_end IN ('turn-failed', 'turn-interrupted') AND running IS NULL",
    "unread": "ended > seen",
    "starred": "is_starred = 1",
}


def upgrade() -> None:
    """Add two columns, where they are not: whatever ended before counts as seen."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("session_metadata")}
    for name in {"ended", "seen"} - there:
        column = sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)
        op.add_column("session_metadata", column)
    for name, where in ONLY.items():
        op.create_index(
            f"idx_session_metadata_only_{name}",
            "session_metadata",
            ["last_activity"],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
            if_not_exists=True,
        )
