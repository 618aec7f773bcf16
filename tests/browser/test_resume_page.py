"""A stream arrives whole on the page, whatever happens to the wire under it."""

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CHUNKS = 1000
SLOWER = 4
"""How many times slower than this machine's the pages' processor is."""


HIDDEN = """
  Object.defineProperty(document, "hidden", {get: () => true});
  Object.defineProperty(document, "visibilityState", {get: () => "hidden"});
  window.requestAnimationFrame = () => 0;
"""
"""A tab that nobody sees paints no frames. (A headless browser's tabs are all seen.)"""


async def put_behind(tab: Tab) -> None:
    """Have the tab be in the background."""
    await tab.page.add_init_script(HIDDEN)
    await tab.reload()
    await tab.is_live()


async def slow_down(tab: Tab) -> None:
    """Have the tab run as on a poor device."""
    session = await tab.page.context.new_cdp_session(tab.page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


@pytest.mark.timeout(150)
async def test_every_chunk_in_two_tabs_over_three_drops(make_desk) -> None:
    """Two tabs, one in the background, on a processor four times slower, three drops of the socket: all numbered
    chunks, in order, once, in both."""
    desk: Desk = await make_desk(wire=True)
    await desk.sign_in()
    background = await desk.session_tab()
    await put_behind(background)
    front = await desk.session_tab(background.page.url.rpartition("/")[2])
    for tab in (background, front):
        await slow_down(tab)
    await front.page.bring_to_front()
    await front.prompt(f"slow 50/s for {CHUNKS // 50} s")
    for drop in range(1, 4):
        await front.reaches(drop * 100)
        desk.wire.cut()
        for tab in (front, background):
            await expect(tab.connection).to_have_attribute("data-state", "reconnecting")
        for tab in (front, background):
            await tab.is_live()
    assert desk.wire.cuts >= 6
    for tab in (front, background):
        await tab.turn_is("completed", limit_s=40)
        assert await tab.numbers() == list(range(1, CHUNKS + 1))
        await tab.reload()
        await tab.turn_is("completed")
        assert await tab.numbers() == list(range(1, CHUNKS + 1))


async def test_a_drop_in_a_flood(make_desk) -> None:
    """Cut again and again while 20,000 chunks come as fast as they can: not one is lost or doubled."""
    desk: Desk = await make_desk(wire=True)
    await desk.sign_in()
    tab = await desk.session_tab()
    await tab.done("say ready")
    await tab.prompt("flood 20000")
    for _ in range(3):
        await tab.is_live()
        desk.wire.cut()
        await expect(tab.by("retry-now")).to_be_visible()
        await tab.by("retry-now").click()
    await tab.turn_is("completed", limit_s=30)
    numbers = await tab.numbers()
    assert len(numbers) == 20_000 and numbers == sorted(set(numbers))


async def test_a_reader_far_from_the_end_is_not_moved(desk: Desk) -> None:
    """Who has scrolled up to read stays there while more comes; *Jump to latest* brings them to the end."""
    reader = await desk.session_tab()
    await reader.done("flood 3000")
    watcher = await desk.session_tab(reader.page.url.rpartition("/")[2])
    await reader.page.bring_to_front()
    await reader.prompt("slow 50/s for 60 s")
    await reader.reaches(5)
    transcript = reader.by("transcript")
    await transcript.hover()
    await reader.page.mouse.wheel(0, -600)
    await expect(reader.by("jump-to-latest")).to_be_visible()
    before = await transcript.evaluate("node => node.scrollTop")
    await watcher.reaches(200)
    await expect(watcher.turn).to_be_in_viewport()  # who is at the end stays at the end
    assert abs(await transcript.evaluate("node => node.scrollTop") - before) < 2
    await reader.by("jump-to-latest").click()
    await expect(reader.turn).to_be_in_viewport()
    await reader.reaches(200)
