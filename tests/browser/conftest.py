"""A real Chromium in front of real servers: one browser for all tests, for each its own server and context.

The browser lives on the event loop of the whole run, so that it is started once; the tests of this
folder run there, too (`pytest.mark.asyncio(loop_scope="session")`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.pages import Desk, Themes
from tests.browser.wire import Wire
from tests.servers import RunningServer
from tools import chromium

LIMIT_MS = 15_000
"""For what is not measured: a page may be slow on a busy machine, but not for ever."""

expect.set_options(timeout=LIMIT_MS)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, started once."""
    found = chromium.find()
    assert found is not None, "there is no Chromium: ./dev test gets one, or says how"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=chromium.arguments())
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def themes(request: pytest.FixtureRequest) -> Themes:
    """A light desk and a dark phone; the other way round when asked to."""
    return ("dark", "light") if request.config.getoption("--dark-desk") else ("light", "dark")


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether the test itself failed, for those who tidy up after it."""
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest_asyncio.fixture(loop_scope="session")
async def make_desk(
    request: pytest.FixtureRequest,
    browser: Browser,
    make_server: Callable[..., RunningServer],
    themes: Themes,
) -> AsyncIterator[Callable[..., Any]]:
    """Puts a person in front of a server: `await make_desk()`; `wire=True` for a wire that can be cut.

    When the test fails, what stood on each page is printed.
    """
    closing = AsyncExitStack()
    desks: list[Desk] = []

    async def make(*arguments: str, wire: bool = False, **options: Any) -> Desk:
        cable = await Wire.to_free_port() if wire else None
        if cable:
            arguments = (*arguments, "--public-url", cable.url)
        server = await asyncio.to_thread(
            make_server, *arguments, port=cable.target if cable else 0, **options
        )
        desk = Desk(browser, server, cable, themes)
        closing.push_async_callback(desk.close)  # each, also where one before it has something to tell
        desks.append(desk)
        return desk

    async with closing:
        yield make
        if request.node.stash.get(FAILED, False):
            for desk in desks:
                await desk.tell()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(make_desk: Callable[..., Any]) -> Desk:
    """A person, signed in, in front of a server with one trusted project and nothing else."""
    desk: Desk = await make_desk()
    await desk.sign_in()
    return desk
