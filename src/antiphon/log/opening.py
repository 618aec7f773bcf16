"""Opening a data directory: made, checked, migrated and counted, or refused with nothing changed."""

import os
from pathlib import Path

from sqlalchemy import Connection

from antiphon.log import migrate, run, schema, sqlite
from antiphon.log.errors import LogCorrupt, LogNewer, LogOutdated, LogUnwritable
from antiphon.log.users import the_user

DATABASE = "antiphon.db"
CHECK_BYTES = 64 * 1024 * 1024
"""A database up to this size is looked through at a start (some 0.1 s, and the disk's time to read it all); damage to
a larger one shows in use."""
CHECK_AGAIN_BYTES = 4 * 1024 * 1024
"""The same where the run before left it in good order."""


def make(folder: Path) -> None:
    """Make the folder and an empty database, both for this user alone, where they are not. Raises LogUnwritable."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / DATABASE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LogUnwritable(folder, str(error)) from error
    os.close(handle)


def prepare(folder: Path) -> run.Run:
    """Check, migrate and count this start, in one transaction: all of it or nothing."""
    _look(folder, thoroughly=True)
    with sqlite.writing(folder / DATABASE).connect() as conn:
        sqlite.begin(conn)
        try:
            this = _prepare(conn, folder)
            sqlite.commit(conn)
        except BaseException:
            sqlite.roll_back(conn)
            raise
    return this


def _prepare(conn: Connection, folder: Path) -> run.Run:
    if migrate.revision(conn) != schema.REVISION:
        migrate.upgrade(conn)
    migrate.ensure_indexes(conn)
    the_user(conn)
    return run.begin(conn, folder)


def beside(folder: Path) -> run.Run:
    """The run under way, when its schema is ours."""
    if not (folder / DATABASE).exists():
        raise LogOutdated(folder, "none", schema.REVISION)
    found = _look(folder)
    with sqlite.reading(folder / DATABASE).connect() as conn:
        this = run.read(conn) if found == schema.REVISION else None
    if this is None:
        raise LogOutdated(folder, found or "none", schema.REVISION)
    return this


def _look(folder: Path, *, thoroughly: bool = False) -> str:
    """The database's revision, read without the right to change anything. Raises LogNewer, LogCorrupt."""
    path = folder / DATABASE
    with sqlite.reading(path).connect() as conn:
        found = migrate.revision(conn)
        if found > schema.REVISION:
            raise LogNewer(folder, found, schema.REVISION)
        trusted = found and run.is_as_left(conn, folder)
        limit = CHECK_AGAIN_BYTES if trusted else CHECK_BYTES
        damage = sqlite.damage(conn) if thoroughly and path.stat().st_size <= limit else None
    if damage:
        raise LogCorrupt(folder, damage)
    return found


def typed(folder: Path, error: BaseException) -> BaseException:
    """The error as one of the log's own."""
    if sqlite.is_corrupt(error):
        return LogCorrupt(folder, sqlite.message(error))
    if sqlite.is_busy(error):
        return LogUnwritable(
            folder, f"another program holds {DATABASE} and must let go ({sqlite.message(error)})"
        )
    if sqlite.is_error(error) or isinstance(error, OSError):
        return LogUnwritable(folder, sqlite.message(error))
    return error
