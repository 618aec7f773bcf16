"""The Agents view: what is here, what is missing and what mends it; keys, which nobody sees again."""

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Request, Route, expect

from tests.browser.pages import PHONE, Desk, Tab
from tests.browser.shelf import HOLD
from tests.browser.test_access import barriers, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(120),
]

PLACES = "all => all.map(one => JSON.stringify(one.getBoundingClientRect()))"

KEY = "sk-fake-or-v1-0123456789abcdef"


async def shelf(make_desk: Any, hold: Path | None = None, **options: Any) -> Desk:
    """A person in front of a server with an agent for each way that one can stand."""
    desk: Desk = await make_desk(module="tests.browser.shelf", environment={HOLD: str(hold)} if hold else {})
    await desk.sign_in(**options)
    return desk


def card(tab: Tab, agent: str) -> Any:
    """One agent's card."""
    return tab.by("agent-card", agent=agent)


async def looked(tab: Tab) -> None:
    """All agents have been looked at."""
    await expect(tab.by("agent-card")).to_have_count(6)
    await expect(tab.by("agent-card", looking="true")).to_have_count(0)


async def test_each_agent_says_how_it_stands(make_desk: Any) -> None:
    """Ready and who pays, not signed in, not here, without a key: each with what mends it; also after a reload."""
    desk = await shelf(make_desk)
    tab = await desk.tab()
    await tab.by("agents").click()
    for _ in range(2):
        await looked(tab)
        await expect(tab.by("agents-summary")).to_have_text("2 of 6 can be used here.")
        for words in (
            "ready",
            "2.1.330",
            "Claude Max of ada@example.org",
            "default, opus",
            "ends in three days",
        ):
            await expect(card(tab, "claude")).to_contain_text(words)
        await expect(card(tab, "codex")).to_contain_text("not signed in")
        await expect(card(tab, "codex").locator("code")).to_have_text("codex login")
        await expect(card(tab, "gemini")).to_contain_text("not here")
        await expect(card(tab, "gemini").locator("code")).to_have_text("npm install -g @google/gemini-cli")
        await expect(card(tab, "openrouter")).to_contain_text("needs a key")
        await expect(card(tab, "claude").get_by_test_id("agent-key")).to_have_count(0)
        await tab.reload()
    assert tab.errors == []


async def test_a_command_is_copied(make_desk: Any) -> None:
    """Exactly as it stands there."""
    desk = await shelf(make_desk)
    await desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = await desk.tab("agents")
    await card(tab, "gemini").get_by_role("button", name="Copy command").click()
    await expect(card(tab, "gemini").get_by_role("button", name="Copied")).to_be_visible()
    assert await tab.page.evaluate("navigator.clipboard.readText()") == "npm install -g @google/gemini-cli"


async def test_a_look_that_takes_long_keeps_nobody_waiting(make_desk: Any, tmp_path: Path) -> None:
    """One agent says nothing for over a second: it is shown as being looked at, all others as they stand."""
    hold = tmp_path / "hold"
    hold.touch()
    desk = await shelf(make_desk, hold)
    tab = await desk.tab("agents")
    await expect(tab.by("agent-card", looking="true")).to_have_count(1)
    await expect(card(tab, "localgpu")).to_contain_text("looking …")
    await expect(tab.by("agents-summary")).to_have_text("Looking at one of them …")
    await expect(tab.by("agents-again")).to_be_disabled()
    await expect(card(tab, "claude")).to_contain_text("Claude Max")
    hold.unlink()
    await looked(tab)
    await expect(card(tab, "localgpu")).to_contain_text("No server of local models")
    hold.touch()
    await tab.by("agents-again").click()
    await expect(card(tab, "localgpu")).to_have_attribute("data-looking", "true")
    await expect(card(tab, "localgpu")).to_contain_text("No server of local models")  # as it was known before
    await expect(card(tab, "claude")).to_have_attribute("data-looking", "false")
    hold.unlink()
    await looked(tab)
    await expect(tab.by("agents-again")).to_be_enabled()


