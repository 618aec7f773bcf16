"""A person and the real Claude Code in a browser: the good day. (The bad days: test_faults.py.)"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import psutil
import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.agents import mock_model
from tests.agents.fixtures import WORDS, after, call, says, slowly
from tests.agents.real_claude import at_home
from tests.browser.pages import Desk
from tests.browser.processes import agents_of, all_gone
from tests.processes import command_of
from tests.servers import RunningServer

pytestmark = [pytest.mark.agents, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

SUITS = {
    "question": "Which suit?",
    "header": "Suit",
    "options": [{"label": "Hearts", "description": "red"}, {"label": "Spades", "description": "black"}],
    "multiSelect": False,
}
FIXTURES = [
    after("write", "It is written."),
    after("list", "That is all."),
    after("more", "That is all, again."),
    after("ask", "A good choice."),
    after("back", "It runs beside."),
    says("WRITE", "I will write it.", call("write", "Write", file_path="notes.md", content="# Notes\n")),
    says("LIST", call("list", "Bash", command="echo made; exit 3", description="leave")),
    says("MORE", call("more", "Bash", command="echo made; exit 3", description="leave")),
    says("ASK", call("ask", "AskUserQuestion", questions=[SUITS])),
    says(
        "BACK",
        call("back", "Bash", command="tail -f /dev/null", description="watch it", run_in_background=True),
    ),
    says("LONG", WORDS, **slowly(60)),
    says("THINK", response={"content": "The answer is 42.", "reasoning": "Let me think aloud."}),
    says("AFTER", "Still here."),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A person in front of a server whose Claude Code has a fake model."""
    folder = tmp_path_factory.mktemp("story")
    with mock_model.serving(FIXTURES, folder) as model:
        server = await asyncio.to_thread(RunningServer(folder, [], at_home(folder, model)).start)
        desk = Desk(browser, server, None)
        await desk.sign_in()
        try:
            yield desk
        finally:
            await desk.close()
            server.close()


async def test_a_day_with_claude(desk: Desk) -> None:
    """Thinking, a change with its diff, a question; stop, kill -9, reload, and on it goes."""
    session = await asyncio.to_thread(desk.make_session, "claude")
    tab = await desk.session_tab(session)
    await expect(tab.page.locator("main")).to_contain_text("API key from ANTHROPIC_API_KEY")

    await tab.done("THINK first", limit_s=30)
    await expect(tab.message).to_have_text("The answer is 42.")
    await expect(tab.items("reasoning")).to_contain_text("Let me think aloud.")

    await tab.prompt("WRITE notes")
    await expect(tab.approval).to_contain_text("Claude wants to change a file")
    await expect(tab.approval).to_contain_text("# Notes")
    file = desk.server.root / "site/notes.md"
    assert not file.exists()
    await tab.option("allow-once").click()
    await tab.turn_is("completed")
    assert file.read_text() == "# Notes\n"

    await tab.prompt("ASK me")
    await expect(tab.approval).to_contain_text("Which suit?")
    await tab.approval.get_by_text("Spades").first.click()
    await tab.option("answer").click()
    await tab.turn_is("completed")
    await expect(tab.message).to_have_text("A good choice.")

    await tab.prompt("LONG story")
    await expect(tab.message).to_contain_text("w5")
    await tab.by("stop").click()
    await tab.turn_is("cancelled", limit_s=5)

    await tab.prompt("LONG story again")
    await expect(tab.message).to_contain_text("w5")
    os.kill((await asyncio.to_thread(agents_of, session))[1].pid, signal.SIGKILL)
    await tab.turn_is("failed", limit_s=3)
    await all_gone(session, limit_s=1)
    await tab.reload()
    await tab.is_live()
    await expect(tab.failure).to_contain_text("was ended by SIGKILL")
    await tab.done("AFTER all", limit_s=30)
    await expect(tab.message).to_have_text("Still here.")


async def test_allowed_for_always_and_taken_back(desk: Desk) -> None:
    """A rule of the project: the next prompt is not asked; taken back, the next is asked again."""
    tab = await desk.session_tab(await asyncio.to_thread(desk.make_session, "claude"))
    await tab.prompt("LIST")
    await expect(tab.option("allow-always").first).to_contain_text("in this project")
    await tab.option("allow-always").first.click()
    await tab.turn_is("completed", limit_s=30)
    rules = (await asyncio.to_thread(desk.api.get, "/api/rules")).json()["rules"]
    assert [rule["provider"] for rule in rules] == ["claude"] and "exit 3" in rules[0]["rule"]
    other = await desk.session_tab(await asyncio.to_thread(desk.make_session, "claude"))
    await other.done("MORE", limit_s=30)
    await asyncio.to_thread(desk.api.delete, f"/api/rules/{rules[0]['id']}")
    third = await desk.session_tab(await asyncio.to_thread(desk.make_session, "claude"))
    await third.prompt("LIST")
    await expect(third.approval).to_be_visible()
    await third.option("reject-once").click()
    await third.turn_is("completed")


def tails(session: str) -> list[psutil.Process]:
    """What the background task runs."""
    return [process for process in agents_of(session) if "tail" in " ".join(command_of(process))]


async def test_a_task_in_the_background(desk: Desk) -> None:
    """It is listed over the composer, outlives its turn, and *Stop* ends it."""
    session = await asyncio.to_thread(desk.make_session, "claude")
    tab = await desk.session_tab(session)
    await tab.prompt("BACK")
    await tab.option("allow-once").click()
    await tab.turn_is("completed", limit_s=30)
    await tab.by("tasks").get_by_role("button").first.click()
    await expect(tab.by("task")).to_contain_text("watch it")
    await tab.by("task-stop").click()
    await expect(tab.by("tasks")).to_have_count(0)
    async with asyncio.timeout(5):
        while await asyncio.to_thread(tails, session):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
