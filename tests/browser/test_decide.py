"""What waits for the person is found and answered wherever they are, from any device."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from antiphon.model.ids import new_id
from tests.browser.pages import DESKTOP, PHONE, Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ICON = "document.querySelector('link[rel=icon]').href"


@pytest_asyncio.fixture(name="stage", loop_scope="session")
async def make_stage(make_desk) -> Desk:
    """A person in front of a server whose Claude plays scenes."""
    desk: Desk = await make_desk(module="tests.browser.stage")
    await desk.sign_in()
    return desk


def asks(desk: Desk, scene: str) -> str:
    """A session whose agent asks something, begun from elsewhere; its id."""
    session = desk.make_session("claude")
    prompt: dict[str, Any] = {"type": "prompt", "session": session, "text": scene}
    desk.api.post("/api/commands", json=prompt, headers={"Idempotency-Key": new_id()}).raise_for_status()
    return session


async def elsewhere(desk: Desk, viewport: Any = DESKTOP) -> Tab:
    """Another device of the same person's."""
    context = await desk.new_context(viewport=viewport, has_touch=viewport is PHONE)
    await context.add_cookies(desk.cookies())
    tab = await desk.tab(context=context)
    await tab.is_live()
    return tab


async def waits(tab: Tab, count: int) -> None:
    """So many wait, says the bell."""
    await expect(tab.bell).to_have_attribute("data-count", str(count))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_what_waits_is_answered_without_opening_it(stage: Desk, viewport: dict[str, int]) -> None:
    """Bell, title and icon tell of questions in other sessions; they are answered in the list, here or elsewhere."""
    tab, other = await elsewhere(stage, viewport), await elsewhere(stage)
    await waits(tab, 0)
    plain = await tab.page.evaluate(ICON)
    for scene in ("permission", "plan", "question"):
        await asyncio.to_thread(asks, stage, scene)
    await waits(tab, 3)
    await expect(tab.page).to_have_title("(3) Antiphon")
    assert (await tab.page.evaluate(ICON)).startswith("data:image/svg+xml")
    await tab.bell.click()
    panel = tab.by("waiting-panel")
    cards = panel.locator('[data-testid="approval"][data-open="true"]')
    await expect(cards).to_have_count(3)
    await expect(panel).to_contain_text("permission · Claude Code · site")
    # The first is answered here: by a key at the desk, by a finger on the phone.
    if viewport is DESKTOP:
        await expect(cards.first.get_by_test_id("approval-option-allow-once")).to_contain_text("1")
        await tab.page.wait_for_timeout(700)  # a card takes no key before it has been there for 0.6 s
        await tab.page.keyboard.press("1")
    else:
        assert (await panel.bounding_box() or {})["width"] == PHONE["width"]
        await cards.first.get_by_test_id("approval-option-allow-once").tap()
    await waits(tab, 2)
    await expect(panel.get_by_test_id("approval-outcome").first).to_contain_text(
        "Claude wants to run a command: Allow"
    )
    await expect(panel.get_by_test_id("approval-outcome").first).not_to_contain_text("elsewhere")
    # The second is answered on the other device: the list says what was answered, in its place.
    await other.bell.click()
    await other.by("waiting-panel").get_by_role("button", name="Keep planning").click()
    await expect(cards).to_have_count(1)
    await expect(panel.get_by_test_id("approval-outcome").last).to_contain_text(
        "Keep planning (answered elsewhere)"
    )
    # The last has fields, and is answered with them.
    await cards.get_by_label("SQLite").check()
    await cards.get_by_label("Linux").check()
    await cards.get_by_role("button", name="Answer", exact=True).click()
    for each in (tab, other):
        await waits(each, 0)
        await expect(each.page).to_have_title("Antiphon")
    assert await tab.page.evaluate(ICON) == plain
    await tab.page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await expect(tab.bell).to_be_focused()
    assert tab.errors == []


async def test_a_double_click_answers_one_question(desk: Desk) -> None:
    """The next question stands where the last one stood: what is left of a double click on that does not answer it."""
    tab = await desk.session_tab()
    await tab.prompt("run ls then run ls")
    await tab.option("allow-once").click()
    await expect(tab.by("approval-outcome")).to_have_count(1)
    await expect(tab.option("allow-once")).to_be_visible()
    await tab.option("allow-once").hover()
    await tab.page.mouse.down(click_count=2)
    await tab.page.mouse.up(click_count=2)
    assert await tab.option("allow-once").count() == 1  # what is answered offers nothing, at once
    assert await tab.by("approval-outcome").count() == 1
    await tab.option("allow-once").click()
    await tab.turn_is("completed")


NOTED = """
  window.shown = [];
  window.showing = 0;
  const show = ServiceWorkerRegistration.prototype.showNotification;
  ServiceWorkerRegistration.prototype.showNotification = async function (...all) {
    await show.apply(this, all);
    window.showing += 1;
  };
  const Real = window.Notification;
  window.Notification = class extends Real {
    constructor(title, options) {
      super(title, options);
      window.shown.push(this);
      window.showing += 1;
    }
  };
"""
HIDE = """hidden => {
  Object.defineProperty(document, "visibilityState", {value: hidden ? "hidden" : "visible", configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# (A look at a worker's own while one is being drawn makes Chromium forget that one: they are counted meanwhile.)
IN_SIGHT = "navigator.locks.query().then(({held}) => held.some(({name}) => name.endsWith('watched')))"
SHOWN = "window.shown.map(({title, body}) => `${title} | ${body}`)"
CLICK = "window.shown.find(({body}) => body === 'permission').onclick()"
OF_WORKER = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({title, body}) => `${title} | ${body}`)"""
CLICK_OF_WORKER = """async () => {
  const notification = (await self.registration.getNotifications()).find(({body}) => body === "permission");
  self.dispatchEvent(new NotificationEvent("notificationclick", {notification}));
}"""


