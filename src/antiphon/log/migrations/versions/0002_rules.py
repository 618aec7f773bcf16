"""What a person allowed for always; which sessions' agents have lost the conversation, or run background tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table, and two columns where they are not."""
    op.create_table(
        "permission_rule",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("project_id", KEY, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.key"], name=("fk_permission_rule_user_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.key"], name=("fk_permission_rule_project_id")),
        sa.PrimaryKeyConstraint("key", name=("pk_permission_rule")),
        sa.UniqueConstraint("id", name=("uq_permission_rule_id")),
        sa.UniqueConstraint(
            "user_id",
            "project_id",
            "provider",
            "rule",
            name=("uq_permission_rule_user_id_project_id_provider_rule"),
        ),
        if_not_exists=True,
    )
    # A database that lost its stamp has them already.
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("session_metadata")}
    for column in (
        sa.Column("lost", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("tasks", sa.Integer(), server_default=sa.text("0"), nullable=False),
    ):
        if column.name not in known:
            op.add_column("session_metadata", column)
