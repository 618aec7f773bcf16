"""Signing in to an agent from the page: a failure card, the agent's own login in a terminal, and the prompt that then works."""

import asyncio
import re
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.async_api import expect

from tests import login_program
from tests.browser import shy_agent
from tests.browser.pages import PHONE, Desk, Tab
from tests.browser.test_access import barriers, fits
from tests.processes import command_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

PROGRAM = str(Path(login_program.__file__))


def catalog(store: Path) -> str:
    """Agents that want a login: one that works once it was done, and others for how it goes."""
    shy = f'[shy]\nname = "Shy agent"\ncommand = ["{{python}}", "-P", "{shy_agent.__file__}"]\nwarm = false\n'
    shy += f'sign-in = "{{python}} -IS {PROGRAM} paste"\nsign-in-hint = "Open the address, and paste the code."\n'
    others = [
        f'[{word}]\nname = "The {word} agent"\ncommand = ["{{python}}", "-P", "{shy_agent.__file__}"]\n'
        f'sign-in = "{{python}} -IS {PROGRAM} {word}"\n[{word}.environment]\nLOGIN_STORE = "{store}-{word}"'
        for word in ("device", "size", "flood")
    ]
    return "\n".join([shy, f'[shy.environment]\nLOGIN_STORE = "{store}"', *others])


@pytest.fixture
def with_logins(tmp_path: Path) -> dict[str, Any]:
    """A server's folder with these agents."""
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data/agents.toml").write_text(catalog(tmp_path / "store"))
    return {"folder": tmp_path}


async def refused(desk: Desk, provider: str = "shy") -> Tab:
    """A tab with the card of a turn that failed for want of a login."""
    tab = await desk.session_tab(await asyncio.to_thread(desk.make_session, provider))
    await tab.composer.fill("say hello")
    await tab.by("send").click()
    await tab.turn_is("failed", limit_s=30)
    await expect(tab.failure).to_have_attribute("data-code", "auth")
    return tab


async def begun(tab: Tab) -> None:
    """Its dialog is open, and the login runs."""
    await tab.by("sign-in-agent").first.click()
    await expect(tab.by("sign-in-dialog")).to_be_visible()
    await expect(tab.by("login-address")).to_be_visible()


async def test_from_the_failure_to_the_answer(make_desk, with_logins) -> None:
    """The card's button, the address, the code in the field: signed in, and the same prompt goes."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in()
    tab = await refused(desk)
    await begun(tab)
    address = tab.by("login-address")
    await expect(address).to_have_attribute("href", login_program.ADDRESS)
    await expect(address).to_have_attribute("target", "_blank")
    await expect(address).to_have_attribute("rel", "noopener noreferrer")
    await expect(address).to_have_text("Open login.example")
    await expect(tab.by("sign-in-dialog")).to_contain_text("Open the address, and paste the code.")
    await tab.by("login-input").fill("good-code")
    await tab.by("login-input").press("Enter")
    await expect(tab.by("login-ended")).to_contain_text("Signed in to Shy agent")
    await tab.by("login-close").click()
    await tab.done("say hello", limit_s=30)
    await expect(tab.message).to_have_text("hello")
    assert tab.errors == []


async def test_a_login_that_fails_says_so_and_begins_anew(make_desk, with_logins) -> None:
    """With the command for a terminal; *Try again* has a terminal of its own."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in()
    tab = await refused(desk)
    await begun(tab)
    await tab.by("login-input").fill("bad-code")
    await tab.by("login-send").click()
    await expect(tab.by("login-ended")).to_contain_text("left with exit status 1")
    await expect(tab.by("login-ended")).to_contain_text(f"{PROGRAM} paste")
    await tab.by("login-again").click()
    await expect(tab.by("login-ended")).to_have_count(0)
    await expect(tab.by("login-address")).to_be_visible()


async def test_the_terminal_takes_keys_and_lets_go(make_desk, with_logins) -> None:
    """What is typed there reaches the program, Escape too; Tab leads out of it."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in()
    tab = await refused(desk)
    await begun(tab)
    terminal = tab.by("login-terminal")
    await expect(terminal.locator("textarea")).to_be_focused()
    await tab.page.keyboard.press("Escape")
    await expect(tab.by("login-leaving")).to_have_count(0)
    await expect(terminal).to_contain_text("^[")
    await tab.page.keyboard.press("Tab")
    await expect(tab.by("login-stop")).to_be_focused()
    await tab.page.keyboard.press("Shift+Tab")
    await expect(terminal.locator("textarea")).to_be_focused()
    await tab.page.keyboard.press("Backspace")
    await tab.page.keyboard.press("Backspace")
    await tab.page.keyboard.type("good-code")
    await tab.page.keyboard.press("Enter")
    await expect(tab.by("login-ended")).to_contain_text("Signed in")


async def test_it_is_not_lost_by_escape(make_desk, with_logins) -> None:
    """However often it is pressed: a word first, and the login runs on; leaving ends it on the server."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in()
    tab = await refused(desk)
    await begun(tab)
    await tab.by("login-input").focus()
    for _ in range(3):
        await tab.page.keyboard.press("Escape")
        await expect(tab.by("login-leaving")).to_be_visible()
        await expect(tab.by("sign-in-dialog")).to_be_visible()
    running = logins(desk)
    assert len(running) == 1
    await tab.by("login-stay").click()
    await expect(tab.by("login-leaving")).to_have_count(0)
    await expect(tab.by("login-address")).to_be_visible()
    await tab.by("login-stop").click()
    await tab.by("login-leave").click()
    await expect(tab.by("sign-in-dialog")).to_have_count(0)
    _, alive = await asyncio.to_thread(psutil.wait_procs, running, 2)
    assert alive == []


