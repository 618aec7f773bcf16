"""Agents that say nothing, too much, or leave something behind."""

import os
import re
import signal

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk, Tab, counted
from tests.browser.processes import agents_of, all_gone
from tests.browser.test_misbehaviour import warm, within

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SILENCE_S = 10.0
"""Without a sign of life until the person is told."""
STOP_S = 5.0
"""From *Stop* to the turn's end."""


@pytest.mark.parametrize(("prompt", "last"), [("hang", "stopping me works."), ("freeze", "(SIGSTOP).")])
async def test_silence_is_named(desk: Desk, prompt: str, last: str) -> None:
    """After 10 s it is said, live and after a reload; *Wait* takes the notice away, *Stop* ends the turn."""
    tab, session = await warm(desk)
    await tab.watch("stalled")
    await tab.prompt(prompt)
    await expect(tab.message).to_contain_text(last)
    silent = await tab.now()
    await expect(tab.by("stalled")).to_have_count(0)
    took = await tab.seen("stalled") - silent
    within(f"“{prompt}” to its notice", took, SILENCE_S)
    assert took / 1000 > SILENCE_S - 2
    await tab.reload()
    await expect(tab.by("stalled")).to_contain_text("No sign of life from Practice agent for 1")
    await expect(tab.row).to_have_attribute("data-state", "stalled")
    await tab.by("stalled-wait").click()
    await expect(tab.by("stalled")).to_have_count(0)
    await stopped(tab, prompt)
    if prompt == "freeze":
        await all_gone(session, limit_s=1)
    await tab.done("say alive again")


async def stopped(tab: Tab, prompt: str) -> None:
    """*Stop* ends the turn in time, live and after a reload."""
    began = await tab.now()
    await tab.by("stop").click()
    await tab.turn_is("cancelled")
    within(f"stop of “{prompt}”", await tab.now() - began, STOP_S)
    await tab.reload()
    await tab.turn_is("cancelled")


async def test_an_agent_that_does_not_hear(desk: Desk) -> None:
    """Deaf to the cancel, it is ended by TERM and KILL: within 5 s all the same, and the next prompt is answered."""
    tab, session = await warm(desk)
    old = agents_of(session)
    await tab.prompt("deaf")
    await expect(tab.message).to_contain_text("do not hear a cancel either.")
    await stopped(tab, "deaf")
    assert not set(old) & set(agents_of(session))
    await tab.done("say alive again")


async def test_retries_are_shown(desk: Desk) -> None:
    """Each attempt with what failed, while it happens; then the answer."""
    tab, _ = await warm(desk)
    await tab.prompt("retry 20")
    await expect(tab.by("retrying")).to_contain_text("529 Overloaded")
    await tab.turn_is("running")
    early = int(re.findall(r"attempt (\d+) of 21", await tab.by("retrying").inner_text())[0])
    await expect(tab.by("retrying")).not_to_contain_text(f"attempt {early} of 21")
    await tab.turn_is("running")
    for _ in range(2):
        await tab.turn_is("completed")
        await expect(tab.by("retrying")).to_contain_text("529 Overloaded")
        await expect(tab.message).to_have_text("Now it worked.")
        await tab.reload()


@pytest.mark.timeout(120)
async def test_a_flood_is_shown_whole(desk: Desk) -> None:
    """20,000 chunks as fast as they come: each is there, in order, once, live and after a reload."""
    tab, _ = await warm(desk)
    began = await tab.now()
    await tab.done("flood 20000", limit_s=60)
    print(f"20,000 chunks in {(await tab.now() - began) / 1000:.2f} s")
    for _ in range(2):
        numbers = await tab.numbers()
        whole = len(numbers) == 20_000 and counted(numbers)
        assert whole, f"{len(numbers)} numbers"
        await tab.reload()
        await tab.turn_is("completed")


async def test_a_big_message_is_shown_whole(desk: Desk) -> None:
    """2 MB in one chunk: the page stays usable, shows its beginning, and all of it when asked, live and after a reload."""
    tab, _ = await warm(desk)
    await tab.done("big 2 MB", limit_s=30)
    for _ in range(2):
        await expect(tab.message).to_contain_text("All work and no play")
        await tab.message.get_by_role("button", name="Show all 2,097,152 characters").click()
        await expect(tab.message.get_by_role("button")).to_have_count(0)
        assert abs(len(await tab.message.inner_text()) - 2 * 1024**2) < 2
        await tab.reload()
        await tab.turn_is("completed")


@pytest.mark.parametrize("kind", ["stray", "stubborn"])
async def test_a_process_left_behind_is_ended_and_said(desk: Desk, kind: str) -> None:
    """No command outlives its turn, even one that ignores TERM; the turn says which was ended."""
    tab, session = await warm(desk)
    before = {process.pid for process in agents_of(session)}
    await tab.done(f"{kind} process")
    assert {process.pid for process in agents_of(session)} == before
    for _ in range(2):
        await expect(tab.items("tool-call")).to_contain_text("Ended a process left behind")
        await tab.reload()


async def test_a_frozen_server_is_noticed(desk: Desk) -> None:
    """SIGSTOP to the server: after 35 s without a frame the page says that it is not connected, and comes back by itself."""
    tab = await desk.session_tab()
    await tab.page.clock.install()
    await tab.reload()
    await tab.is_live()
    os.kill(desk.server.pid, signal.SIGSTOP)
    try:
        await tab.page.clock.fast_forward(36_000)
        await expect(tab.connection).not_to_have_attribute("data-state", "live")
    finally:
        os.kill(desk.server.pid, signal.SIGCONT)
    await tab.is_live()
    await tab.done("say back")
