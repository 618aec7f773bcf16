"""What a person sees and does, in words: the page by its `data-testid`s (web/README.md)."""

import asyncio
import re
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.browser.wire import Wire
from tests.servers import RunningServer

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

End = Literal["completed", "failed", "cancelled", "interrupted", "running"]
Theme = Literal["light", "dark"]
Themes = tuple[Theme, Theme]
"""What the person's devices prefer: the desk, the phone."""

OUT = {"http", "https", "ws", "wss", "ftp"}
"""What leaves the browser; data:, blob:, about: and Chromium's own addresses stay in it."""

LAST_TURN = """[...document.querySelectorAll('[data-testid="turn-status"]')].at(-1)?.dataset.turn"""

STANDING = """() => {
  const {scrollTop, scrollHeight, clientHeight} = document.querySelector('[data-testid="transcript"]') ?? {};
  const words = document.body.innerText;
  return JSON.stringify({scrollTop, scrollHeight, clientHeight}) + '\\n' + words.slice(-2000);
}"""
"""Where the transcript stands, and the last of what can be read."""

WATCH = """testid => {
  const there = () => document.querySelector(`[data-testid="${testid}"]`);
  window.seen = {...window.seen, [testid]: undefined};
  if (there()) throw new Error(`${testid} is there already`);
  const observer = new MutationObserver(() => {
    if (!there()) return;
    window.seen[testid] = Date.now();
    observer.disconnect();
  });
  observer.observe(document.body, {childList: true, subtree: true, attributes: true});
}"""


def counted(numbers: list[int]) -> bool:
    """Whether it is 1, 2, 3 …: none missing, none twice, none out of order."""
    return numbers == list(range(1, len(numbers) + 1))


class Desk:
    """A person in front of one server: a browser of their own, with as many tabs as they open.

    When it closes, no request of any of its profiles may have gone to another host.
    """

    def __init__(
        self, browser: Browser, server: RunningServer, wire: Wire | None, themes: Themes = ("light", "dark")
    ) -> None:
        self.server, self.wire = server, wire
        self._themes = themes
        self._browser, self._port = browser, 0 if wire is None else wire.target
        self._contexts: list[BrowserContext] = []
        self.asked_elsewhere: list[str] = []
        """Addresses of others that the browser asked for."""
        self.context: BrowserContext
        self.api: httpx.Client
        """The same person's requests beside the page; there once signed in."""

    async def new_context(self, **options: Any) -> BrowserContext:
        """Another browser profile, without any cookie; it keeps nothing of the page unless `service_workers="allow"`."""
        options = {
            "viewport": DESKTOP,
            "base_url": self.server.url,
            "service_workers": "block",
            **options,
        }
        options.setdefault("color_scheme", self._themes[options["viewport"]["width"] < DESKTOP["width"]])
        context = await self._browser.new_context(**options)
        context.on("request", lambda request: self._note(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self._note(socket.url)))
        self._contexts.append(context)
        return context

    def _note(self, url: str) -> None:
        if self.foreign(url):
            self.asked_elsewhere.append(url)

    async def sign_in(self, **options: Any) -> None:
        """Come in by the link, as a page does, and have a trusted project `site`."""
        self.api = await asyncio.to_thread(self.server.browser)
        self.context = await self.new_context(**options)
        await self.context.add_cookies(self.cookies())
        await asyncio.to_thread(self.make_project)

    def cookies(self) -> list[Any]:
        """The cookie that signs in."""
        return [{"name": c.name, "value": c.value, "url": self.server.url} for c in self.api.cookies.jar]

    def make_project(self, name: str = "site", *, trust: bool = True) -> dict[str, Any]:
        """A project in a folder of its own."""
        folder = self.server.root / name
        folder.mkdir(exist_ok=True)
        answer = self.api.post("/api/projects", json={"path": str(folder), "name": name, "trust": trust})
        return answer.raise_for_status().json()

    def make_session(self, provider: str = "practice", project: str = "site") -> str:
        """A new session's id."""
        answer = self.api.post("/api/sessions", json={"project": project, "provider": provider})
        return answer.raise_for_status().json()["id"]

    def foreign(self, url: str) -> bool:
        """Whether it leads elsewhere: not to the server, by the wire or around it."""
        place = urlsplit(url)
        own = {urlsplit(self.server.url).netloc, f"127.0.0.1:{self._port}"}
        return place.scheme in OUT and place.netloc not in own

    async def restart(self) -> None:
        """The server comes back on the same data directory at the same address."""
        port = self._port or self.server.port
        await asyncio.to_thread(self.server.start, port)

    async def tab(
        self, path: str = "", *, context: BrowserContext | None = None, direct: bool = False
    ) -> "Tab":
        """A new tab, at a path below the server's address. `direct`: around the wire."""
        base = f"http://127.0.0.1:{self._port}" if direct else self.server.url
        tab = Tab(await (context or self.context).new_page())
        await tab.page.goto(f"{base}/{path}")
        return tab

    async def session_tab(self, session: str | None = None, **options: Any) -> "Tab":
        """A new tab with a session (a new one when none is named), ready to be written to."""
        tab = await self.tab(f"sessions/{session or await asyncio.to_thread(self.make_session)}", **options)
        await tab.is_live()
        return tab

    async def tell(self) -> None:
        """Print what stands on each page, for who reads of a test that failed."""
        for page in [page for context in self._contexts for page in context.pages]:
            try:
                print(f"{page.url} showed:\n{await page.evaluate(STANDING)}\n")
            except Error as error:
                print(f"{page.url} could not be asked: {error}\n")

    async def close(self) -> None:
        """Close the browser profiles and the wire, and end the server in no time: its keepers end the rest.

        Then whatever was asked of another host is told, by its address.
        """
        for context in self._contexts:
            await context.close()
        if self.wire:
            await self.wire.close()
        if self.server.process.poll() is None:
            await asyncio.to_thread(self.server.kill)
        assert not self.asked_elsewhere, f"the page asked another host: {', '.join(self.asked_elsewhere)}"


