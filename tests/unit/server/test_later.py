"""An application that is put together while the server runs."""

import asyncio
import threading

import pytest

from antiphon.server.later import Later


async def test_whoever_asks_before_it_is_there_waits_for_it() -> None:
    """Two requests come while it is made: it is made once, and both get their answers from it."""
    go, made, asked = threading.Event(), 0, []

    async def application(scope: object, receive: object, send: object) -> None:
        asked.append(scope)

    def make():
        nonlocal made
        made += 1
        assert go.wait(10)
        return application

    later = Later(make)
    asking = asyncio.gather(later("first", None, None), later("second", None, None))
    await asyncio.sleep(0)
    assert asked == []
    go.set()
    await asyncio.wait_for(asking, 10)
    assert (made, asked) == (1, ["first", "second"])


async def test_one_who_goes_away_stops_nobody_else() -> None:
    """A request that is cancelled while it waits leaves the making alone."""
    go = threading.Event()

    async def application(scope: object, receive: object, send: object) -> None: ...

    def make():
        assert go.wait(10)
        return application

    later = Later(make)
    first = asyncio.create_task(later("first", None, None))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait({first})
    go.set()
    await asyncio.wait_for(later("second", None, None), 10)


async def test_what_cannot_be_made_says_so_each_time() -> None:
    """No request waits for ever for what will not come."""

    def make():
        raise RuntimeError("no")

    later = Later(make)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(later("scope", None, None), 10)
