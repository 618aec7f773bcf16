"""Writing: files, names of files, the queue, stopping, earlier prompts, and going on from one of them."""

import asyncio
import base64
import re

import pytest
from playwright.async_api import expect

from tests.browser.pages import PHONE, Desk, Tab
from tests.browser.test_access import barriers

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.asyncio(loop_scope="session"),
]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAYAAADED76LAAAAE0lEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC"
)

HAND = """([testid, kind, name, type, size]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(size)], name, {type}));
  const place = document.querySelector(`[data-testid="${testid}"]`);
  const event = kind === "paste"
    ? new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
    : new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true});
  place.dispatchEvent(event);
}"""


async def hand(tab: Tab, testid: str, kind: str, name: str, media: str, size: int = 20) -> None:
    """A file by the clipboard or the mouse."""
    await tab.page.evaluate(HAND, [testid, kind, name, media, size])


async def test_files_go_with_a_prompt(desk: Desk) -> None:
    """Chosen, pasted, dropped; kept over a reload; one too large says so; shown where they were sent, on the phone too."""
    session = await asyncio.to_thread(desk.make_session)
    tab = await desk.session_tab(session)
    files = tab.by("attached-file")
    await tab.by("attach-input").set_input_files({"name": "dot.png", "mimeType": "image/png", "buffer": PNG})
    await expect(files).to_have_attribute("data-state", "ready")
    await expect(files).to_contain_text("sees no pictures")
    await hand(tab, "composer", "paste", "pasted.txt", "text/plain")
    await hand(tab, "drop-place", "dragover", "dropped.csv", "text/csv")
    await expect(tab.page.get_by_text("Drop to attach")).to_be_visible()
    await hand(tab, "drop-place", "drop", "dropped.csv", "text/csv", 30)
    await expect(tab.page.get_by_text("Drop to attach")).to_have_count(0)
    await expect(tab.by("attached-file", state="ready")).to_have_count(3)
    await hand(tab, "drop-place", "drop", "huge.bin", "application/octet-stream", 65 * 1024 * 1024)
    await expect(tab.by("attached-file", state="failed")).to_contain_text("Too large: 65 MB, at most 64 MB")
    await tab.composer.fill("say thanks")
    await expect(tab.by("send")).to_be_disabled()
    assert await barriers(tab) == []
    await tab.by("attached-file", state="failed").get_by_test_id("attached-remove").click()
    await tab.reload()
    await expect(files).to_have_count(3)
    await files.filter(has_text="pasted.txt").get_by_test_id("attached-remove").click()
    await tab.composer.press("Enter")
    await tab.turn_is("completed")
    await expect(tab.message).to_contain_text("I was given dot.png (image/png")
    await expect(files).to_have_count(0)
    shown = tab.by("prompt-attachment")
    await expect(shown).to_have_count(2)
    await expect(shown.last).to_contain_text("dropped.csv")
    phone = await desk.session_tab(session, context=await signed_in_phone(desk))
    picture = phone.by("prompt-attachment").first.locator("img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 8
    assert not await phone.scrolls_sideways()


async def signed_in_phone(desk: Desk):
    """The same person's phone."""
    context = await desk.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    await context.add_cookies(desk.cookies())
    return context


@pytest.mark.parametrize("sizes", ["content", "fixed"])
async def test_the_field_grows_with_what_is_written(desk: Desk, sizes: str) -> None:
    """With its lines up to a limit, and back again; also where the browser cannot do that by itself."""
    tab = await desk.session_tab()
    if sizes == "fixed":
        await tab.page.evaluate("CSS.supports = () => false")
        await tab.composer.evaluate("field => { field.style.fieldSizing = 'fixed' }")

    async def height(lines: int) -> int:
        await tab.composer.fill("\n".join(["a line"] * lines))
        return await tab.composer.evaluate("field => field.offsetHeight")

    low, some, more, most = [await height(lines) for lines in (1, 4, 6, 200)]
    assert low < some < more < most
    assert most <= 0.4 * await tab.page.evaluate("innerHeight") + 1
    assert await tab.composer.evaluate("field => field.scrollHeight > field.clientHeight")
    await expect(tab.by("send")).to_be_in_viewport()
    assert [await height(4), await height(1)] == [some, low]


async def test_files_are_named_and_prompts_come_back(desk: Desk) -> None:
    """On the phone an @ finds a file by a few letters; on the desk the up key brings back what was asked."""
    (desk.server.root / "site" / "src").mkdir()
    for name in ("src/composer.tsx", "src/compose.css", "README.md"):
        (desk.server.root / "site" / name).write_text("x")
    phone = await desk.session_tab(context=await signed_in_phone(desk))
    await phone.composer.press_sequentially("say read @cpsr")
    await expect(phone.by("file-name")).to_have_count(1)
    await phone.by("file-name").tap()
    await expect(phone.composer).to_have_value("say read @src/composer.tsx ")
    await phone.by("send").tap()
    await phone.turn_is("completed")
    tab = await desk.session_tab()
    await tab.done("say mine")
    await tab.composer.press("ArrowUp")
    await expect(tab.composer).to_have_value("say mine")
    await tab.composer.press("ArrowUp")
    await expect(tab.composer).to_have_value("say read @src/composer.tsx ")
    await tab.composer.press("Escape")
    await expect(tab.composer).to_have_value("")
    await tab.composer.press_sequentially("look at @comp")
    await expect(tab.by("file-name").first).to_contain_text("compose.css")
    assert await barriers(tab) == []
    await tab.composer.press("ArrowDown")
    await tab.composer.press("Enter")
    await expect(tab.composer).to_have_value("look at @src/composer.tsx ")


async def test_the_queue_is_changed_and_escape_twice_stops(desk: Desk) -> None:
    """Dragged, moved by keys, given other words, thinned; one Escape stops nothing, the second does."""
    tab = await desk.session_tab()
    await tab.prompt("slow 20/s for 300 s")
    await tab.turn_is("running")
    await tab.by("if-busy").select_option("queue")
    for word in ("one", "two", "three"):
        await tab.prompt(f"say {word}")
        await expect(tab.queued.last).to_contain_text(word)
    top, bottom = tab.queued.first, tab.queued.last
    box, goal = await top.get_by_test_id("queue-grip").bounding_box(), await bottom.bounding_box()
    assert box and goal
    await tab.page.mouse.move(box["x"] + 8, box["y"] + 8)
    await tab.page.mouse.down()
    await tab.page.mouse.move(box["x"] + 8, goal["y"] + 12, steps=5)
    await tab.page.mouse.up()
    await expect(tab.queued).to_contain_text(["two", "three", "one"])
    await tab.queued.last.get_by_test_id("queue-grip").press("ArrowUp")
    await expect(tab.queued).to_contain_text(["two", "one", "three"])
    await tab.queued.first.get_by_test_id("queue-edit").click()
    await tab.by("queue-text").fill("say other words")
    await tab.by("queue-text").press("Enter")
    await tab.queued.last.get_by_test_id("dequeue").click()
    await expect(tab.queued).to_contain_text(["other words", "one"])
    assert await barriers(tab) == []
    await tab.reload()
    await expect(tab.queued).to_contain_text(["other words", "one"])
    await tab.by("transcript").focus()
    await tab.page.keyboard.press("Escape")
    await expect(tab.by("stop")).to_have_text("Esc again to stop")
    await tab.page.keyboard.press("Escape")
    await expect(tab.by("turn-status").first).to_have_attribute("data-status", "cancelled")
    await expect(tab.asked.last).to_contain_text("say one")
    await tab.turn_is("completed")
    await expect(tab.asked).to_have_count(3)


async def test_going_on_from_an_earlier_prompt(make_desk) -> None:
    """In other words, or another way, in a copy, which says that no file changes; files come back after a look at which."""
    desk: Desk = await make_desk(module="tests.browser.stage")
    await desk.sign_in()
    session = await asyncio.to_thread(desk.make_session, "claude")
    tab = await desk.session_tab(session)
    await tab.by("effort").select_option("high")
    await tab.done("tell one")
    await tab.done("tell two")
    await expect(tab.by("effort")).to_have_value("high")
    second = tab.by("turn").last
    await second.hover()
    await second.get_by_test_id("prompt-restore").click()
    await expect(tab.by("restore-file")).to_have_text(["src/parse.py", "notes.md"])
    assert await barriers(tab) == []
    await tab.by("restore-do").click()
    await expect(tab.items("note")).to_contain_text(
        "brought back to an earlier state: src/parse.py, notes.md"
    )
    await second.hover()
    await second.get_by_test_id("prompt-again").click()
    await expect(tab.by("fork-what")).to_contain_text("Files are not changed")
    await expect(tab.by("fork-what")).to_contain_text("Claude Code remembers there")
    await tab.by("again-text").fill("tell two, otherwise")
    assert await barriers(tab) == []
    await tab.by("again-send").click()
    await expect(tab.page).not_to_have_url(re.compile(session))
    await expect(tab.asked).to_contain_text(["tell one", "tell two, otherwise"])
    await tab.turn_is("completed")
    await expect(tab.message).to_contain_text("I was told: tell two, otherwise")
    phone = await desk.session_tab(session, context=await signed_in_phone(desk))
    await expect(phone.asked).to_contain_text(["tell one", "tell two"])
    await phone.by("turn").first.get_by_test_id("prompt-fork").tap()
    assert await barriers(phone) == []
    await phone.by("fork-make").tap()
    await expect(phone.asked).to_have_count(1)
    await expect(phone.items("note")).to_contain_text("A copy of")
    practice = await desk.session_tab(await asyncio.to_thread(desk.make_session, "practice"))
    await practice.done("say one")
    await practice.by("turn").hover()
    await practice.by("turn").get_by_test_id("prompt-restore").click()
    await expect(practice.by("restore-cannot")).to_contain_text("keeps no earlier states of files")
