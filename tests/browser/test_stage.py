"""What an agent with a life of its own does, on the page: scenes of tests/browser/stage.py, on the real server."""

import asyncio

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.pages import PHONE, Desk, Tab
from tests.browser.test_access import barriers

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(name="stage", loop_scope="session")
async def make_stage(make_desk) -> Desk:
    """A person in front of a server whose Claude plays scenes."""
    desk: Desk = await make_desk(module="tests.browser.stage")
    await desk.sign_in()
    return desk


async def opened(desk: Desk) -> Tab:
    """A new session with the staged agent."""
    return await desk.session_tab(await asyncio.to_thread(desk.make_session, "claude"))


async def test_allowed_for_always_and_taken_back(stage: Desk) -> None:
    """Its scope stands in the button; the rule is listed in the project, also after a reload, until it is taken back."""
    tab = await opened(stage)
    await tab.prompt("permission")
    await expect(tab.option("allow-always")).to_contain_text("Always allow Bash(npm test:*)")
    await expect(tab.option("allow-always")).to_contain_text("in this project")
    await tab.option("allow-always").click()
    await tab.turn_is("completed")
    await expect(tab.by("approval-outcome")).to_contain_text("Always allow Bash(npm test:*)")
    await tab.reload()
    await tab.by("rules").click()
    await expect(tab.by("rule")).to_contain_text("Bash(npm test:*)")
    await expect(tab.by("rule")).to_contain_text("Claude Code · since")
    assert await barriers(tab) == []
    await tab.by("rule-take-back").click()
    await expect(tab.by("rules-dialog")).to_contain_text("Nothing yet.")


async def test_a_refusal_with_a_word_and_one_that_stops(stage: Desk) -> None:
    """The word reaches the agent, and stands in the transcript; `reject and stop` ends the turn."""
    tab = await opened(stage)
    await tab.prompt("permission")
    await tab.by("approval-reason").fill("use pnpm")
    await tab.by("approval-reason").press("Enter")
    await expect(tab.message).to_contain_text("Answered reject: {'message': 'use pnpm'}")
    await expect(tab.by("approval-outcome")).to_contain_text("use pnpm")
    await tab.prompt("permission")
    await tab.option("reject-stop").click()
    await tab.turn_is("cancelled")


async def test_the_number_keys_answer(stage: Desk) -> None:
    """They write while the composer is written in; beside it they choose."""
    tab = await opened(stage)
    await tab.prompt("permission")
    await expect(tab.approval).to_be_visible()
    await tab.composer.press("1")
    await expect(tab.composer).to_have_value("1")
    await tab.by("transcript").focus()
    await expect(tab.approval).to_be_visible()
    async with asyncio.timeout(10):
        while (
            await tab.approval.count()
        ):  # not in its first moment, so that no key meant for something else answers
            await tab.page.keyboard.press("3")
            await tab.page.wait_for_timeout(100)
    await tab.turn_is("completed")
    await expect(tab.by("approval-outcome")).to_contain_text("Reject")


async def test_questions_take_choices_and_own_words(stage: Desk) -> None:
    """Several fields in one card: one of several, or words of one's own; and some of several."""
    tab = await opened(stage)
    await tab.prompt("question")
    await expect(tab.approval).to_contain_text("One file beside the server")
    await tab.approval.get_by_test_id("approval-option-answer").click()
    await expect(tab.approval.get_by_role("alert")).to_contain_text("fill in")
    await tab.approval.get_by_label("SQLite").check()
    await tab.approval.get_by_label("Something else: Which database").fill("DuckDB")
    await tab.approval.get_by_label("Linux").check()
    await tab.approval.get_by_label("macOS").check()
    assert await barriers(tab) == []
    await tab.approval.get_by_test_id("approval-option-answer").click()
    await expect(tab.message).to_contain_text("'DuckDB'")
    await expect(tab.message).to_contain_text("['Linux', 'macOS']")
    await tab.reload()
    await expect(tab.by("approval-outcome")).to_contain_text("Linux, macOS")


async def test_a_plan_is_read_and_agreed_to(stage: Desk) -> None:
    """The plan is markdown; what agreeing switches on is said."""
    tab = await opened(stage)
    await tab.prompt("plan")
    await expect(tab.approval.get_by_role("heading", name="What I would do")).to_be_visible()
    await expect(tab.approval).to_contain_text("for the rest of this session")
    assert await barriers(tab) == []
    await tab.approval.get_by_role("button", name="Go ahead, and accept edits").click()
    await expect(tab.message).to_contain_text("Answered accept")


async def test_background_tasks(stage: Desk) -> None:
    """They are listed as long as they run, over a reload too; Stop ends one, and says where it cannot."""
    tab = await opened(stage)
    await tab.done("background")
    await expect(tab.by("tasks")).to_contain_text("2 tasks in the background")
    await tab.reload()
    await tab.by("tasks").get_by_role("button").click()
    await expect(tab.by("task")).to_contain_text(["npm run dev", "Look for slow tests"])
    assert await barriers(tab) == []
    await tab.by("task", task="b2").get_by_test_id("task-stop").click()
    await expect(tab.by("toast")).to_be_visible()
    await tab.by("task", task="b1").get_by_test_id("task-stop").click()
    await expect(tab.by("task")).to_have_count(1)


