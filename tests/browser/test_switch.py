"""From one session to another: at once, and nothing of the one stays in the other."""

import asyncio

import pytest
from playwright.async_api import Locator, WebSocket, expect

from tests.browser.pages import Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LIMIT_S = 15
FIRST, SECOND = ("say " + f"{word}\n\n" * 60 for word in ("first", "second"))
"""Longer than a tab is high."""


async def two_sessions(desk: Desk) -> tuple[Tab, str, str]:
    """A tab with the second of two sessions that are longer than it is high; both ids."""
    tab = await desk.session_tab()
    await tab.done(FIRST)
    first = tab.page.url.rpartition("/")[2]
    second = await asyncio.to_thread(desk.make_session)
    await row(tab, second).click()
    await tab.done(SECOND)
    return tab, first, second


def row(tab: Tab, session: str) -> Locator:
    """A session in the list."""
    return tab.by("session-row", session=session)


async def test_nothing_of_one_session_stays_in_the_next(desk: Desk) -> None:
    """What is open, written, sought or scrolled in one is not so in the next, and what was written is there again."""
    tab, first, second = await two_sessions(desk)
    await row(tab, first).click()
    await expect(tab.turn).to_be_in_viewport()
    await tab.composer.press_sequentially("of the first")
    await tab.by("transcript").hover()
    await tab.page.mouse.wheel(0, -600)
    await expect(tab.by("jump-to-latest")).to_be_visible()
    await tab.page.keyboard.press("Control+f")
    await tab.by("find-field").fill("first")
    await expect(tab.page.locator("html")).to_have_attribute("data-marked", "")
    await tab.by("rename").click()
    await tab.by("session-rename").fill("half a name")
    await tab.by("action-menu").locator("summary").click()

    await row(tab, second).click()
    await expect(tab.page).to_have_url(f"{desk.server.url}/sessions/{second}")
    await expect(tab.by("find-bar")).to_have_count(0)
    await expect(tab.page.locator("html")).not_to_have_attribute("data-marked", "")
    await expect(tab.by("session-rename")).to_have_count(0)
    await expect(tab.by("action-menu")).not_to_have_attribute("open", "")
    await expect(tab.message).to_contain_text("second")
    await expect(tab.turn).to_be_in_viewport()
    await expect(tab.by("jump-to-latest")).to_have_count(0)
    await expect(tab.composer).to_be_focused()
    await expect(tab.composer).to_have_value("")
    await tab.page.keyboard.press("Control+z")
    await expect(tab.composer).to_have_value("")
    await row(tab, first).click()
    await expect(tab.composer).to_have_value("of the first")
    await expect(tab.message).to_contain_text("first")
    # Nor where both drafts are the same, so that nothing in the field has to change.
    await tab.composer.press("Control+a")
    await tab.composer.press("Delete")
    await row(tab, second).click()
    await expect(tab.message).to_contain_text("second")
    await expect(tab.composer).to_be_focused()
    await tab.page.keyboard.press("Control+z")
    await expect(tab.composer).to_have_value("")


async def test_what_somebody_is_about_to_open_is_fetched_already(desk: Desk) -> None:
    """The pointer that rests on a session's row has it subscribed, for nobody yet; the click says that somebody looks."""
    tab, first, _ = await two_sessions(desk)
    asked: list[str] = []
    subscribed = asyncio.Event()

    def sent(frame: str | bytes) -> None:
        if first in str(frame) and '"subscribe"' in str(frame):
            asked.append(str(frame))
            subscribed.set()

    def note(socket: WebSocket) -> None:
        socket.on("framesent", sent)

    tab.page.on("websocket", note)
    await tab.reload()
    await tab.is_live()
    assert not asked
    await row(tab, first).hover()
    async with asyncio.timeout(LIMIT_S):
        await subscribed.wait()
    await row(tab, first).click()
    await expect(tab.page).to_have_url(f"{desk.server.url}/sessions/{first}")
    await expect(tab.turn).to_be_in_viewport()
    async with asyncio.timeout(LIMIT_S):
        while len(asked) < 2:
            await tab.page.wait_for_timeout(20)
    assert ['"ahead":true' in frame for frame in asked] == [True, False]
