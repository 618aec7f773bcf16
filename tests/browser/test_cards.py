"""Cards that want an answer: try again, approvals in several tabs, questions with fields."""

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk, Tab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_try_again(desk: Desk) -> None:
    """Where nothing was done yet it tries again at once: a new turn with the same text, once."""
    tab = await desk.session_tab()
    await tab.prompt("fail overloaded")
    await tab.turn_is("failed")
    await tab.by("try-again").click()
    await expect(tab.asked).to_contain_text(["fail overloaded", "fail overloaded"])
    await expect(tab.asked.last).to_contain_text("Tried again")
    await tab.turn_is("failed")
    await expect(tab.by("try-again")).to_have_count(1)  # of the newer one only
    await expect(tab.page.get_by_text("Tried again below")).to_be_visible()
    await expect(tab.by("try-again-dialog")).to_have_count(0)


async def test_try_again_after_tools_asks_first(desk: Desk) -> None:
    """Where tools already ran it lists them; only a yes runs them again."""
    tab = await desk.session_tab()
    await tab.prompt("run touch made.txt then crash")
    await tab.option("allow-once").click()
    await tab.turn_is("failed")
    await tab.reload()
    await tab.by("try-again").click()
    await expect(tab.by("try-again-dialog")).to_contain_text("Trying again may do it twice")
    await expect(tab.by("try-again-dialog").get_by_role("listitem")).to_contain_text(["Run touch made.txt"])
    await tab.by("try-again-dialog").get_by_role("button", name="Leave it").click()
    await expect(tab.by("try-again-dialog")).to_have_count(0)
    await expect(tab.asked).to_have_count(1)
    await tab.by("try-again").click()
    await tab.by("try-again-confirm").click()
    await expect(tab.approval).to_be_visible()
    await expect(tab.asked).to_have_count(2)
    await tab.option("reject-once").click()
    await tab.turn_is("failed")


async def asks_in_two_tabs(desk: Desk, *, late: bool = False) -> tuple[Tab, Tab]:
    """An approval that waits, seen in two tabs. `late`: the first does not hang on the wire."""
    first = await desk.session_tab(direct=late)
    second = await desk.session_tab(first.page.url.rpartition("/")[2])
    await first.prompt("write notes.txt: hello")
    for tab in (first, second):
        await expect(tab.option("allow-once")).to_be_visible()
    return first, second


@pytest.mark.parametrize(("option", "words"), [("allow-once", "Allow"), ("reject-once", "Reject")])
async def test_an_answer_is_seen_in_every_tab(desk: Desk, option: str, words: str) -> None:
    """Answered in one tab, the question is closed in the other with what was answered; the agent obeys."""
    first, second = await asks_in_two_tabs(desk)
    await second.option(option).click()
    for tab in (first, second):
        await expect(tab.approval).to_have_count(0)
        await expect(tab.by("approval-outcome")).to_contain_text(words)
        await tab.turn_is("completed")
    written = (desk.server.root / "site" / "notes.txt").exists()
    assert written == (option == "allow-once")


async def test_the_first_answer_wins(make_desk) -> None:
    """A tab without a connection answers later, and otherwise: it is told what was answered, and that counts."""
    desk: Desk = await make_desk(wire=True)
    await desk.sign_in()
    first, late = await asks_in_two_tabs(desk, late=True)
    await desk.wire.part()
    await expect(late.connection).to_have_attribute("data-state", "reconnecting")
    await late.option("reject-once").click()
    await expect(late.by("pending")).to_contain_text("Your answer is sent when the connection is back.")
    await first.option("allow-once").click()
    await first.turn_is("completed")
    await desk.wire.mend()
    await late.by("retry-now").click()
    await expect(late.by("toast")).to_contain_text("This question was answered already")
    await late.turn_is("completed")
    await expect(late.by("approval-outcome")).to_contain_text("Allow (answered elsewhere)")
    assert (desk.server.root / "site" / "notes.txt").read_text() == "hello\n"


async def test_a_question_with_fields(desk: Desk) -> None:
    """Text and a choice are filled in, reach the agent, and stay readable in the transcript."""
    tab = await desk.session_tab()
    await tab.prompt("ask Before I begin")
    await expect(tab.approval).to_contain_text("Before I begin")
    await tab.approval.get_by_label("What shall I call you?").fill("Ada <b>")
    await tab.approval.get_by_label("green").check()
    await tab.approval.get_by_role("button", name="Answer").click()
    await expect(tab.message).to_contain_text("colour: green")
    for _ in range(2):
        await tab.turn_is("completed")
        await expect(tab.by("approval-outcome")).to_contain_text("What shall I call you? Ada <b>")
        await expect(tab.by("approval-outcome")).to_contain_text("Which colour do you like? green")
        await tab.reload()


async def test_an_approval_waits_over_a_reload(desk: Desk) -> None:
    """The question is there after a reload, and no time limit runs while it waits; stopping closes it everywhere."""
    first, second = await asks_in_two_tabs(desk)
    await first.reload()
    await expect(first.option("allow-once")).to_be_visible()
    await expect(first.turn).to_contain_text("Waits for your answer")
    await first.by("stop").click()
    for tab in (first, second):
        await tab.turn_is("cancelled")
        await expect(tab.approval).to_have_count(0)
        await expect(tab.by("approval-outcome")).to_contain_text("not answered: the turn ended")


async def test_a_plan_and_thoughts(desk: Desk) -> None:
    """A plan is a checklist that fills; thoughts are folded and open on a click."""
    tab = await desk.session_tab()
    await tab.done("plan")
    await expect(tab.items("plan")).to_contain_text("3 of 3")
    await tab.done("think about the sea")
    thought = tab.items("reasoning")
    await expect(thought.locator(".prose")).to_have_count(0)
    await thought.get_by_role("button").click()
    await expect(thought.locator(".prose")).to_contain_text("about the sea")


async def test_what_is_asked_can_be_answered_while_its_change_cannot_be_fetched(make_desk) -> None:
    """The code that draws a change does not come: its place says so, the rest of the question stands; it comes when asked for."""
    desk: Desk = await make_desk("--no-offline")
    await desk.sign_in()
    tab = await desk.session_tab()
    code = "**/assets/file-diff-*.js"
    await tab.page.route(code, lambda route: route.abort())
    await tab.reload()
    await tab.prompt("write notes.txt: hello")
    await expect(tab.approval.locator('[data-testid="part-missing"]')).to_be_visible()
    await expect(tab.option("reject-once")).to_be_visible()
    await tab.page.unroute(code)
    await tab.approval.get_by_role("button", name="Try again").click()
    await expect(tab.approval).to_contain_text("1 line added")
    await tab.option("allow-once").click()
    await tab.turn_is("completed")
