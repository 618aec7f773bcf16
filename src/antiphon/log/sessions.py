"""Sessions: one row each, which the projections keep, and the lists of them.

The lists' statements are written so that an index holds their order (promise 9): raw columns
in ORDER BY, the integer key as tie-break, one statement per case instead of conditions that
may be off. tests/unit/log/test_plans.py proves the plans of the statements as issued.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import Any, Literal

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)

from antiphon.log import schema
from antiphon.log.errors import UnknownProject, UnknownSession
from antiphon.log.prepared import Prepared
from antiphon.log.record import Record
from antiphon.model.ids import new_id


class Session(Record, frozen=True):
    """A session's row. Times are ms since the Unix epoch."""

    key: int
    id: str
    user: int
    project: str
    """The project's id."""
    project_name: str
    project_path: str
    project_trusted: bool
    provider: str
    title: str
    last_activity: int
    created_at: int
    message_count: int
    starred: bool
    node: str
    generation: int
    """Which writer may append: it goes up with every claim."""
    epoch: str
    """Which incarnation of the log this is; another one after a restore."""
    head: int
    native_session: str | None = None
    """The agent's own id of the conversation."""
    model: str | None = None
    mode: str | None = None
    queue_held: bool = False
    trashed_at: int | None = None
    running: str | None = None
    """The running turn's id."""
    stalled: bool = False
    waiting: int = 0
    """Open approvals."""
    queued: int = 0
    last_end: str | None = None
    """The type of the last end of a turn that ran, such as `turn-failed`."""
    lost: bool = False
    """The agent has lost the conversation."""
    tasks: int = 0
    """What its agent runs in the background."""
    imported: bool = False
    """The agent's own program began it."""
    ended: int = 0
    """The seq of the last end of a turn that ran."""
    seen: int = 0
    """Its owner has seen the log up to there."""
    effort: str | None = None
    fork_of: str | None = None
    """Its agent begins as a copy of this conversation of the agent's."""
    fork_before: str | None = None
    """The copy is without these turns (ids with spaces between, the oldest first)."""


Only = Literal["running", "waiting", "queued", "failed", "unread", "starred"]
"""What a list may be narrowed to; each has an index."""

_s, _p = schema.session_metadata.c, schema.project.c
_COLUMNS: tuple[ColumnElement[Any], ...] = (
    _s.key,
    _s.id,
    _s.user_id,
    _p.id,
    _s.project_name,
    _p.path,
    _p.trusted_at.is_not(None),
    _s.provider,
    _s.display_name,
    _s.last_activity,
    _s.created_at,
    _s.message_count,
    _s.is_starred,
    _s.node,
    _s.generation,
    _s.epoch,
    _s.head,
    _s.native_session_id,
    _s.model,
    _s.mode,
    _s.queue_held,
    _s.trashed_at,
    _s.running,
    _s.stalled,
    _s.waiting,
    _s.queued,
    _s.last_end,
    _s.lost,
    _s.tasks,
    _s.imported,
    _s.ended,
    _s.seen,
    _s.effort,
    _s.fork_of,
    _s.fork_before,
)
_FLAGS = [place for place, column in enumerate(_COLUMNS) if isinstance(column.type, Boolean)]


def _sessions(rows: Iterable[tuple[Any, ...]]) -> list[Session]:
    """The rows of a `Prepared`. By columns: one by one they take three times as long, half of a list's page."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    if not columns:
        return []
    for place in _FLAGS:
        columns[place] = [value == 1 for value in columns[place]]
    return list(map(Session, *columns))


def select_sessions() -> Select[*tuple[Any, ...]]:
    """Sessions with their projects.

    An outer join keeps `session_metadata` the outer loop, and so its index's order; an inner
    join would let the planner begin at `project` and sort.
    """
    joined = schema.session_metadata.outerjoin(schema.project, _p.key == _s.project_id)
    return select(*_COLUMNS).select_from(joined)


def create_session(
    conn: Connection,
    *,
    id: str,
    user: int,
    project: str,
    provider: str,
    node: str,
    at: int,
    model: str | None = None,
    mode: str | None = None,
    effort: str | None = None,
    title: str = "",
) -> Session:
    """A new session in the user's project (its id). Raises UnknownProject."""
    found = next(iter(_PROJECT.rows(conn, project=project, user=user)), None)
    if found is None:
        raise UnknownProject(project)
    values = {
        "id": id,
        "user_id": user,
        "project_id": found[0],
        "project_name": found[1],
        "provider": provider,
    }
    values |= {"node": node, "created_at": at, "last_activity": at, "epoch": new_id(), "display_name": title}
    conn.execute(
        insert(schema.session_metadata).values(values | {"model": model, "mode": mode, "effort": effort})
    )
    return _expect(conn, _s.id == id, id)


