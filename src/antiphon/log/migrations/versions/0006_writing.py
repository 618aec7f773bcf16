"""How much a session's agent thinks, and of which conversation it is to begin as a copy."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ADDED = ("effort", "fork_of", "fork_before")


def upgrade() -> None:
    """Add columns, where they are not: a database that lost its stamp has them already."""
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("session_metadata")}
    for name in ADDED:
        if name not in known:
            op.add_column("session_metadata", sa.Column(name, sa.Text()))
