"""Signing in by a password, where the owner has set one. It is optional: a link always works.

Unlike all other secrets here a person has thought of it, so it is hashed slowly (Argon2id, 64 MiB),
one at a time: many guesses at once cost no more than one, and the next waits until the one before
has been counted.
"""

import asyncio

from antiphon.clock import Clock
from antiphon.log.passwords import forget_password, keep_password, password_hash
from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.server.limiter import Limiter

MIN_CHARACTERS = 12
MAX_CHARACTERS = 200


class TooManyTries(Exception):
    """This address must wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Passwords:
    """Knows the owner's."""

    def __init__(self, log: Log, clock: Clock, limiter: Limiter) -> None:
        self._log, self._clock, self._limiter = log, clock, limiter
        self._turn = asyncio.Lock()
        """Held from asking whether one more try is allowed until it is counted."""

    async def is_set(self) -> bool:
        """Whether there is one."""
        return await self._hash() is not None

    async def keep(self, user: int, password: str) -> None:
        """The user has this one from now on. Signed-in browsers stay so."""
        hashed = await asyncio.to_thread(_hash, password)
        at = self._clock.now()
        await self._log.write(lambda conn: keep_password(conn, user, hashed, at))

    async def forget(self, user: int) -> bool:
        """From now on a link is needed; False: it was so before."""
        return await self._log.write(lambda conn: forget_password(conn, user))

    async def is_right(self, password: str, address: str) -> bool:
        """Whether it is the owner's. Takes some 0.1 s, in a thread. Raises TooManyTries for this address."""
        async with self._turn:
            if wait := self._limiter.wait(address):
                raise TooManyTries(wait)
            hashed = await self._hash()
            right = hashed is not None and await asyncio.to_thread(_fits, hashed, password)
            if not right:
                self._limiter.failed(address)
            return right

    async def _hash(self) -> str | None:
        return await self._log.read(lambda conn: password_hash(conn, the_user(conn).key))


def _hash(password: str) -> str:
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


def _fits(hashed: str, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return PasswordHasher().verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False