async def shown(tabs: list[Tab], *, worker: bool) -> list[str]:
    """The notifications of all tabs: one worker's, or each tab's own."""
    found = [await tab.page.evaluate(OF_WORKER if worker else SHOWN) for tab in tabs]
    return sorted(found[0] if worker else [words for each in found for words in each])


async def click(tabs: list[Tab], *, worker: bool) -> Tab:
    """On the question; returns the tab that shows it then."""
    if worker:
        (at_work,) = tabs[0].page.context.service_workers
        await at_work.evaluate(CLICK_OF_WORKER)
    for tab in tabs:
        if not worker and await tab.page.evaluate("window.shown.some(({body}) => body === 'permission')"):
            await tab.page.evaluate(CLICK)
    async with asyncio.timeout(15):
        while True:
            for tab in tabs:
                if await tab.approval.count():
                    return tab
            await tabs[0].page.wait_for_timeout(50)


@pytest.mark.parametrize("worker", [True, False], ids=["worker", "no worker"])
async def test_a_notification_leads_to_the_question(make_desk: Any, worker: bool) -> None:
    """Asked for by a click; shown once over all tabs, only while none is in sight; in two taps the question is answered."""
    desk: Desk = await make_desk(module="tests.browser.stage")
    workers = "allow" if worker else "block"
    await desk.sign_in(viewport=PHONE, has_touch=True, permissions=["notifications"], service_workers=workers)
    await desk.context.add_init_script(NOTED)
    tabs = [await desk.tab() for _ in range(2)]
    for tab in tabs:
        await tab.is_live()
        assert await tab.page.evaluate("localStorage.length") == 0
    if worker:
        await tabs[0].page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    await tabs[0].bell.click()
    await tabs[0].by("notify-on").click()
    await expect(tabs[0].by("notify-offer")).to_have_count(0)
    await tabs[0].page.keyboard.press("Escape")
    # In sight: the bell is enough.
    await asyncio.to_thread(asks, desk, "plan")
    for tab in tabs:
        await waits(tab, 1)
    assert await shown(tabs, worker=worker) == []
    # Out of sight: told once, and no more once it is answered.
    for tab in tabs:
        await tab.page.evaluate(HIDE, True)
    async with asyncio.timeout(15):
        while await tabs[0].page.evaluate(IN_SIGHT):
            await tabs[0].page.wait_for_timeout(20)
    await asyncio.to_thread(asks, desk, "permission")
    await asyncio.to_thread(asks, desk, "echo")
    told = ["Claude Code has finished | echo", "Claude wants to run a command | permission"]
    async with asyncio.timeout(15):
        while sum([await tab.page.evaluate("window.showing") for tab in tabs]) < len(told):
            await tabs[0].page.wait_for_timeout(50)
    assert await shown(tabs, worker=worker) == told
    for tab in tabs:
        await waits(tab, 2)
        await tab.page.evaluate(HIDE, False)
    tab = await click(tabs, worker=worker)
    await expect(tab.approval).to_be_focused()
    await tab.option("allow-once").tap()
    await expect(tab.by("approval-outcome")).to_contain_text("Allow")
    assert await shown(tabs, worker=worker) == (told[:1] if worker else told)
    assert sum([await tab.page.evaluate("window.showing") for tab in tabs]) == len(told)


async def test_what_is_heard(stage: Desk) -> None:
    """A screen reader is told of questions and ends, each once, wherever they are; not of what streams."""
    tab = await stage.session_tab(await asyncio.to_thread(stage.make_session, "claude"))
    await tab.page.evaluate("""() => {
      window.heard = [];
      new MutationObserver(changes => changes.forEach(({addedNodes}) => addedNodes.forEach(node => {
        if (node.parentElement?.dataset.testid?.startsWith("heard")) window.heard.push(node.textContent);
      }))).observe(document.body, {childList: true, subtree: true});
    }""")
    await tab.done("echo")
    await tab.prompt("permission")
    await tab.option("allow-once").click()
    await tab.turn_is("completed")
    await asyncio.to_thread(asks, stage, "plan")
    await waits(tab, 1)
    expected = [
        "Claude Code has finished",
        "Claude wants to run a command",
        "Claude Code has finished",
        "plan: Claude proposes a plan",
    ]
    await tab.page.wait_for_function(f"window.heard.length >= {len(expected)}")
    assert await tab.page.evaluate("window.heard") == expected


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_from_the_list_to_the_question(stage: Desk, viewport: dict[str, int]) -> None:
    """A question's session is one click away, and the question has the focus there; its keys answer at once."""
    session = await asyncio.to_thread(asks, stage, "permission")
    tab = await elsewhere(stage, viewport)
    await tab.bell.click()
    await tab.by("waiting-session").click()
    await expect(tab.by("waiting-panel")).to_have_count(0)
    await expect(tab.approval).to_be_focused()
    await expect(tab.page).to_have_title("(1) permission · Antiphon")
    await expect(tab.option("reject-once")).to_be_in_viewport()
    await tab.option("reject-once").click()
    await expect(tab.by("approval-outcome")).to_contain_text("Reject")
    await expect(tab.page).to_have_url(f"{stage.server.url}/sessions/{session}")
    await expect(tab.page).to_have_title("permission · Antiphon")
