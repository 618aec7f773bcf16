"""What a server does with keys: an agent is started with its own, and a change is noticed wherever it was made."""

from collections.abc import Awaitable, Callable, Mapping

import structlog

from antiphon.clock import Clock
from antiphon.model.failures import Action, Failure
from antiphon.providers.base import Provider, ProviderFailed
from antiphon.providers.environment import for_provider
from antiphon.providers.keys import Keys, KeyUnavailable
from antiphon.server.readiness import Lookout

LOOK_SECONDS = 5.0
"""How often the server looks whether a command has changed what is kept."""

_logger = structlog.get_logger(__name__)


class KeyDesk:
    """The keys of one server. All methods belong to the event loop."""

    def __init__(
        self,
        keys: Keys,
        lookout: Lookout,
        providers: Mapping[str, Provider],
        clock: Clock,
        changed: Callable[[str], Awaitable[None]],
    ) -> None:
        """`changed` is told the id of each provider whose key is another one than before."""
        self.keys = keys
        self._lookout, self._providers, self._clock, self._changed = lookout, providers, clock, changed
        self._stamp = keys.stamp()
        self._entries = self._read()

    async def environment(self, provider: str) -> dict[str, str]:
        """What an agent of this provider is started with. Raises ProviderFailed (`auth`)."""
        users = for_provider(provider)
        if provider not in self._providers:
            return users
        try:
            return {**users, **await self._lookout.key(self._providers[provider])}
        except KeyUnavailable as unavailable:
            raise ProviderFailed(self._unavailable(provider, unavailable)) from None

    def _unavailable(self, provider: str, why: KeyUnavailable) -> Failure:
        name = self._providers[provider].name
        return Failure(
            provider=provider,
            code="auth",
            message=f"{name} was not started: its key could not be had. {why}",
            action=Action(
                kind="add-key", label=f"Add a key for {name}", command=f"antiphon key set {provider}"
            ),
        )

    async def look(self) -> None:
        """Notice what has changed since the last look."""
        stamp = self.keys.stamp()
        if stamp == self._stamp:
            return
        self._stamp, before, self._entries = stamp, self._entries, self._read()
        for provider in sorted(before.keys() | self._entries.keys()):
            if before.get(provider) != self._entries.get(provider) and provider in self._providers:
                _logger.info("key-changed", provider=provider)
                self._lookout.forget(self._providers[provider])
                await self._changed(provider)

    async def watch(self) -> None:
        """Look again and again."""
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            await self.look()

    def _read(self) -> dict[str, str]:
        try:
            return self.keys.entries()
        except KeyUnavailable:  # whoever needs a key is told
            return {}
