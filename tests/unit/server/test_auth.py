"""Secrets, cookies and who may come in, on a real log."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.log.store import Log
from antiphon.log.users import list_tokens, the_user
from antiphon.server.auth import (
    COOKIE_MS,
    LINK_MS,
    TOUCH_MS,
    Auth,
    bearer,
    cookie_header,
    cookie_value,
    digest,
    make_api_token,
    make_link,
    new_secret,
)
from antiphon.testing.clock import ManualClock

Raw = list[tuple[bytes, bytes]]


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    """A fresh log."""
    log = await Log.open(tmp_path / "data")
    yield log
    await log.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def auth(log: Log, clock: ManualClock) -> Auth:
    return Auth(log, clock)


def by_token(secret: str) -> Raw:
    return [(b"authorization", f"Bearer {secret}".encode())]


def by_cookie(auth: Auth, secret: str) -> Raw:
    return [(b"cookie", f"other=1; {auth.cookie}={secret}".encode())]


def test_a_secret_has_256_bits_and_is_safe_in_an_address() -> None:
    """43 characters of base64url hold 256 bits; two are never the same."""
    assert len(new_secret()) == 43
    assert new_secret() != new_secret()
    assert len(digest(new_secret())) == 32


async def test_a_link_signs_in_once(log: Log, auth: Auth, clock: ManualClock) -> None:
    """Its second use gets nothing, and what it was traded for goes on working."""
    link = await make_link(log, clock)
    first = await auth.sign_in(link)
    assert first is not None
    assert await auth.sign_in(link) is None
    assert await auth.identify(by_cookie(auth, first.secret)) == first.identity


async def test_a_link_is_over_after_15_minutes(log: Log, auth: Auth, clock: ManualClock) -> None:
    """An old link in a scroll-back is worth nothing."""
    link = await make_link(log, clock)
    await clock.advance(LINK_MS / 1000 + 1)
    assert await auth.sign_in(link) is None


async def test_each_kind_opens_its_own_door_only(log: Log, auth: Auth, clock: ManualClock) -> None:
    """A link is no token, a token no cookie, a cookie no token."""
    link = await make_link(log, clock)
    _, token = await make_api_token(log, clock, "script")
    assert await auth.identify(by_token(link)) is None
    assert await auth.identify(by_cookie(auth, link)) is None
    assert await auth.identify(by_cookie(auth, token)) is None
    assert await auth.sign_in(token) is None
    signed_in = await auth.sign_in(link)
    assert signed_in is not None
    assert await auth.identify(by_token(signed_in.secret)) is None
    found = await auth.identify(by_token(token))
    assert found is not None
    assert found.kind == "api"


async def test_a_wrong_token_is_not_saved_by_a_good_cookie(log: Log, auth: Auth, clock: ManualClock) -> None:
    """Whoever says who they are by a token is that, or nobody."""
    signed_in = await auth.sign_in(await make_link(log, clock))
    assert signed_in is not None
    headers = by_cookie(auth, signed_in.secret) + by_token("wrong")
    assert await auth.identify(headers) is None
    assert (
        await auth.identify([*by_cookie(auth, signed_in.secret), (b"authorization", b"Basic eDp5")]) is None
    )


async def test_a_cookie_lives_30_days_from_its_last_use(log: Log, auth: Auth, clock: ManualClock) -> None:
    """Rolling makes it live on; left alone it ends."""
    signed_in = await auth.sign_in(await make_link(log, clock))
    assert signed_in is not None
    await clock.advance(COOKIE_MS / 1000 - 60)
    assert await auth.identify(by_cookie(auth, signed_in.secret))
    await auth.roll(signed_in.identity)
    await clock.advance(COOKIE_MS / 1000 - 60)
    assert await auth.identify(by_cookie(auth, signed_in.secret))
    await clock.advance(61)
    assert await auth.identify(by_cookie(auth, signed_in.secret)) is None


async def test_a_revoked_token_opens_nothing(log: Log, auth: Auth, clock: ManualClock) -> None:
    """From the moment it is revoked; nobody else's can be revoked."""
    row, secret = await make_api_token(log, clock, "script")
    assert not await auth.revoke(row.user + 1, row.id)
    assert await auth.identify(by_token(secret))
    assert await auth.revoke(row.user, row.id)
    assert await auth.identify(by_token(secret)) is None
    assert not await auth.revoke(row.user, row.id)


async def test_the_log_holds_no_secret(log: Log, auth: Auth, clock: ManualClock) -> None:
    """Whoever reads the database cannot sign in with what stands there."""
    link = await make_link(log, clock)
    _, token = await make_api_token(log, clock, "script")
    signed_in = await auth.sign_in(link)
    assert signed_in is not None
    kept = b"".join(path.read_bytes() for path in log.folder.rglob("*") if path.is_file())
    for secret in (link, token, signed_in.secret):
        assert secret.encode() not in kept
        assert secret.removeprefix("antiphon_").encode() not in kept


async def test_the_last_use_is_told_to_the_hour(log: Log, auth: Auth, clock: ManualClock) -> None:
    """Noted at the first use and then once an hour, not at each request."""
    _, secret = await make_api_token(log, clock, "script")

    async def used() -> int | None:
        rows = await log.read(lambda conn: list_tokens(conn, the_user(conn).key))
        return rows[0].last_used_at

    assert await used() is None
    await auth.identify(by_token(secret))
    first = await used()
    assert first == clock.now()
    await clock.advance(60)
    await auth.identify(by_token(secret))
    assert await used() == first
    await clock.advance(TOUCH_MS / 1000)
    await auth.identify(by_token(secret))
    assert await used() == clock.now()


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Bearer ", None), ("Basic abc", None), ("abc", None)],
)
def test_only_bearer_is_a_token(header: str, token: str | None) -> None:
    """Other schemes are not ours."""
    assert bearer(header) == token


def test_a_cookie_is_found_by_its_whole_name() -> None:
    """Cookies ignore ports: another Antiphon's cookie beside ours is not ours."""
    header = "antiphon-ab=1; antiphon-abc=2; xantiphon-a=3"
    assert cookie_value(header, "antiphon-abc") == "2"
    assert cookie_value(header, "antiphon-a") is None
    assert cookie_value("", "antiphon-a") is None


def test_the_cookie_is_closed_to_scripts_and_other_sites() -> None:
    """HttpOnly, SameSite=Strict, its path, and Secure where the address is https."""
    header = cookie_header("n", "v", path="/base", secure=True, seconds=60)
    parts = {part.strip() for part in header.split(";")}
    assert parts == {"n=v", "HttpOnly", "SameSite=Strict", "Secure", "Path=/base", "Max-Age=60"}
    assert "Secure" not in cookie_header("n", "v", path="/", secure=False, seconds=60)
