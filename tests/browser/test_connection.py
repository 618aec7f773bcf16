"""The connection's state is always said in words, with what happens next."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_offline_and_online_again(make_desk) -> None:
    """A device without network is told so; back online it connects at once, without waiting for its turn."""
    desk: Desk = await make_desk(wire=True)
    await desk.sign_in()
    tab = await desk.session_tab()
    bell = await tab.bell.bounding_box()
    await desk.wire.part()
    await desk.context.set_offline(True)
    await expect(tab.connection).to_have_attribute("data-state", "offline")
    await expect(tab.by("connection-banner")).to_contain_text("This device is offline.")
    assert await tab.bell.bounding_box() == bell, "what can be clicked moves with the connection's words"
    await expect(tab.by("connection-banner")).to_contain_text("Trying again in 12 s", timeout=20_000)
    await desk.wire.mend()
    await desk.context.set_offline(False)
    await expect(tab.connection).to_have_attribute("data-state", "live", timeout=5_000)
    await tab.done("say online")


async def test_a_server_that_stops_says_goodbye(desk: Desk) -> None:
    """A running turn ends before the goodbye; the page says that the server was stopped, and comes back by itself."""
    tab = await desk.session_tab()
    await tab.prompt("slow 20/s for 60 s")
    await tab.reaches(5)
    await asyncio.to_thread(desk.server.stop)
    await expect(tab.connection).to_have_attribute("data-state", "stopped")
    await expect(tab.by("connection-banner")).to_contain_text("The server was stopped.")
    await expect(tab.by("connection-banner")).to_contain_text("Trying again in")
    await tab.turn_is("interrupted")
    await expect(tab.by("interrupted")).to_contain_text("The server was stopped while the agent worked")
    await desk.restart()
    await tab.is_live()
    await expect(tab.by("connection-banner")).to_have_count(0)


async def test_signed_out_elsewhere(desk: Desk) -> None:
    """Every tab of the browser is told at once, and shows nothing more of the session."""
    tabs = [await desk.session_tab(), await desk.tab()]
    await tabs[0].done("say secret words")
    answer = await asyncio.to_thread(desk.api.post, "/api/sign-out")
    assert answer.status_code == 204
    for tab in tabs:
        await expect(tab.by("sign-in")).to_contain_text("signed out")
        await expect(tab.page.get_by_text("secret words")).to_have_count(0)


async def test_a_restart_signs_nobody_out(desk: Desk) -> None:
    """After kill -9 the same cookie is good, and what is on the page stays while it waits."""
    tab = await desk.session_tab()
    await tab.done("say kept")
    await asyncio.to_thread(desk.server.kill)
    await expect(tab.connection).to_have_attribute("data-state", "reconnecting")
    await expect(tab.message).to_have_text("kept")
    await desk.restart()
    await tab.is_live()
    await expect(tab.by("sign-in")).to_have_count(0)
    await tab.done("say on")


async def test_a_page_opened_while_the_server_is_gone(make_desk) -> None:
    """The page is there but its server is not: it says so, offers to try again, and goes on by itself."""
    desk: Desk = await make_desk(wire=True)
    await desk.sign_in()
    tab = await desk.tab()
    await tab.is_live()
    for again in (True, False):
        await tab.page.route("**/api/me", lambda route: route.abort())
        await tab.reload()
        await expect(tab.by("unreachable")).to_contain_text("Antiphon does not answer")
        await tab.page.unroute("**/api/me")
        if again:
            await tab.by("retry-now").click()
        await tab.is_live()
