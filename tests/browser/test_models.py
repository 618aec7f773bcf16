"""A model out of many, on the page: found by a part of its name, and asked."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import ViewportSize, expect

from tests.browser.pages import DESKTOP, PHONE, Desk, Tab
from tests.browser.test_access import barriers
from tests.chat_server import ChatServer, models, serving
from tests.servers import RunningServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(180),  # real agents start: some seconds each on a busy machine
]

MANY = [f"maker-{at % 20}/model-{at}" for at in range(200)]
CHOSEN = "otter/river-large"


@pytest.fixture(scope="module")
def model() -> Iterator[ChatServer]:
    """OpenRouter's catalogue, and its answers."""
    with serving() as server:
        server.pages["/v1/models"] = models(*MANY, CHOSEN, "otter/river-small")
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(browser, model: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A person in front of a server that has a key."""
    around = {"OPENROUTER_API_KEY": "sk-or-of-a-test", "OPENROUTER_BASE_URL": f"{model.root}/v1"}
    server = RunningServer(tmp_path_factory.mktemp("models"), environment=around)
    await asyncio.to_thread(server.start)
    desk = Desk(browser, server, None)
    await desk.sign_in()
    try:
        yield desk
    finally:
        await desk.close()
        server.close()


async def searched(desk: Desk, viewport: ViewportSize) -> Tab:
    """A new session, and the dialog with its models."""
    await asyncio.to_thread(lambda: desk.api.get("/api/providers").raise_for_status())  # the look is done
    session = await asyncio.to_thread(desk.make_session, "openrouter")
    tab = await desk.session_tab(session)
    await tab.page.set_viewport_size(viewport)
    await tab.by("model").click()
    return tab


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_model_is_found_and_asked(desk: Desk, model: ChatServer, viewport: ViewportSize) -> None:
    """Typing finds it, Enter takes it, the next prompt goes to it; so it stands there after a reload."""
    tab = await searched(desk, viewport)
    await expect(tab.by("model-dialog")).to_contain_text("142 more")
    await tab.by("model-search").fill("river lar")
    await expect(tab.by("model-option")).to_have_text([CHOSEN])
    await tab.by("model-search").press("Enter")
    await expect(tab.by("model-dialog")).to_have_count(0)
    await expect(tab.by("model")).to_have_text(CHOSEN)
    await tab.done("SAY hello", limit_s=60)
    assert model.asked[-1]["model"] == CHOSEN
    await tab.reload()
    await expect(tab.by("model")).to_have_text(CHOSEN)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_dialog_can_be_used_by_all(desk: Desk, viewport: ViewportSize) -> None:
    """axe finds no barrier in it, light or dark."""
    tab = await searched(desk, viewport)
    await tab.by("model-search").fill("river")
    await expect(tab.by("model-option")).to_have_count(2)
    assert await barriers(tab) == []
