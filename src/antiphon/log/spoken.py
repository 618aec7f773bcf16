"""What was said in a session's log: prompts, steers and messages, for the index of them."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, select

from antiphon.log import schema
from antiphon.log.prepared import Prepared
from antiphon.log.search import Said, Whose
from antiphon.model import events as e
from antiphon.model.items import Message

EVENTS = 100
"""Read at a time: a ms or two of the interpreter."""
TEXT_CHARACTERS = 200_000
"""What a longer message says after so many characters is not found."""

_Spoken = e.TurnStarted | e.TurnSteered | e.ItemCompleted
_TYPES = ("turn-started", "turn-steered", "item-completed")
_MESSAGE = b'"kind":"message"'

_s, _e = schema.session_metadata.c, schema.event.c
_decode = msgspec.json.Decoder(_Spoken).decode

_AFTER = Prepared(
    select(_e.seq, _e.type, _e.body)
    .where(
        _e.session == bindparam("session"),
        _e.seq > bindparam("after"),
        schema.NOT_DELTA,
        _e.type.in_([schema.literal(name) for name in _TYPES]),
    )
    .order_by(_e.seq)
    .limit(bindparam("rows"))
)
_COLUMNS = (
    _s.key, _s.user_id, _s.project_id, _s.epoch, _s.head, _s.last_activity, _s.running,
    _s.imported, _s.provider, _s.native_session_id, schema.project.c.path,
)  # fmt: skip


_SPEAKERS = select(*_COLUMNS).outerjoin_from(
    schema.session_metadata, schema.project, schema.project.c.key == _s.project_id
)


class Speaker(Struct, frozen=True):
    """A session, as far as the index needs it."""

    key: int
    user: int
    project: int
    epoch: str
    head: int
    last_activity: int
    running: str | None
    imported: bool
    provider: str
    native: str | None
    """The agent's own id of the conversation."""
    folder: str | None
    """Its project's."""

    @property
    def whose(self) -> Whose:
        """For the index."""
        return Whose(
            session=self.key,
            user=self.user,
            project=self.project,
            provider=self.provider,
            epoch=self.epoch,
        )


def speakers(conn: Connection, before: tuple[int, int] | None, limit: int) -> list[Speaker]:
    """A page of all sessions, the latest activity first; `before` is (last_activity, key) of the last one before."""
    query = _SPEAKERS.order_by(_s.last_activity.desc(), _s.key.desc()).limit(limit)
    if before is None:
        return _speakers(conn.execute(query))
    same = query.where(_s.last_activity == before[0], _s.key < before[1])
    page = _speakers(conn.execute(same))
    if len(page) < limit:
        page += _speakers(conn.execute(query.where(_s.last_activity < before[0]).limit(limit - len(page))))
    return page


def speaker(conn: Connection, id: str) -> Speaker | None:
    """One session, by its id."""
    return next(iter(_speakers(conn.execute(_SPEAKERS.where(_s.id == id)))), None)


def _speakers(rows: Iterable[tuple[object, ...]]) -> list[Speaker]:
    return [Speaker(*row) for row in rows]  # type: ignore[arg-type]


def spoken_after(conn: Connection, session: int, after: int) -> tuple[list[Said], int]:
    """What was said after the seq, at most `EVENTS` events of it; and up to which seq that is all."""
    rows = list(_AFTER.rows(conn, session=session, after=after, rows=EVENTS))
    found = [
        said
        for _, kind, body in rows
        if kind != "item-completed" or _MESSAGE in body
        for said in spoken([_decode(body)])
    ]
    head = conn.scalar(select(_s.head).where(_s.key == session)) or 0
    return found, rows[-1][0] if len(rows) == EVENTS else head


def spoken(events: Iterable[e.AnyEvent]) -> list[Said]:
    """What these events say."""
    return [said for event in events if (said := _said(event)) and said.text.strip()]


def _said(event: e.AnyEvent) -> Said | None:
    match event:
        case e.TurnStarted(text=text, origin="person"):
            role, item = "person", None
        case e.TurnSteered(text=text):
            role, item = "person", f"steer-{event.seq}"
        case e.ItemCompleted(content=Message(text=text, role=by), item=item):
            role = "agent" if by == "agent" else "person"
        case _:
            return None
    return Said(
        text=text[:TEXT_CHARACTERS], at=event.at, role=role, seq=event.seq, turn=event.turn, item=item
    )