def logins(desk: Desk) -> list[psutil.Process]:
    """The programs that run below the server's keepers."""
    below = psutil.Process(desk.server.pid).children(recursive=True)
    return [each for each in below if command_of(each)[2:3] == [PROGRAM]]


async def test_a_server_that_goes_away_is_told(make_desk, with_logins) -> None:
    """Without a word from it."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in()
    tab = await refused(desk)
    await begun(tab)
    await asyncio.to_thread(desk.server.kill)
    await expect(tab.by("login-ended")).to_contain_text("The connection to the server was lost")


async def test_no_barrier_at_the_desk(make_desk, with_logins) -> None:
    """A login that runs, one that is to be left, one that failed: in both themes."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in()
    tab = await refused(desk)
    assert await barriers(tab) == []
    await begun(tab)
    assert await barriers(tab) == []
    await tab.by("login-stop").click()
    await expect(tab.by("login-leaving")).to_be_visible()
    assert await barriers(tab) == []
    await tab.by("login-input").fill("bad-code")
    await tab.by("login-send").click()
    await expect(tab.by("login-ended")).to_be_visible()
    assert await barriers(tab) == []


async def test_a_device_code_on_a_phone(make_desk, with_logins) -> None:
    """390 px: address and code above the terminal, the keys that a phone lacks, nothing too wide or too small."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in(viewport=PHONE, is_mobile=True, has_touch=True)
    tab = await refused(desk, "device")
    await tab.by("sign-in-agent").first.tap()
    await expect(tab.by("login-code")).to_have_text(login_program.SECRET)
    await expect(tab.by("login-address")).to_have_attribute("href", "https://auth.example/device")
    for name in ("login-address", "login-code", "login-input"):
        await expect(tab.by(name)).to_be_in_viewport(ratio=1)
    dialog = tab.by("sign-in-dialog")
    assert await dialog.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert await barriers(tab) == []
    for name in ("login-input", "login-send", "login-key-up", "login-stop"):
        box = await tab.by(name).bounding_box()
        assert box is not None and box["height"] >= 44, name
    await tab.by("login-key-enter").tap()
    await expect(tab.by("login-ended")).to_contain_text("Signed in to The device agent")
    assert await barriers(tab) == []
    await tab.by("login-close").tap()
    await fits(tab)


async def test_the_program_knows_the_terminals_width(make_desk, with_logins) -> None:
    """As it is on the page, and when the window changes."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in()
    tab = await refused(desk, "size")
    await tab.by("sign-in-agent").first.click()
    terminal = tab.by("login-terminal")
    await expect(terminal).to_contain_text(re.compile(r"[89]\d columns, \d\d rows"))
    await tab.page.set_viewport_size(PHONE)
    await expect(terminal).to_contain_text(re.compile(r"4\d columns, \d\d rows"))


async def test_a_flood_leaves_the_page_alive(make_desk, with_logins) -> None:
    """A login that writes without end is stopped like any other."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in()
    tab = await refused(desk, "flood")
    await tab.by("sign-in-agent").first.click()
    await expect(tab.by("login-terminal")).to_contain_text("flood")
    await tab.by("login-stop").click()
    await tab.by("login-leave").click()
    await expect(tab.by("sign-in-dialog")).to_have_count(0)
    assert tab.errors == []


async def test_from_the_agents_view(make_desk, with_logins) -> None:
    """Its card has the same login; the dialog stays until it is closed, whatever becomes of the card; the focus comes back."""
    desk: Desk = await make_desk(**with_logins)
    await desk.sign_in()
    tab = await desk.tab("agents/shy")
    card = tab.by("agent-card", agent="shy")
    await card.get_by_test_id("sign-in-agent").click()
    await expect(tab.by("login-address")).to_be_visible()
    await tab.by("login-input").fill("good-code")
    await tab.by("login-send").click()
    await expect(tab.by("login-ended")).to_contain_text("Signed in to Shy agent")
    await expect(card).to_have_attribute("data-looking", "false")
    await tab.by("login-close").click()
    await expect(tab.by("sign-in-dialog")).to_have_count(0)
    await expect(card.get_by_test_id("sign-in-agent")).to_be_focused()
    assert tab.errors == []
