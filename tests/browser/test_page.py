"""Coming in, and the lists: sign-in, empty states, titles, star, rename, trash."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.pages import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_without_a_session_it_says_how_to_come_in(make_desk) -> None:
    """A stranger sees no data, whatever address they open: only how to get a link."""
    desk: Desk = await make_desk()
    context = await desk.new_context()
    for path in ("", "projects/1", "sessions/1"):
        tab = await desk.tab(path, context=context)
        await expect(tab.by("sign-in")).to_contain_text("Sign in with a one-time link")
        await expect(tab.by("sign-in").locator("code")).to_have_text("antiphon link")
        await expect(tab.page.get_by_role("alert")).to_have_count(0)


async def test_a_used_link_says_so(make_desk) -> None:
    """It works once; the second browser is told, and a fresh link helps it at once, in the same tab."""
    desk: Desk = await make_desk()
    secret = desk.server.secret
    first = await desk.tab(f"#token={secret}", context=await desk.new_context())
    await expect(first.by("project-add")).to_be_visible()
    await first.page.goto(f"{desk.server.url}/#token={secret}")
    await expect(first.by("project-add")).to_be_visible()  # its own browser needs it no more

    second = await desk.tab(f"#token={secret}", context=await desk.new_context())
    await expect(second.by("sign-in").get_by_role("alert")).to_contain_text("This link was used already")
    assert secret not in second.page.url
    fresh = await asyncio.to_thread(desk.server.link)
    await second.page.goto(f"{desk.server.url}/#token={fresh}")
    await expect(second.by("project-add")).to_be_visible()
    assert fresh not in second.page.url


async def test_signing_in_lasts(make_desk) -> None:
    """A reload, a new tab, and a restart of the server: still signed in."""
    desk: Desk = await make_desk()
    desk.context = await desk.new_context()
    tab = await desk.tab(f"#token={desk.server.secret}")
    await expect(tab.by("project-add")).to_be_visible()
    await tab.reload()
    await expect(tab.by("project-add")).to_be_visible()
    await asyncio.to_thread(desk.server.stop)
    await desk.restart()
    await expect((await desk.tab()).by("project-add")).to_be_visible()


async def test_what_is_empty_says_what_to_do(make_desk) -> None:
    """No project, no session, no folder, nothing in the trash, nothing at an address: each says so in words."""
    desk: Desk = await make_desk()
    desk.context = await desk.new_context()
    tab = await desk.tab(f"#token={desk.server.secret}")
    await expect(tab.page.get_by_text("A project is a folder that agents work in.")).to_be_visible()
    await tab.by("project-add").click()
    await expect(tab.by("folder-list")).to_contain_text("No folders in here.")
    await tab.by("folder-use").click()
    await expect(tab.by("session-list")).to_contain_text("No sessions yet.")
    await tab.by("trash").click()
    await expect(tab.by("trash-dialog")).to_contain_text("The trash is empty.")

    tab = await desk.tab("sessions/01a20421-0000-7000-8000-000000000000")
    await expect(tab.by("refused")).to_contain_text("There is no session")
    tab = await desk.tab("nowhere/at/all")
    await expect(tab.page.get_by_role("heading")).to_have_text("There is nothing at this address")
    tab = await desk.tab("projects/01a20421-0000-7000-8000-000000000000")
    await expect(tab.page.get_by_text("There is no such project.")).to_be_visible()


async def test_a_folder_outside_the_roots_cannot_be_reached(desk: Desk) -> None:
    """The folder browser ends at the root; a refused name says why, and loses nothing."""
    tab = await desk.tab()
    await tab.by("project-add").click()
    await expect(tab.by("folder-list")).to_contain_text("site")
    await expect(tab.by("folder-up")).to_have_count(0)
    await tab.by("folder-name").fill("../outside")
    await tab.by("folder-make").click()
    await expect(tab.by("problem")).to_be_visible()
    await expect(tab.by("folder-name")).to_have_value("../outside")
    assert not (desk.server.root.parent / "outside").exists()
    await tab.by("folder").filter(has_text="site").click()
    await tab.by("folder-up").click()
    await expect(tab.by("folder-path")).to_have_text(str(desk.server.root))


async def test_a_title_is_the_first_prompt(desk: Desk) -> None:
    """The session is called by its first prompt, everywhere and in other tabs at once, and stays so."""
    other = await desk.tab(f"projects/{desk.make_project()['id']}")
    tab = await desk.session_tab()
    await expect(tab.by("session-title")).to_have_text("New session")
    await tab.done("say the first\nof many words")
    await expect(tab.by("session-title")).to_have_text("say the first")
    await expect(other.by("session-row")).to_contain_text("say the first")
    await tab.done("say something else")
    await expect(tab.by("session-title")).to_have_text("say the first")
    assert "say the first" in await tab.page.title()


async def test_the_list_is_newest_first_and_live(desk: Desk) -> None:
    """A session that moves comes to the top in every tab, and shows how it stands."""
    old = await desk.session_tab()
    await old.done("say old")
    new = await desk.session_tab()
    await new.done("say new")
    for tab in (old, new):
        await expect(tab.by("session-row")).to_contain_text(["say new", "say old"])
    await old.prompt("write a.txt: b")
    for tab in (old, new):
        await expect(tab.by("session-row")).to_contain_text(["say old", "say new"])
        await expect(tab.by("session-row").first).to_contain_text("Waits for you")
    await old.option("allow-once").click()
    await expect(new.by("session-row").first).not_to_contain_text("Waits for you")


async def test_star_and_rename(desk: Desk) -> None:
    """Both are seen in the list of another tab, and after a reload."""
    tab = await desk.session_tab()
    await tab.done("say hello")
    other = await desk.tab(f"projects/{desk.make_project()['id']}")
    await tab.by("star").click()
    await tab.by("rename").click()
    await tab.by("session-rename").fill("A better name")
    await tab.by("session-rename").press("Enter")
    for each in (tab, other):
        await expect(each.by("session-row")).to_contain_text("A better name")
        await expect(each.by("session-row")).to_contain_text("Starred")
    await tab.reload()
    await expect(tab.by("session-title")).to_have_text("A better name")
    await expect(tab.by("star")).to_have_attribute("aria-pressed", "true")
    await tab.by("rename").click()
    await tab.by("session-rename").fill("Never mind")
    await tab.by("session-rename").press("Escape")
    await expect(tab.by("session-title")).to_have_text("A better name")


async def test_trash_and_restore(desk: Desk) -> None:
    """The trash takes a session out of the list with its running turn stopped; restored, it is whole."""
    tab = await desk.session_tab()
    await tab.prompt("slow 20/s for 60 s")
    await tab.reaches(5)
    address = tab.page.url
    await tab.by("session-trash").click()
    await expect(tab.by("session-list")).to_contain_text("No sessions yet.")
    await tab.page.goto(address)
    await expect(tab.page.get_by_text("This session is in the trash")).to_be_visible()
    await expect(tab.composer).to_have_count(0)
    await tab.turn_is("cancelled")
    await tab.by("trash").click()
    dialog = tab.by("trash-dialog")
    await tab.page.route("**/api/sessions/*", lambda route: route.abort())
    await dialog.get_by_test_id("restore").click()
    await expect(tab.by("toast")).to_contain_text("The server cannot be reached")
    # Above the dialog, and heard in it.
    assert await tab.by("toast").evaluate("node => node.closest('[popover]').matches(':popover-open')")
    await expect(dialog.get_by_test_id("heard")).to_contain_text("The server cannot be reached")
    await tab.page.unroute("**/api/sessions/*")
    await dialog.get_by_test_id("restore").click()
    await expect(dialog).to_contain_text("The trash is empty.")
    await tab.page.keyboard.press("Escape")
    await expect(tab.by("session-row")).to_have_count(1)
    await tab.done("say back")
