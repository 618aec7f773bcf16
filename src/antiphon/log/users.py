"""Who may: the user of this installation, and the tokens that sign in. Only hashes are stored."""

import getpass
import time
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection, ColumnElement, Row, delete, insert, or_, select, update

from antiphon.log import schema
from antiphon.model.ids import new_id

TokenKind = Literal["link", "cookie", "api"]


class User(Struct, frozen=True, kw_only=True):
    """A person."""

    key: int
    id: str
    name: str


class Token(Struct, frozen=True, kw_only=True):
    """Something that signs its user in; the secret itself is nowhere stored."""

    id: str
    user: int
    kind: TokenKind
    name: str
    created_at: int
    last_used_at: int | None = None
    expires_at: int | None = None

    @classmethod
    def from_row(cls, row: Row[tuple[str, int, str, str, int, int | None, int | None]]) -> "Token":
        return cls(
            id=row[0],
            user=row[1],
            kind=row[2],  # pyright: ignore[reportArgumentType]
            name=row[3],
            created_at=row[4],
            last_used_at=row[5],
            expires_at=row[6],
        )


_u, _k = schema.user.c, schema.api_token.c
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
    row = conn.execute(select(_u.key, _u.id, _u.name).order_by(_u.key).limit(1)).first()
    if row is None:
        conn.execute(insert(schema.user).values(id=new_id(), name=_login(), created_at=_now()))
        return the_user(conn)
    return User(key=row[0], id=row[1], name=row[2])


def get_user(conn: Connection, key: int) -> User | None:
    """The user by key."""
    row = conn.execute(select(_u.key, _u.id, _u.name).where(_u.key == key)).first()
    return User(key=row[0], id=row[1], name=row[2]) if row else None


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
    token = Token(id=new_id(), user=user, kind=kind, name=name, created_at=at or _now(), expires_at=expires_at)
    conn.execute(
        insert(schema.api_token).values(
            id=token.id,
            user_id=user,
            kind=kind,
            name=name,
            secret_hash=secret_hash,
            created_at=token.created_at,
            expires_at=expires_at,
        )
    )
    return token


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


def prune_tokens(conn: Connection, now: int) -> int:
    """Forget what expired; returns how many went."""
    return conn.execute(delete(schema.api_token).where(_k.expires_at <= now)).rowcount
