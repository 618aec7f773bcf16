"""Projects: named folders, each of one user."""

import time

from sqlalchemy import Connection, insert, or_, select, update

from antiphon.log import schema
from antiphon.log.errors import NameTaken, UnknownProject
from antiphon.log.record import Record
from antiphon.model.ids import new_id


class Project(Record, frozen=True):
    """A folder that agents work in."""

    key: int
    id: str
    user: int
    name: str
    path: str
    created_at: int
    last_activity: int
    trusted_at: int | None = None

    @property
    def trusted(self) -> bool:
        """Whether the person let agents start there."""
        return self.trusted_at is not None


_p = schema.project.c
_COLUMNS = (_p.key, _p.id, _p.user_id, _p.name, _p.path, _p.created_at, _p.last_activity, _p.trusted_at)


def add_project(
    conn: Connection,
    *,
    user: int,
    path: str,
    name: str | None = None,
    at: int | None = None,
    id: str | None = None,
    trusted_at: int | None = None,
) -> Project:
    """The user's project of this folder, made when there is none.

    A name that is taken gets a number; a project that is there keeps its name and its trust
    (`trusted_at` adds trust, it never takes it away).
    """
    known = conn.execute(select(*_COLUMNS).where(_p.user_id == user, _p.path == path)).first()
    if known is None:
        at, id = at or time.time_ns() // 1_000_000, id or new_id()
        row = {"id": id, "user_id": user, "path": path, "created_at": at, "last_activity": at}
        free = _free_name(conn, user, name or path.rstrip("/").rpartition("/")[2] or path)
        conn.execute(insert(schema.project).values(row | {"name": free, "trusted_at": trusted_at}))
        return _expect(conn, user, id)
    project = Project.from_row(known)
    return trust_project(conn, user, project.id, trusted_at) if trusted_at else project


def _free_name(conn: Connection, user: int, name: str) -> str:
    taken = set(conn.scalars(select(_p.name).where(_p.user_id == user)))
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    return candidate


def _expect(conn: Connection, user: int, id: str) -> Project:
    row = conn.execute(select(*_COLUMNS).where(_p.user_id == user, _p.id == id)).first()
    if row is None:
        raise UnknownProject(id)
    return Project.from_row(row)


def get_project(conn: Connection, user: int, id_or_name: str) -> Project | None:
    """The user's project by its id or its name (an id goes first)."""
    this = (_p.user_id == user, or_(_p.id == id_or_name, _p.name == id_or_name))
    rows = [Project.from_row(row) for row in conn.execute(select(*_COLUMNS).where(*this))]
    return next((p for p in rows if p.id == id_or_name), rows[0] if rows else None)


def get_project_at(conn: Connection, user: int, path: str) -> Project | None:
    """The user's project of this folder."""
    row = conn.execute(select(*_COLUMNS).where(_p.user_id == user, _p.path == path)).first()
    return Project.from_row(row) if row else None


def list_projects(conn: Connection, user: int) -> list[Project]:
    """The user's projects, the most recently used first."""
    query = select(*_COLUMNS).where(_p.user_id == user).order_by(_p.last_activity.desc(), _p.key.desc())
    return [Project.from_row(row) for row in conn.execute(query)]


def trust_project(conn: Connection, user: int, id: str, at: int) -> Project:
    """Let agents start in the project's folder; the first trust's time stays."""
    this = (_p.user_id == user, _p.id == id, _p.trusted_at.is_(None))
    conn.execute(update(schema.project).where(*this).values(trusted_at=at))
    return _expect(conn, user, id)


def rename(conn: Connection, user: int, id: str, name: str) -> Project:
    """Give the project another name, in its sessions' rows too. Raises NameTaken, UnknownProject."""
    project = _expect(conn, user, id)
    if (
        conn.scalar(select(_p.key).where(_p.user_id == user, _p.name == name, _p.key != project.key))
        is not None
    ):
        raise NameTaken(name)
    conn.execute(update(schema.project).where(_p.key == project.key).values(name=name))
    s = schema.session_metadata.c
    mine = (s.project_name == project.name, s.project_id == project.key)
    conn.execute(update(schema.session_metadata).where(*mine).values(project_name=name))
    return _expect(conn, user, id)
