"""Story 10, settings: what is set once is seen at once, kept, and undone; and story 9, a page that speaks Chinese."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import PHONE, Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DARK_GROUND = "rgb(22, 22, 21)"
LIGHT_GROUND = "rgb(251, 251, 249)"


async def ground(page: Page) -> str:
    """The page's background."""
    return await page.evaluate("getComputedStyle(document.body).backgroundColor")


async def in_settings(desk: Desk) -> Tab:
    """By the wheel, from the projects."""
    tab = await desk.tab()
    await tab.by("settings").click()
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Settings")
    return tab


async def choose(tab: Tab, words: str) -> None:
    """One of a few that stand side by side."""
    choice = tab.page.locator("label", has_text=re.compile(f"^{words}$"))
    await choice.click()
    await expect(choice.get_by_role("radio")).to_be_checked()


async def test_the_look_is_chosen_and_stays(make_desk: Any) -> None:
    """A theme and a size: at once, in other tabs, and before anything of the page's script runs."""
    desk: Desk = await make_desk()
    await desk.sign_in(color_scheme="light")
    tab, other = await in_settings(desk), await desk.tab()
    assert await ground(tab.page) == LIGHT_GROUND
    await choose(tab, "Dark")
    await choose(tab, "Large")
    assert await ground(tab.page) == DARK_GROUND
    await other.page.wait_for_function("document.documentElement.dataset.size === 'large'")
    assert await ground(other.page) == DARK_GROUND
    await other.page.route(re.compile(r"/assets/index-.*\.js$"), lambda route: route.abort())
    await other.reload()
    assert await ground(other.page) == DARK_GROUND
    assert await other.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 18
    await choose(tab, "As the system")
    assert await ground(tab.page) == LIGHT_GROUND


async def test_others_are_signed_out_from_here(desk: Desk) -> None:
    """A browser and a token: listed, made, revoked; what is signed out elsewhere says so there at once."""
    await asyncio.to_thread(desk.server.browser)
    there = await desk.new_context(viewport=PHONE)
    other: Any = await asyncio.to_thread(desk.server.browser)
    await there.add_cookies(
        [{"name": c.name, "value": c.value, "url": desk.server.url} for c in other.cookies.jar]
    )
    phone = await desk.tab(context=there)
    await phone.is_live()
    tab = await in_settings(desk)
    await expect(tab.by("device")).to_have_count(3)
    await expect(tab.by("device", current="true")).to_contain_text("this browser")
    await tab.by("token-name").fill("nightly")
    await tab.by("token-name").press("Enter")
    secret = await tab.by("token-secret").inner_text()
    answer = await tab.page.request.get("/api/me", headers={"authorization": f"Bearer {secret}"})
    assert answer.ok
    await tab.by("token-done").click()
    await tab.by("token").filter(has_text="nightly").get_by_test_id("token-revoke").click()
    await expect(tab.by("token").filter(has_text="nightly")).to_have_count(0)
    await tab.by("devices-out").click()
    await tab.by("devices-out-sure").click()
    await expect(tab.by("device")).to_have_count(1)
    await expect(phone.by("sign-in")).to_contain_text("This browser was signed out")
    await tab.is_live()


async def test_a_password_for_another_device(desk: Desk) -> None:
    """Set in the settings; another browser, which no link has reached, comes in by it and not by a wrong one."""
    tab = await in_settings(desk)
    await tab.by("password-set").click()
    await tab.by("password-new").fill("correct horse battery")
    await tab.by("password-new").press("Enter")
    await expect(tab.by("password-remove")).to_be_visible()
    other = await desk.tab(context=await desk.new_context(viewport=PHONE))
    await other.by("password-field").fill("wrong horse battery")
    await other.by("password-send").click()
    await expect(other.by("password-problem")).to_contain_text("This password is wrong")
    await other.by("password-field").fill("correct horse battery")
    await other.by("password-send").click()
    await expect(other.by("project-row")).to_have_count(1)
    await tab.reload()
    await expect(tab.by("device")).to_have_count(2)
    await tab.by("password-remove").click()
    await expect(tab.by("password-set")).to_have_text("Set a password")
    stranger = await desk.tab(context=await desk.new_context())
    await expect(stranger.by("sign-in")).to_be_visible()
    await expect(stranger.by("password-sign-in")).to_have_count(0)


async def test_the_data_is_where_it_says(desk: Desk) -> None:
    """Its folder and size; the licences of what the page is made of; within a phone's width, too."""
    tab = await in_settings(desk)
    await expect(tab.by("data-path")).to_have_text(str(desk.server.data_dir))
    await expect(tab.by("data-history")).to_have_text(re.compile(r"\d kB|MB"))
    await expect(tab.by("settings-about")).to_contain_text("Antiphon 0.")
    for link in await tab.by("settings-about").get_by_role("link").all():
        answer = await tab.page.request.get(str(await link.evaluate("link => link.href")))
        assert answer.ok, await link.inner_text()
    for width in (PHONE["width"], 320):
        await tab.page.set_viewport_size({**PHONE, "width": width})
        assert not await tab.scrolls_sideways()


async def test_a_language_is_spoken_at_once_and_kept(desk: Desk) -> None:
    """Chosen in the settings; after a reload the page is in it from its first word on, and says so to the browser."""
    tab = await in_settings(desk)
    await choose(tab, "简体中文")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("设置")
    await expect(tab.page).to_have_title("设置 · Antiphon")
    await tab.reload()
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("设置")
    assert await tab.page.evaluate("document.documentElement.lang") == "zh-Hans"
    await choose(tab, "English")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Settings")
