"""What a person wrote is never lost: drafts, and prompts that nobody has answered yet."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_draft_survives_a_reload(desk: Desk) -> None:
    """Each session has its own; sent, it is gone."""
    tab = await desk.session_tab()
    await tab.composer.fill("half a thought\nand a")
    await tab.reload()
    await expect(tab.composer).to_have_value("half a thought\nand a")
    other = await desk.session_tab()
    await expect(other.composer).to_have_value("")
    await tab.prompt("say sent")
    await expect(tab.message).to_have_text("sent")
    await tab.reload()
    await expect(tab.message).to_have_text("sent")
    await expect(tab.composer).to_have_value("")


async def server_gone(desk: Desk) -> tuple[Tab, str]:
    """A session's tab whose server was killed, and the session's id."""
    tab = await desk.session_tab()
    await tab.done("say ready")
    await asyncio.to_thread(desk.server.kill)
    await expect(tab.connection).to_have_attribute("data-state", "reconnecting")
    return tab, tab.page.url.rpartition("/")[2]


async def asked_once(desk: Desk, session: str, text: str) -> None:
    """The log has this prompt exactly once."""
    answer = await asyncio.to_thread(desk.api.get, f"/api/sessions/{session}/events?after=0&limit=500")
    texts = [event.get("text") for event in answer.json()["events"] if event["type"] == "turn-started"]
    assert texts.count(text) == 1, texts


async def test_a_prompt_to_a_server_that_is_gone(make_desk: Any) -> None:
    """It waits where it will stand, over a reload while nothing answers, and is sent once when the server is back."""
    desk: Desk = await make_desk()
    await desk.sign_in(service_workers="allow")
    tab = await desk.session_tab()
    await tab.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")  # it has the page by now
    await tab.page.close()
    tab, session = await server_gone(desk)
    await tab.prompt("say it anyway")
    await expect(tab.by("pending")).to_contain_text("say it anyway")
    await expect(tab.by("pending")).to_contain_text("Is sent when the connection is back")
    await tab.reload()
    await expect(tab.by("unreachable")).to_be_visible()
    await desk.restart()
    await expect(tab.message).to_have_text("it anyway", timeout=30_000)  # a server has to start first
    await expect(tab.by("pending")).to_have_count(0)
    await tab.reload()
    await tab.done("say after")
    await asked_once(desk, session, "say it anyway")


async def test_an_unsent_prompt_can_be_taken_back(desk: Desk) -> None:
    """Back in the composer, it is not sent."""
    tab, session = await server_gone(desk)
    await tab.prompt("say rather not")
    await tab.by("pending-delete").click()
    await expect(tab.by("pending")).to_have_count(0)
    await expect(tab.composer).to_have_value("say rather not")
    await desk.restart()
    await tab.is_live()
    await tab.done("say ready again")
    answer = await asyncio.to_thread(desk.api.get, f"/api/sessions/{session}/events?after=0&limit=500")
    assert "rather not" not in answer.text


async def old_prompt(desk: Desk) -> tuple[Tab, str]:
    """A prompt that waited for six minutes for a server that is back by now."""
    await desk.context.clock.install()
    tab, session = await server_gone(desk)
    await tab.prompt("say old news")
    await expect(tab.by("pending")).to_be_visible()
    await desk.context.clock.fast_forward("06:00")
    await desk.restart()
    await tab.reload()
    await tab.is_live()
    await expect(tab.by("pending")).to_contain_text("Send it now?")
    await expect(tab.asked).to_have_count(1)
    return tab, session


async def test_an_old_prompt_asks_before_it_is_sent(desk: Desk) -> None:
    """After five minutes it may no longer be wanted: nothing is sent before the person says so, then once."""
    tab, session = await old_prompt(desk)
    await tab.by("pending-send").click()
    await expect(tab.message).to_have_text("old news")
    await expect(tab.by("pending")).to_have_count(0)
    await asked_once(desk, session, "say old news")


async def test_an_old_prompt_can_be_deleted(desk: Desk) -> None:
    """Its text goes back to the composer, and never to the agent."""
    tab, _ = await old_prompt(desk)
    await tab.by("pending-delete").click()
    await expect(tab.by("pending")).to_have_count(0)
    await expect(tab.composer).to_have_value("say old news")
    await tab.reload()
    await tab.is_live()
    await expect(tab.by("pending")).to_have_count(0)
    await expect(tab.asked).to_have_count(1)


async def test_the_first_prompt_of_a_session_is_not_lost(desk: Desk) -> None:
    """The server dies before the session is made: the text is still there, with the reason."""
    tab = await desk.tab(f"projects/{desk.make_project()['id']}?new")
    await tab.is_live()
    await tab.choose_agent("practice")
    await tab.composer.fill("say first words")
    await expect(tab.page.get_by_test_id("send")).to_be_enabled()
    await asyncio.to_thread(desk.server.kill)
    await tab.composer.press("Enter")
    problem = tab.page.get_by_role("main").get_by_test_id("problem")
    await expect(problem).to_contain_text("The session could not be started; your text is below")
    await expect(tab.composer).to_have_value("say first words")
    await desk.restart()
    await tab.is_live()
    await tab.composer.press("Enter")
    await expect(tab.message).to_have_text("first words")
