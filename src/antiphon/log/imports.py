"""What was imported of agents' own records: a row per file, and the sessions made of them.

`imports_note` writes down what a look at the files found; this reads it, forgets what is gone, and
says how far a file is in the log.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from antiphon.log import schema
from antiphon.log.prepared import Prepared
from antiphon.log.record import Record
from antiphon.log.sqlite import insert_or_ignore


class Imported(Record, frozen=True):
    """A file."""

    key: int
    path: str
    size: int
    """Bytes, when it was last looked at."""
    mtime: int
    """ns since the Unix epoch, when it was last looked at."""
    offset: int
    """Bytes of it that are in the session's log."""
    title: str
    native: str | None = None
    session: int | None = None
    """The session's key; None: it was skipped."""
    reason: str | None = None
    """Why it was skipped."""
    detail: str = ""


class Skipped(Record, frozen=True):
    """A file that became no session."""

    provider: str
    path: str
    reason: str
    detail: str


class Seen(Struct, frozen=True, kw_only=True):
    """A file as it was looked at now: a conversation, or why it is none."""

    path: str
    size: int
    mtime: int
    native: str | None = None
    folder: str = ""
    title: str = ""
    created_at: int = 0
    """ms since the Unix epoch."""
    last_activity: int = 0
    """ms since the Unix epoch."""
    reason: str | None = None
    detail: str = ""


_i, _s = schema.imported.c, schema.session_metadata.c
_COLUMNS = (
    _i.key, _i.path, _i.size, _i.mtime, _i.offset, _i.title,
    _i.native_session_id, _i.session, _i.reason, _i.detail,
)  # fmt: skip
_AT_PATH = Prepared(
    select(*_COLUMNS).where(
        _i.user_id == bindparam("user"), _i.provider == bindparam("provider"), _i.path == bindparam("path")
    )
)
_ROW = ("native_session_id", "session", "size", "mtime", "title", "reason", "detail")
_ADD = Prepared(
    insert_or_ignore(schema.imported).values(
        {name: bindparam(name) for name in ("user_id", "provider", "path", *_ROW)}
    )
)
_CHANGE = Prepared(
    update(schema.imported)
    .where(_i.key == bindparam("known"))
    .values({name: bindparam(name) for name in _ROW})
)
_SKIPPED = text("reason IS NOT NULL")
"""As literal text: SQLite uses a partial index only for a query that says its very condition."""


def known(conn: Connection, user: int, provider: str) -> dict[str, Imported]:
    """All files of the provider's record that were looked at, by path."""
    query = select(*_COLUMNS).where(_i.user_id == user, _i.provider == provider)
    return {row.path: row for row in map(Imported.from_row, conn.execute(query))}


def at_path(conn: Connection, user: int, provider: str, path: str) -> Imported | None:
    """One file."""
    row = _AT_PATH.run(conn, user=user, provider=provider, path=path).first()
    return Imported.from_row(row) if row else None


def put(
    conn: Connection, user: int, provider: str, seen: Seen, before: Imported | None, session: int | None
) -> None:
    """Write the file's row, in the place of the one before."""
    row: dict[str, Any] = {
        "native_session_id": seen.native,
        "session": session,
        "size": seen.size,
        "mtime": seen.mtime,
        "title": seen.title,
        "reason": seen.reason,
        "detail": seen.detail,
    }
    if before:
        _CHANGE.change(conn, known=before.key, **row)
    else:
        _ADD.change(conn, user_id=user, provider=provider, path=seen.path, **row)


def gone(conn: Connection, user: int, provider: str, paths: Iterable[str]) -> list[str]:
    """Forget files that are not there any more. A session that nobody ever opened goes with its file.

    Returns the ids of those sessions.
    """
    went: list[str] = []
    for path in paths:
        row = at_path(conn, user, provider, path)
        if row is None:
            continue
        conn.execute(delete(schema.imported).where(_i.key == row.key))
        if row.session is not None and (id := _untouched(conn, row.session)):
            conn.execute(delete(schema.session_metadata).where(_s.key == row.session))
            went.append(id)
    return went


def _untouched(conn: Connection, session: int) -> str | None:
    """The session's id, if nothing was ever read or done in it."""
    this = (_s.key == session, _s.head == 0, _s.is_starred.is_(False), _s.generation == 0)
    return conn.scalar(select(_s.id).where(*this))


def claimed(conn: Connection, session: int) -> list[str]:
    """The session has a conversation of the agent's now: one that was imported of the same file goes.

    Returns the ids of sessions that went. One that somebody opened stays.
    """
    own = conn.execute(select(_s.user_id, _s.provider, _s.native_session_id).where(_s.key == session)).one()
    conn.execute(
        update(schema.imported)
        .where(_i.session == session, _i.native_session_id != own[2])
        .values(session=None, size=-1, mtime=-1, offset=0)
    )  # a fork: the file that it was made of is looked at anew, and becomes a session of its own
    same = (_s.user_id == own[0], _s.provider == own[1], _s.native_session_id == own[2], _s.key != session)
    went: list[str] = []
    for key in list(conn.scalars(select(_s.key).where(*same))):
        if id := _untouched(conn, key):
            conn.execute(delete(schema.session_metadata).where(_s.key == key))
            went.append(id)
    return went


def advance(conn: Connection, key: int, offset: int) -> None:
    """The file's bytes up to there are in the log: in the transaction that puts them there."""
    conn.execute(update(schema.imported).where(_i.key == key).values(offset=offset))


def attach(conn: Connection, session: int, path: str, size: int, mtime: int) -> Imported | None:
    """The row by which the session reads its file, made where there is none. None: another session reads it."""
    own = conn.execute(select(_s.user_id, _s.provider, _s.native_session_id).where(_s.key == session)).one()
    row = at_path(conn, own[0], own[1], path)
    if row is None or row.session is None:
        # It may have read another file until now: that one is looked at anew.
        let_go = update(schema.imported).where(_i.session == session)
        conn.execute(let_go.values(session=None, size=-1, offset=0))
        seen = Seen(path=path, size=size, mtime=mtime, native=own[2], title=row.title if row else "")
        put(conn, own[0], own[1], seen, row, session)
        row = at_path(conn, own[0], own[1], path)
    return row if row and row.session == session else None


def skipped(conn: Connection, user: int, limit: int, after: str = "") -> list[Skipped]:
    """Files that became no session, in order of their paths."""
    query = select(_i.provider, _i.path, _i.reason, _i.detail).where(
        _i.user_id == user, _i.path > after, _SKIPPED
    )
    return [Skipped.from_row(row) for row in conn.execute(query.order_by(_i.path).limit(limit))]


def counts(conn: Connection, user: int) -> tuple[int, int]:
    """(sessions, skipped files)."""
    found = conn.execute(
        select(func.count(_i.session), func.count(_i.reason)).where(_i.user_id == user)
    ).one()
    return found[0], found[1]


def turns(conn: Connection, session: int) -> dict[str, bool]:
    """The session's turns: id → whether a person asked for it here (another program's have no command)."""
    t = schema.turn.c
    found = conn.execute(select(t.id, t.command.is_not(None)).where(t.session == session))
    return {id: bool(here) for id, here in found}
