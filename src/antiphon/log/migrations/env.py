"""How Alembic runs here: on the connection it is given, in that connection's transaction."""

from alembic import context

from antiphon.log.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