class Memory(Record, frozen=True):
    """What a copy's agent begins with: a copy of a conversation of its own."""

    native: str
    without: Sequence[str]
    """Turns that it does not have."""


def create_copy(conn: Connection, source: Session, *, id: str, at: int, memory: Memory | None) -> Session:
    """A session like `source` without its log, in the trash until it is whole."""
    created = create_session(
        conn,
        id=id,
        user=source.user,
        project=source.project,
        provider=source.provider,
        node=source.node,
        at=at,
        model=source.model,
        mode=source.mode,
        effort=source.effort,
        title=source.title,
    )
    values: dict[str, Any] = {"trashed_at": at}
    if memory:
        values |= {"fork_of": memory.native, "fork_before": " ".join(memory.without)}
    conn.execute(update(schema.session_metadata).where(_s.key == created.key).values(values))
    return _expect(conn, _s.key == created.key, id)


def _expect(conn: Connection, where: ColumnElement[bool], session: int | str) -> Session:
    row = conn.execute(select_sessions().where(where)).first()
    if row is None:
        raise UnknownSession(session)
    return Session.from_row(row)


def get_session(conn: Connection, user: int | None, id: str) -> Session | None:
    """The session by its id, if it is the user's (None: any user's, for the server itself)."""
    query = _BY_ID if user is None else _OF_USER
    return next(iter(_sessions(query.rows(conn, id=id, user=user))), None)


_BY_ID = Prepared(select_sessions().where(_s.id == bindparam("id")))
_OF_USER = Prepared(select_sessions().where(_s.id == bindparam("id"), _s.user_id == bindparam("user")))


def list_sessions(
    conn: Connection,
    user: int,
    *,
    project: str | None = None,
    provider: str | None = None,
    title: str = "",
    only: Only | None = None,
    trashed: bool = False,
    before: tuple[int, int] | None = None,
    limit: int = 50,
) -> list[Session]:
    """A page of the user's sessions, the latest activity first.

    `title`: only those whose title holds it, ASCII letters in either case. `before` is (last_activity, key) of the last row of the page before.
    """
    wanted: dict[str, Any] = {"user": user, "provider": provider, "title": _holding(title)}
    if project is not None:
        found = next(iter(_PROJECT.rows(conn, project=project, user=user)), None)
        if found is None:
            return []
        wanted["project"], wanted["project_name"] = found
    case = partial(_newest, project is not None, provider is not None, bool(title), only, trashed)
    if before is None:
        return _page(conn, case("first"), wanted, limit)
    # Two statements, as SQLite's (last_activity, key) < (?, ?) would walk over all rows of the same time.
    wanted |= {"before": before[0], "key": before[1]}
    page = _page(conn, case("same time"), wanted, limit)
    if len(page) < limit:
        page += _page(conn, case("older"), wanted, limit - len(page))
    return page


def _holding(words: str) -> str:
    """The pattern of LIKE for what holds these words, whatever characters are in them."""
    for special in ("\\", "%", "_"):
        words = words.replace(special, f"\\{special}")
    return f"%{words}%"


_PROJECT = Prepared(
    select(_p.key, _p.name).where(_p.id == bindparam("project"), _p.user_id == bindparam("user"))
)


