"""Passwords: at most one per user, and of it only what a slow, salted hash leaves."""

from sqlalchemy import Connection, delete, insert, select

from antiphon.log import schema

_p = schema.password.c


def password_hash(conn: Connection, user: int) -> str | None:
    """The hash of the user's password; None where they have none."""
    return conn.scalar(select(_p.hash).where(_p.user_id == user))


def keep_password(conn: Connection, user: int, hash: str, at: int) -> None:
    """The user has this password from now on, and no other."""
    forget_password(conn, user)
    conn.execute(insert(schema.password).values(user_id=user, hash=hash, changed_at=at))


def forget_password(conn: Connection, user: int) -> bool:
    """Delete it; False where there was none."""
    return conn.execute(delete(schema.password).where(_p.user_id == user)).rowcount > 0
