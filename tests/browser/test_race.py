"""Two tabs, one session: prompts at the same moment, the notice that one is busy, and the queue that both see."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LONG = "slow 20/s for 60 s"


async def two_tabs(desk: Desk) -> tuple[Tab, Tab]:
    """Two tabs on one new session."""
    first = await desk.session_tab()
    return first, await desk.session_tab(first.page.url.rpartition("/")[2])


async def refused(desk: Desk, text: str = "say second") -> tuple[Tab, Tab]:
    """A tab whose prompt runs, and one whose prompt `text` was not taken because of it."""
    running, waiting = await two_tabs(desk)
    await running.prompt(LONG)
    await waiting.turn_is("running")
    await waiting.prompt(text)
    await expect(waiting.busy).to_be_visible()
    return running, waiting


async def loser_of(first: Tab, second: Tab) -> tuple[Tab, Tab]:
    """(the tab whose prompt runs, the tab that got the notice), as soon as there is a notice."""
    tabs = {asyncio.create_task(expect(tab.busy).to_be_visible()): tab for tab in (first, second)}
    done, others = await asyncio.wait(tabs, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    loser = tabs[done.pop()]
    return (second if loser is first else first), loser


async def test_two_prompts_at_the_same_moment(desk: Desk) -> None:
    """One runs; the other gets one inline notice, its text still in its composer; the notice goes with the turn."""
    first, second = await two_tabs(desk)
    texts = {first: "slow 20/s for 5 s", second: "slow 21/s for 5 s"}
    for tab, text in texts.items():
        await tab.composer.fill(text)
    await asyncio.gather(first.composer.press("Enter"), second.composer.press("Enter"))
    winner, loser = await loser_of(first, second)

    await expect(loser.busy).to_contain_text("Practice agent is at work on another prompt")
    await expect(loser.composer).to_have_value(texts[loser])
    await expect(winner.composer).to_have_value("")
    for tab in (winner, loser):
        await expect(tab.asked).to_have_count(1)
        await expect(tab.asked).to_contain_text(texts[winner])
    await expect(winner.busy).to_have_count(0)

    await loser.composer.press("Enter")  # insisting does not double it
    await expect(loser.by("pending")).to_have_count(0)
    await expect(loser.busy).to_have_count(1)
    await expect(loser.composer).to_have_value(texts[loser])

    await winner.turn_is("completed")
    await expect(loser.busy).to_have_count(0)
    await expect(loser.composer).to_have_value(texts[loser])
    await expect(loser.asked).to_have_count(1)


async def test_the_notice_is_kept_up_to_date(desk: Desk) -> None:
    """Asked again, it says how many wait by now, and is still one."""
    running, waiting = await refused(desk)
    await running.by("if-busy").select_option("queue")
    await running.prompt("say queued")
    await expect(running.queued).to_have_count(1)
    await waiting.composer.press("Enter")
    await expect(waiting.busy).to_contain_text("1 waiting in the queue")
    await expect(waiting.busy).to_have_count(1)


async def test_queue_from_the_notice(desk: Desk) -> None:
    """The text goes into the queue, the notice goes, and the prompt runs when its time has come."""
    running, waiting = await refused(desk)
    await waiting.by("busy-queue").click()
    await expect(waiting.busy).to_have_count(0)
    await expect(waiting.composer).to_have_value("")
    for tab in (running, waiting):
        await expect(tab.queued).to_have_text(["say second"])
    await running.by("stop").click()
    for tab in (running, waiting):
        await expect(tab.message).to_have_text("second")
        await expect(tab.queued).to_have_count(0)
        await tab.turn_is("completed")


async def test_stop_from_the_notice(desk: Desk) -> None:
    """It stops the other turn, in both tabs; the text waits for its Enter."""
    running, waiting = await refused(desk)
    await waiting.by("busy-stop").click()
    for tab in (running, waiting):
        await tab.turn_is("cancelled", limit_s=5)
    await expect(waiting.busy).to_have_count(0)
    await expect(waiting.composer).to_have_value("say second")
    await waiting.composer.press("Enter")
    await expect(running.message).to_have_text("second")


async def test_steering_is_offered_only_where_the_agent_can(desk: Desk) -> None:
    """The practice agent takes no words into a running turn, so nothing promises it."""
    _, waiting = await refused(desk)
    [practice] = [
        provider
        for provider in desk.api.get("/api/providers").json()["providers"]
        if provider["id"] == "practice"
    ]
    assert practice["capabilities"]["steer"] is False
    await expect(waiting.by("busy-queue")).to_be_enabled()
    await expect(waiting.by("busy-steer")).to_have_count(0)
    await expect(waiting.by("if-busy").locator("option")).to_have_text(["ask me", "queue it"])


async def queue(tab: Tab, *texts: str) -> None:
    """Start a long turn and queue these behind it."""
    await tab.prompt(LONG)
    await tab.turn_is("running")
    await tab.by("if-busy").select_option("queue")
    for number, text in enumerate(texts, 1):
        await tab.prompt(text)
        await expect(tab.queued).to_have_count(number)


async def test_the_queue_is_one_in_both_tabs(desk: Desk) -> None:
    """Each tab sees it, moves in it and removes from it; it runs in the order that is seen."""
    first, second = await two_tabs(desk)
    await queue(first, "say one", "say two", "say three")
    await expect(second.queued).to_have_text(["say one", "say two", "say three"])
    await second.queued.nth(2).get_by_label("Move up").click()
    await expect(first.queued).to_have_text(["say one", "say three", "say two"])
    await first.queued.nth(0).get_by_test_id("dequeue").click()
    await expect(second.queued).to_have_text(["say three", "say two"])
    await second.by("stop").click()
    for tab in (first, second):
        await expect(tab.asked).to_contain_text([LONG, "say three", "say two"])
        await expect(tab.items("message").last).to_have_text("two")
        await expect(tab.queued).to_have_count(0)


async def test_a_held_queue_waits_for_a_person(desk: Desk) -> None:
    """After the server's death nothing of the queue runs by itself; *Resume queue* lets it, in its order."""
    tab = await desk.session_tab()
    await queue(tab, "say one", "say two")
    await asyncio.to_thread(desk.server.kill)
    await desk.restart()
    await tab.is_live()
    await tab.turn_is("interrupted")
    await expect(tab.by("queue")).to_contain_text("The queue is held until you resume it")
    await expect(tab.queued).to_have_text(["say one", "say two"])
    await expect(tab.asked).to_have_count(1)
    await tab.by("resume-queue").click()
    await expect(tab.asked).to_contain_text([LONG, "say one", "say two"])
    await expect(tab.message).to_have_text("two")
    await expect(tab.by("queue")).to_have_count(0)
