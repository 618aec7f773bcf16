"""For everybody: no barrier in any view, in both themes; and everything within a phone's width."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.pages import PHONE, Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FINGER = 44
"""CSS px of what is touched (Apple's and Google's figure; WCAG 2.2, 2.5.8 asks for 24)."""
LINE = 24
"""CSS px of a line that is touched: others lie close above and below it, so that it cannot be as high as a finger."""

WRONG_ONLY = {"resultTypes": ["violations"]}
"""All that holds is not told node by node."""
EVERYTHING = {**WRONG_ONLY, "rules": {"target-size": {"enabled": True}}}
COLOURS = {**WRONG_ONLY, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

TOO_SMALL = """([finger, line]) => {
  const shown = node => node.checkVisibility({opacityProperty: true, visibilityProperty: true})
    && !node.closest(".sr-only, .xterm, [aria-hidden=true]");
  const sized = (nodes, width, height) => nodes.map(node => [node.outerHTML.slice(0, 160), node.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.width < width - 0.5 || box.height < height - 0.5))
    .map(([html, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${html}`);
  const acts = "a[href], button, input, select, textarea, summary, [role=option], [role=button], [role=treeitem]";
  const targets = [...document.querySelectorAll(acts)].filter(node => shown(node) && !node.matches(".prose a"))
    .map(node => node.matches("[type=checkbox], [type=radio]") ? node.closest("label") ?? node : node);
  return [...sized(targets, finger, finger), ...sized([...document.querySelectorAll(".diff-lines .diff-gutter")], line, line)];
}"""


async def too_small(tab: Tab) -> list[str]:
    """What a finger cannot be sure to hit: all that acts, but for links within text."""
    return await tab.page.evaluate(TOO_SMALL, [FINGER, LINE])


async def barriers(tab: Tab) -> list[str]:
    """What axe finds, of any weight, in both themes; the second is looked at for its colours, as all else is the same there."""
    found: list[str] = []
    for theme, options in (("light", EVERYTHING), ("dark", COLOURS)):
        await tab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        results = await Axe().run(tab.page, options=options)
        found += [
            f"{theme}: {violation['id']}: {node['html'][:200]}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]
    return found


async def show_all(tab: Tab) -> None:
    """Every kind of card in one session."""
    await tab.done("help")
    await tab.done("think then plan")
    await tab.prompt("run ls then fail overloaded")
    await tab.option("allow-once").click()
    await tab.turn_is("failed")
    await tab.prompt("write notes.txt: hello")
    await expect(tab.option("allow-once")).to_be_visible()


async def test_no_barrier_before_signing_in(make_desk) -> None:
    """The sign-in page, plain and with a link that was refused."""
    desk: Desk = await make_desk()
    tab = await desk.tab("#token=refused", context=await desk.new_context())
    await expect(tab.by("sign-in").get_by_role("alert")).to_be_visible()
    assert await barriers(tab) == []


async def test_no_barrier_in_the_lists(desk: Desk) -> None:
    """Projects with an untrusted one, the folder browser, a new session, the trust dialog."""
    desk.make_project("stranger", trust=False)
    tab = await desk.tab()
    await expect(tab.by("project-row")).to_have_count(2)
    assert await barriers(tab) == []
    await tab.by("project-add").click()
    await expect(tab.by("folder-list")).to_be_visible()
    assert await barriers(tab) == []
    await tab.page.keyboard.press("Escape")
    await tab.by("project-row").filter(has_text="stranger").click()
    await expect(tab.by("trust-notice")).to_be_visible()
    assert await barriers(tab) == []
    await tab.by("trust-review").click()
    await expect(tab.by("trust-accept")).to_be_enabled()
    assert await barriers(tab) == []


async def test_no_barrier_in_a_session(desk: Desk) -> None:
    """Messages, thoughts, plan, tools, failure, approval, notice of a busy session, queue."""
    tab = await desk.session_tab()
    await show_all(tab)
    assert await barriers(tab) == []
    await tab.prompt("say more")
    await expect(tab.busy).to_be_visible()
    assert await barriers(tab) == []
    await tab.by("busy-queue").click()
    await expect(tab.queued).to_have_count(1)
    await tab.option("allow-once").click()
    await expect(tab.message).to_have_text("more")
    assert await barriers(tab) == []


async def test_a_phone(make_desk) -> None:
    """390 px: nothing scrolls sideways, the composer is in reach, and what is touched is large enough."""
    desk: Desk = await make_desk()
    await desk.sign_in(viewport=PHONE, is_mobile=True, has_touch=True)
    tab = await desk.tab()
    await expect(tab.by("project-row")).to_be_visible()
    await fits(tab)
    await tab.by("project-row").tap()
    await expect(tab.by("session-new")).to_be_visible()
    await fits(tab)
    await tab.by("session-new").tap()
    await tab.choose_agent("practice")
    await expect(tab.composer).to_be_in_viewport(ratio=1)
    await fits(tab)
    await tab.composer.fill("say hello")
    await tab.by("send").tap()
    await expect(tab.message).to_have_text("hello")
    await fits(tab)
    await tab.composer.fill("flood 400")
    await tab.by("send").tap()
    await tab.reaches(400)
    await tab.composer.fill("run echo " + "wide" * 60)
    await tab.by("send").tap()
    await tab.option("allow-once").tap()
    await expect(tab.message).to_contain_text("exit code 0")
    await expect(tab.composer).to_be_in_viewport(ratio=1)
    await fits(tab)
    await tab.by("back").tap()
    await expect(tab.by("session-row")).to_be_in_viewport()


NOTCHES = {"top": 59, "right": 21, "bottom": 34, "left": 22}
"""CSS px that a phone's own things lie over."""


async def test_nothing_lies_under_a_notch(make_desk) -> None:
    """What waits, its first and its last line, and what is told in passing stand clear of all four edges."""
    desk: Desk = await make_desk()
    await desk.sign_in(viewport=PHONE, is_mobile=True, has_touch=True, permissions=["notifications"])
    tab = await desk.session_tab()
    devtools = await tab.page.context.new_cdp_session(tab.page)
    await devtools.send("Emulation.setSafeAreaInsetsOverride", {"insets": NOTCHES})
    await tab.bell.tap()
    panel = '[data-testid="waiting-panel"]'
    await expect(tab.by("notify-on")).to_be_visible()
    assert await tab.by("waiting-panel").bounding_box() == {"x": 0, "y": 0, **PHONE}
    assert await under_a_notch(tab, f"{panel} > :not(.sr-only)") == []
    await tab.page.keyboard.press("Escape")
    await tab.page.evaluate("location.hash = 'item=nowhere'")
    await expect(tab.by("toast")).to_be_visible()
    assert await under_a_notch(tab, '[data-testid="toast"]') == []


async def under_a_notch(tab: Tab, selector: str) -> list[str]:
    """What of it is not wholly between the edges."""
    return await tab.page.evaluate(
        """([selector, {top, right, bottom, left}]) => [...document.querySelectorAll(selector)]
            .map(node => [node.outerHTML.slice(0, 120), node.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.top < top || box.left < left
              || box.right > innerWidth - right || box.bottom > innerHeight - bottom))
            .map(([html, box]) => `${JSON.stringify(box)}: ${html}`)""",
        [selector, NOTCHES],
    )


async def fits(tab: Tab) -> None:
    """Nothing is wider than the window, the connection's state is seen, and no target is too small."""
    assert not await tab.scrolls_sideways()
    await expect(tab.connection).to_be_in_viewport()
    assert await too_small(tab) == []
