"""The durable truth: one append-only log per session, and the rows derived from it.

Query functions are plain functions that take a SQLAlchemy `Connection` first. `Log.write`
runs them on the one writer thread (group commit), `Log.read` on a few reader threads that
cannot write. Times are ms since the Unix epoch.
"""
