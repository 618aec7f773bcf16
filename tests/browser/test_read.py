"""Reading: cards made for their kind, code, tables, finding, links, copies and exports, on a desk and on a phone."""

import asyncio
import json
import re
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.pages import DESKTOP, PHONE, Desk, Tab
from tests.browser.test_access import barriers

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TALL = {**DESKTOP, "height": 2000}
"""So that all of a turn is in sight, and so in the document."""
VIEWS = [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]


@pytest_asyncio.fixture(name="library", loop_scope="session")
async def make_library(make_desk) -> Desk:
    """A person in front of a server whose Claude gives them much to read."""
    desk: Desk = await make_desk(module="tests.browser.library")
    await desk.sign_in(permissions=["clipboard-read", "clipboard-write"])
    return desk


async def opened(desk: Desk, view: dict[str, int] = DESKTOP) -> Tab:
    """A new session with the staged agent."""
    tab = await desk.session_tab(await asyncio.to_thread(desk.make_session, "claude"))
    await tab.page.set_viewport_size(view)  # type: ignore[arg-type]
    return tab


async def copied(tab: Tab) -> str:
    """What the clipboard holds."""
    return await tab.page.evaluate("navigator.clipboard.readText()")


def card(tab: Tab, title: str):
    """A tool's card."""
    return tab.page.get_by_role("region", name=f"Tool: {title}", exact=True)


