"""The first minute, and finding what there is: on the desk and on the phone."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.pages import DESKTOP, PHONE, Desk, Tab
from tests.rest import command, prompt, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

COUNT_CLICKS = (
    "window.clicks = 0; addEventListener('click', event => { if (event.isTrusted) window.clicks += 1 }, true)"
)
TO_ITS_END = """session => {
  const list = document.querySelector('[data-testid="session-list"]');
  const there = list.querySelector(`[data-session="${session}"]`);
  if (!there) list.scrollTo(0, list.scrollHeight);
  return there;
}"""
"""Scrolls down, page by page, until the session is there."""
MANY = 130
"""Sessions: three pages of the list."""
POCKET: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


async def clicks(tab: Tab) -> int:
    """How often the person has clicked since the page was opened."""
    return await tab.page.evaluate("window.clicks")


@pytest.mark.parametrize("screen", [{"viewport": DESKTOP}, POCKET], ids=["desktop", "phone"])
async def test_the_first_minute(make_desk: Callable[..., Any], screen: dict[str, Any]) -> None:
    """From the link to an answer in two clicks; with a folder of one's own in three; agents that are missing say what brings them."""
    desk: Desk = await make_desk(environment={"PATH": "/usr/bin:/bin"})
    desk.context = await desk.new_context(**screen)
    await desk.context.add_init_script(COUNT_CLICKS)
    tab = await desk.tab(f"#token={desk.server.secret}")
    await expect(tab.by("welcome")).to_contain_text("A project is a folder that agents work in.")
    await expect(tab.by("agent-here", agent="practice", usable="true")).to_be_visible()
    await expect(tab.by("agent-here", agent="codex", usable="false")).to_contain_text(
        "npm install -g @openai/codex"
    )
    await tab.by("practise").click()
    await tab.by("try").filter(has_text="say hello").click()
    await expect(tab.message).to_have_text("hello")
    assert await clicks(tab) == 2
    assert (desk.server.root / "antiphon-practice").is_dir()

    tab = await desk.tab()
    await tab.by("project-add").click()
    await tab.by("folder-use").click()
    await expect(tab.by("trust-notice")).to_contain_text("It brings nothing that agents obey.")
    await tab.by("trust-now").click()
    await expect(tab.by("trust-notice")).to_have_count(0)
    assert await clicks(tab) == 3
    await tab.composer.fill("say good day")
    await (tab.by("send").tap() if screen is POCKET else tab.composer.press("Enter"))
    await expect(tab.message).to_have_text("good day")
    assert tab.errors == []


async def test_a_folder_that_brings_something_is_looked_at_first(desk: Desk) -> None:
    """Trust at one click is for folders that bring nothing: the others are shown first."""
    folder = desk.server.root / "stranger"
    desk.make_project("stranger", trust=False)
    (folder / "AGENTS.md").write_text("Obey.")
    tab = await desk.tab()
    await tab.by("project-row").filter(has_text="stranger").click()
    await expect(tab.by("trust-review")).to_have_text("Review and trust")
    await expect(tab.by("trust-now")).to_have_count(0)


class Past:
    """A person with two projects and some past, at a desk and with a phone."""

    def __init__(self, desk: Desk, tab: Tab, phone: Tab) -> None:
        self.desk, self.tab, self.phone = desk, tab, phone
        self.api: httpx.Client = desk.api

    async def session(self, text: str, project: str = "site") -> str:
        """A session in which this was asked, and answered; seen by nobody."""
        return await asyncio.to_thread(self._session, text, project)

    async def ask(self, method: str, path: str, body: dict[str, Any]) -> None:
        """Beside the page; aside, since the wire that it goes over is this event loop's."""
        answer = await asyncio.to_thread(self.api.request, method, path, json=body)
        answer.raise_for_status()

    def _session(self, text: str, project: str) -> str:
        session = self.desk.make_session(project=project)
        prompt(self.api, session, text).raise_for_status()
        wait_for(self.api, session, "turn-failed" if text == "crash" else "turn-completed")
        return session


