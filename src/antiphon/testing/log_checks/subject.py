"""What is checked, and what the checks share."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import Connection, insert

from antiphon.log import events, schema, users
from antiphon.log.append import NewCommand
from antiphon.log.errors import (
    LogError,
)
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.items import Message
from antiphon.testing.pen import Pen

RACERS = 6

E = TypeVar("E", bound=LogError)


class Subject(Struct, frozen=True, kw_only=True):
    """What to check."""

    log: Log
    beside: Callable[[], Awaitable[Log]]
    """The same log through another connection; the check closes it."""

    async def user(self) -> int:
        """The owner's key."""
        return (await self.log.read(users.the_user)).key

    async def stranger(self) -> int:
        """The key of another user, who owns nothing."""

        def add(conn: Connection) -> int:
            values = {"id": new_id(), "name": "stranger", "created_at": 1}
            return conn.scalars(insert(schema.user).values(values).returning(schema.user.c.key)).one()

        return await self.log.write(add)

    async def pen(self, path: str = "/home/me/app") -> Pen:
        """A new session of the owner, claimed."""
        return await Pen.on_new_session(self.log, await self.user(), path=path)


async def refused(awaited: Awaitable[object], kind: type[E]) -> E:
    """The error of that kind that the call must raise."""
    try:
        await awaited
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def started(turn: str, text: str = "hello") -> e.TurnStarted:
    """A turn's first event."""
    return e.TurnStarted(turn=turn, text=text)


def asked(turn: str, approval: str) -> e.ApprovalRequested:
    """An agent's question."""
    option = e.Option(id="yes", label="Yes", kind="allow-once")
    return e.ApprovalRequested(
        turn=turn, approval=approval, kind="permission", title="May I?", options=[option]
    )


def said(turn: str, item: str, text: str) -> e.ItemCompleted:
    """A complete message of the agent."""
    return e.ItemCompleted(turn=turn, item=item, content=Message(text=text))


def command(user: int, id: str, body: bytes = b"h", at: int = 1) -> NewCommand:
    """A command to store."""
    return NewCommand(user=user, command=id, hash=body, reply=b'{"type":"accepted"}', at=at)


async def race(subject: Subject, attempt: Callable[[Log], Awaitable[object]]) -> list[object]:
    """The outcomes of the same attempt many times at once, over two connections."""
    beside = await subject.beside()
    try:
        both = [attempt(log) for _ in range(RACERS) for log in (subject.log, beside)]
        return list(await asyncio.gather(*both, return_exceptions=True))
    finally:
        await beside.close()


def kinds(results: list[object]) -> list[type[BaseException] | None]:
    """The kinds of the errors, successes (None) first."""
    found = [type(x) if isinstance(x, BaseException) else None for x in results]
    return sorted(found, key=lambda kind: kind is not None)


async def all_events(log: Log, session: int, *, after: int = 0) -> list[tuple[int, bytes]]:
    """The session's events after the cursor, read as a subscription does: frame by frame."""
    found: list[tuple[int, bytes]] = []
    cursor = after
    while frame := await log.read(partial(events.read_after, session=session, cursor=cursor, limit_rows=7)):
        found += frame
        cursor = frame[-1][0]
    return found
