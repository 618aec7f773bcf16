"""Writing down what a look at agents' own files found: sessions for those that are conversations.

A conversation is one session, whoever began it: where Antiphon ran it itself, its file is noted
as that session's and makes no other. Nothing that a person has chosen is undone: a title, a star,
the trash.

Thousands of files come at the first start, so the statements are prepared: a file holds the
writer for half a ms instead of four.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, insert, select, update

from antiphon.log import schema
from antiphon.log.imports import Imported, Seen, at_path, put
from antiphon.log.prepared import Prepared
from antiphon.log.projects import Project, add_project
from antiphon.model.ids import new_id

_i, _s, _p = schema.imported.c, schema.session_metadata.c, schema.project.c

_SESSION = Prepared(
    select(_s.key)
    .where(
        _s.native_session_id == bindparam("native"),
        _s.provider == bindparam("provider"),
        _s.user_id == bindparam("user"),
    )
    .order_by(_s.key)
    .limit(bindparam("one"))
)
_READ_BY = Prepared(select(_i.path).where(_i.session == bindparam("session")))
_NEW = (
    "id", "user_id", "project_id", "project_name", "provider", "display_name", "native_session_id", "node",
    "epoch", "created_at", "last_activity", "imported",
)  # fmt: skip
_ADD = Prepared(insert(schema.session_metadata).values({name: bindparam(name) for name in _NEW}))


def note(conn: Connection, user: int, provider: str, node: str, seen: Sequence[Seen]) -> list[str]:
    """Write it down. Returns the ids of the sessions that are new or changed in the lists."""
    noting = _Noting(conn, user, provider, node)
    changed = [session for each in seen if (session := noting.note(each))]
    noting.touch_projects()
    return changed


class _Noting:
    """One transaction's worth of files."""

    def __init__(self, conn: Connection, user: int, provider: str, node: str) -> None:
        self._conn, self._user, self._provider, self._node = conn, user, provider, node
        self._projects: dict[str, Project] = {}
        self._active: dict[int, int] = {}
        """Project's key → its latest activity among these files."""

    def note(self, seen: Seen) -> str | None:
        before = at_path(self._conn, self._user, self._provider, seen.path)
        if seen.native is None:
            self._put(seen, before, before.session if before else None)
            return None
        if before and before.session is not None:
            self._put(seen, before, before.session)
            return self._follow(before.session, before, seen)
        session = self._session_of(seen.native)
        if session is None:
            key, id = self._make(seen)
            self._put(seen, before, key)
            return id
        self._put_beside(seen, before, session)
        return None

    def _put(self, seen: Seen, before: Imported | None, session: int | None) -> None:
        put(self._conn, self._user, self._provider, seen, before, session)

    def _session_of(self, native: str) -> int | None:
        """The session that has the conversation: Antiphon ran it itself, or it has another file."""
        found = _SESSION.run(
            self._conn, native=native, provider=self._provider, user=self._user, one=1
        ).first()
        return found[0] if found else None

    def _put_beside(self, seen: Seen, before: Imported | None, session: int) -> None:
        taken = _READ_BY.run(self._conn, session=session).first()
        if taken:
            self._put(replace(seen, reason="duplicate", detail=taken[0]), before, None)
        else:
            self._put(seen, before, session)

    def _make(self, seen: Seen) -> tuple[int, str]:
        """A session for the conversation: (key, id)."""
        project = self._project(seen)
        row: dict[str, Any] = {
            "id": new_id(),
            "user_id": self._user,
            "project_id": project.key,
            "project_name": project.name,
            "provider": self._provider,
            "display_name": seen.title,
            "native_session_id": seen.native,
            "node": self._node,
            "epoch": new_id(),
            "created_at": seen.created_at,
            "last_activity": seen.last_activity,
            "imported": True,
        }
        key = _ADD.run(self._conn, **row).lastrowid
        self._active[project.key] = max(seen.last_activity, self._active.get(project.key, 0))
        return key, row["id"]

    def _project(self, seen: Seen) -> Project:
        if seen.folder not in self._projects:
            self._projects[seen.folder] = add_project(
                self._conn, user=self._user, path=seen.folder, at=seen.last_activity
            )
        return self._projects[seen.folder]

    def _follow(self, session: int, before: Imported, seen: Seen) -> str | None:
        """The file grew: the session's row shows it, but for a title that a person gave. Its id, if it changed."""
        this = update(schema.session_metadata).where(_s.key == session)
        later = this.where(_s.last_activity < seen.last_activity).values(last_activity=seen.last_activity)
        ours = this.where(_s.display_name == before.title, _s.display_name != seen.title)
        moved = self._conn.execute(later).rowcount
        named = self._conn.execute(ours.values(display_name=seen.title)).rowcount
        if not moved and not named:
            return None
        row = self._conn.execute(select(_s.id, _s.project_id).where(_s.key == session)).one()
        self._active[row[1]] = max(seen.last_activity, self._active.get(row[1], 0))
        return row[0]

    def touch_projects(self) -> None:
        """A project is as active as the latest of its sessions."""
        for key, at in self._active.items():
            this = update(schema.project).where(_p.key == key, _p.last_activity < at)
            self._conn.execute(this.values(last_activity=at))
