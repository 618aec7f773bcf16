"""Guesses at a password, on a real log with the real hash."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.server.limiter import REFILL_SECONDS, TRIES, Limiter
from antiphon.server.passwords import Passwords, TooManyTries
from antiphon.testing.clock import ManualClock

pytestmark = pytest.mark.timeout(180)
"""Hashing is meant to be slow, and a busy machine makes it slower."""

GOOD = "correct horse battery"


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    """A fresh log."""
    log = await Log.open(tmp_path / "data")
    yield log
    await log.close()


async def test_guesses_are_counted_also_when_they_come_all_at_once(log: Log) -> None:
    """Ten are looked at, the others not; then the right one waits, too, but from another address it does not."""
    clock = ManualClock()
    passwords = Passwords(log, clock, Limiter(clock))
    await passwords.keep(await log.read(lambda conn: the_user(conn).key), GOOD)
    guesses = (passwords.is_right(f"wrong {number}", "theirs") for number in range(TRIES + 6))
    made = await asyncio.gather(*guesses, return_exceptions=True)
    assert made[:TRIES] == [False] * TRIES
    assert all(isinstance(answer, TooManyTries) for answer in made[TRIES:])
    with pytest.raises(TooManyTries):
        await passwords.is_right(GOOD, "theirs")
    assert await passwords.is_right(GOOD, "mine")
    await clock.advance(REFILL_SECONDS)
    assert await passwords.is_right(GOOD, "theirs")
