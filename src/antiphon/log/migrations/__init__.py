"""Alembic's migrations of the log."""