@pytest.mark.parametrize(
    "view", [pytest.param(TALL, id="desktop"), pytest.param({**PHONE, "height": 2600}, id="phone")]
)
async def test_cards(library: Desk, view: dict[str, int]) -> None:
    """A command with its colours and exit code, a long output folded, a change, a search, a fetch, a plan; the figures."""
    tab = await opened(library, view)
    await tab.done("tools")
    assert not await tab.scrolls_sideways()
    await expect(tab.items("plan")).to_contain_text("1 of 2")
    figures = tab.by("turn-figures")
    await expect(figures).to_have_text(
        re.compile(r"^Done( after \d+ s)? · 12\.3k in · 678 out · \$0\.12 · context 25 % full$")
    )
    await expect(figures).to_have_attribute(
        "title", re.compile("12,345 tokens read, 10,000 of them from its cache")
    )

    failed = card(tab, "npm test")
    await expect(failed.get_by_test_id("exit-code")).to_have_text("exit 1")
    await expect(failed.locator(".ansi-red")).to_have_text("FAIL")
    await expect(failed.locator("pre").last).to_have_text("FAIL src/a.test.ts\n12 passed, 1 failed")
    long = card(tab, "cat all.log")
    await expect(long).not_to_contain_text("line 490")
    await long.get_by_role("button").first.click()
    await expect(long).to_contain_text("500 lines")
    await expect(long).to_contain_text("line 490")
    await expect(long).not_to_contain_text("line 470\n")
    await long.get_by_test_id("output-all").click()
    await expect(long).to_contain_text("line 1\n")
    await long.get_by_role("button", name="Copy the output").click()
    assert (await copied(tab)).count("\n") == 500
    for title, words in [
        ("Read src/greet.py", "def greet(name)"),
        ("Search greet", "src/main.py:9"),
        ("tickets: find", "Input"),
    ]:
        await card(tab, title).get_by_role("button").first.click()
        await expect(card(tab, title)).to_contain_text(words)
    fetched = card(tab, "Fetch https://example.org/docs")
    await fetched.get_by_role("button").first.click()
    await expect(fetched.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    assert not await tab.scrolls_sideways()
    assert await barriers(tab) == []


async def test_a_change_side_by_side(library: Desk) -> None:
    """Unified at first; side by side when the person wants it, also after a reload; on a phone always unified."""
    tab = await opened(library)
    await tab.done("tools")
    diff = tab.by("diff").last
    await expect(diff).to_have_attribute("data-look", "unified")
    await expect(diff.locator(".diff-code-edit").first).to_be_visible()
    await diff.get_by_test_id("diff-split").click()
    await expect(diff.locator("table.diff-split")).to_be_visible()
    await tab.reload()
    await expect(diff).to_have_attribute("data-look", "split")
    assert await barriers(tab) == []
    await diff.get_by_role("button", name="Copy the change").click()
    assert "+def greet(name, loud=False):" in await copied(tab)
    await tab.page.set_viewport_size(PHONE)
    await expect(diff).to_have_attribute("data-look", "unified")
    await expect(tab.by("diff-split")).to_have_count(0)


async def test_a_command_at_work(library: Desk) -> None:
    """Its last lines are seen as they come, in colour; how long it thought before is said; then it is stopped."""
    tab = await opened(library)
    await tab.prompt("live")
    running = card(tab, "make all")
    await expect(running.locator("pre")).to_contain_text("built part 9")
    await expect(running.locator("pre")).not_to_contain_text("built part 1\n")
    await expect(running.locator(".ansi-green").first).to_be_visible()
    await expect(tab.items("reasoning")).to_contain_text(re.compile(r"Thought for \d+ s"))
    await running.get_by_role("button").first.click()
    await expect(running).to_contain_text("$ make all")
    await tab.by("stop").click()
    await tab.turn_is("cancelled")
    await expect(running).to_contain_text("cut off")
    await expect(tab.by("turn-figures")).to_have_text(re.compile("^Stopped after"))


@pytest.mark.parametrize("view", VIEWS)
async def test_code_and_tables(library: Desk, view: dict[str, int]) -> None:
    """Code says its language, is copied, and wraps when wanted, kept over a reload; a table scrolls within itself."""
    tab = await opened(library, view)
    await tab.done("text")
    assert not await tab.scrolls_sideways()
    await expect(tab.by("turn-figures")).not_to_contain_text("0")
    code = tab.by("code")
    await expect(code).to_contain_text("TypeScript")
    await expect(code.locator(".tok-keyword").first).to_have_text("const")
    await code.get_by_role("button", name="Copy code").click()
    assert (await copied(tab)).startswith("const long")
    overflow = "node => node.scrollWidth > node.clientWidth"
    assert await code.locator("pre").evaluate(overflow)
    await code.get_by_test_id("code-wrap").click()
    assert not await code.locator("pre").evaluate(overflow)
    await tab.reload()
    await expect(code.locator("pre.wrapped")).to_be_visible()
    if view == PHONE:
        assert await tab.page.get_by_role("group", name="Table").evaluate(overflow)
    assert not await tab.scrolls_sideways()


PARTS = """() => {
  const prose = [...document.querySelectorAll('.prose')].at(-1);
  const blocks = () => [...prose.querySelectorAll('.part > *')].map(block => block.getBoundingClientRect());
  const tops = () => blocks().map(({top}) => top - prose.getBoundingClientRect().top);
  const inParts = tops();
  const [first, ...others] = prose.querySelectorAll('.part');
  for (const part of others) first.append(...part.children);
  return [1 + others.length, inParts, tops()];
}"""


async def test_a_long_answer_looks_whole(library: Desk) -> None:
    """It is laid out in parts, each by itself: all blocks stand where they would without."""
    tab = await opened(library, TALL)
    await tab.done("long")
    parts, tops, whole = await tab.page.evaluate(PARTS)
    assert parts > 5 and len(tops) > 100
    assert max(abs(top - other) for top, other in zip(tops, whole, strict=True)) < 1  # px


@pytest.mark.parametrize("view", VIEWS)
async def test_find(library: Desk, view: dict[str, int]) -> None:
    """Ctrl+F shows the nearest of all, older pages and folded things too, as one types; Enter goes on, Escape closes."""
    tab = await opened(library, view)
    await tab.done("tools")
    await tab.done("many 700", limit_s=40)
    await tab.reload()
    await expect(tab.by("turn-figures").last).to_be_visible()
    if view == PHONE:
        await tab.by("action-menu").locator("summary").click()
        await tab.by("find").click()
    else:
        await tab.page.keyboard.press("Control+f")
    field, count = tab.by("find-field"), tab.by("find-count")
    await expect(field).to_be_focused()
    await field.fill("NUMBER 42")
    await expect(count).to_have_text("11 of 11")  # 42 and 420 to 429
    await expect(tab.page.get_by_text("number 429", exact=True)).to_be_in_viewport()
    await field.press("Enter")
    await expect(count).to_have_text("1 of 11")
    await expect(tab.page.get_by_text("number 42", exact=True)).to_be_in_viewport()
    assert await tab.page.evaluate("CSS.highlights.get('found-now')?.size") == 1
    await field.fill("part of no message")
    await expect(count).to_have_text("No matches")
    await field.fill("line 333")  # in the middle of a folded output, in the oldest page
    await expect(count).to_have_text("1 of 1")
    await expect(card(tab, "cat all.log").get_by_text("line 333")).to_be_visible()
    await field.press("Escape")
    await expect(tab.by("find-bar")).to_have_count(0)
    assert await tab.page.evaluate("CSS.highlights.size") == 0


async def test_the_second_key_is_the_browsers(library: Desk) -> None:
    """Ctrl+F in our own bar is left to the browser."""
    tab = await opened(library)
    await tab.done("text")
    await tab.page.evaluate("addEventListener('keydown', e => { window.taken = e.defaultPrevented })")
    await tab.page.keyboard.press("Control+f")
    await expect(tab.by("find-field")).to_be_focused()
    assert await tab.page.evaluate("window.taken") is True
    await tab.page.keyboard.press("Control+f")
    assert await tab.page.evaluate("window.taken") is False


@pytest.mark.parametrize("view", VIEWS)
async def test_a_link_leads_there(library: Desk, view: dict[str, int]) -> None:
    """A link to a message far back loads until it is there, shows it, marks it, and puts the focus there."""
    tab = await opened(library, view)
    await tab.done("many 600", limit_s=40)
    first = tab.by("turn").first
    session = tab.page.url.rpartition("/")[2]
    events = library.api.get(f"/api/sessions/{session}/events").json()["events"]
    item = next(x["item"] for x in events if "number 17**" in x.get("content", {}).get("text", ""))
    turn = next(x["turn"] for x in events if x["type"] == "turn-started")
    other = await library.tab(f"sessions/{session}#item={item}")
    await other.page.set_viewport_size(view)  # type: ignore[arg-type]
    target = other.by("item", item=item)
    await expect(target).to_be_in_viewport()
    await expect(target).to_be_focused()
    await expect(other.page.locator("[data-pointed]")).to_contain_text("number 17 of many")
    await expect(other.page.locator("[data-pointed]")).to_have_count(0)
    await other.page.evaluate(f"location.hash = 'turn={turn}'")
    await expect(other.by("turn", turn=turn)).to_be_focused()
    await expect(first).to_have_count(0)  # the first tab was not moved
    await other.page.evaluate("location.hash = 'item=nowhere'")
    await expect(other.by("toast")).to_contain_text("not in this conversation")


async def test_copies_and_links(library: Desk) -> None:
    """A message, an answer and a prompt as markdown; links that are addresses of this page."""
    tab = await opened(library, TALL)
    await tab.done("tools")
    await tab.items("message").last.hover()
    await tab.items("message").last.get_by_test_id("copy-message").click()
    assert await copied(tab) == "I am **done**."
    await tab.items("message").last.get_by_test_id("link-message").click()
    link = await copied(tab)
    assert link.startswith(f"{tab.page.url}#item=")
    await tab.by("copy-answer").click()
    assert await copied(tab) == "I begin.\n\nI am **done**."
    await tab.asked.last.hover()
    await tab.by("copy-prompt").last.click()
    assert await copied(tab) == "tools"
    await tab.turn.get_by_test_id("link-turn").click()
    assert "#turn=" in await copied(tab)


async def test_copies_on_a_phone(library: Desk) -> None:
    """A message's buttons, while they are not seen, lie over its corner: a tap there copies nothing, but shows them."""
    phone = {"viewport": {**PHONE, "height": 2600}, "has_touch": True, "is_mobile": True}
    context = await library.new_context(**phone, permissions=["clipboard-read", "clipboard-write"])
    await context.add_cookies(library.cookies())
    session = await asyncio.to_thread(library.make_session, "claude")
    tab = await library.session_tab(session, context=context)
    await tab.composer.fill("tools")
    await tab.by("send").tap()
    await tab.turn_is("completed")
    message = tab.items("message").last
    for name in ("copy-message", "link-message"):
        await tab.page.evaluate("navigator.clipboard.writeText('kept')")
        await tab.composer.focus()
        await expect(message.get_by_test_id("said-actions")).to_have_css("opacity", "0")
        button = message.get_by_test_id(name)
        unseen = await button.bounding_box()
        assert unseen is not None
        await tab.page.touchscreen.tap(unseen["x"] + unseen["width"] / 2, unseen["y"] + unseen["height"] / 2)
        await expect(message.get_by_test_id("said-actions")).to_have_css("opacity", "1")
        assert await copied(tab) == "kept"
        await button.tap()
        await expect(button).to_have_accessible_name("Copied")
        assert await copied(tab) != "kept"


@pytest.mark.parametrize("view", VIEWS)
async def test_export(library: Desk, view: dict[str, int], tmp_path: Path) -> None:
    """The header's menu saves the conversation, as Markdown and as JSON, by its title."""
    tab = await opened(library, view)
    await tab.done("tools")
    for testid, ending in (("export-markdown", "md"), ("export-json", "json")):
        await tab.by("action-menu").locator("summary").click()
        async with tab.page.expect_download() as download:
            await tab.by(testid).click()
        saved = await download.value
        assert saved.suggested_filename == f"tools.{ending}"
        await saved.save_as(tmp_path / ending)
    assert "I am **done**." in (tmp_path / "md").read_text()
    assert json.loads((tmp_path / "json").read_text())["format"] == "antiphon.session.v1"
