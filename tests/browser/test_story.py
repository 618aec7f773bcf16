"""The story that Antiphon is made for, told once from the link to the end, with all that may go wrong on the way."""

import asyncio
import time

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk, Tab, counted
from tests.browser.processes import agents_of, all_gone

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STOP_S = 5.0
"""A cancelled turn ends within this."""


@pytest.mark.timeout(180)
async def test_the_story(make_desk) -> None:
    """Link, folder, trust, prompt, approval, diff, stop, reload, second tab, three cuts, kill -9, and on: nothing is lost."""
    desk: Desk = await make_desk(wire=True)
    tab = await sign_in(desk)
    await make_folder(desk, tab)
    await trust(tab)
    await write_with_approval(desk, tab)
    await stop(tab)
    await tab.prompt("slow 50/s for 90 s")
    await reload_mid_turn(tab)
    second = await second_tab(desk, tab)
    await cut_three_times(desk, tab, second)
    await kill_the_server_mid_turn(desk, tab, second)
    await go_on(tab, second)
    assert not tab.errors + second.errors


async def sign_in(desk: Desk) -> Tab:
    """The link signs in once, and its secret stays in no address."""
    desk.context = await desk.new_context(service_workers="allow")
    tab = await desk.tab(f"#token={desk.server.secret}")
    await expect(tab.by("project-add")).to_be_visible()
    assert desk.server.secret not in tab.page.url
    await tab.is_live()
    await expect(tab.page.get_by_text("A project is a folder that agents work in.")).to_be_visible()
    return tab


async def make_folder(desk: Desk, tab: Tab) -> None:
    """A new folder within the root, made in the page, becomes a project."""
    await tab.by("project-add").click()
    await expect(tab.by("folder-path")).to_have_text(str(desk.server.root))
    await tab.by("folder-name").fill("garden")
    await tab.by("folder-make").click()
    await expect(tab.by("folder-path")).to_have_text(str(desk.server.root / "garden"))
    assert (desk.server.root / "garden").is_dir()
    await tab.by("folder-use").click()
    await expect(tab.page.get_by_role("heading", name="garden")).to_be_visible()


async def trust(tab: Tab) -> None:
    """No agent starts before the person has said that the folder is trusted."""
    await expect(tab.by("trust-notice")).to_be_visible()
    await tab.composer.fill("hello")
    await expect(tab.by("send")).to_be_disabled()
    await tab.by("trust-review").click()
    await expect(tab.by("trust-dialog")).to_contain_text("It brings no hooks, no MCP servers")
    await tab.by("trust-accept").click()
    await expect(tab.by("trust-notice")).to_have_count(0)


async def write_with_approval(desk: Desk, tab: Tab) -> None:
    """A prompt starts a session; nothing is written before the person has seen the diff and allowed it."""
    file = desk.server.root / "garden" / "notes.txt"
    await tab.choose_agent("practice")
    await tab.prompt("write notes.txt: lettuce")
    await expect(tab.by("session-title")).to_have_text("write notes.txt: lettuce")
    await expect(tab.approval.get_by_test_id("diff")).to_contain_text("lettuce")
    await expect(tab.by("session-row", state="waiting")).to_have_count(1)
    assert not file.exists()
    await tab.option("allow-once").click()
    await tab.turn_is("completed")
    assert file.read_text() == "lettuce\n"
    diff = tab.items("tool-call").get_by_test_id("diff")
    await expect(diff).to_have_attribute("data-path", str(file))
    await expect(diff).to_contain_text("lettuce")
    await expect(tab.by("approval-outcome")).to_contain_text("Allow")


async def stop(tab: Tab) -> None:
    """Stop stops, soon; what was said before it stays."""
    await tab.prompt("slow 50/s for 60 s")
    await tab.reaches(20)
    began = time.monotonic()
    await tab.by("stop").click()
    await tab.turn_is("cancelled", limit_s=STOP_S)
    print(f"stopped after {time.monotonic() - began:.2f} s (limit {STOP_S} s)")
    said = await tab.numbers()
    assert counted(said) and len(said) >= 20
    await expect(tab.by("stop")).to_have_count(0)