class Tab:
    """One tab of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        """What the page threw and nobody caught."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def by(self, testid: str, **attributes: str) -> Locator:
        """What carries this testid (and these data attributes)."""
        more = "".join(f'[data-{name}="{value}"]' for name, value in attributes.items())
        return self.page.locator(f'[data-testid="{testid}"]{more}')

    # When it was seen, ms since the Unix epoch

    async def now(self) -> float:
        """The page's clock."""
        return await self.page.evaluate("Date.now()")

    async def watch(self, testid: str) -> None:
        """Have the page note when this appears for the first time from now on."""
        await self.page.evaluate(WATCH, testid)

    async def seen(self, testid: str, *, limit_s: float = 30) -> float:
        """When it appeared; waits for it."""
        seen = await self.page.wait_for_function(
            "testid => window.seen[testid]", arg=testid, timeout=limit_s * 1000
        )
        return await seen.json_value()

    # The connection

    @property
    def connection(self) -> Locator:
        """Its state in a word; of the two (sidebar, header) the one in sight."""
        return self.page.locator('[data-testid="connection"]:visible').first

    @property
    def bell(self) -> Locator:
        """What leads to all that waits for the person; of the two the one in sight."""
        return self.page.locator('[data-testid="waiting"]:visible').first

    async def is_live(self) -> None:
        """Connected."""
        await expect(self.connection).to_have_attribute("data-state", "live")

    async def reload(self) -> None:
        """As F5 does."""
        await self.page.reload()

    @property
    def row(self) -> Locator:
        """The open session in the list."""
        return self.page.locator('[data-testid="session-row"][aria-current="page"]')

    # Writing

    @property
    def composer(self) -> Locator:
        return self.by("composer")

    async def prompt(self, text: str) -> None:
        """Write it and press Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def choose_agent(self, agent: str) -> None:
        """For a new session, by its label, as a person does: the radio button itself is out of sight."""
        choice = self.by(f"provider-{agent}")
        await choice.locator("xpath=..").click()
        await expect(choice).to_be_checked()

    # The transcript

    def items(self, kind: str) -> Locator:
        """Entries of a kind: message, reasoning, tool-call, plan, approval, retry, failure."""
        return self.by("item", kind=kind)

    @property
    def asked(self) -> Locator:
        """What the person asked, turn by turn."""
        return self.by("turn")

    @property
    def message(self) -> Locator:
        """The agent's last words."""
        return self.items("message").last.locator(".prose")

    @property
    def turn(self) -> Locator:
        """How the last turn stands."""
        return self.by("turn-status").last

    async def turn_is(self, status: End, *, limit_s: float = 15) -> None:
        """The last turn stands so within the limit."""
        await expect(self.turn).to_have_attribute("data-status", status, timeout=limit_s * 1000)

    async def done(self, text: str, *, limit_s: float = 15) -> None:
        """Prompt, and wait until its turn has completed."""
        before = await self.last_turn()
        await self.prompt(text)
        await self.turn_after(before)
        await self.turn_is("completed", limit_s=limit_s)

    async def turn_after(self, before: str | None) -> None:
        """Wait until the last turn is another than `before`, whose end may look the same."""
        await self.page.wait_for_function(f"before => {LAST_TURN} !== before", arg=before)

    async def last_turn(self) -> str | None:
        """The last turn's id. (Turns out of sight are not counted in the page: it makes what is in sight only.)"""
        return await self.page.evaluate(LAST_TURN)

    async def numbers(self) -> list[int]:
        """The numbered chunks of the agent's last words, as they stand there."""
        return [int(word) for word in (await self.message.inner_text()).split()]

    async def reaches(self, number: int, *, limit_s: float = 15) -> None:
        """Wait until this numbered chunk is on the page."""
        await expect(self.message).to_have_text(re.compile(rf"\b{number}\b"), timeout=limit_s * 1000)

    # Cards

    @property
    def failure(self) -> Locator:
        """The failure cards."""
        return self.by("failure")

    @property
    def approval(self) -> Locator:
        """The open approvals."""
        return self.by("approval", open="true")

    def option(self, kind: str) -> Locator:
        """A way to answer the open approval: allow-once, allow-always, reject-once."""
        return self.approval.get_by_test_id(f"approval-option-{kind}")

    @property
    def busy(self) -> Locator:
        """The inline notice that another prompt runs."""
        return self.by("busy-notice")

    @property
    def queued(self) -> Locator:
        """The prompts that wait."""
        return self.by("queued")

    # Looks

    async def scrolls_sideways(self) -> bool:
        """Whether the page is wider than its window."""
        root = "document.scrollingElement"
        return await self.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth")