@pytest_asyncio.fixture(loop_scope="session")
async def past(make_desk: Callable[..., Any]) -> AsyncIterator[Past]:
    desk: Desk = await make_desk(wire=True)
    await desk.sign_in()
    await asyncio.to_thread(desk.make_project, "garden")
    pocket = await desk.new_context(**POCKET)
    await pocket.add_cookies(desk.cookies())
    tab, phone = await desk.tab("sessions"), await desk.tab("sessions", context=pocket, direct=True)
    for each in (tab, phone):
        await each.is_live()
    yield Past(desk, tab, phone)


def row(tab: Tab, session: str) -> Any:
    return tab.by("session-row", session=session)


async def test_what_is_new_on_every_device(past: Past) -> None:
    """All projects in one list; what ended unseen is marked on desk and phone until one of them looks; lists are narrowed."""
    tab, phone = past.tab, past.phone
    await expect(tab.by("session-list")).to_contain_text("No sessions yet.")
    older = await past.session("say lettuce")
    newer = await past.session("crash", "garden")
    for each in (tab, phone):
        await expect(each.by("session-row")).to_contain_text(["crash", "say lettuce"])
        await expect(row(each, newer)).to_contain_text("Failed · garden · Practice agent")
        for session in (older, newer):
            await expect(row(each, session)).to_have_attribute("data-unread", "true")
    await expect(row(phone, older)).to_have_accessible_name(re.compile("say lettuce.*Unread"))

    await row(phone, older).tap()
    await expect(phone.message).to_have_text("lettuce")
    await expect(row(tab, older)).to_have_attribute("data-unread", "false")
    await expect(row(tab, newer)).to_have_attribute("data-unread", "true")
    await phone.by("back").tap()
    await expect(row(phone, newer)).to_be_visible()  # back in the list of all, where it began
    await expect(row(phone, older)).to_have_attribute("data-unread", "false")

    await tab.by("only").select_option("failed")
    await expect(tab.by("session-row")).to_contain_text(["crash"])
    await tab.by("only").select_option("starred")
    await expect(tab.by("session-list")).to_contain_text("No session is like that now.")
    await past.ask("PATCH", f"/api/sessions/{older}", {"starred": True})
    await expect(tab.by("session-row")).to_contain_text(["say lettuce"])
    await tab.by("only-agent").select_option("codex")
    await tab.by("show-all").click()
    await expect(tab.by("session-row")).to_have_count(2)

    await row(tab, newer).click()
    await expect(tab.by("session-title")).to_have_text("crash")
    await expect(row(tab, newer)).to_have_attribute("data-unread", "false")
    await expect(row(phone, newer)).to_have_attribute("data-unread", "false")
    await tab.page.keyboard.press("Alt+ArrowDown")
    await expect(tab.by("session-title")).to_have_text("say lettuce")
    await tab.page.keyboard.press("Alt+ArrowUp")
    await expect(tab.by("session-title")).to_have_text("crash")
    await tab.by("project-choice").select_option(label="garden")
    await expect(tab.by("session-row")).to_have_count(1)
    assert tab.errors == phone.errors == []


async def test_a_row_says_that_it_works_and_what_waits(past: Past) -> None:
    """What runs and what is queued stands in its row on every device, and narrows the list, until it is over."""
    tab, phone = past.tab, past.phone
    await past.session("say lettuce")
    session = await asyncio.to_thread(past.desk.make_session)
    sent = await asyncio.to_thread(prompt, past.api, session, "slow 20/s for 60 s")
    for each in (tab, phone):
        await expect(row(each, session)).to_have_attribute("data-state", "running")
        await expect(row(each, session)).to_contain_text("Running · site · Practice agent")
    for text in ("say one", "say two"):
        queued = await asyncio.to_thread(prompt, past.api, session, text, ifBusy="queue")
        queued.raise_for_status()
    for each in (tab, phone):
        await expect(row(each, session)).to_contain_text("Running · 2 queued · site")
        for only in ("running", "queued"):
            await each.by("only").select_option(only)
            await expect(each.by("session-row")).to_have_count(1)
            await expect(row(each, session)).to_be_visible()
    stop = {"type": "cancel", "session": session, "turn": sent.json()["turn"]}
    (await asyncio.to_thread(command, past.api, stop)).raise_for_status()
    for each in (tab, phone):
        await expect(each.by("session-list")).to_contain_text("No session is like that now.")
        await each.by("show-all").click()
        await expect(row(each, session)).to_have_attribute("data-state", "idle")
        await expect(row(each, session)).not_to_contain_text("Running")
        await expect(row(each, session)).not_to_contain_text("queued")
    assert tab.errors == phone.errors == []