@cache
def _newest(
    of_project: bool,
    of_provider: bool,
    of_title: bool,
    only: Only | None,
    trashed: bool,
    place: Literal["first", "same time", "older"],
) -> Prepared:
    """The statement of a page: made once, for making it takes longer than running it."""
    query = select_sessions().where(_s.user_id == bindparam("user"))
    if of_project:
        query = query.where(
            _s.project_name == bindparam("project_name"), _s.project_id == bindparam("project")
        )
    if of_provider:
        query = query.where(_s.provider == bindparam("provider"))
    if of_title:
        query = query.where(_s.display_name.like(bindparam("title"), escape="\\"))
    if only:
        query = query.where(schema.ONLY[only])
    query = query.where(_s.trashed_at.is_not(None) if trashed else _s.trashed_at.is_(None))
    if place == "same time":
        query = query.where(_s.last_activity == bindparam("before"), _s.key < bindparam("key"))
    elif place == "older":
        query = query.where(_s.last_activity < bindparam("before"))
    return Prepared(query.order_by(_s.last_activity.desc(), _s.key.desc()).limit(bindparam("limit")))


def _page(conn: Connection, query: Prepared, wanted: dict[str, Any], limit: int) -> list[Session]:
    return _sessions(query.rows(conn, **wanted, limit=limit))


def by_keys(conn: Connection, user: int, keys: Iterable[int]) -> dict[int, Session]:
    """Of these sessions those that are the user's and not in the trash, by key."""
    found = select_sessions().where(_s.key.in_(keys), _s.user_id == user, _s.trashed_at.is_(None))
    return {row.key: row for row in map(Session.from_row, conn.execute(found))}


def count(conn: Connection) -> int:
    """How many sessions there are, of all users and in the trash too."""
    return conn.scalar(select(func.count()).select_from(schema.session_metadata)) or 0


def with_queue(conn: Connection, node: str) -> list[Session]:
    """This node's sessions whose queue would go on by itself."""
    waiting = select(schema.turn.c.session).where(schema.turn.c.state == schema.literal("queued"))
    found = select_sessions().where(_s.key.in_(waiting), _s.node == node, _s.queue_held.is_(False))
    return [Session.from_row(row) for row in conn.execute(found)]


def with_tasks(conn: Connection, node: str) -> list[Session]:
    """This node's sessions whose agent runs something in the background, or ran when its server died."""
    # As literal text: SQLite uses a partial index only for a query that says its very condition.
    found = select_sessions().where(_s.node == node, text("session_metadata.tasks > 0")).order_by(_s.key)
    return [Session.from_row(row) for row in conn.execute(found)]


def claim(conn: Connection, session: int, node: str) -> Session:
    """Become the session's writer: appends of earlier generations are fenced from now on."""
    this = update(schema.session_metadata).where(_s.key == session)
    conn.execute(this.values(generation=_s.generation + 1, node=node))
    return _expect(conn, _s.key == session, session)


def set_native(conn: Connection, session: int, native: str | None) -> None:
    """Note the agent's own id of the conversation; a copy that it was to be is made."""
    values = {"native_session_id": native, "fork_of": None, "fork_before": None}
    conn.execute(update(schema.session_metadata).where(_s.key == session).values(values))


def set_trashed(conn: Connection, session: int, at: int | None) -> None:
    """Put the session into the trash, or (None) take it out."""
    conn.execute(update(schema.session_metadata).where(_s.key == session).values(trashed_at=at))


def set_seen(conn: Connection, user: int, id: str, seq: int) -> bool:
    """The owner has seen the session's log up to there, never less than before. False: nothing new."""
    session = update(schema.session_metadata).where(_s.id == id, _s.user_id == user, _s.seen < seq)
    return conn.execute(session.values(seen=seq)).rowcount == 1


def new_epochs(conn: Connection, node: str, make: Callable[[], str] = new_id) -> int:
    """Give each session of the node a new epoch: what clients saw of its log may be gone. Returns how many."""
    keys = list(conn.scalars(select(_s.key).where(_s.node == node)))
    for key in keys:
        conn.execute(update(schema.session_metadata).where(_s.key == key).values(epoch=make()))
    return len(keys)
