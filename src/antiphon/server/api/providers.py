"""Providers: what there is to work with, and whether it is ready here."""

import asyncio

from litestar import get

from antiphon.providers.base import Provider, Readiness
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import refusals
from antiphon.server.rest import ProviderInfo, Providers

READINESS_SECONDS = 12.0
"""A provider may take 10 s to look around; one that takes longer is told as not known."""


@get("/api/providers", tags=["providers"], responses=refusals())
async def list_providers(parts: Parts, caller: Caller) -> Providers:
    """All providers. Looks at each anew, which may take seconds."""
    found = parts.providers.values()
    ready = await asyncio.gather(*(look(provider) for provider in found))
    return Providers(
        providers=[
            ProviderInfo(id=p.id, name=p.name, capabilities=p.capabilities, readiness=readiness)
            for p, readiness in zip(found, ready, strict=True)
        ]
    )


async def look(provider: Provider) -> Readiness:
    """Whether the provider is ready; a limit stands behind its promise not to take long."""
    try:
        async with asyncio.timeout(READINESS_SECONDS):
            return await provider.readiness()
    except TimeoutError:
        return Readiness(found=False, message=f"{provider.name} did not say within {READINESS_SECONDS:g} s.")


ROUTES = (list_providers,)
