"""Files of agents' own records: which became sessions, which were skipped and why, and how far each has been read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table, a column where it is not, and an index by which a conversation finds its session."""
    op.create_table(
        "imported",
        sa.Column("key", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("native_session_id", sa.Text(), nullable=True),
        sa.Column("session", KEY, nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.key"], name=("fk_imported_user_id")),
        sa.ForeignKeyConstraint(
            ["session"], ["session_metadata.key"], name=("fk_imported_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=("pk_imported")),
        sa.UniqueConstraint("user_id", "provider", "path", name=("uq_imported_user_id_provider_path")),
        if_not_exists=True,
    )
    # A database that lost its stamp has it already.
    if "imported" not in {
        column["name"] for column in sa.inspect(op.get_bind()).get_columns("session_metadata")
    }:
        flag = sa.Column("imported", sa.Boolean(), server_default=sa.text("0"), nullable=False)
        op.add_column("session_metadata", flag)
    for name, table, columns, where, unique in (
        ("idx_imported_session", "imported", ["session"], "session IS NOT NULL", True),
        ("idx_imported_skipped", "imported", ["user_id", "path"], "reason IS NOT NULL", False),
        (
            "idx_session_metadata_native",
            "session_metadata",
            ["native_session_id"],
            "native_session_id IS NOT NULL",
            False,
        ),
    ):
        op.create_index(
            name,
            table,
            columns,
            unique=unique,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
            if_not_exists=True,
        )
