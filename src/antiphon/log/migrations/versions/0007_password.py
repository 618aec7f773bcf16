"""A password, for whoever wants one beside the links."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a table, where it is not: a database that lost its stamp has it already."""
    op.create_table(
        "password",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.key"], name=("fk_password_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=("pk_password")),
        if_not_exists=True,
    )
