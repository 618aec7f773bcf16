"""Story 8, the phone: the page can be installed, and opens while its server is away. In a real browser, on real servers."""

import asyncio
import socket
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.pages import PHONE, Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

KEPT = """async () => {
  const names = await caches.keys();
  const urls = await Promise.all(names.map(async name => (await (await caches.open(name)).keys()).map(({url}) => url)));
  return Object.fromEntries(names.map((name, at) => [name, urls[at]]));
}"""
WORKING = "async () => { const kept = await navigator.serviceWorker.ready; return kept.active?.state === 'activated'; }"


async def until(tab: Tab, holds: str) -> None:
    """Ask the page again and again whether this holds: what a worker does, no event tells."""
    async with asyncio.timeout(45):
        while not await tab.page.evaluate(holds):
            await tab.page.wait_for_timeout(100)


async def kept(tab: Tab) -> dict[str, list[str]]:
    """What the browser keeps, by the cache's name; once the worker is at work."""
    await until(tab, WORKING)
    return await tab.page.evaluate(KEPT)


async def on_phone(make_desk: Any, *arguments: str, **options: Any) -> Desk:
    """A person with a phone, signed in."""
    desk: Desk = await make_desk(*arguments, **options)
    await desk.sign_in(viewport=PHONE, is_mobile=True, has_touch=True, service_workers="allow")
    return desk


async def test_it_opens_without_its_server_and_goes_on(make_desk) -> None:
    """In every view; it says what is wrong, keeps nothing of anybody's, and is there again by itself."""
    desk = await on_phone(make_desk)
    tab = await desk.session_tab()
    await tab.composer.fill("say hello")
    await tab.by("send").tap()
    await expect(tab.message).to_have_text("hello")
    (urls,) = (await kept(tab)).values()
    assert not [url for url in urls if "/api/" in url or "/ws" in url or "token" in url]
    desk.server.kill()
    await tab.reload()
    await expect(tab.by("unreachable")).to_contain_text("The server cannot be reached")
    await expect(tab.by("unreachable")).to_contain_text("Trying again in")
    await desk.context.set_offline(True)
    await expect(tab.by("unreachable")).to_contain_text("This device has no network.")
    await desk.context.set_offline(False)
    other = await desk.tab("agents")
    await expect(other.by("unreachable")).to_be_visible()
    await desk.restart()
    await expect(tab.message).to_have_text("hello", timeout=45_000)
    await tab.is_live()
    await expect(other.by("agents-summary")).to_be_visible(timeout=45_000)


async def test_another_version_is_never_mixed_with_the_one_kept(make_desk) -> None:
    """A page out of the browser's keeping says that the server's is another; once loaded, that one is kept instead."""
    desk = await on_phone(make_desk)
    tab = await desk.tab()
    (before,) = await kept(tab)
    desk.server.kill()
    await tab.reload()
    await expect(tab.by("unreachable")).to_be_visible()
    desk.server._module = "tests.browser.other_version"
    await desk.restart()
    await expect(tab.connection).to_have_attribute("data-state", "new-version", timeout=45_000)
    await tab.by("reload").click()
    await tab.is_live()
    assert await tab.page.locator('script[src*="0therBld"]').count() == 1
    await until(tab, f"async () => !(await caches.has({before!r}))")
    (after,) = await kept(tab)
    assert after.endswith(":another")
    desk.server.kill()
    await tab.reload()
    await expect(tab.by("unreachable")).to_be_visible()
    assert await tab.page.locator('script[src*="0therBld"]').count() == 1


async def test_below_a_path_and_taken_back(browser, make_server) -> None:
    """Behind a path its worker sees that path only; with --no-offline nothing is left of it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    public = ("--public-url", f"http://127.0.0.1:{port}/anti/phon")
    desk = Desk(browser, await asyncio.to_thread(make_server, *public, port=port), None)
    try:
        desk.context = await desk.new_context(viewport=PHONE, service_workers="allow")
        tab = await desk.tab(f"#token={desk.server.secret}")
        await tab.is_live()
        (name,) = await kept(tab)
        assert name.startswith("antiphon:/anti/phon/:")
        desk.server.kill()
        await tab.reload()
        await expect(tab.by("unreachable")).to_be_visible()
        desk.server._arguments.append("--no-offline")
        await desk.restart()
        await tab.is_live()
        await tab.reload()
        await until(
            tab,
            "async () => !(await navigator.serviceWorker.getRegistration()) && !(await caches.keys()).length",
        )
    finally:
        await desk.close()


async def test_a_notification_leads_to_its_place(make_desk) -> None:
    """Shown by the worker; a click on it goes there in the window that is open, without loading it anew."""
    desk = await on_phone(make_desk)
    await desk.context.grant_permissions(["notifications"])
    tab = await desk.tab()
    await kept(tab)
    await tab.page.evaluate("window.same = true")
    await until(tab, "navigator.serviceWorker.controller !== null")
    await tab.page.evaluate(
        "async () => (await navigator.serviceWorker.ready).showNotification('x', {data: {path: 'agents'}})"
    )
    (worker,) = desk.context.service_workers
    await worker.evaluate(
        """async () => {
            const [notification] = await self.registration.getNotifications();
            self.dispatchEvent(new NotificationEvent("notificationclick", {notification}));
        }"""
    )
    await expect(tab.by("agents-summary")).to_be_visible()
    assert await tab.page.evaluate("window.same")


async def test_it_can_be_installed(make_desk) -> None:
    """Chromium finds nothing amiss, and its icons are what the manifest says they are."""
    desk = await on_phone(make_desk)
    tab = await desk.tab()
    await kept(tab)
    session = await desk.context.new_cdp_session(tab.page)
    manifest = await session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    found = await session.send("Page.getInstallabilityErrors")
    # A test's browser profile is one that keeps nothing, which installs nothing.
    assert [error["errorId"] for error in found["installabilityErrors"]] == ["in-incognito"]
    sizes = await tab.page.evaluate(
        """async () => Promise.all(["icon-192.png", "icon-512.png", "icon-maskable.png", "icon-apple.png"].map(async name => {
            const picture = await createImageBitmap(await (await fetch(name)).blob());
            return [name, picture.width, picture.height];
        }))"""
    )
    assert sizes == [
        ["icon-192.png", 192, 192],
        ["icon-512.png", 512, 512],
        ["icon-maskable.png", 512, 512],
        ["icon-apple.png", 180, 180],
    ]
