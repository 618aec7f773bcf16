"""Providers: what there is to work with, and whether it is ready here."""

import asyncio

from litestar import get
from litestar.params import FromQuery

from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import refusals
from antiphon.server.rest import ProviderInfo, Providers


@get("/api/providers", tags=["providers"], responses=refusals())
async def list_providers(
    parts: Parts, caller: Caller, fresh: FromQuery[bool] = False, wait: FromQuery[bool] = True
) -> Providers:
    """All providers, as they were when last looked at; `fresh` looks at each now, which may take seconds.

    `wait=false` does not wait for the first look either: `readiness` is left out until it has come back.
    """
    found, look = parts.providers.values(), parts.lookout
    if not wait:
        ready = [look.known(provider) for provider in found]
    else:
        ready = await asyncio.gather(*(look.readiness(provider, fresh=fresh) for provider in found))
    return Providers(
        providers=[
            ProviderInfo(id=p.id, name=p.name, capabilities=p.capabilities, readiness=readiness)
            for p, readiness in zip(found, ready, strict=True)
        ]
    )


ROUTES = (list_providers,)
