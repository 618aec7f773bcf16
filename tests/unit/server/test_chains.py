"""The commands of one connection: ordered within a session, bounded over all, gone with the connection."""

import asyncio
from collections import defaultdict

import pytest

from antiphon.server.chains import Chains
from antiphon.testing.clock import settle


class Work:
    """What chains do: each command waits until its session may go on, and is noted."""

    def __init__(self, limit: int = 10) -> None:
        self.begun = list[str]()
        self.done = list[str]()
        self.may: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.chains = Chains(self.do, limit)
        self.running = asyncio.create_task(self.chains.run())

    async def do(self, command: str) -> None:
        self.begun.append(command)
        await self.may[command[0]].wait()
        if command.endswith("!"):
            raise ValueError(command)
        self.done.append(command)

    def add(self, *commands: str) -> list[bool]:
        return [self.chains.add(command[0], command) for command in commands]


async def test_one_after_the_other_and_no_session_waits() -> None:
    """A session that hangs holds up itself only; what is done leaves nothing behind."""
    work = Work()
    assert all(work.add("a1", "a2", "b1", "b2"))
    work.may["b"].set()
    await settle()
    assert (work.begun, work.done) == (["a1", "b1", "b2"], ["b1", "b2"])
    assert len(work.chains) == 1
    work.may["a"].set()
    await settle()
    assert work.done == ["b1", "b2", "a1", "a2"] and len(work.chains) == 0
    work.add("a3")
    await settle()
    assert work.done[-1] == "a3"
    work.running.cancel()


async def test_too_many_over_all_sessions_are_refused() -> None:
    """What is under way counts; whatever is done makes room."""
    work = Work(limit=3)
    assert work.add("a1", "a2", "b1", "c1", "a3") == [True, True, True, False, False]
    work.may["b"].set()
    await settle()
    assert work.add("c2", "c3") == [True, False]
    work.running.cancel()


async def test_all_end_with_the_connection() -> None:
    """What is under way in several chains is cancelled, what waits is not begun, and nothing new is."""
    work = Work()
    work.add("a1", "a2", "b1")
    await settle()
    work.running.cancel()
    await asyncio.wait({work.running})
    work.may["a"].set()
    work.add("c1")
    await settle()
    assert (work.begun, work.done) == (["a1", "b1"], [])


async def test_a_mistake_ends_all() -> None:
    """A command that cannot be replied to is not passed over: the connection is told, and ends."""
    work = Work()
    work.add("a1", "b!", "b2")
    work.may["b"].set()
    with pytest.raises(ValueError, match="b!"):
        await asyncio.wait_for(work.running, 5)
    work.may["a"].set()
    await settle()
    assert (work.begun, work.done) == (["a1", "b!"], [])


async def test_one_that_was_cancelled_from_elsewhere_ends_all() -> None:
    """It gets no reply either."""
    work = Work()
    work.add("a1")
    await settle()
    (chain,) = work.chains._chains
    chain.cancel()
    with pytest.raises(RuntimeError, match="cancelled"):
        await asyncio.wait_for(work.running, 5)
