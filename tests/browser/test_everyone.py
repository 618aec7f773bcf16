"""Stories 8 and 9, a phone and everyone: nothing axe finds, nothing too small to touch, all by keyboard, all in Chinese."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.pages import DESKTOP, PHONE, Desk, End, Tab
from tests.browser.test_access import barriers, too_small
from tests.browser.test_changes import PIXEL, pdf
from tests.rest import prompt, wait_for
from tests.unit.workspace.repo import Repo

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

View = Callable[[Tab], Awaitable[None]]


async def _projects(tab: Tab) -> None:
    await expect(tab.by("project-row")).to_have_count(1)


async def _new(tab: Tab) -> None:
    await expect(tab.composer).to_be_visible()


async def _sessions(tab: Tab) -> None:
    await expect(tab.by("session-row").first).to_be_visible()


async def _session(tab: Tab) -> None:
    await tab.is_live()
    await expect(tab.asked.last).to_be_visible()


async def _menu(tab: Tab) -> None:
    await _session(tab)
    await tab.by("action-menu").locator("summary").click()


async def _find(tab: Tab) -> None:
    await _session(tab)
    await tab.page.keyboard.press("Control+f")
    await tab.by("find-field").fill("help")
    await expect(tab.by("find-count")).to_contain_text(re.compile(r"\d"))


async def _found(tab: Tab) -> None:
    await tab.by("session-search").fill("完成")
    await expect(tab.by("search-hit")).to_have_count(2)


async def _trash(tab: Tab) -> None:
    await tab.by("trash").click()
    await expect(tab.by("restore")).to_be_visible()


async def _waiting(tab: Tab) -> None:
    await tab.bell.click()
    await expect(tab.by("waiting-panel").get_by_test_id("approval")).to_be_visible()


async def _changes(tab: Tab) -> None:
    await expect(tab.by("patch").locator(".diff-code-insert .tok-keyword").first).to_be_visible()


async def _comment(tab: Tab) -> None:
    await tab.by("patch").locator(".diff-gutter-insert").last.click()
    await expect(tab.by("comment")).to_be_focused()


async def _files(tab: Tab) -> None:
    await tab.by("tree-entry", path="src").click()
    await expect(tab.by("tree-entry", path="src/app.py")).to_be_visible()


async def _tree(tab: Tab) -> None:
    """The folder beside the file, where there is room for it."""
    tree = tab.by("file-tree")
    if await tree.is_visible():
        await expect(tree.get_by_role("treeitem").first).to_be_visible()


async def _code(tab: Tab) -> None:
    await expect(tab.by("file-text").locator(".tok-constant").first).to_be_visible()
    await _tree(tab)


async def _picture(tab: Tab) -> None:
    await expect(tab.by("file-picture")).to_be_visible()
    await _tree(tab)


async def _pdf(tab: Tab) -> None:
    await expect(tab.by("pdf-sheet", page="1")).to_have_text("Page")
    await _tree(tab)


async def _no_text(tab: Tab) -> None:
    await expect(tab.by("file-binary")).to_be_visible()
    await _tree(tab)


async def _agents(tab: Tab) -> None:
    await expect(tab.by("agent-card", looking="false").first).to_be_visible()


async def _settings(tab: Tab) -> None:
    await expect(tab.by("data-path")).to_be_visible()
    await expect(tab.by("device").first).to_be_visible()


async def _palette(tab: Tab) -> None:
    await tab.is_live()
    await tab.page.keyboard.press("Control+k")
    await expect(tab.by("palette-command").first).to_be_visible()


async def _keys(tab: Tab) -> None:
    await tab.is_live()
    await tab.page.keyboard.press("?")
    await expect(tab.by("keys-dialog")).to_be_visible()


async def _nowhere(tab: Tab) -> None:
    await expect(tab.page.get_by_role("heading", level=1)).to_be_visible()


VIEWS: list[tuple[str, View]] = [
    ("", _projects),
    ("projects/{project}?new", _new),
    ("projects/{project}", _sessions),
    ("sessions", _sessions),
    ("sessions/{session}", _session),
    ("sessions/{session}", _menu),
    ("sessions/{session}", _find),
    ("sessions", _found),
    ("sessions", _trash),
    ("", _waiting),
    ("agents", _agents),
    ("settings", _settings),
    ("", _palette),
    ("", _keys),
    ("no/such/place", _nowhere),
]
FOLDER: list[tuple[str, View]] = [
    ("sessions/{session}/changes", _changes),
    ("sessions/{session}/changes", _comment),
    ("sessions/{session}/files", _files),
    ("sessions/{session}/files/src/app.py#L7", _code),
    ("sessions/{session}/files/dot.png", _picture),
    ("sessions/{session}/files/page.pdf", _pdf),
    ("sessions/{session}/files/data.bin", _no_text),
]
"""What changed in a session's folder, and its files."""


