"""Reading in a real browser: frames of a long conversation, the cost of a stream, what moves when a turn ends.

Each function takes a signed-in page and a server whose catalog has `writer` (`AGENT`), and gives rows.
"""

import statistics
import sys
from pathlib import Path
from typing import Any

import msgspec
from playwright.async_api import Page

from antiphon.model.replies import Events
from bench.figures import Row, percentile
from bench.served import Server
from bench.wire import Wrong

AGENT = [sys.executable, "-P", "-IS", str(Path(__file__).with_name("writing_agent.py"))]
CATALOG = f'[writer]\nname = "The writing agent"\ncommand = {msgspec.json.encode(AGENT).decode()}\n'
"""To be added to the data directory's agents.toml."""

ITEMS = 10_000
RATE, SECONDS = 200, 12
SPEED = 4000
"""px a second of scrolling: two or three screens."""
LIMIT_MS = 120_000

SCROLL = """([speed, seconds]) => new Promise(done => {
  const view = document.querySelector('[data-testid="transcript"]') ?? document.scrollingElement;
  const times = [];
  let blank = 0;
  let last = performance.now();
  const end = last + seconds * 1000;
  const step = () => {
    const now = performance.now();
    times.push(now - last);
    view.scrollTop += speed * (now - last) / 1000;
    last = now;
    // (Rows that scroll take no pointer: their boxes tell.)
    const middle = innerHeight / 2;
    const boxes = [...view.querySelectorAll('[data-row]')].map(row => row.getBoundingClientRect());
    if (!boxes.some(({top, bottom}) => top <= middle && bottom >= middle)) blank += 1;
    if (now < end) requestAnimationFrame(step);
    else done([times.slice(1), blank, view.scrollTop]);
  };
  requestAnimationFrame(step);
})"""

PLAIN = (
    "<!doctype html><style>p { margin: 1em auto; width: 44em }</style>" + "<p>The quick brown fox. " * 5000
)

WATCH = """() => {
  window.longTasks = [];
  new PerformanceObserver(list => longTasks.push(...list.getEntries().map(({duration}) => duration)))
    .observe({type: 'longtask'});
  window.lines = [];
  const answers = document.getElementsByClassName('prose');
  let status;
  const look = () => {
    // (Few questions: looking must not cost what is looked at.)
    if (!status?.isConnected) status = [...document.querySelectorAll('[data-testid="turn-status"]')].at(-1);
    const last = answers[answers.length - 1]?.lastElementChild?.lastElementChild;
    lines.push([last?.getBoundingClientRect().top, status?.dataset.status, status?.getBoundingClientRect().top]);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""

ENDED = """turn => document.querySelector(
  `[data-testid="turn-status"][data-turn="${turn}"][data-status="completed"]`) !== null"""


async def scrolling(page: Page, server: Server) -> list[Row]:
    """Frames of scrolling through 10,000 items of all kinds, all of them loaded."""
    session = await server.session("writer")
    first = await filled(server, session, ITEMS)
    await page.goto(
        f"{server.url}/sessions/{session}#turn={first}"
    )  # loads page after page until its beginning is there
    await page.wait_for_selector(f'[data-testid="turn"][data-turn="{first}"]:focus', timeout=LIMIT_MS)
    times, blank, top = await page.evaluate(SCROLL, [SPEED, 8])
    if top < SPEED * 4:
        raise Wrong("it did not scroll")
    await page.goto("about:blank")
    await page.set_content(PLAIN)
    plain, _, _ = await page.evaluate(SCROLL, [SPEED, 4])
    return [
        Row(
            what=f"{ITEMS:,} items, scrolling",
            value=_rate(times),
            floor=_rate(plain),
            unit="fps",
            at_least=58,
        ),
        Row(
            what="its slowest frame of a hundred",
            value=percentile(times, 99),
            floor=percentile(plain, 99),
            unit="ms",
            at_most=34,
        ),
        Row(
            what="frames with nothing drawn in the middle",
            value=100 * blank / len(times),
            unit="%",
            at_most=2,
        ),
    ]


async def streaming(page: Page, server: Server) -> list[Row]:
    """Long tasks of 200 chunks a second for 12 s of markdown, and what moves when the turn ends; median of 3 rounds."""
    rounds = [await _stream(page, server) for _ in range(3)]
    tasks = [tasks for tasks, _ in rounds]
    return [
        Row(
            what=f"{RATE} chunks/s for {SECONDS} s: long tasks",
            value=statistics.median(map(sum, tasks)),
            unit="ms",
            at_most=150,
        ),
        Row(
            what="the longest of them",
            value=statistics.median(max(each, default=0) for each in tasks),
            unit="ms",
        ),
        Row(
            what="what moves when the turn ends",
            value=max(_jump(lines) for _, lines in rounds),
            unit="px",
            at_most=0,
        ),
    ]


async def _stream(page: Page, server: Server) -> tuple[list[float], list[list[Any]]]:
    """ms of the tasks above 50 ms, and where the last lines stood in each frame."""
    session = await server.session("writer")
    await _open(page, server, session)
    await _prompt(page, "stream 100 50")  # what is fetched and compiled once is no cost of a stream
    await page.evaluate(WATCH)
    await _prompt(page, f"stream {RATE} {RATE * SECONDS}")
    await page.wait_for_timeout(1500)
    return await page.evaluate("[longTasks, lines]")


def _rate(times: list[float]) -> float:
    return 1000 * len(times) / sum(times)


async def filled(server: Server, session: str, items: int) -> str:
    """Have so many items written before anybody looks; returns their turn."""
    async with server.connect() as wire:
        await wire.ask(session, f"items {items}")
        while True:
            frame = await wire.receive()
            for body in frame.events if isinstance(frame, Events) else ():
                event = _glance(body)
                if event.type == "turn-completed":
                    return event.turn


class _Glance(msgspec.Struct):
    type: str
    turn: str = ""


_glance = msgspec.json.Decoder(_Glance).decode


def _jump(lines: list[list[Any]]) -> float:
    """px by which the last block or the last line moved from the frame before the end on."""
    end = max(at for at, (_, status, _) in enumerate(lines) if status == "running")
    around = [line for line in lines[end - 3 :] if None not in line]
    blocks, _, status = zip(*around, strict=True)
    return max(max(blocks) - min(blocks), max(status) - min(status))


async def _open(page: Page, server: Server, session: str) -> None:
    await page.goto(f"{server.url}/sessions/{session}")
    await page.wait_for_selector('[data-testid="connection"][data-state="live"]', timeout=LIMIT_MS)


async def _prompt(page: Page, text: str) -> None:
    """Ask, and wait for the end of this turn."""
    await page.fill('[data-testid="composer"]', text)
    await page.press('[data-testid="composer"]', "Enter")
    asked = page.get_by_test_id("turn").filter(has=page.get_by_text(text, exact=True))
    turn = await asked.get_attribute("data-turn", timeout=LIMIT_MS)
    await page.wait_for_function(ENDED, arg=turn, timeout=LIMIT_MS)


FIGURES = (scrolling, streaming)
