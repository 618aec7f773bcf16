"""Commands with an effect: stored with the reply they got, in the transaction of the effect."""

import time

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, select

from antiphon.log import schema
from antiphon.log.errors import CommandSeen
from antiphon.log.prepared import Prepared
from antiphon.log.record import Record
from antiphon.log.sqlite import insert_or_ignore

KEEP_DAYS = 30
"""A client that sends a command again later than this is told it is new."""


class NewCommand(Struct, frozen=True, kw_only=True):
    """A command to be stored with its effect."""

    user: int
    command: str
    hash: bytes
    """Of the command's body: the same id with another body is another command, and rejected."""
    reply: bytes
    """The encoded reply."""
    at: int = 0
    """ms since the Unix epoch; 0: now."""


class CommandRow(Record, frozen=True):
    """A command as it is stored."""

    user: int
    command: str
    hash: bytes
    reply: bytes
    at: int


_c = schema.command.c
_COLUMNS = (_c.user_id, _c.id, _c.hash, _c.reply, _c.at)
_ADD = Prepared(
    insert_or_ignore(schema.command).values({column.name: bindparam(column.name) for column in _COLUMNS})
)


def get_command(conn: Connection, user: int, command: str) -> CommandRow | None:
    """The user's command by its id, with the reply it got."""
    row = conn.execute(select(*_COLUMNS).where(_c.user_id == user, _c.id == command)).first()
    return CommandRow.from_row(row) if row else None


def add_command(conn: Connection, new: NewCommand) -> None:
    """Store a command; raises CommandSeen when the user's id is taken."""
    at = new.at or time.time_ns() // 1_000_000
    if _ADD.change(conn, user_id=new.user, id=new.command, hash=new.hash, reply=new.reply, at=at):
        return
    stored = get_command(conn, new.user, new.command)
    assert stored is not None
    raise CommandSeen(stored)


def prune_commands(conn: Connection, now: int, *, limit_rows: int = 500) -> int:
    """Forget commands older than 30 days, at most `limit_rows` of them; returns how many went."""
    old = select(_c.key).where(_c.at < now - KEEP_DAYS * 86_400_000).order_by(_c.at).limit(limit_rows)
    return conn.execute(delete(schema.command).where(_c.key.in_(old.scalar_subquery()))).rowcount
