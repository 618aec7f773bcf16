"""Signing in and out, and who I am."""

from litestar import Response, get, post
from litestar.params import RequestBody

from antiphon import __version__
from antiphon.log.users import get_user
from antiphon.server.auth import COOKIE_MS, Identity, SignedIn, cookie_header
from antiphon.server.context import Context
from antiphon.server.dependencies import AnyRequest, Caller, Parts
from antiphon.server.devices import device_name
from antiphon.server.errors import ApiError, refusals
from antiphon.server.rest import Me, SignIn


@post("/api/sign-in", status_code=200, tags=["signing in"], responses=refusals(401, 429), security=[])
async def sign_in(request: AnyRequest, parts: Parts, data: RequestBody[SignIn]) -> Response[Me]:
    """Trade the secret of a one-time link for a cookie."""
    address = address_of(request, parts)
    wait = parts.limiter.wait(address)
    if wait > 0:
        message = (
            "Too many sign-ins failed from this address. Wait a little, then use a fresh link: antiphon link."
        )
        raise ApiError(429, "too-many-tries", message, {"retry-after": str(int(wait) + 1)})
    signed_in = await parts.auth.sign_in(data.token, device_name(request.headers.get("user-agent", "")))
    if signed_in is None:
        parts.limiter.failed(address)
        message = (
            "This link was used already or is over. Get a fresh one where the server runs: antiphon link."
        )
        raise ApiError(401, "link-unknown", message)
    return await signed_in_by(parts, signed_in)


async def signed_in_by(parts: Context, signed_in: SignedIn) -> Response[Me]:
    """The answer that gives a browser its cookie."""
    response = Response(await _me(parts, signed_in.identity))
    response.headers["set-cookie"] = _cookie(parts, signed_in.secret)
    return response


@post("/api/sign-out", status_code=204, tags=["signing in"], responses=refusals())
async def sign_out(parts: Parts, caller: Caller) -> Response[None]:
    """Forget the cookie (or the API token) that this request came by, and end its connections."""
    await parts.auth.revoke(caller.user, caller.token)
    await parts.sign_out(caller.token)
    header = cookie_header(parts.auth.cookie, "", path=_path(parts), secure=_secure(parts), seconds=0)
    return Response(None, status_code=204, headers={"set-cookie": header})


@post("/api/sign-out/others", status_code=204, tags=["signing in"], responses=refusals())
async def sign_out_others(parts: Parts, caller: Caller) -> None:
    """Sign out every other browser, and end its connections; links that nobody has used sign in no more."""
    for token in await parts.auth.revoke_others(caller):
        await parts.sign_out(token)


@get("/api/me", tags=["signing in"], responses=refusals())
async def me(request: AnyRequest, parts: Parts, caller: Caller) -> Response[Me]:
    """Who you are, and what this server is. A cookie lives 30 days from here on."""
    response = Response(await _me(parts, caller))
    if caller.kind == "cookie":
        secret = request.cookies[parts.auth.cookie]
        await parts.auth.roll(caller)
        response.headers["set-cookie"] = _cookie(parts, secret)
    return response


async def _me(parts: Context, identity: Identity) -> Me:
    user = await parts.log.read(lambda conn: get_user(conn, identity.user))
    assert user is not None, "a token belongs to a user"
    return Me(
        user=user.id,
        name=user.name,
        version=__version__,
        server=parts.server,
        default_provider=next(iter(parts.providers), None),
        allow_bypass=parts.settings.allow_bypass,
        roots=[str(root) for root in parts.roots],
    )


def address_of(request: AnyRequest, parts: Context) -> str:
    """Where a request comes from: behind a proxy, the last address that the proxy wrote down."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "")
    return forwarded.rpartition(",")[2].strip() or peer if parts.settings.public_url else peer


def _cookie(parts: Context, secret: str) -> str:
    seconds = COOKIE_MS // 1000
    return cookie_header(parts.auth.cookie, secret, path=_path(parts), secure=_secure(parts), seconds=seconds)


def _path(parts: Context) -> str:
    return parts.settings.base or "/"


def _secure(parts: Context) -> bool:
    return parts.settings.public_url is not None and parts.settings.public_url.secure


ROUTES = (sign_in, sign_out, sign_out_others, me)
