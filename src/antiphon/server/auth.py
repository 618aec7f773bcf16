"""Who somebody is: the one-time link, the page's cookie, and scripts' API tokens.

All three are 256 random bits. The log holds only their SHA-256: enough to know one again,
of no use to whoever reads the database. A lookup goes by that hash, so its timing tells
nothing about the secret. Each kind opens its own door and no other.

- link: signs in once, within 15 minutes; it comes in the address's fragment, which browsers
  send to nobody.
- cookie: HttpOnly, SameSite=Strict, named per instance (cookies ignore ports); 30 days from
  its last use.
- api: `Authorization: Bearer`, until revoked.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Iterable
from http.cookies import SimpleCookie

from msgspec import Struct
from sqlalchemy import Connection

from antiphon.clock import Clock
from antiphon.log.errors import StorageFull
from antiphon.log.store import Log
from antiphon.log.users import (
    Token,
    TokenKind,
    add_token,
    extend_token,
    find_token,
    prune_tokens,
    revoke_others,
    revoke_token,
    the_user,
    touch_token,
    use_link,
)
from antiphon.server.devices import UNKNOWN

SECRET_BYTES = 32
DAY_MS = 24 * 60 * 60 * 1000
LINK_MS = 15 * 60 * 1000
COOKIE_MS = 30 * DAY_MS
TOUCH_MS = 60 * 60 * 1000
"""How exactly a token's last use is told."""
API_PREFIX = "antiphon_"
"""So that people and scanners for leaked secrets know one when they see it."""


class Identity(Struct, frozen=True, kw_only=True):
    """Who a request comes from, and by which token."""

    user: int
    """The user's key."""
    token: str
    """The token's id."""
    kind: TokenKind


class SignedIn(Struct, frozen=True, kw_only=True):
    """The trade of a link for a cookie."""

    identity: Identity
    secret: str
    """The cookie's value."""


def new_secret() -> str:
    """256 random bits as 43 characters that are safe in an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """What the log keeps of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def bearer(authorization: str) -> str | None:
    """The token in an `Authorization` header; None: another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def cookie_value(header: str, name: str) -> str | None:
    """A cookie's value in a `Cookie` header."""
    for part in header.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return None


def cookie_header(name: str, value: str, *, path: str, secure: bool, seconds: int) -> str:
    """A `Set-Cookie` header; 0 seconds: forget it."""
    jar = SimpleCookie()
    jar[name] = value
    morsel = jar[name]
    morsel["path"] = path or "/"
    morsel["max-age"] = seconds
    morsel["httponly"] = True
    morsel["samesite"] = "Strict"
    morsel["secure"] = secure
    return morsel.OutputString()


class Auth:
    """Knows everybody who comes in."""

    def __init__(self, log: Log, clock: Clock) -> None:
        self._log, self._clock = log, clock
        self.cookie = f"antiphon-{log.instance}"
        """The cookie's name."""

    async def identify(self, headers: Iterable[tuple[bytes, bytes]]) -> Identity | None:
        """Who sends these headers; None: nobody we know. A token is not fallen back from to a cookie."""
        found = {
            name: value.decode("latin-1") for name, value in headers if name in {b"authorization", b"cookie"}
        }
        if b"authorization" in found:
            secret = bearer(found[b"authorization"])
            return await self._find(secret, "api") if secret else None
        secret = cookie_value(found.get(b"cookie", ""), self.cookie)
        return await self._find(secret, "cookie") if secret else None

    async def _find(self, secret: str, kind: TokenKind) -> Identity | None:
        now, hashed = self._clock.now(), digest(secret)
        token = await self._log.read(lambda conn: find_token(conn, hashed, now))
        if token is None or token.kind != kind:
            return None
        if token.last_used_at is None or now - token.last_used_at > TOUCH_MS:
            await self._touch(token.id, now)
        return Identity(user=token.user, token=token.id, kind=kind)

    async def _touch(self, token: str, now: int) -> None:
        # A full disk must not sign anybody out: when it was last used is told less exactly, no more.
        with contextlib.suppress(StorageFull):
            await self._log.write(lambda conn: touch_token(conn, token, now))

    async def sign_in(self, link: str, browser: str = UNKNOWN) -> SignedIn | None:
        """Trade a link for a cookie of this name; None: the link is unknown, used or over."""
        now, secret, hashed = self._clock.now(), new_secret(), digest(link)

        def trade(conn: Connection) -> Token | None:
            used = use_link(conn, hashed, now)
            return used and _new_cookie(conn, used.user, secret, browser, now)

        token = await self._log.write(trade)
        return token and _signed_in(token, secret)

    async def let_in(self, browser: str) -> SignedIn:
        """A cookie of this name for the owner, who has shown by other means who they are."""
        now, secret = self._clock.now(), new_secret()
        token = await self._log.write(
            lambda conn: _new_cookie(conn, the_user(conn).key, secret, browser, now)
        )
        return _signed_in(token, secret)

    async def roll(self, identity: Identity) -> None:
        """The cookie lives 30 days from now."""
        until = self._clock.now() + COOKIE_MS
        with contextlib.suppress(StorageFull):
            await self._log.write(lambda conn: extend_token(conn, identity.token, until))

    async def revoke_others(self, identity: Identity) -> list[str]:
        """Forget all browsers but the one that asks, and links not used yet; returns the ids of those browsers."""
        return await self._log.write(lambda conn: revoke_others(conn, identity.user, identity.token))

    async def revoke(self, user: int, token: str) -> bool:
        """Forget a token; False: the user has none of that id."""
        return await self._log.write(lambda conn: revoke_token(conn, user, token))


def _new_cookie(conn: Connection, user: int, secret: str, browser: str, now: int) -> Token:
    prune_tokens(conn, now)
    return add_token(
        conn,
        user=user,
        kind="cookie",
        name=browser,
        secret_hash=digest(secret),
        expires_at=now + COOKIE_MS,
        at=now,
    )


def _signed_in(token: Token, secret: str) -> SignedIn:
    return SignedIn(identity=Identity(user=token.user, token=token.id, kind="cookie"), secret=secret)


async def make_link(log: Log, clock: Clock) -> str:
    """A secret that signs in once, within 15 minutes. Old ones stay valid until they are over."""
    secret, now = new_secret(), clock.now()

    def add(conn: Connection) -> None:
        prune_tokens(conn, now)
        user = the_user(conn).key
        hashed = digest(secret)
        add_token(
            conn, user=user, kind="link", name="link", secret_hash=hashed, expires_at=now + LINK_MS, at=now
        )

    await log.write(add)
    return secret


async def make_api_token(log: Log, clock: Clock, name: str, user: int | None = None) -> tuple[Token, str]:
    """A token for scripts (of the owner, or of `user`), and its secret: shown this once."""
    secret, now = API_PREFIX + new_secret(), clock.now()

    def add(conn: Connection) -> Token:
        owner = the_user(conn).key if user is None else user
        return add_token(conn, user=owner, kind="api", name=name, secret_hash=digest(secret), at=now)

    return await log.write(add), secret


def sign_in_url(url: str, secret: str) -> str:
    """The address that signs in: its secret stands in the fragment, which browsers send to nobody."""
    return f"{url.rstrip('/')}/#token={secret}"
