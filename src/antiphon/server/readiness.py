"""Whether the agents are ready here, remembered for a while: looking starts programs, and takes a second or more."""

import asyncio
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from antiphon.clock import Clock
from antiphon.providers import environment
from antiphon.providers.base import Provider, Readiness
from antiphon.providers.keys import KEYED, Keys, KeySource, KeyUnavailable

LOOK_SECONDS = 10.0
"""A provider that takes longer to look around is told as not known."""
FRESH_SECONDS = 60.0
"""For so long what was seen is told without another look."""


class Seen(Struct, frozen=True):
    """What a look found."""

    at: float
    """Monotonic seconds."""
    readiness: Readiness
    signed_in: bool
    """The agent is signed in by itself: it is given no key."""


class Lookout:
    """Looks at each provider at most once at a time."""

    def __init__(self, clock: Clock, keys: Keys) -> None:
        self._clock, self._keys = clock, keys
        self._seen: dict[str, Seen] = {}
        self._looking: dict[str, asyncio.Task[Seen]] = {}

    async def readiness(self, provider: Provider, *, fresh: bool = False) -> Readiness:
        """What was seen last; what is old is told at once all the same, and looked at again beside.

        Only what was never seen is waited for, and `fresh` asks for a look now.
        """
        seen = self._seen.get(provider.id)
        looking = self._look(provider) if fresh or self._old(seen) else None
        if seen is None or fresh:
            assert looking is not None
            return (await asyncio.shield(looking)).readiness
        return seen.readiness

    def known(self, provider: Provider, *, fresh: bool = False) -> Readiness | None:
        """What was seen last; None when the first look, or with `fresh` a new one, which this begins, is under way."""
        if fresh:
            self.forget(provider)
        seen = self._seen.get(provider.id)
        if self._old(seen):
            self._look(provider)
        return seen.readiness if seen else None

    def forget(self, provider: Provider) -> None:
        """What was seen holds no more, nor does what is just being looked at: look anew."""
        self._seen.pop(provider.id, None)
        self._looking.pop(provider.id, None)
        self._look(provider)

    async def key(self, provider: Provider) -> Mapping[str, str]:
        """What a kept key adds to the agent's environment: nothing where it is signed in by itself.

        Raises KeyUnavailable.
        """
        variables = await self._keys.added(provider.id)
        if not variables or not KEYED[provider.id].login:
            return variables
        seen = self._seen.get(provider.id)
        if seen is None or self._old(seen):
            seen = await asyncio.shield(self._look(provider))
        return {} if seen.signed_in else variables

    def _old(self, seen: Seen | None) -> bool:
        return seen is None or self._clock.monotonic() - seen.at >= FRESH_SECONDS

    def _look(self, provider: Provider) -> asyncio.Task[Seen]:
        looking = self._looking.get(provider.id)
        if looking is None:
            looking = self._looking[provider.id] = asyncio.create_task(self._remember(provider))
            looking.add_done_callback(lambda done: self._done(provider, done))
        return looking

    def _done(self, provider: Provider, looking: asyncio.Task[Seen]) -> None:
        if self._looking.get(provider.id) is looking:
            del self._looking[provider.id]

    async def _remember(self, provider: Provider) -> Seen:
        readiness, signed_in = await look_with_key(provider, self._keys)
        seen = Seen(self._clock.monotonic(), readiness, signed_in)
        if self._looking.get(provider.id) is asyncio.current_task():  # else it was forgotten meanwhile
            self._seen[provider.id] = seen
        return seen


async def look_with_key(provider: Provider, keys: Keys) -> tuple[Readiness, bool]:
    """A look at the provider as its agent would be started, and whether the agent is signed in by itself."""
    try:
        variables = await keys.added(provider.id)
        source = keys.source(provider.id) if variables else None
    except KeyUnavailable as unavailable:
        found = await look(provider)
        return _warned(found, str(unavailable)), False
    if source is None:
        return await look(provider), False
    if not KEYED[provider.id].login:
        return _told(await _look_adding(provider, variables), source), False
    # Side by side: together they must not take longer than one.
    bare, given = await asyncio.gather(look(provider), _look_adding(provider, variables))
    if bare.signed_in:
        unused = f"A key is kept {source}. It is not used, since {provider.name} is signed in without it."
        return _warned(bare, unused), True
    return _told(given, source), False


async def _look_adding(provider: Provider, variables: Mapping[str, str]) -> Readiness:
    # In a task of its own: what is added there is nobody else's.
    async def within() -> Readiness:
        with environment.added(variables):
            return await look(provider)

    return await asyncio.create_task(within())


def _told(readiness: Readiness, source: KeySource) -> Readiness:
    """The agent knows its key's variable only; where the key is, we know."""
    return replace(readiness, account=readiness.account.replace(f"from {source.variable}", str(source)))


def _warned(readiness: Readiness, words: str) -> Readiness:
    return replace(readiness, warning=" ".join(filter(None, (readiness.warning, words))))


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
