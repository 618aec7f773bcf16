"""Whether agents are ready: looked at once for all who ask, remembered, never waited for again."""

import asyncio
from pathlib import Path

import pytest

from antiphon.providers.base import Readiness
from antiphon.providers.environment import for_provider
from antiphon.providers.key_file import KeyFile
from antiphon.providers.keys import Keys, KeyUnavailable
from antiphon.server.readiness import FRESH_SECONDS, Lookout
from antiphon.testing.clock import ManualClock, settle
from antiphon.testing.scripted import ScriptedProvider

NO_KEYS = Keys(Path("/nonexistent"), {})
KEY = "sk-fake-claude-0123456789"


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
    provider, lookout = Looked(), Lookout(clock, NO_KEYS)
    asking = [asyncio.create_task(lookout.readiness(provider)) for _ in range(5)]
    await settle()
    asking[0].cancel()
    provider.gate.set()
    found = [await one for one in asking[1:]]
    assert provider.looks == 1 and {one.version for one in found} == {"1"}
    assert (found[0].account, found[0].warning) == ("API key", "It overrides a login.")


async def test_it_is_remembered_for_a_minute(clock: ManualClock) -> None:
    """Within a minute nobody looks again; later the old is told at once, and the new is there for the next who asks."""
    provider, lookout = Looked(), Lookout(clock, NO_KEYS)
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
    provider, lookout = Looked(), Lookout(clock, NO_KEYS)
    provider.gate.set()
    await lookout.readiness(provider)
    assert (await lookout.readiness(provider, fresh=True)).version == "2"


async def test_a_look_that_fails_is_told(clock: ManualClock) -> None:
    """A provider that breaks its promise not to raise does not take the others along."""
    provider, lookout = Looked(), Lookout(clock, NO_KEYS)
    provider.gate.set()
    provider.error = ZeroDivisionError("x")
    found = await lookout.readiness(provider)
    assert not found.found and "ZeroDivisionError" in found.message


async def test_who_does_not_wait_is_told_when_it_is_known(clock: ManualClock) -> None:
    """The first look goes on beside; until it comes back nothing is known, and nobody looks twice."""
    provider, lookout = Looked(), Lookout(clock, NO_KEYS)
    assert lookout.known(provider) is None and lookout.known(provider) is None
    provider.gate.set()
    await lookout.readiness(provider)
    found = lookout.known(provider)
    assert found and found.version == "1" and provider.looks == 1


async def test_a_look_that_was_forgotten_is_not_remembered(clock: ManualClock) -> None:
    """What changed while it looked is in the next look; whoever waits for the first one still gets it."""
    provider, lookout = Looked(), Lookout(clock, NO_KEYS)
    first = asyncio.create_task(lookout.readiness(provider))
    await settle()
    lookout.forget(provider)
    assert lookout.known(provider) is None
    provider.gate.set()
    assert (await first).found
    await settle()
    assert provider.looks == 2 and (found := lookout.known(provider)) and found.version == "2"


async def test_who_does_not_wait_may_ask_for_a_new_look(clock: ManualClock) -> None:
    """*Look again*: nothing is known until it has come back."""
    provider, lookout = Looked(), Lookout(clock, NO_KEYS)
    provider.gate.set()
    await lookout.readiness(provider)
    provider.gate.clear()
    assert lookout.known(provider, fresh=True) is None
    await settle()
    assert lookout.known(provider) is None
    provider.gate.set()
    await settle()
    found = lookout.known(provider)
    assert found and found.version == "2"


class Paying(ScriptedProvider):
    """A provider whose agent says who pays: its login, else the key that it is given."""

    def __init__(self, id: str, login: bool = False) -> None:
        super().__init__(id=id)
        self.login, self.given = login, list[bool]()

    async def readiness(self) -> Readiness:
        around = for_provider(self.id, None)
        await asyncio.sleep(0)
        assert for_provider(self.id, None) == around
        key = "ANTHROPIC_API_KEY" if self.id == "claude" else "OPENROUTER_API_KEY"
        self.given.append(around.get(key) == KEY)
        if around.get(key):
            return Readiness(found=True, signed_in=True, account=f"API key from {key}")
        return Readiness(found=True, signed_in=self.login, account="Claude Max" if self.login else "")


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    for provider in ("claude", "openrouter"):
        KeyFile(tmp_path).put(provider, "file", KEY)
    return Keys(tmp_path, {})


async def test_an_agent_is_looked_at_with_its_kept_key(clock: ManualClock, keys: Keys) -> None:
    """As it would be started: and the page says where the key is, not which variable carries it."""
    provider, lookout = Paying("openrouter"), Lookout(clock, keys)
    found = await lookout.readiness(provider)
    assert found.signed_in and found.account == "API key in a file only you can read"
    assert provider.given == [True]
    assert await lookout.key(provider) == {"OPENROUTER_API_KEY": KEY}


async def test_a_login_goes_before_a_kept_key(clock: ManualClock, keys: Keys) -> None:
    """An agent that is signed in by itself is not given the key, and the page says so."""
    provider, lookout = Paying("claude", login=True), Lookout(clock, keys)
    assert await lookout.key(provider) == {}
    found = await lookout.readiness(provider)
    assert (
        found.account == "Claude Max"
        and "It is not used, since The scripted agent is signed in" in found.warning
    )
    provider.login = False
    await clock.advance(FRESH_SECONDS)
    assert await lookout.key(provider) == {"ANTHROPIC_API_KEY": KEY}  # signed out meanwhile: looked at anew
    assert (await lookout.readiness(provider)).account == "API key in a file only you can read"


async def test_a_key_is_in_its_own_look_only(clock: ManualClock, keys: Keys) -> None:
    """Side by side with others, none of which sees it, nor does whoever looks afterwards."""
    lookout, other = Lookout(clock, keys), Looked()
    other.gate.set()
    claude, openrouter = Paying("claude"), Paying("openrouter")
    await asyncio.gather(*(lookout.readiness(each) for each in (claude, other, openrouter)))
    assert sorted(claude.given) == [False, True] and openrouter.given == [True]
    assert KEY not in for_provider("claude").values() and KEY not in for_provider("openrouter").values()


async def test_a_key_that_cannot_be_had_is_told(clock: ManualClock, keys: Keys, tmp_path: Path) -> None:
    """The look goes on without it; a launch does not."""
    (tmp_path / "keys.json").chmod(0o644)
    provider, lookout = Paying("openrouter"), Lookout(clock, keys)
    found = await lookout.readiness(provider)
    assert found.found and not found.signed_in and "can be read by others" in found.warning
    with pytest.raises(KeyUnavailable):
        await lookout.key(provider)
