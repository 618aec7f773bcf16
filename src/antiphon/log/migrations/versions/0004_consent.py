"""Where a person agreed that an agent works without asking."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table, where it is not: a database that lost its stamp has it already."""
    op.create_table(
        "consent",
        sa.Column("key", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("project_id", KEY, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.key"], name=("fk_consent_user_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.key"], name=("fk_consent_project_id")),
        sa.PrimaryKeyConstraint("key", name=("pk_consent")),
        sa.UniqueConstraint(
            "user_id", "project_id", "provider", name=("uq_consent_user_id_project_id_provider")
        ),
        if_not_exists=True,
    )
