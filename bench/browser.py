"""A real Chromium, signed in to a measured server."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, async_playwright

from bench.served import Server
from bench.wire import Wrong
from tools import chromium

DESKTOP = {"width": 1280, "height": 800}


@contextlib.asynccontextmanager
async def browser() -> AsyncGenerator[Browser]:
    """The system's Chromium."""
    found = chromium.find()
    if found is None:
        raise Wrong("there is no Chromium: ./dev test installs one, or says how")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=found, args=chromium.arguments())
        yield started
        await started.close()


@contextlib.asynccontextmanager
async def signed_in(chrome: Browser, server: Server, *, new: bool = False) -> AsyncGenerator[BrowserContext]:
    """A browser profile of the server's owner; its caches are empty but for the page of signing in.

    `new`: nothing of the page is kept there by its service worker, as at the first visit.
    """
    context = await chrome.new_context(
        viewport=DESKTOP,  # type: ignore[arg-type]
        base_url=server.url,
        service_workers="block" if new else "allow",
    )
    page = await context.new_page()
    await page.goto(await _link(server.folder))
    await page.locator('[data-testid="sign-out"], [data-testid="project-row"]').first.wait_for()
    await page.close()
    yield context
    await context.close()


async def _link(folder: Path) -> str:
    words = ["link", "--no-qr", "--data-dir", str(folder / "data")]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "antiphon", *words, stdout=pipe)
    out, _ = await process.communicate()
    return out.decode().split()[-1]
