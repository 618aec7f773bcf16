"""The commands of one connection: in their order within a session, and no session waits for another's.

1. The commands of one session are done one after the other, as they came.
2. What is not done yet, over all sessions, is bounded: a client cannot make us hold more.
3. A chain is there while it has something to do, and ends with the connection.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Chains(Generic[T]):
    """A queue of commands for each session. All methods belong to the event loop."""

    def __init__(self, do: Callable[[T], Awaitable[None]], limit: int) -> None:
        """`do` does one command, to its reply; `limit`: how many commands may be under way or wait."""
        self._do, self._limit = do, limit
        self._count = 0
        self._waiting: dict[str, deque[T]] = {}
        """By session, while its chain is there."""
        self._chains: set[asyncio.Task[None]] = set()
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ended = False

    def __len__(self) -> int:
        """How many sessions have something to do."""
        return len(self._waiting)

    def add(self, session: str, command: T) -> bool:
        """Have the command done after those of its session. False: there are too many."""
        if self._ended:
            return True  # the connection ends: nobody is left to be replied to
        if self._count >= self._limit:
            return False
        self._count += 1
        if session in self._waiting:
            self._waiting[session].append(command)
            return True
        self._waiting[session] = deque([command])
        chain = asyncio.create_task(self._work(session), name=f"commands for {session}")
        self._chains.add(chain)
        chain.add_done_callback(self._done)
        return True

    async def run(self) -> None:
        """Wait for ever, or for the first mistake in `do`, which is raised. All chains end with it."""
        try:
            await self._broken
        finally:
            self._ended = True
            for chain in self._chains:
                chain.cancel()
            if self._chains:
                await asyncio.wait(self._chains)

    async def _work(self, session: str) -> None:
        waiting = self._waiting[session]
        while waiting:
            await self._do(waiting.popleft())
            self._count -= 1
        del self._waiting[session]

    def _done(self, chain: asyncio.Task[None]) -> None:
        self._chains.discard(chain)
        error = RuntimeError("a command was cancelled") if chain.cancelled() else chain.exception()
        if error and not self._broken.done():  # its commands get no reply any more: the connection must end
            self._broken.set_exception(error)
