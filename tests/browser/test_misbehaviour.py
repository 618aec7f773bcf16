"""Every way in which the practice agent misbehaves reaches the person: typed, in time, and still there after a reload.

Times are measured on the page's own clock: from when the process died (or the words before the fault
appeared) until the card appeared. Each limit is the promise's; `NOISE_S` is for a busy machine.
"""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk, Tab, counted
from tests.browser.processes import agents_of, all_gone, death_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DEATH_S = 1.0
"""From the death of an agent to the card that says so."""
NOISE_S = 2.0

GHOST = """
[ghost]
name = "Ghost"
command = ["no-such-agent-anywhere"]
install = "fetch ghost"
"""


def within(what: str, took_ms: float, limit_s: float) -> None:
    """The measured time is within its limit; it is printed either way."""
    print(f"{what}: {took_ms / 1000:.2f} s (limit {limit_s:g} s)")
    assert took_ms / 1000 <= limit_s + NOISE_S


async def warm(desk: Desk) -> tuple[Tab, str]:
    """A session whose agent runs already, and its id."""
    tab = await desk.session_tab()
    await tab.done("say ready")
    return tab, tab.page.url.rpartition("/")[2]


async def failed(tab: Tab, code: str, words: str, *, type: str = "practice-error") -> None:
    """The last turn failed so, live and after a reload."""
    for _ in range(2):
        await tab.turn_is("failed")
        await expect(tab.failure).to_have_count(1)
        await expect(tab.failure).to_have_attribute("data-code", code)
        await expect(tab.failure).to_have_attribute("data-type", type)
        await expect(tab.failure).to_contain_text(words)
        await expect(tab.row).to_have_attribute("data-state", "failed")
        await tab.reload()


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("exit", "left with exit status 0"),
        ("flood 200 then exit 3", "left with exit status 3"),
        ("crash", "was ended by SIGSEGV"),
        ("stray and crash", "was ended by SIGSEGV"),
    ],
)
async def test_an_agent_that_dies(desk: Desk, prompt: str, words: str) -> None:
    """Its death is a card within a second, also when it left with status 0 in the middle; nothing is left of it."""
    tab, session = await warm(desk)
    agent = agents_of(session)[1]
    await tab.watch("failure")
    death = asyncio.create_task(death_of(agent))
    await tab.prompt(prompt)
    within(f"“{prompt}” to its card", await tab.seen("failure") - await death, DEATH_S)
    await failed(tab, "provider-crashed", words)
    await all_gone(session, limit_s=DEATH_S)


@pytest.mark.parametrize(("victim", "which"), [("keeper", 0), ("agent", 1)])
async def test_kill_9_of_an_agent(desk: Desk, victim: str, which: int) -> None:
    """Killed from outside, agent or keeper: a card within a second, all that was said is kept, nothing is left."""
    tab, session = await warm(desk)
    process = agents_of(session)[which]
    await tab.prompt("stubborn process then slow 50/s for 60 s")
    await expect(tab.message).to_contain_text("outlives its turn. 1 2 3 4 5")
    assert len(agents_of(session)) == 3
    await tab.watch("failure")
    death = asyncio.create_task(death_of(process))
    os.kill(process.pid, signal.SIGKILL)
    within(f"kill -9 of the {victim} to the card", await tab.seen("failure") - await death, DEATH_S)
    within(f"kill -9 of the {victim} to no process", 1000 * await all_gone(session, limit_s=DEATH_S), DEATH_S)
    await failed(tab, "provider-crashed", "was ended by SIGKILL")
    said = (await tab.message.inner_text()).partition("outlives its turn.")[2]
    assert counted([int(word) for word in said.split()])


async def test_kill_9_of_the_server(desk: Desk) -> None:
    """No agent outlives it by more than a second, though it is frozen and hears nothing, nor what it left behind."""
    tab, session = await warm(desk)
    await tab.prompt("stubborn process then freeze")
    await expect(tab.message).to_contain_text("(SIGSTOP).")
    assert len(agents_of(session)) == 3
    await asyncio.to_thread(desk.server.kill)
    within("kill -9 of the server to no process", 1000 * await all_gone(session, limit_s=1), 1)
    await desk.restart()
    await tab.is_live()
    for _ in range(2):
        await tab.turn_is("interrupted")
        await expect(tab.by("interrupted")).to_contain_text("The server went away while the agent worked")
        await expect(tab.row).to_have_attribute("data-state", "interrupted")
        await tab.reload()
    assert not agents_of(session)


async def test_an_agent_that_is_not_there(make_desk, tmp_path: Path) -> None:
    """The program of a catalog's agent is missing: said within a second, with what would install it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "agents.toml").write_text(GHOST)
    desk: Desk = await make_desk(folder=tmp_path)
    await desk.sign_in()
    tab = await desk.session_tab(desk.make_session("ghost"))
    await tab.watch("failure")
    began = await tab.now()
    await tab.prompt("hello")
    within("missing program to its card", await tab.seen("failure") - began, DEATH_S)
    await failed(
        tab, "provider-missing", "there is no program no-such-agent-anywhere here", type="ghost-error"
    )
    await expect(tab.failure.locator("code")).to_have_text("fetch ghost")


@pytest.mark.parametrize(
    ("prompt", "code", "words"),
    [
        ("cut", "truncated", "closed its stdin or stdout, though it still ran"),
        ("bad json", "provider-crashed", "not the Agent Client Protocol"),
    ],
)
async def test_an_agent_that_breaks_off(desk: Desk, prompt: str, code: str, words: str) -> None:
    """It still runs, but nothing sensible can come: a card within a second, and the process is ended."""
    tab, session = await warm(desk)
    await tab.watch("failure")
    began = await tab.now()
    await tab.prompt(prompt)
    within(f"“{prompt}” to its card", await tab.seen("failure") - began, DEATH_S)
    await failed(tab, code, words)
    await all_gone(session, limit_s=5)


MODEL_FAILURES = {
    "auth": ("not signed in", True),
    "usage-limit": ("has used up what its account allows", True),
    "overloaded": ("overloaded", True),
    "network": ("cannot reach its model", True),
    "prompt-too-long": ("too long for", False),
}


async def test_a_model_that_fails(desk: Desk) -> None:
    """What the agent reports of its model is typed; *Try again* is there only where it can help, if need be after what the card says; the agent lives on."""
    for code, (words, again) in MODEL_FAILURES.items():
        tab = await desk.session_tab()
        await tab.prompt(f"fail {code}")
        await failed(tab, code, words)
        await expect(tab.by("try-again")).to_have_count(1 if again else 0)
        await tab.done("say still here")
        await tab.page.close()
