"""An agent that works without asking: the person is asked once for each project, and can take it back."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk
from tests.browser.processes import agents_of
from tests.integration.test_consents import FREE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_the_person_is_asked_once_for_a_project(make_desk, tmp_path: Path) -> None:
    """Refused: nothing starts, the text is kept. Agreed: the prompt runs, and no session of the project asks again."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/agents.toml").write_text(FREE)
    desk: Desk = await make_desk(folder=tmp_path)
    await desk.sign_in()
    session = desk.make_session("free")
    tab = await desk.session_tab(session)
    await tab.prompt("say hello")
    dialog = tab.by("consent-dialog")
    await expect(dialog).to_contain_text("Free agent works without asking")
    await expect(dialog).to_contain_text("It does what it wants.")
    await tab.by("consent-refuse").click()
    await expect(dialog).to_have_count(0)
    await expect(tab.by("composer")).to_have_value("say hello")
    await expect(tab.by("rejected")).to_contain_text("It does what it wants.")
    assert not agents_of(session)
    await tab.by("send").click()
    await tab.by("consent-agree").click()
    await tab.turn_is("completed")
    await expect(tab.by("composer")).to_have_value("")
    await expect(tab.asked).to_have_count(1)
    other = await desk.session_tab(desk.make_session("free"))
    await other.done("say hello")
    await tab.by("rules").click()
    await expect(tab.by("consent")).to_contain_text("Free agent")
    await tab.by("consent-take-back").click()
    await expect(tab.by("rules-dialog")).to_contain_text("Nothing yet.")
    await tab.page.keyboard.press("Escape")
    await tab.prompt("say again")
    await expect(dialog).to_be_visible()
