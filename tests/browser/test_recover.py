"""From whatever went wrong to what helps, in one click; what is done while away is kept and sent once."""

import asyncio
import resource
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import WebSocketRoute, expect

from tests.browser.pages import DESKTOP, PHONE, Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

VIEWS = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
LAYOUT = """() => ['composer', 'transcript', 'session-title'].map(testid => {
  const {x, y, width, height} = document.querySelector(`[data-testid="${testid}"]`).getBoundingClientRect();
  return [x, y, width, height];
})"""


@pytest_asyncio.fixture(name="stage", loop_scope="session")
async def make_stage(make_desk) -> Desk:
    """A person in front of a server whose Claude plays scenes."""
    desk: Desk = await make_desk(module="tests.browser.stage")
    await desk.sign_in()
    return desk


async def opened(desk: Desk, viewport: Any, provider: str) -> Tab:
    """A new session in a window of this size."""
    tab = await desk.session_tab(await asyncio.to_thread(desk.make_session, provider))
    await tab.page.set_viewport_size(viewport)
    return tab


@VIEWS
async def test_each_failure_leads_to_what_helps(stage: Desk, viewport: dict[str, int]) -> None:
    """A limit counts down to *Try again*; a refused key opens the key's field, which has the focus."""
    tab = await opened(stage, viewport, "claude")
    await tab.prompt("limited 600")
    await expect(tab.by("failure-until")).to_contain_text("Can be used again in")
    await expect(tab.by("try-again")).to_have_text("Try now")
    await tab.page.clock.set_fixed_time(datetime.now() + timedelta(seconds=601))  # the timers run on
    await expect(tab.by("failure-until")).to_have_count(0)
    await expect(tab.by("try-again")).to_have_text("Try again")
    await tab.by("try-again").click()
    await expect(tab.asked.last).to_contain_text("Tried again")
    await tab.turn_is("failed")
    await tab.prompt("keyless")
    await expect(tab.failure.last).to_contain_text("The key was refused.")
    await tab.failure.last.get_by_test_id("failure-add-key").click()
    await expect(tab.by("agent-card", agent="claude").get_by_test_id("key-field")).to_be_focused()
    assert tab.errors == []


@VIEWS
async def test_a_prompt_that_is_too_long_goes_back(desk: Desk, viewport: dict[str, int]) -> None:
    """One click puts it back to be shortened; in Chinese the card has a heading, and the server's sentence below it."""
    tab = await opened(desk, viewport, "practice")
    await tab.prompt("fail prompt-too-long")
    await tab.by("failure-shorten").click()
    await expect(tab.composer).to_have_value("fail prompt-too-long")
    await expect(tab.composer).to_be_focused()
    await tab.page.evaluate("localStorage.setItem('antiphon.language', 'zh')")
    await tab.reload()
    await expect(tab.failure).to_contain_text("对话超出了模型的长度上限")
    await expect(tab.failure).to_contain_text("too long for")
    await expect(tab.by("failure-shorten")).to_have_text("把提示词放回输入框以便缩短")


@VIEWS
async def test_a_full_disk_is_told_and_moves_nothing(desk: Desk, viewport: dict[str, int]) -> None:
    """The indicator says it over the page, which stays where it is; put away, its dot still does; then all is well again."""
    tab = await opened(desk, viewport, "practice")
    await tab.done("say before")
    before = await tab.page.evaluate(LAYOUT)
    _, hard = resource.prlimit(desk.server.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    await tab.prompt("slow 20/s for 60 s")
    await expect(tab.connection).to_have_attribute("data-state", "storage-full")
    await expect(tab.by("connection-banner")).to_contain_text("space")
    after = await tab.page.evaluate(LAYOUT)
    assert (after[0], after[2]) == (before[0], before[2])  # between them stands why the prompt was not taken
    await tab.by("connection-dismiss").click()
    await expect(tab.by("connection-banner")).to_have_count(0)
    await expect(tab.connection).to_contain_text("Storage full")
    resource.prlimit(desk.server.pid, resource.RLIMIT_FSIZE, (hard, hard))
    await tab.done("say after")
    await expect(tab.connection).to_have_attribute("data-state", "live")


async def test_catching_up_is_told(desk: Desk) -> None:
    """Back after a while, a page that is not up to date says so until it is."""
    held: list[Any] = []
    holding = False

    async def passing(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: Any) -> None:
            if holding and '"subscribed"' in str(message):
                held.append(lambda: socket.send(message))
            else:
                socket.send(message)

        server.on_message(pass_on)
        sockets.append(server)

    sockets: list[Any] = []
    session = await asyncio.to_thread(desk.make_session)
    tab = Tab(await desk.context.new_page())
    await tab.page.route_web_socket("**/ws", passing)
    await tab.page.goto(f"{desk.server.url}/sessions/{session}")
    await tab.is_live()
    await tab.done("say here")
    holding = True
    await asyncio.to_thread(desk.server.kill)
    await expect(tab.connection).to_have_attribute("data-state", "reconnecting")
    await desk.restart()
    await expect(tab.connection).to_have_attribute("data-state", "catching-up")
    await expect(tab.connection).to_contain_text("Catching up")
    await expect(tab.by("connection-banner")).to_have_count(0)
    holding = False
    for send in held:
        send()
    await tab.is_live()


async def test_a_closed_browser_keeps_what_was_asked(desk: Desk) -> None:
    """Written while the server was gone, in a browser that was closed then: sent once, when it is opened anywhere."""
    tab = await desk.session_tab()
    session = tab.page.url.rpartition("/")[2]
    await tab.done("say before")
    before = await tab.page.evaluate(LAYOUT)
    await asyncio.to_thread(desk.server.kill)
    await expect(tab.connection).to_have_attribute("data-state", "reconnecting")
    await expect(tab.by("connection-banner")).to_be_visible()
    assert await tab.page.evaluate(LAYOUT) == before
    await tab.by("connection-dismiss").click()
    await expect(tab.by("connection-banner")).to_have_count(0)
    await tab.connection.click()  # its dot brings it back
    await tab.prompt("say later")
    await expect(tab.by("kept")).to_have_text("One thing that you did is sent then.")
    kept = await desk.context.storage_state()
    await desk.context.close()
    await desk.restart()
    desk.context = await desk.new_context(storage_state=kept)
    home, again = await desk.tab(), await desk.tab(f"sessions/{session}")
    for each in (home, again):
        await each.is_live()
    await expect(again.message).to_have_text("later")
    await again.done("say after")
    await home.reload()
    await home.is_live()
    answer = await asyncio.to_thread(desk.api.get, f"/api/sessions/{session}/events?after=0&limit=500")
    texts = [event.get("text") for event in answer.json()["events"] if event["type"] == "turn-started"]
    assert texts == ["say before", "say later", "say after"]