async def filled(desk: Desk) -> dict[str, str]:
    """A project with changes and files; a session with something of every kind, one that waits, one put away."""
    await asyncio.to_thread(changed, desk)
    await asyncio.to_thread(waits, desk)
    await asyncio.to_thread(put_away, desk)
    session = await asyncio.to_thread(desk.make_session)
    project = (await asyncio.to_thread(desk.api.get, "/api/projects")).json()["projects"][0]["id"]
    tab = await desk.session_tab(session)
    steps: list[tuple[str, End]] = [
        ("help", "completed"),
        ("think then plan", "completed"),
        ("say 完成", "completed"),
        ("fail overloaded", "failed"),
    ]
    for text, end in steps:
        before = await tab.last_turn()
        await tab.composer.fill(text)
        await tab.by("send").click()
        await tab.turn_after(before)
        await tab.turn_is(end)
    await tab.page.close()
    return {"session": session, "project": project}


LINES = "".join(f"value_{number} = {number}\n" for number in range(1, 11))


def changed(desk: Desk) -> None:
    """The project's folder: a change since the last commit, and files of every kind."""
    repo = Repo(desk.server.root / "site")
    repo.write("src/app.py", f"{LINES}name = 'old'  # was\n")
    repo.write("dot.png", PIXEL)
    repo.write("page.pdf", pdf("Page"))
    repo.write("data.bin", b"\0\1\2")
    repo.commit()
    repo.write("src/app.py", f"{LINES}name = 'new'  # is\ndef greet(): return 30\n")


def waits(desk: Desk) -> None:
    """A session whose agent asks something."""
    session = desk.make_session()
    prompt(desk.api, session, "run ls").raise_for_status()
    wait_for(desk.api, session, "approval-requested")


def put_away(desk: Desk) -> None:
    """A session in the trash."""
    desk.api.patch(f"/api/sessions/{desk.make_session()}", json={"trashed": True}).raise_for_status()


def told(found: dict[str, list[str]]) -> str:
    """All of it: pytest shows the beginning only."""
    return "\n".join(f"{view}: {each}" for view, all_of_it in found.items() for each in all_of_it)


@pytest.mark.parametrize("views", [pytest.param(VIEWS, id="pages"), pytest.param(FOLDER, id="folder")])
@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_axe_finds_nothing_in_any_view(
    make_desk: Any, device: str, views: list[tuple[str, View]]
) -> None:
    """No violation of any weight, light and dark; on a phone nothing is too small for a finger nor wider than 320 px."""
    desk: Desk = await make_desk()
    phone = device == "phone"
    await desk.sign_in(viewport=PHONE if phone else DESKTOP, has_touch=phone, is_mobile=phone)
    places = await filled(desk)
    found: dict[str, list[str]] = {}
    for path, ready in views:
        tab = await desk.tab(path.format(**places))
        await ready(tab)
        # What an open menu lies over is small for as long as it is open.
        wrong = [each for each in await barriers(tab) if not (ready is _menu and ": target-size:" in each)]
        if phone:
            wrong += await too_small(tab)
            await tab.page.set_viewport_size({**PHONE, "width": 320})
            wrong += ["scrolls sideways at 320 px"] * await tab.scrolls_sideways()
        if wrong:
            found[f"{path} {ready.__name__}"] = wrong
        await tab.page.close()
    assert not found, told(found)


MOVING = "document.getAnimations().filter(({playState}) => playState === 'running').length"


async def test_who_wants_no_motion_sees_none(desk: Desk) -> None:
    """A turn that runs pulses, in the conversation and in the list; not for a person whose system asks for less motion."""
    tab = await desk.session_tab()
    await tab.prompt("hang")
    pulsing = [place.locator(".rounded-full").first for place in (tab.turn, tab.row)]
    for dot in pulsing:
        await expect(dot).to_have_css("animation-name", "pulse")
    assert await tab.page.evaluate(MOVING) >= len(pulsing)
    await tab.page.emulate_media(reduced_motion="reduce")
    for dot in pulsing:
        await expect(dot).to_be_visible()
        await expect(dot).to_have_css("animation-name", "none")
    assert await tab.page.evaluate(MOVING) == 0