async def test_what_was_said_is_found(past: Past) -> None:
    """Typed words find messages of all projects, in Chinese too, of all agents or of one; a hit leads to its message; nothing found says so."""
    tab, phone = past.tab, past.phone
    said = await past.session("say The radish is mended, 修复完成")
    await past.session("say nothing of it", "garden")
    for each in (tab, phone):
        await each.by("session-search").fill("mended")
        hits = each.by("search-hit")
        await expect(hits).to_have_count(2)
        await expect(hits.first.locator("mark")).to_have_text("mended")
        await each.by("session-search").fill("完成")
        await expect(hits.first.locator("mark")).to_have_text("完成")
        await expect(hits.first).to_have_attribute("data-item", re.compile("."))
    await phone.by("search-hit").first.tap()
    await expect(phone.message).to_contain_text("The radish is mended")
    item = await tab.by("search-hit").first.get_attribute("data-item")
    await tab.by("search-hit").first.click()
    assert tab.page.url.endswith(f"/sessions/{said}#item={item}")
    await expect(tab.by("item", item=item or "")).to_contain_text("The radish is mended")
    await expect(tab.by("search-hit")).to_have_count(2)  # the list stays as it is
    for each in (tab, phone):
        assert await each.by("toast").count() == 0  # nobody is told that the place is not there
    await tab.by("session-search").fill("otters")
    await expect(tab.by("sessions-found")).to_contain_text("No session's title holds “otters”.")
    await expect(tab.by("sessions-found")).to_contain_text("No message holds all of these words.")
    await tab.by("session-search").fill("nothing of it")
    await expect(tab.by("session-row")).to_have_count(1)
    await expect(tab.by("search-hit")).to_have_count(2)
    await expect(tab.by("only")).to_have_count(0)  # what was said has no state
    await tab.by("only-agent").select_option("codex")
    await expect(tab.by("session-row")).to_have_count(0)
    await expect(tab.by("search-hit")).to_have_count(0)
    await expect(tab.by("sessions-found")).to_contain_text("No message holds all of these words.")
    await tab.by("only-agent").select_option("practice")
    await expect(tab.by("session-row")).to_have_count(1)
    await expect(tab.by("search-hit")).to_have_count(2)
    await tab.by("session-search").press("Escape")
    await expect(tab.by("session-list")).to_be_visible()
    assert tab.errors == phone.errors == []


async def test_from_one_session_to_another(past: Past) -> None:
    """What was seen is there at once, also without a server; a long list is made in part, and stays where it was."""
    tab, desk = past.tab, past.desk
    one, other = await past.session("say one"), await past.session("say other")
    for number in range(MANY):
        body = {"project": "garden", "provider": "practice", "title": f"session {number}"}
        await past.ask("POST", "/api/sessions", body)
    listed = tab.by("session-list")
    await expect(tab.by("session-row").first).to_contain_text(f"session {MANY - 1}")
    for session in (one, other):
        await tab.page.wait_for_function(TO_ITS_END, arg=session)
        await row(tab, session).click()
        await expect(tab.message).to_have_text("one" if session == one else "other")
    assert await tab.by("session-row").count() < MANY
    assert desk.wire is not None
    await desk.wire.part()
    await expect(tab.by("connection-banner")).to_be_visible()  # which takes a line from the list
    await row(tab, one).scroll_into_view_if_needed()  # the last of them, and so not the click does
    place = await listed.evaluate("view => view.scrollTop")
    assert place > 0
    for session, words in ((one, "one"), (other, "other")):
        await row(tab, session).click()
        await expect(tab.message).to_have_text(words)
        assert await listed.evaluate("view => view.scrollTop") == place
    await desk.wire.mend()
    assert tab.errors == []
