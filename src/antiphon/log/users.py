"""Who may: the user of this installation, and the tokens that sign in. Only hashes are stored."""

import getpass
import time
from typing import Literal

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from antiphon.log import schema
from antiphon.log.record import Record
from antiphon.model.ids import new_id

TokenKind = Literal["link", "cookie", "api"]


class User(Record, frozen=True):
    """A person."""

    key: int
    id: str
    name: str


class Token(Record, frozen=True):
    """Something that signs its user in; the secret itself is nowhere stored."""

    id: str
    user: int
    kind: TokenKind
    name: str
    created_at: int
    last_used_at: int | None = None
    expires_at: int | None = None


_u, _k = schema.user.c, schema.api_token.c
_USER = (_u.key, _u.id, _u.name)
_TOKEN = (_k.id, _k.user_id, _k.kind, _k.name, _k.created_at, _k.last_used_at, _k.expires_at)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without an entry in the system's list, as in containers
        return "owner"


def the_user(conn: Connection) -> User:
    """The owner of this installation: made when the log is made."""
    row = conn.execute(select(*_USER).order_by(_u.key).limit(1)).first()
    if row is None:
        conn.execute(insert(schema.user).values(id=new_id(), name=_login(), created_at=_now()))
        return the_user(conn)
    return User.from_row(row)


def get_user(conn: Connection, key: int) -> User | None:
    """The user by key."""
    row = conn.execute(select(*_USER).where(_u.key == key)).first()
    return User.from_row(row) if row else None


def add_token(
    conn: Connection,
    *,
    user: int,
    kind: TokenKind,
    name: str,
    secret_hash: bytes,
    expires_at: int | None = None,
    at: int | None = None,
) -> Token:
    """Let the secret with this sha256 sign the user in."""
    values = {"id": new_id(), "user_id": user, "kind": kind, "name": name, "secret_hash": secret_hash}
    values |= {"created_at": at or _now(), "expires_at": expires_at}
    conn.execute(insert(schema.api_token).values(values))
    return Token.from_row(conn.execute(select(*_TOKEN).where(_k.id == values["id"])).one())


def _valid(now: int) -> ColumnElement[bool]:
    return or_(_k.expires_at.is_(None), _k.expires_at > now)


def find_token(conn: Connection, secret_hash: bytes, now: int) -> Token | None:
    """The token with this secret, unless it is over. Links are found by `use_link` only."""
    this = (_k.secret_hash == secret_hash, _k.kind != "link", _valid(now))
    row = conn.execute(select(*_TOKEN).where(*this)).first()
    return Token.from_row(row) if row else None


def touch_token(conn: Connection, id: str, now: int) -> None:
    """Note when the token was last used."""
    conn.execute(update(schema.api_token).where(_k.id == id).values(last_used_at=now))


def extend_token(conn: Connection, id: str, expires_at: int) -> None:
    """Let the token live until then."""
    conn.execute(update(schema.api_token).where(_k.id == id).values(expires_at=expires_at))


def use_link(conn: Connection, secret_hash: bytes, now: int) -> Token | None:
    """Take the link with this secret out of the table: only one caller ever gets it."""
    this = (_k.secret_hash == secret_hash, _k.kind == "link", _valid(now))
    row = conn.execute(delete(schema.api_token).where(*this).returning(*_TOKEN)).first()
    return Token.from_row(row) if row else None


def list_tokens(conn: Connection, user: int, *, kind: TokenKind | None = None) -> list[Token]:
    """The user's tokens, oldest first."""
    query = select(*_TOKEN).where(_k.user_id == user).order_by(_k.key)
    if kind:
        query = query.where(_k.kind == kind)
    return [Token.from_row(row) for row in conn.execute(query)]


def revoke_token(conn: Connection, user: int, id: str) -> bool:
    """Forget the user's token; False when there is none of that id."""
    return conn.execute(delete(schema.api_token).where(_k.user_id == user, _k.id == id)).rowcount > 0


def revoke_others(conn: Connection, user: int, kept: str) -> list[str]:
    """Forget the user's browsers but the one with this id, and the links; returns the ids of those browsers."""
    others = (_k.user_id == user, _k.kind.in_(("cookie", "link")), _k.id != kept)
    gone = conn.execute(delete(schema.api_token).where(*others).returning(_k.id, _k.kind))
    return [row.id for row in gone if row.kind == "cookie"]


def prune_tokens(conn: Connection, now: int) -> int:
    """Forget what expired; returns how many went."""
    return conn.execute(delete(schema.api_token).where(_k.expires_at <= now)).rowcount