async def reload_mid_turn(tab: Tab) -> None:
    """A reload in the middle shows what was said, and what is being said."""
    await tab.reaches(30)
    seen = await tab.numbers()
    await tab.reload()
    await tab.reaches(seen[-1] + 50)
    assert counted(await tab.numbers())
    await tab.turn_is("running")


async def second_tab(desk: Desk, tab: Tab) -> Tab:
    """Another tab shows the same, live."""
    second = await desk.tab()
    await second.by("project-row").click()
    await second.by("session-row").click()
    await second.reaches((await tab.numbers())[-1] + 50)
    assert counted(await second.numbers())
    await second.turn_is("running")
    return second


async def cut_three_times(desk: Desk, tab: Tab, second: Tab) -> None:
    """Each cut is said at once with a countdown; afterwards every chunk is there, in order, once."""
    assert desk.wire is not None
    for cut in (cut_and_wait, cut_and_retry_now, cut_and_wait):
        seen = (await tab.numbers())[-1]
        await cut(desk, tab, second)
        for each in (tab, second):
            await each.is_live()
            await each.reaches(seen + 50, limit_s=30)
            assert counted(await each.numbers())
            await each.turn_is("running")


async def cut_and_wait(desk: Desk, tab: Tab, second: Tab) -> None:
    """Cut once: back by itself after 3 s, which the person sees counted down."""
    assert desk.wire is not None
    desk.wire.cut()
    for each in (tab, second):
        await expect(each.by("connection-banner")).to_contain_text("Trying again in 3 s")
        await expect(each.connection).to_have_attribute("data-state", "reconnecting")
    await expect(tab.by("connection-banner")).to_contain_text("Trying again in 2 s")


async def cut_and_retry_now(desk: Desk, tab: Tab, second: Tab) -> None:
    """Cut for longer: the waits grow, and *Retry now* tries at once without making them shorter."""
    assert desk.wire is not None
    await desk.wire.part()
    for each in (tab, second):
        await expect(each.by("connection-banner")).to_contain_text("Trying again in 6 s", timeout=10_000)
        await each.by("retry-now").click()
        await expect(each.by("connection-banner")).to_contain_text("Trying again in 12 s")
    await desk.wire.mend()
    for each in (tab, second):
        began = time.monotonic()
        await each.by("retry-now").click()
        await each.is_live()
        print(f"live {time.monotonic() - began:.2f} s after “Retry now”")


async def kill_the_server_mid_turn(desk: Desk, tab: Tab, second: Tab) -> None:
    """kill -9: no process is left; after the restart the turn is interrupted, and all that was seen is there."""
    session = tab.page.url.rpartition("/")[2]
    assert agents_of(session)
    await asyncio.to_thread(desk.server.kill)
    print(f"processes gone {await all_gone(session, limit_s=1):.2f} s after the server (limit 1 s)")
    for each in (tab, second):
        await expect(each.by("connection-banner")).to_contain_text("Trying again in")
    seen = [await each.numbers() for each in (tab, second)]
    await desk.restart()
    for each, before in zip((tab, second), seen, strict=True):
        await each.is_live()
        await each.turn_is("interrupted")
        await expect(each.by("interrupted").last).to_contain_text(
            "The server went away while the agent worked"
        )
        after = await each.numbers()
        assert counted(after) and after[: len(before)] == before
    assert await tab.numbers() == await second.numbers()


async def go_on(tab: Tab, second: Tab) -> None:
    """The conversation goes on where it was: the agent remembers, and its answers are whole in both tabs."""
    await tab.done("history")
    await expect(tab.message).to_contain_text("slow 50/s for 90 s")
    await second.done("slow 50/s for 2 s")
    for each in (tab, second):
        await each.turn_is("completed")
        assert await each.numbers() == list(range(1, 101))
