"""Exactly one reply, at most one effect: how a command meets its session (promise 1).

1. The effect and its stored reply are one transaction, unique per (user, command id).
2. The same command again gets the stored reply; the same id with another body is `id-reused`.
3. A rejection that will not change is stored too; a transient one and `session-busy` are not.
"""

from hashlib import blake2b

import msgspec
import structlog

from antiphon.log import commands as command_rows
from antiphon.log.append import NewCommand
from antiphon.log.commands import CommandRow
from antiphon.log.errors import CommandSeen, StorageFull
from antiphon.log.store import Log
from antiphon.model import commands as c
from antiphon.model.replies import TRANSIENT, Rejected, Reply
from antiphon.sessions.effects import EFFECTS, LOCKED_OUT, Asked, Refused, cancel_without_log
from antiphon.sessions.session import Session

_decode = msgspec.json.Decoder(Reply).decode
_encode = msgspec.json.Encoder(order="deterministic").encode
_logger = structlog.get_logger(__name__)


def body_hash(command: c.AnyCommand) -> bytes:
    """What tells whether two commands of one id are the same."""
    return blake2b(_encode(command), digest_size=16).digest()


async def submit(session: Session, user: int, command: c.AnyCommand) -> Reply:
    """Do what the command asks, once, and reply. Never raises."""
    asked = Asked(user, command, session.id, body_hash(command))
    try:
        try:
            return await _in_turn(session, asked)
        except CommandSeen as seen:
            return replay(seen.stored, command)
        except Refused as refused:
            return await _refused(session.log, user, command, refused.reply)
    except StorageFull:
        return Rejected(id=command.id, code="storage-full", message=LOCKED_OUT)
    except Exception as error:
        _logger.exception("command-failed", session=session.id, command=command.id)
        return internal(command, error)


async def _in_turn(session: Session, asked: Asked) -> Reply:
    try:
        return await _under_lock(session, asked)
    except StorageFull:
        command = asked.command
        if isinstance(command, c.Cancel) and (stopped := cancel_without_log(session, asked, command)):
            return stopped
        raise


async def _under_lock(session: Session, asked: Asked) -> Reply:
    session.journal.check_storage()
    await session.acquire()
    try:
        if session.stopping:
            raise asked.refuse("server-stopping", "The server is stopping; send it again when it is back.")
        session.journal.check_storage()  # before the effect: what the agent was told cannot be taken back
        return await EFFECTS[type(asked.command)](session, asked, asked.command)
    finally:
        session.lock.release()


async def refuse(log: Log, user: int, command: c.AnyCommand, reply: Rejected) -> Reply:
    """Reply to a command that reaches no session, by the same rules. Never raises."""
    try:
        return await _refused(log, user, command, reply)
    except Exception as error:
        _logger.exception("command-failed", command=command.id)
        return internal(command, error)


async def _refused(log: Log, user: int, command: c.AnyCommand, reply: Reply) -> Reply:
    """A refusal, unless this very command had its effect (or refusal) before."""
    stored = await log.read(lambda conn: command_rows.get_command(conn, user, command.id))
    if stored:
        return replay(stored, command)
    if not isinstance(reply, Rejected) or reply.code in TRANSIENT:
        return reply
    row = NewCommand(user=user, command=command.id, hash=body_hash(command), reply=_encode(reply))
    try:
        await log.write(lambda conn: command_rows.add_command(conn, row))
    except CommandSeen as seen:
        return replay(seen.stored, command)
    return reply


def replay(stored: CommandRow, command: c.AnyCommand) -> Reply:
    """The reply that this command got before."""
    if stored.hash != body_hash(command):
        return Rejected(
            id=command.id, code="id-reused", message="Another command was sent with this id before."
        )
    return _decode(stored.reply)


def internal(command: c.AnyCommand, error: Exception) -> Rejected:
    """Our own mistake, told."""
    return Rejected(
        id=command.id,
        code="internal",
        message=f"Antiphon made a mistake with this command ({type(error).__name__}); try again.",
    )
