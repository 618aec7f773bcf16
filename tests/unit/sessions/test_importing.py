"""The look through agents' own records: what becomes a session, what does not, and how little it disturbs."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.log import imports as import_rows
from antiphon.log import projects
from antiphon.log import sessions as rows
from antiphon.model import events as e
from antiphon.model.replies import Imports, Notice
from antiphon.providers.archive import Found, Skipped, TranscriptFile
from antiphon.sessions import importing as module
from antiphon.sessions.importing import Importing
from tests.unit.sessions.test_importing_follow import History, Home, Terminal


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    made = Home(tmp_path)
    await made.start()
    await made.make()
    yield made
    await made.stop()


def transcript(home: Home, number: int, folder: Path | None = None) -> Path:
    """A small one, written a second after the one before."""
    native = f"{number:08d}-0000-4000-8000-000000000000"
    path = home.folder / "home" / "projects" / f"-{number % 7}" / f"{native}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    at = f"2026-11-{1 + number // 3600 % 28:02d}T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}Z"
    line = {
        "type": "user",
        "uuid": native,
        "timestamp": at,
        "cwd": str(folder or home.work),
        "sessionId": native,
    }
    line |= {"message": {"role": "user", "content": f"prompt {number}"}}
    path.write_text(json.dumps(line, separators=(",", ":")) + "\n")
    os.utime(path, (number, number))
    return path


async def pages(home: Home) -> list[rows.Session]:
    """All rows of the list, page by page."""
    found: list[rows.Session] = []
    before = None
    while True:
        page = await home.log.read(
            lambda conn, before=before: rows.list_sessions(conn, home.user, before=before, limit=500)
        )
        found += page
        if len(page) < 500:
            return found
        before = (page[-1].last_activity, page[-1].key)


async def test_five_thousand_files(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are in the lists, newest first, the event loop free all the while, and no file was touched."""
    monkeypatch.setattr(module, "BREATH_SECONDS", 0.0)
    paths = [transcript(home, number) for number in range(5000)]
    before = {path: path.stat() for path in paths[::100]}
    told: list[Imports] = []
    home.hub.listen(
        home.user, lambda told_now: told.append(told_now) if isinstance(told_now, Imports) else None
    )
    importing = home.importing()
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.005)
            longest = max(longest, time.monotonic() - began)

    watching = asyncio.create_task(watch())
    await importing.look()
    watching.cancel()
    assert longest < 1.0, "the event loop was held"
    assert (importing.progress.imported, importing.progress.done, importing.progress.running) == (
        5000,
        5000,
        False,
    )
    assert not told[-1].running
    found = [row for row in await pages(home) if row.imported]
    assert [row.title for row in found] == [f"prompt {number}" for number in reversed(range(5000))]
    for path, was in before.items():
        now = path.stat()
        assert (now.st_mtime_ns, now.st_size, now.st_ino) == (was.st_mtime_ns, was.st_size, was.st_ino)

    looked: list[TranscriptFile] = []
    look = History.look

    def watched(self: History, file: TranscriptFile) -> Found | Skipped:
        looked.append(file)
        return look(self, file)

    monkeypatch.setattr(History, "look", watched)
    await importing.look()
    assert looked == []
    os.utime(paths[17], (9, 9))
    await importing.look()
    assert [file.path for file in looked] == [paths[17]]
    await importing.stop()


async def test_it_reads_only_the_ends(home: Home) -> None:
    """Whatever the size of a file, a look reads 64 KiB of each end."""
    path = transcript(home, 1)
    with path.open("ab") as file:
        file.truncate(300 * 1024 * 1024)  # a hole: reading it all would take memory and time
        file.seek(0, os.SEEK_END)
        file.write(b'\n{"type":"custom-title","customTitle":"Named","sessionId":"x"}\n')
    (found,) = home.history.files()
    seen = home.history.look(found)
    assert isinstance(seen, Found)
    assert seen.title == "Named"


