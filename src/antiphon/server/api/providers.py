"""Providers: what there is to work with, whether it is ready here, and the keys that some need."""

import asyncio

from litestar import delete, get, put
from litestar.params import FromPath, FromQuery, RequestBody

from antiphon.providers.base import Provider, Readiness
from antiphon.providers.keys import KEYED, BadKey, KeySource, KeyUnavailable
from antiphon.providers.login import login_of
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import ApiError, not_found, refusals
from antiphon.server.keys import KeyDesk
from antiphon.server.rest import NewKey, ProviderInfo, ProviderKey, Providers


@get("/api/providers", tags=["providers"], responses=refusals())
async def list_providers(
    parts: Parts, caller: Caller, fresh: FromQuery[bool] = False, wait: FromQuery[bool] = True
) -> Providers:
    """All providers, as they were when last looked at; `fresh` looks at each now, which may take seconds.

    `wait=false` does not wait for the looks: `readiness` is left out until the first has come back.
    """
    found, look = parts.providers.values(), parts.lookout
    if not wait:
        ready = [look.known(provider, fresh=fresh) for provider in found]
    else:
        ready = await asyncio.gather(*(look.readiness(provider, fresh=fresh) for provider in found))
    return Providers(
        providers=[
            await _info(parts.keys, provider, readiness)
            for provider, readiness in zip(found, ready, strict=True)
        ]
    )


async def _info(desk: KeyDesk, provider: Provider, readiness: Readiness | None) -> ProviderInfo:
    return ProviderInfo(
        id=provider.id,
        name=provider.name,
        capabilities=provider.capabilities,
        key=await _key(desk, provider.id),
        readiness=readiness,
        sign_in=login_of(provider) is not None,
    )


async def _key(desk: KeyDesk, provider: str) -> ProviderKey | None:
    if provider not in KEYED:
        return None
    try:
        return _shown(provider, await asyncio.to_thread(desk.keys.source, provider))
    except KeyUnavailable as unavailable:
        return _shown(provider, None, str(unavailable))


def _shown(provider: str, source: KeySource | None, problem: str = "") -> ProviderKey:
    return ProviderKey(
        variable=source.variable if source else KEYED[provider].variable,
        source=str(source) if source else "",
        kept=source is not None and source.kept,
        problem=problem,
    )


@put("/api/providers/{provider:str}/key", tags=["providers"], responses=refusals(404, 409))
async def keep_key(
    parts: Parts, caller: Caller, provider: FromPath[str], data: RequestBody[NewKey]
) -> ProviderKey:
    """Keep a key for the provider's agents, in the place of the one before; says where it is.

    Idle agents of the provider end, others after their turns: the next ones are started with it.
    """
    desk = parts.keys
    _check(parts, provider)
    try:
        source = await asyncio.to_thread(desk.keys.source, provider)
        if source and not source.kept:
            raise ApiError(
                409,
                "key-not-kept",
                f"{source.variable} is set where Antiphon was started, and goes first. Unset it and restart Antiphon.",
            )
        kept = await desk.keys.keep(provider, data.key)
    except BadKey as bad:
        raise ApiError(400, "invalid", str(bad)) from None
    except KeyUnavailable as unavailable:
        raise ApiError(409, "key-not-kept", str(unavailable)) from None
    await desk.look()
    return _shown(provider, kept)


@delete(
    "/api/providers/{provider:str}/key", status_code=204, tags=["providers"], responses=refusals(404, 409)
)
async def remove_key(parts: Parts, caller: Caller, provider: FromPath[str]) -> None:
    """Keep the provider's key no more. The agents that were started with it end: idle ones now, others after their turns."""
    _check(parts, provider)
    try:
        await parts.keys.keys.remove(provider)
    except KeyUnavailable as unavailable:
        raise ApiError(409, "key-not-kept", str(unavailable)) from None
    await parts.keys.look()


def _check(parts: Parts, provider: str) -> None:
    if provider not in parts.providers:
        raise not_found("provider", provider)
    if provider not in KEYED:
        raise ApiError(400, "invalid", f"{parts.providers[provider].name} takes no key from Antiphon.")


ROUTES = (list_providers, keep_key, remove_key)
