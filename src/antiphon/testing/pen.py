"""Writes a session's log by hand, as its one writer would."""

import msgspec
from msgspec.structs import replace

from antiphon.log.append import Append, Encoded, NewCommand, append
from antiphon.log.projects import add_project
from antiphon.log.sessions import Session, claim, create_session, get_session
from antiphon.log.store import Log
from antiphon.model.events import AnyEvent
from antiphon.model.ids import new_id

_encode = msgspec.json.Encoder().encode


class Pen:
    """A claim on one session: numbers events, stamps them (at = 1000 · seq) and appends them."""

    def __init__(self, log: Log, session: Session) -> None:
        self.log = log
        self.session = session
        self.generation = session.generation
        self.head = session.head

    @classmethod
    async def on_new_session(cls, log: Log, user: int, *, path: str = "/home/me/app") -> "Pen":
        """Make a session in the project of that path, and claim it."""
        project = await log.write(lambda conn: add_project(conn, user=user, path=path, at=1))
        made = await log.write(
            lambda conn: create_session(
                conn, id=new_id(), user=user, project=project.id, provider="practice", node=log.node, at=1
            )
        )
        return cls(log, await log.write(lambda conn: claim(conn, made.key, log.node)))

    @property
    def key(self) -> int:
        """The session's key."""
        return self.session.key

    def numbered(self, *events: AnyEvent) -> list[Encoded]:
        """The events with the seqs that follow the head."""
        stamped = [replace(x, seq=seq, at=1000 * seq) for seq, x in enumerate(events, self.head + 1)]
        return [Encoded(event, _encode(event)) for event in stamped]

    def batch(self, *events: AnyEvent, command: NewCommand | None = None) -> Append:
        """The append of these events."""
        return Append(
            session=self.key,
            generation=self.generation,
            head=self.head,
            events=self.numbered(*events),
            command=command,
        )

    async def write(self, *events: AnyEvent, command: NewCommand | None = None) -> int:
        """Append them; returns the new head."""
        batch = self.batch(*events, command=command)
        await self.log.write(lambda conn: append(conn, batch))
        self.head += len(events)
        return self.head

    async def row(self) -> Session:
        """The session's row as it is now."""
        found = await self.log.read(lambda conn: get_session(conn, None, self.session.id))
        assert found is not None
        return found
