"""A password for other devices: set, forgotten, and signed in by. Optional; a link always works."""

from litestar import Response, delete, get, post, put
from litestar.params import RequestBody

from antiphon.server.api.me import address_of, signed_in_by
from antiphon.server.dependencies import AnyRequest, Caller, Parts
from antiphon.server.devices import device_name
from antiphon.server.errors import ApiError, refusals
from antiphon.server.passwords import TooManyTries
from antiphon.server.rest import Me, NewPassword, PasswordSignIn, Ways


@get("/api/sign-in", tags=["signing in"], responses=refusals(), security=[])
async def ways(parts: Parts) -> Ways:
    """How one may sign in here: by a link always, by a password where the owner has set one."""
    return Ways(password=await parts.passwords.is_set())


@post("/api/sign-in/password", status_code=200, tags=["signing in"], responses=refusals(429), security=[])
async def sign_in(request: AnyRequest, parts: Parts, data: RequestBody[PasswordSignIn]) -> Response[Me]:
    """Trade the owner's password for a cookie."""
    try:
        right = await parts.passwords.is_right(data.password, address_of(request, parts))
    except TooManyTries as many:
        message = "Too many sign-ins failed from this address. Wait a little, then try again."
        retry = {"retry-after": str(int(many.seconds) + 1)}
        raise ApiError(429, "too-many-tries", message, retry) from None
    if not right:
        message = "This password is wrong, or none is set. A link always works: antiphon link."
        raise ApiError(401, "password-wrong", message)
    return await signed_in_by(
        parts, await parts.auth.let_in(device_name(request.headers.get("user-agent", "")))
    )


@put("/api/password", status_code=204, tags=["signing in"], responses=refusals(507))
async def keep(parts: Parts, caller: Caller, data: RequestBody[NewPassword]) -> None:
    """Set your password, or another one. Whoever is signed in stays so."""
    await parts.passwords.keep(caller.user, data.password)


@delete("/api/password", status_code=204, tags=["signing in"], responses=refusals())
async def forget(parts: Parts, caller: Caller) -> None:
    """Have no password any more."""
    await parts.passwords.forget(caller.user)


ROUTES = (ways, sign_in, keep, forget)