async def test_a_persons_title_stays(home: Home) -> None:
    """A better title in the file is taken, until a person has given one; a star and the trash stay as well."""
    terminal = Terminal(home)
    terminal.prompt("one")
    await home.look()
    await home.look()
    with terminal.path.open("a") as file:
        file.write('{"type":"ai-title","aiTitle":"What it is about","sessionId":"x"}\n')
    await home.look()
    row = await home.log.read(lambda conn: rows.get_session(conn, home.user, home.session))
    assert row
    assert row.title == "What it is about"
    await home.supervisor.update(home.user, home.session, e.SessionUpdated(title="Mine", starred=True))
    with terminal.path.open("a") as file:
        file.write('{"type":"ai-title","aiTitle":"Something else","sessionId":"x"}\n')
    await home.look()
    row = await home.log.read(lambda conn: rows.get_session(conn, home.user, home.session))
    assert row
    assert (row.title, row.starred) == ("Mine", True)


async def test_a_trashed_session_stays_in_the_trash(home: Home) -> None:
    """What a person put away is not imported anew."""
    terminal = Terminal(home)
    terminal.prompt("one")
    await home.look()
    await home.supervisor.trash(home.user, home.session, True)
    terminal.answer("more")
    importing = home.importing()
    await importing.look()
    await importing.stop()
    assert not [row for row in await pages(home) if row.imported]


async def test_a_pass_that_fails_is_tried_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that breaks stops nothing: the next pass has what it has."""
    transcript(home, 1)
    files = History.files
    broken = True

    def failing(self: History) -> list[TranscriptFile]:
        if broken:
            raise RuntimeError("broken")
        return files(self)

    monkeypatch.setattr(History, "files", failing)
    importing = home.importing()
    importing.start()
    told: list[object] = []
    woken = asyncio.Event()
    home.hub.listen(home.user, lambda notice: (told.append(notice), woken.set())[1])
    async with asyncio.timeout(10):
        while not any(isinstance(notice, Notice) for notice in told):
            await woken.wait()
            woken.clear()
    importing.look_again()  # broken still: it is not said again
    await asyncio.wait_for(woken.wait(), 10)
    [said] = [notice for notice in told if isinstance(notice, Notice)]
    assert said.code == "import-failed" and "broken" in said.message
    broken = False
    woken.clear()
    importing.look_again()
    async with asyncio.timeout(10):
        while not importing.progress.imported:
            await woken.wait()
            woken.clear()
    await importing.stop()


async def test_a_new_folder_is_a_project_that_nobody_trusted(home: Home) -> None:
    """Another folder becomes a project without trust; a known one keeps its own."""
    other = home.folder / "other"
    other.mkdir()
    transcript(home, 1, other)
    transcript(home, 2)
    importing = home.importing()
    await importing.look()
    await importing.stop()
    found = await home.log.read(lambda conn: projects.list_projects(conn, home.user))
    assert {(project.path, project.trusted) for project in found} == {
        (str(home.work), True),
        (str(other), False),
    }


async def test_folders_outside_the_roots_are_left_out(home: Home) -> None:
    """Where the server may not have projects nothing is imported, and that is told."""
    transcript(home, 1)
    importing = Importing(
        log=home.log,
        hub=home.hub,
        clock=home.clock,
        archives=[home.history],
        user=home.user,
        allowed=lambda _: False,
    )
    await importing.look()
    await importing.stop()
    skipped = await home.log.read(lambda conn: import_rows.skipped(conn, home.user, 10))
    assert [(row.reason, row.detail) for row in skipped] == [("outside-roots", str(home.work))]
    assert not [row for row in await pages(home) if row.imported]


async def test_the_same_conversation_in_two_files_is_one_session(home: Home) -> None:
    """A copy in another folder is a duplicate, told as such."""
    path = transcript(home, 1)
    copy = path.parent.parent / "-copy" / path.name
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    importing = home.importing()
    await importing.look()
    await importing.stop()
    assert len([row for row in await pages(home) if row.imported]) == 1
    skipped = await home.log.read(lambda conn: import_rows.skipped(conn, home.user, 10))
    assert [row.reason for row in skipped] == ["duplicate"]
