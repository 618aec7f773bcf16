"""What was imported of agents' own records: a row per file, and the sessions made of them.

A conversation is one session, whoever began it: where Antiphon ran it itself, its file is noted
as that session's and makes no other. Nothing that a person has read or chosen is ever undone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, delete, exists, func, select, text, update

from antiphon.log import schema
from antiphon.log.projects import add_project
from antiphon.log.record import Record
from antiphon.log.sessions import create_session
from antiphon.log.sqlite import insert_or_ignore
from antiphon.model.ids import new_id


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
_SKIPPED = text("reason IS NOT NULL")
"""As literal text: SQLite uses a partial index only for a query that says its very condition."""


def known(conn: Connection, user: int, provider: str) -> dict[str, Imported]:
    """All files of the provider's record that were looked at, by path."""
    query = select(*_COLUMNS).where(_i.user_id == user, _i.provider == provider)
    return {row.path: row for row in map(Imported.from_row, conn.execute(query))}


def at_path(conn: Connection, user: int, provider: str, path: str) -> Imported | None:
    """One file."""
    this = (_i.user_id == user, _i.provider == provider, _i.path == path)
    row = conn.execute(select(*_COLUMNS).where(*this)).first()
    return Imported.from_row(row) if row else None


def note(conn: Connection, user: int, provider: str, node: str, seen: Sequence[Seen]) -> list[str]:
    """Write down what was seen. Returns the ids of the sessions that are new or changed in the lists."""
    changed = (_note(conn, user, provider, node, each) for each in seen)
    return [session for session in changed if session]


def _note(conn: Connection, user: int, provider: str, node: str, seen: Seen) -> str | None:
    before = at_path(conn, user, provider, seen.path)
    if seen.native is None:
        _put(conn, user, provider, seen, before, session=before.session if before else None)
        return None
    if before and before.session is not None:
        _put(conn, user, provider, seen, before, session=before.session)
        return _follow(conn, before.session, before, seen)
    session = _session_of(conn, user, provider, seen.native)
    if session is not None:  # Antiphon ran it itself, or another file has it
        taken = conn.scalar(select(_i.path).where(_i.session == session))
        rejected = {"reason": "duplicate", "detail": taken} if taken else {}
        _put(conn, user, provider, seen, before, session=None if taken else session, **rejected)
        return None
    made = _make(conn, user, provider, node, seen)
    _put(conn, user, provider, seen, before, session=made[0])
    return made[1]


def _put(
    conn: Connection, user: int, provider: str, seen: Seen, before: Imported | None, **more: Any
) -> None:
    values: dict[str, Any] = {
        "native_session_id": seen.native,
        "size": seen.size,
        "mtime": seen.mtime,
        "title": seen.title,
        "reason": seen.reason,
        "detail": seen.detail,
    } | more
    if before:
        conn.execute(update(schema.imported).where(_i.key == before.key).values(values))
    else:
        own = {"user_id": user, "provider": provider, "path": seen.path}
        conn.execute(insert_or_ignore(schema.imported).values(values | own))


def _session_of(conn: Connection, user: int, provider: str, native: str) -> int | None:
    """The session that has the conversation."""
    this = (_s.native_session_id == native, _s.provider == provider, _s.user_id == user)
    return conn.scalar(select(_s.key).where(*this).order_by(_s.key).limit(1))


def _make(conn: Connection, user: int, provider: str, node: str, seen: Seen) -> tuple[int, str]:
    project = add_project(conn, user=user, path=seen.folder, at=seen.last_activity)
    made = create_session(
        conn,
        id=new_id(),
        user=user,
        project=project.id,
        provider=provider,
        node=node,
        at=seen.last_activity,
        title=seen.title,
    )
    values = {"native_session_id": seen.native, "created_at": seen.created_at, "imported": True}
    conn.execute(update(schema.session_metadata).where(_s.key == made.key).values(values))
    _touch_project(conn, made.key, seen.last_activity)
    return made.key, made.id


def _follow(conn: Connection, session: int, before: Imported, seen: Seen) -> str | None:
    """The file grew: the session's row shows it, but for a title that a person gave."""
    this = update(schema.session_metadata).where(_s.key == session)
    moved = conn.execute(
        this.where(_s.last_activity < seen.last_activity).values(last_activity=seen.last_activity)
    ).rowcount
    named = conn.execute(
        this.where(_s.display_name == before.title, _s.display_name != seen.title).values(
            display_name=seen.title
        )
    ).rowcount
    if not moved and not named:
        return None
    _touch_project(conn, session, seen.last_activity)
    return conn.scalar(select(_s.id).where(_s.key == session))


def _touch_project(conn: Connection, session: int, at: int) -> None:
    p = schema.project.c
    project = select(_s.project_id).where(_s.key == session).scalar_subquery()
    conn.execute(
        update(schema.project).where(p.key == project, p.last_activity < at).values(last_activity=at)
    )


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
    own = get_own(conn, session)
    if own is None:
        return None
    user, provider, native = own
    row = at_path(conn, user, provider, path)
    if row is None or row.session is None:
        if conn.scalar(select(exists().where(_i.session == session))):
            conn.execute(update(schema.imported).where(_i.session == session).values(session=None, size=-1))
        _put(
            conn,
            user,
            provider,
            Seen(path=path, size=size, mtime=mtime, native=native, title=row.title if row else ""),
            row,
            session=session,
        )
        row = at_path(conn, user, provider, path)
    return row if row and row.session == session else None


def get_own(conn: Connection, session: int) -> tuple[int, str, str | None] | None:
    """(user, provider, native id) of the session."""
    row = conn.execute(select(_s.user_id, _s.provider, _s.native_session_id).where(_s.key == session)).first()
    return (row[0], row[1], row[2]) if row else None


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
