"""Whether agents are ready: looked at once for all who ask, remembered, never waited for again."""

import asyncio

import pytest

from antiphon.providers.base import Readiness
from antiphon.server.readiness import FRESH_SECONDS, Lookout
from antiphon.testing.clock import ManualClock, settle
from antiphon.testing.scripted import ScriptedProvider


class Looked(ScriptedProvider):
    """A provider that counts the looks at it, and keeps them waiting until the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.looks, self.gate = 0, asyncio.Event()
        self.error: Exception | None = None

    async def readiness(self) -> Readiness:
        self.looks += 1
        await self.gate.wait()
        if self.error:
            raise self.error
        return Readiness(
            found=True, version=str(self.looks), account="API key", warning="It overrides a login."
        )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def test_many_who_ask_are_one_look(clock: ManualClock) -> None:
    """The first look is waited for, by all who ask meanwhile; one that goes away does not end it."""
    provider, lookout = Looked(), Lookout(clock)
    asking = [asyncio.create_task(lookout.readiness(provider)) for _ in range(5)]
    await settle()
    asking[0].cancel()
    provider.gate.set()
    found = [await one for one in asking[1:]]
    assert provider.looks == 1 and {one.version for one in found} == {"1"}
    assert (found[0].account, found[0].warning) == ("API key", "It overrides a login.")


async def test_it_is_remembered_for_a_minute(clock: ManualClock) -> None:
    """Within a minute nobody looks again; later the old is told at once, and the new is there for the next who asks."""
    provider, lookout = Looked(), Lookout(clock)
    provider.gate.set()
    await lookout.readiness(provider)
    await clock.advance(FRESH_SECONDS - 1)
    assert (await lookout.readiness(provider)).version == "1" and provider.looks == 1
    await clock.advance(1)
    provider.gate.clear()
    old = await asyncio.wait_for(lookout.readiness(provider), 1)
    assert old.version == "1"
    await settle()
    provider.gate.set()
    await settle()
    assert provider.looks == 2 and (await lookout.readiness(provider)).version == "2"


async def test_fresh_looks_now(clock: ManualClock) -> None:
    """Whoever has just installed it asks for a new look, and waits for that."""
    provider, lookout = Looked(), Lookout(clock)
    provider.gate.set()
    await lookout.readiness(provider)
    assert (await lookout.readiness(provider, fresh=True)).version == "2"


async def test_a_look_that_fails_is_told(clock: ManualClock) -> None:
    """A provider that breaks its promise not to raise does not take the others along."""
    provider, lookout = Looked(), Lookout(clock)
    provider.gate.set()
    provider.error = ZeroDivisionError("x")
    found = await lookout.readiness(provider)
    assert not found.found and "ZeroDivisionError" in found.message


async def test_who_does_not_wait_is_told_when_it_is_known(clock: ManualClock) -> None:
    """The first look goes on beside; until it comes back nothing is known, and nobody looks twice."""
    provider, lookout = Looked(), Lookout(clock)
    assert lookout.known(provider) is None and lookout.known(provider) is None
    provider.gate.set()
    await lookout.readiness(provider)
    found = lookout.known(provider)
    assert found and found.version == "1" and provider.looks == 1