async def test_a_key_is_added_replaced_and_removed(make_desk: Any) -> None:
    """The card says where it is; the agent can be used at once; no page, address or storage ever shows it."""
    desk = await shelf(make_desk)
    file = desk.server.data_dir / "keys.json"
    tab = await desk.tab("agents")
    sent: list[str] = []

    def note(request: Request) -> None:
        assert KEY not in request.url and KEY not in json.dumps(request.headers)
        if KEY in (request.post_data or ""):
            sent.append(f"{request.method} {request.url.removeprefix(desk.server.url)}")

    tab.page.on("request", note)
    openrouter = card(tab, "openrouter")
    await openrouter.get_by_test_id("key-add").click()
    await openrouter.get_by_test_id("key-field").fill("two words")
    await openrouter.get_by_test_id("key-keep").click()
    await expect(openrouter.get_by_test_id("problem")).to_contain_text("without spaces")
    await openrouter.get_by_test_id("key-field").fill(KEY)
    await expect(openrouter.get_by_test_id("key-field")).to_have_attribute("type", "password")
    await openrouter.get_by_test_id("key-field").press("Enter")
    await expect(openrouter.get_by_test_id("key-source")).to_have_text(
        "Its key is in a file only you can read"
    )
    await expect(openrouter).to_have_attribute("data-usable", "true")
    await expect(openrouter).to_contain_text("API key in a file only you can read")
    await expect(openrouter).to_contain_text("and 36 more")
    assert sent == ["PUT /api/providers/openrouter/key"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and KEY in file.read_text()
    await never_shown(tab)
    await tab.reload()
    await expect(openrouter.get_by_test_id("key-source")).to_have_text(
        "Its key is in a file only you can read"
    )
    await never_shown(tab)

    await openrouter.get_by_test_id("key-replace").click()
    await expect(openrouter.get_by_test_id("key-field")).to_have_value("")
    await openrouter.get_by_test_id("key-field").fill(f"{KEY}-2")
    await openrouter.get_by_test_id("key-keep").click()
    await expect(openrouter.get_by_test_id("key-form")).to_have_count(0)
    assert f"{KEY}-2" in file.read_text()

    await openrouter.get_by_test_id("key-remove").click()
    assert KEY in file.read_text()  # not before the person is sure
    await openrouter.get_by_test_id("key-remove-sure").click()
    await expect(openrouter.get_by_test_id("key-add")).to_be_visible()
    await expect(openrouter).to_have_attribute("data-usable", "false")
    assert KEY not in file.read_text()
    assert KEY not in desk.server.log()


async def never_shown(tab: Tab) -> None:
    """Neither in the page, nor in a field, nor kept by the browser."""
    assert KEY not in await tab.page.content()
    fields = "[...document.querySelectorAll('input, textarea')].map(field => field.value).join(' ')"
    stores = "JSON.stringify({...localStorage, ...sessionStorage})"
    assert KEY not in await tab.page.evaluate(f"{fields} + {stores} + location.href")


async def test_a_key_that_cannot_be_had_says_how_to_mend_it(make_desk: Any) -> None:
    """Others can read the file: the card says so with the command, and the page goes on."""
    desk = await shelf(make_desk)
    await asyncio.to_thread(desk.api.put, "/api/providers/openrouter/key", json={"key": KEY})
    (desk.server.data_dir / "keys.json").chmod(0o644)
    tab = await desk.tab("agents")
    problem = card(tab, "openrouter").get_by_test_id("problem")
    await expect(problem).to_contain_text("can be read by others")
    await expect(problem).to_contain_text("chmod 600")
    await expect(card(tab, "claude")).to_have_attribute("data-usable", "true")


@pytest.mark.parametrize("agent", ["codex", "gemini", "openrouter"])
async def test_a_failure_leads_to_the_agents_card(make_desk: Any, agent: str) -> None:
    """Sign in, install, add a key: one click from the failure to where it is done, in sight and with the focus."""
    desk = await shelf(make_desk)
    session = await asyncio.to_thread(desk.make_session, agent)
    tab = await desk.session_tab(session)
    await tab.prompt("hello")
    await tab.turn_is("failed")
    await tab.failure.get_by_test_id("agents-link").click()
    assert tab.page.url == f"{desk.server.url}/agents/{agent}"
    await expect(card(tab, agent)).to_be_in_viewport(ratio=1)
    if agent == "openrouter":
        await expect(card(tab, agent).get_by_test_id("key-field")).to_be_focused()
    else:
        await expect(tab.page.locator("li:focus")).to_have_count(1)
        await expect(tab.page.locator("li:focus").get_by_test_id("agent-card")).to_have_attribute(
            "data-agent", agent
        )
    await tab.page.go_back()
    await expect(tab.failure).to_be_visible()


async def test_the_choice_for_a_new_session_leads_there(make_desk: Any) -> None:
    """Who chooses an agent that cannot be used sees why, what mends it, and the way to its card."""
    desk = await shelf(make_desk)
    tab = await desk.tab(f"projects/{desk.make_project()['id']}")
    await tab.choose_agent("openrouter")
    await expect(tab.by("missing")).to_contain_text("OpenRouter needs a key.")
    await tab.by("missing").get_by_test_id("agents-link").click()
    await expect(card(tab, "openrouter").get_by_test_id("key-field")).to_be_focused()
    await tab.page.go_back()
    await tab.page.get_by_role("navigation").get_by_test_id("agents").click()
    await looked(tab)


async def test_no_choice_moves_from_under_a_finger(make_desk: Any) -> None:
    """What is learned about the agents moves none of them, and the one taken at first stays taken."""
    desk = await shelf(make_desk)
    learned = asyncio.Event()

    async def answer(route: Route) -> None:
        response = await route.fetch()
        providers = await response.json()
        if not learned.is_set():
            for one in providers["providers"]:
                one.pop("readiness", None)
        await route.fulfill(response=response, json=providers)

    await desk.context.route("**/api/providers*", answer)
    tab = await desk.tab(f"projects/{desk.make_project()['id']}")
    choices = tab.page.get_by_role("group", name="Agent").locator("label")
    await expect(choices.filter(has_text="looking")).to_have_count(6)
    before = await choices.evaluate_all(PLACES)
    assert await chosen(tab) == "claude"
    learned.set()
    await expect(choices.filter(has_text="looking")).to_have_count(0)
    await expect(tab.by("account-warning")).to_be_visible()
    assert await choices.evaluate_all(PLACES) == before
    assert await chosen(tab) == "claude"


async def chosen(tab: Tab) -> str:
    """The agent that a new session would get."""
    value: str = await tab.page.locator("input[name=provider]:checked").input_value()
    return value


async def test_an_agent_that_this_server_does_not_have(make_desk: Any) -> None:
    """An old link: the page says so, and shows those that there are."""
    desk = await shelf(make_desk)
    tab = await desk.tab("agents/nobody")
    await expect(tab.page.get_by_text("This server has no agent called “nobody”")).to_be_visible()
    await looked(tab)


async def test_by_the_keyboard(make_desk: Any) -> None:
    """From the top of the page to a kept key and back, without a mouse; Escape closes the form."""
    desk = await shelf(make_desk)
    tab = await desk.tab("agents")
    await looked(tab)
    openrouter, keys = card(tab, "openrouter"), tab.page.keyboard
    add = openrouter.get_by_test_id("key-add")
    for _ in range(30):
        await keys.press("Tab")
        if await add.evaluate("node => node === document.activeElement"):
            break
    await expect(add).to_be_focused()
    await keys.press("Enter")
    await expect(openrouter.get_by_test_id("key-field")).to_be_focused()
    await keys.press("Escape")
    await expect(openrouter.get_by_test_id("key-field")).to_have_count(0)
    await expect(openrouter.get_by_test_id("agent-key")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Enter")
    await keys.type(KEY)
    await keys.press("Enter")
    await expect(openrouter.get_by_test_id("key-replace")).to_be_visible()
    await expect(openrouter.get_by_test_id("agent-key")).to_be_focused()


async def test_no_barrier(make_desk: Any) -> None:
    """As it stands, with the form, with a refusal, before a removal: axe finds nothing at all, light or dark."""
    desk = await shelf(make_desk)
    tab = await desk.tab("agents/openrouter")
    openrouter = card(tab, "openrouter")
    await looked(tab)
    assert await barriers(tab) == []
    await openrouter.get_by_test_id("key-field").fill("two words")
    await openrouter.get_by_test_id("key-keep").click()
    await expect(openrouter.get_by_test_id("problem")).to_be_visible()
    assert await barriers(tab) == []
    await openrouter.get_by_test_id("key-field").fill(KEY)
    await openrouter.get_by_test_id("key-keep").click()
    await openrouter.get_by_text("and 36 more").click()
    await openrouter.get_by_test_id("key-remove").click()
    assert await barriers(tab) == []


async def test_on_a_phone(make_desk: Any) -> None:
    """390 px: nothing scrolls sideways, what is touched is large enough, and a key can be added."""
    desk = await shelf(make_desk, viewport=PHONE, is_mobile=True, has_touch=True)
    tab = await desk.tab()
    await tab.by("agents").tap()
    await looked(tab)
    await fits(tab)
    openrouter = card(tab, "openrouter")
    await openrouter.get_by_test_id("key-add").tap()
    await fits_scrolled(tab)
    await openrouter.get_by_test_id("key-field").fill(KEY)
    await openrouter.get_by_test_id("key-keep").tap()
    await openrouter.get_by_test_id("key-remove").tap()
    await fits_scrolled(tab)
    await openrouter.get_by_test_id("key-remove-sure").tap()
    await expect(openrouter.get_by_test_id("key-add")).to_be_visible()


async def fits_scrolled(tab: Tab) -> None:
    """It fits, seen from the top (where the connection's state is)."""
    await tab.connection.scroll_into_view_if_needed()
    await fits(tab)