async def opened(tab: Tab) -> None:
    """The palette, ready to be typed in."""
    await tab.page.keyboard.press("Control+k")
    await expect(tab.by("palette-input")).to_be_focused()


async def test_a_story_by_keyboard_alone(desk: Desk) -> None:
    """From the projects to an answer, a star and dark: by Tab, Enter, the palette and the list of keys; nothing clicked."""
    tab = await desk.tab()
    await tab.is_live()
    keys = tab.page.keyboard
    await keys.press("Tab")
    await expect(tab.by("skip")).to_be_focused()
    await expect(tab.by("skip")).to_be_in_viewport()
    await keys.press("Enter")
    assert await tab.page.evaluate("document.activeElement.tagName") == "MAIN"
    await opened(tab)
    await keys.type("new sess")
    await expect(tab.by("palette-command").first).to_have_attribute("aria-selected", "true")
    await keys.press("Enter")
    await tab.by("provider-practice").focus()
    await keys.press("Space")
    await tab.composer.focus()
    await keys.type("say hello")
    await keys.press("Enter")
    await expect(tab.message).to_have_text("hello")
    await opened(tab)
    await keys.type("star")
    await keys.press("Enter")
    await expect(tab.by("star")).to_have_attribute("aria-pressed", "true")
    await opened(tab)
    await keys.type("dark")
    await keys.press("Enter")
    await tab.page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    await opened(tab)
    await keys.press("Escape")
    await expect(tab.by("palette")).to_have_count(0)
    await tab.by("transcript").focus()
    await keys.press("?")
    await expect(tab.by("keys-dialog")).to_contain_text("Ctrl K")
    await tab.by("single-keys").focus()
    await keys.press("Space")
    await keys.press("Escape")
    await expect(tab.by("keys-dialog")).to_have_count(0)
    await keys.press("?")
    await opened(tab)
    await expect(tab.by("keys-dialog")).to_have_count(0)
    await keys.type("hello")
    await expect(tab.by("palette-command").first).to_be_visible()


ENGLISH = re.compile(r"\b[A-Za-z][a-z\u2019']+(?:[ ,][ ]?[a-z\u2019']+){2,}")
"""Three words in a row: a sentence of ours, or nearly one."""

SAID = """() => {
  const own = node => !node.closest("code, pre, .prose, [data-testid=turn], [data-server-words], label[lang=en], option");
  const seen = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (own(walk.currentNode.parentElement)) seen.push(walk.currentNode.textContent);
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const node of document.querySelectorAll(`[${name}]`)) if (own(node)) seen.push(node.getAttribute(name));
  return seen;
}"""


async def test_a_page_in_chinese_says_nothing_of_ours_in_english(make_desk: Any) -> None:
    """In every view; what the server and the agent say stays as it comes."""
    desk: Desk = await make_desk()
    await desk.sign_in(locale="zh-CN")
    places = await filled(desk)
    found: dict[str, list[str]] = {}
    for path, ready in VIEWS + FOLDER:
        tab = await desk.tab(path.format(**places))
        await ready(tab)
        said = {text for text in await tab.page.evaluate(SAID) if ENGLISH.search(text)}
        theirs = {text for text in said if any(words in text for words in await servers_words(desk))}
        if said - theirs:
            found[f"{path} {ready.__name__}"] = sorted(said - theirs)
        await tab.page.close()
    assert not found, told(found)


async def servers_words(desk: Desk) -> list[str]:
    """What the server says in its own words: agents' messages, actions and warnings, and failures."""
    answer = await asyncio.to_thread(desk.api.get, "/api/providers?wait=true")
    words: list[str] = ["The practice agent", "overloaded", "on Linux"]
    for provider in answer.json()["providers"]:
        readiness = provider.get("readiness") or {}
        words += [readiness.get("message") or "", (readiness.get("action") or {}).get("label") or ""]
        words += [readiness.get("warning") or "", readiness.get("account") or "", provider["name"]]
    return [each for each in words if each]
