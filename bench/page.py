"""The page in a real Chromium: how much is loaded, how soon one can write, how soon another session is there; then how it reads."""

import time

from playwright.async_api import BrowserContext, Page

from bench import page_files, page_read
from bench.browser import browser, signed_in
from bench.figures import Result, Row, percentile
from bench.filled import with_sessions
from bench.served import Server, served, temporary
from bench.wire import Wrong

SWITCHED, LONG = 9, 200
"""Sessions that are switched between, and the items of each: few enough to be kept by the page, and to stand in sight in its list."""
COMPOSER = '[data-testid="composer"]'
TITLE = '[data-testid="session-title"]'
CODE = """performance.getEntriesByType("resource").filter(({name}) => /[.](js|css)([?]|$)/.test(name))
    .reduce((bytes, {encodedBodySize}) => bytes + encodedBodySize, 0)"""
RESTS_MS, PRESSES_MS = 100, 60
"""A hand: how long the pointer is on the row before it presses, and how long it presses."""
SWITCH = """async ([id, turn]) => {
  await new Promise((rests) => requestIdleCallback(rests));
  window.switched = new Promise((told) => addEventListener("click", (click) => told(drawn(click.timeStamp)), { capture: true, once: true }));
  const there = () => location.pathname.endsWith(id) && document.querySelector('[data-testid="composer"]:not(:disabled)')
    && document.querySelector(`[data-testid="transcript"] [data-testid="turn-status"][data-turn="${turn}"]`);
  const drawn = async (began) => {
    while (!there()) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - began;
  };
}"""


async def run(quick: bool) -> Result:
    """Cold loads of a session; then from session to session beside a list of 100,000."""
    loads, rounds = (2, 1) if quick else (7, 5)
    with temporary() as folder:
        with (folder / "data/agents.toml").open("a") as catalog:
            catalog.write(page_read.CATALOG)
        await with_sessions(folder)
        async with browser() as chrome, served(folder) as server:
            session = await server.session("practice")
            usable, bare, weights = [], [], []
            for _ in range(loads):
                async with signed_in(chrome, server, new=True) as context:
                    bare.append(await _bare(context))
                    seconds, weight = await _load(context, session)
                    usable.append(seconds)
                    weights.append(weight)
            async with signed_in(chrome, server) as context:
                first, again = await _switch(context, server, rounds)
            async with signed_in(chrome, server) as context:
                reading = [
                    row for rows in page_read.FIGURES for row in await rows(await context.new_page(), server)
                ]
            files = await page_files.rows(server, rounds * (SWITCHED - 1))
    return Result(
        title="Page: first load, switching, and reading",
        how=f"Chromium, headless, 1280 x 800. A session is opened with an empty cache, {loads} times: until its composer takes "
        "text, and what JS and CSS came over the wire for it, compressed; floor: the same browser opens the server's icon. Then "
        f"{len(first)} clicks in a sidebar of 100,000 sessions, each on a page at rest, by a pointer that "
        f"came to the row {RESTS_MS} ms before and presses for {PRESSES_MS}, to one of {LONG} items that it has not shown yet: "
        f"from the click until its end and its composer are drawn; and {len(again)} to one that it has. "
        f"Then {page_read.ITEMS:,} items of all kinds, all of them loaded, are scrolled through at {page_read.SPEED:,} px a second; "
        "floor: the same browser scrolls plain text. An answer in markdown streams. "
        f"Last, in a folder of {page_files.FILES:,} files, over REST: files are found by letters of their names, as after an @; "
        f"and what changed in {page_files.CHANGED} of them since the last commit is asked for; floor: `git status`.",
        rows=[
            Row(what="first load, JS and CSS", value=max(weights) / 1000, unit="kB", at_most=220),
            Row(
                what="composer usable, median",
                value=percentile(usable, 50),
                floor=percentile(bare, 50),
                unit="s",
                at_most=1,
            ),
            *(
                Row(
                    what=f"switching session, {which}, p{rank}",
                    value=percentile(times, rank),
                    unit="ms",
                    at_most=100,
                )
                for which, times in (("first time", first), ("again", again))
                for rank in (50, 99)
            ),
            *reading,
            *files,
        ],
        checked="the composer took text each time; each click showed the session that it was for; what scrolled had its items drawn",
    )


async def _load(context: BrowserContext, session: str) -> tuple[float, int]:
    """Seconds until the composer takes text, and bytes of code."""
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Network.clearBrowserCache")
    began = time.monotonic()
    await page.goto(f"/sessions/{session}", wait_until="commit")
    await page.locator(COMPOSER).fill("x")
    seconds = time.monotonic() - began
    if await page.locator(COMPOSER).input_value() != "x":
        raise Wrong("the composer did not keep what was written")
    weight = await page.evaluate(CODE)
    await page.close()
    return seconds, weight


async def _bare(context: BrowserContext) -> float:
    page = await context.new_page()
    began = time.monotonic()
    await page.goto("/icon.svg")
    seconds = time.monotonic() - began
    await page.close()
    return seconds


async def _switch(context: BrowserContext, server: Server, rounds: int) -> tuple[list[float], list[float]]:
    """ms from a click to the other session: the first time since the page was loaded, and again; each of them in each round."""
    page = await context.new_page()
    listed = [(session, await page_read.filled(server, session, LONG)) for session in await _sessions(server)]
    first, again = list[float](), list[float]()
    for _ in range(rounds):
        await page.goto(f"/sessions/{listed[0][0]}")
        await page.locator(COMPOSER).wait_for()
        await page.locator('[data-testid="project-choice"]').select_option(label="All sessions")
        first += [await _click(page, *each) for each in listed[1:]]
        again += [await _click(page, *each) for each in listed[:-1]]
    return first, again


async def _sessions(server: Server) -> list[str]:
    return [await server.session("writer") for _ in range(SWITCHED)]


async def _click(page: Page, session: str, turn: str) -> float:
    row = page.locator(f'[data-testid="session-row"][data-session="{session}"]')
    await row.hover()
    await page.wait_for_timeout(RESTS_MS)
    await page.evaluate(SWITCH, [session, turn])
    await page.mouse.down()
    await page.wait_for_timeout(PRESSES_MS)
    await page.mouse.up()
    return await page.evaluate("window.switched")