async def test_a_turn_of_its_own_and_a_note(stage: Desk) -> None:
    """What the agent began itself is no prompt of the person's, live and after a reload; a note is a quiet line."""
    tab = await opened(stage)
    await tab.done("compact")
    await expect(tab.items("note")).to_contain_text("The conversation was compacted")
    await tab.prompt("wake")
    own = tab.page.locator('[data-testid="turn"][data-origin="agent"]')
    for _ in range(2):
        await expect(own).to_contain_text("went on by itself: The command “npm run dev” has ended")
        await expect(tab.message).to_have_text("The command ended well.")
        await tab.reload()
    await expect(tab.page.get_by_role("heading", name="You asked")).to_have_count(2)
    assert await barriers(tab) == []


async def test_words_into_a_running_turn(stage: Desk) -> None:
    """Steered from the notice and by the composer's choice: the agent hears them, and they stand in that turn, marked."""
    tab = await opened(stage)
    await tab.prompt("busy")
    await tab.turn_is("running")
    await tab.prompt("use pnpm")
    await tab.by("busy-steer").click()
    await expect(tab.busy).to_have_count(0)
    await expect(tab.composer).to_have_value("")
    steered = tab.items("message").filter(has_text="Said while it worked")
    await expect(steered).to_contain_text(["use pnpm"])
    await tab.by("if-busy").select_option("steer")
    await tab.prompt("and be quick")
    for _ in range(2):
        await expect(steered).to_contain_text(["use pnpm", "and be quick"])
        for words in ("use pnpm", "and be quick"):
            await expect(tab.items("message").filter(has_text=f"Heard at work: {words}")).to_have_count(1)
        await expect(tab.asked).to_have_count(1)
        await expect(tab.queued).to_have_count(0)
        await tab.turn_is("running")
        await tab.reload()
    await tab.by("stop").click()
    await tab.turn_is("cancelled")


async def test_a_sub_agent(stage: Desk) -> None:
    """Its steps stand in its card: the latest while it works, all when unfolded, none of them twice."""
    tab = await opened(stage)
    await tab.prompt("sub-agent hold")
    await expect(tab.by("step-count")).to_have_text("6 steps")
    await expect(tab.page.get_by_text("Read src/part5.py")).to_be_visible()
    await expect(tab.page.get_by_text("Read src/part1.py")).to_have_count(0)
    assert await barriers(tab) == []
    await tab.by("stop").click()
    await tab.turn_is("cancelled")
    await tab.done("sub-agent")
    card = tab.page.get_by_role("region", name="Tool: Find all callers").last
    await expect(card.get_by_test_id("step-count")).to_have_text("6 steps")
    await expect(card.get_by_text("Read src/part5.py")).to_have_count(0)
    await card.get_by_role("button").first.click()
    await expect(card.get_by_text("Read src/part1.py")).to_be_visible()


async def test_a_lost_conversation_is_carried_over(stage: Desk) -> None:
    """The failed prompt goes once more with all that was said before; the page says so, and the loss is over."""
    tab = await opened(stage)
    await tab.done("remember the number 4711")
    await tab.prompt("forget")
    await tab.turn_is("failed")
    await tab.prompt("which number?")
    await expect(tab.by("carry-over")).to_be_visible()
    await tab.composer.fill("something else")
    await expect(tab.by("lost")).to_contain_text("Claude Code has lost this conversation.")
    assert await barriers(tab) == []
    await tab.composer.fill("")
    await tab.reload()
    await tab.by("carry-over").click()
    await expect(tab.message).to_contain_text("remember the number 4711")
    await expect(tab.by("carried")).to_contain_text("The earlier transcript was carried over")
    await tab.turn_is("completed")
    await expect(tab.by("carry-over")).to_have_count(0)


async def test_who_pays_is_said_before_the_first_prompt(stage: Desk) -> None:
    """In a new session and in one without a prompt: the account, and what is to be known about it; then no more."""
    project = stage.make_project()["id"]
    tab = await stage.tab(f"projects/{project}?new")
    await tab.choose_agent("claude")
    await expect(tab.by("account")).to_have_text("Paid by API key from ANTHROPIC_API_KEY")
    await expect(tab.by("account-warning")).to_contain_text("pays instead of your login")
    await expect(tab.by("mode")).to_have_value("default")
    await expect(tab.by("mode").locator("option")).to_have_text(["Asks first", "Accepts edits", "Plans only"])
    assert await barriers(tab) == []
    tab = await opened(stage)
    await expect(tab.by("account")).to_be_visible()
    await tab.done("hello")
    await expect(tab.by("account")).to_have_count(0)


async def test_a_conversation_that_is_elsewhere(stage: Desk) -> None:
    """It is only watched; a fork has to be asked for."""
    tab = await opened(stage)
    await tab.prompt("elsewhere")
    await expect(tab.by("elsewhere")).to_contain_text("Another program writes to this conversation")
    await expect(tab.composer).to_have_count(0)
    assert await barriers(tab) == []
    await tab.by("fork").click()
    await expect(tab.composer).to_be_visible()


@pytest.mark.parametrize("scene", ["permission", "question", "plan", "sub-agent hold", "background"])
async def test_within_a_phone(stage: Desk, scene: str) -> None:
    """No card is wider than a phone."""
    tab = await opened(stage)
    await tab.page.set_viewport_size(PHONE)
    await tab.prompt(scene)
    await expect(tab.approval.or_(tab.by("step-count")).or_(tab.by("tasks")).first).to_be_visible()
    assert not await tab.scrolls_sideways()
