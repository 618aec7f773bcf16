"""Whether the agents are ready here, remembered for a while: looking starts programs, and takes a second or more."""

import asyncio

from msgspec import Struct

from antiphon.clock import Clock
from antiphon.providers.base import Provider, Readiness

LOOK_SECONDS = 12.0
"""A provider may take 10 s to look around; one that takes longer is told as not known."""
FRESH_SECONDS = 60.0
"""For so long what was seen is told without another look."""


class Seen(Struct, frozen=True):
    """What a look found."""

    at: float
    """Monotonic seconds."""
    readiness: Readiness


class Lookout:
    """Looks at each provider at most once at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, Seen] = {}
        self._looking: dict[str, asyncio.Task[Readiness]] = {}

    async def readiness(self, provider: Provider, *, fresh: bool = False) -> Readiness:
        """What was seen last; what is old is told at once all the same, and looked at again beside.

        Only what was never seen is waited for, and `fresh` asks for a look now.
        """
        seen = self._seen.get(provider.id)
        old = seen is None or self._clock.monotonic() - seen.at >= FRESH_SECONDS
        looking = self._look(provider) if old or fresh else None
        if seen is None or fresh:
            assert looking is not None
            return await asyncio.shield(looking)
        return seen.readiness

    def known(self, provider: Provider) -> Readiness | None:
        """What was seen last; None when the first look, which this begins, has not come back."""
        seen = self._seen.get(provider.id)
        if seen is None or self._clock.monotonic() - seen.at >= FRESH_SECONDS:
            self._look(provider)
        return seen.readiness if seen else None

    def _look(self, provider: Provider) -> asyncio.Task[Readiness]:
        looking = self._looking.get(provider.id)
        if looking is None:
            looking = self._looking[provider.id] = asyncio.create_task(self._remember(provider))
            looking.add_done_callback(lambda _: self._looking.pop(provider.id, None))
        return looking

    async def _remember(self, provider: Provider) -> Readiness:
        readiness = await look(provider)
        self._seen[provider.id] = Seen(self._clock.monotonic(), readiness)
        return readiness


async def look(provider: Provider) -> Readiness:
    """Whether the provider is ready; a limit stands behind its promise not to take long, and not to raise."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await provider.readiness()
    except TimeoutError:
        return Readiness(found=False, message=f"{provider.name} did not say within {LOOK_SECONDS:g} s.")
    except Exception as error:
        kind = type(error).__name__
        return Readiness(
            found=False, message=f"Antiphon made a mistake in looking for {provider.name} ({kind})."
        )
