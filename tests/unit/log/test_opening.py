"""A data directory that cannot be opened says so in a typed error with what to do, and loses nothing."""

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from antiphon.log import attachments
from antiphon.log.errors import (
    LogClosed,
    LogCorrupt,
    LogError,
    LogLocked,
    LogNewer,
    LogOutdated,
    LogUnwritable,
)
from antiphon.log.projects import add_project, list_projects
from antiphon.log.schema import REVISION
from antiphon.log.store import Log
from antiphon.log.users import the_user

HOLD = """
import asyncio, sys
from pathlib import Path
from antiphon.log.store import Log

async def hold():
    log = await Log.open(Path(sys.argv[1]))
    if len(sys.argv) > 2:
        log.announce(sys.argv[2])
    print("held", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await log.close()

asyncio.run(hold())
"""


class Holder:
    """Another process that has the data directory open, until it is told to let go."""

    def __init__(self, folder: Path, *url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(folder), *url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"held\n"

    def let_go(self) -> None:
        """Close it in good order."""
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        """End it as the system would."""
        self.process.kill()
        self.process.communicate(timeout=30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory with a project in it."""
    made = tmp_path / "data"

    async def fill() -> None:
        log = await Log.open(made)
        await log.write(lambda conn: add_project(conn, user=the_user(conn).key, path="/home/me/kept"))
        file = {"user": (await log.read(the_user)).key, "media_type": "text/plain", "size": 1}
        for number in range(3):
            await log.write(partial(attachments.add, id=f"{number}" * 64, name="x" * 50_000, **file))
        await log.close()

    asyncio.run(fill())
    return made


def files(folder: Path) -> dict[str, bytes]:
    """What lies in the directory, but for SQLite's shared memory and the lock's text."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and not path.name.endswith(("-shm", ".lock")) and path.stat().st_size
    }


async def kept(folder: Path) -> list[str]:
    """The paths of the projects in the log."""
    log = await Log.open(folder)
    found = await log.read(lambda conn: list_projects(conn, the_user(conn).key))
    await log.close()
    return [project.path for project in found]


def refuse(folder: Path, kind: type[LogError]) -> LogError:
    """The error of opening."""
    with pytest.raises(kind) as caught:
        asyncio.run(Log.open(folder))
    return caught.value


@pytest.mark.parametrize("url", ["http://127.0.0.1:4080", None])
def test_a_second_server_is_told_where_the_first_is(folder: Path, url: str | None) -> None:
    """A held directory names the process and address of its holder, and is free once that one is killed."""
    holder = Holder(folder, *([url] if url else []))
    try:
        error = refuse(folder, LogLocked)
        assert isinstance(error, LogLocked)
        assert (error.pid, error.url, error.folder) == (holder.process.pid, url, folder)
        assert (url or "still starting") in str(error)
        assert "--data-dir" in str(error)
    finally:
        holder.kill()
    assert asyncio.run(kept(folder)) == ["/home/me/kept"]


def test_a_lock_file_without_a_holder_locks_nothing(folder: Path) -> None:
    """What a killed server left in the lock file does not keep the next one out."""
    (folder / "antiphon.lock").write_text(json.dumps({"pid": 1, "url": "http://127.0.0.1:1"}))
    assert asyncio.run(kept(folder)) == ["/home/me/kept"]


@pytest.mark.parametrize("revision", ["0900", "9999", "ae1027a6acf"])
def test_a_newer_database_is_left_alone(folder: Path, revision: str) -> None:
    """A schema of a later version is refused with both versions named, and not a byte is changed."""
    with closing(sqlite3.connect(folder / "antiphon.db")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        raw.commit()
    before = files(folder)
    error = refuse(folder, LogNewer)
    assert isinstance(error, LogNewer)
    assert (error.found, error.known) == (revision, REVISION)
    assert "newer" in str(error)
    with pytest.raises(LogNewer):
        asyncio.run(Log.open_beside(folder))
    assert files(folder) == before


def break_header(path: Path) -> None:
    """Overwrite the first bytes."""
    with path.open("r+b") as file:
        file.write(b"this is no database at all")


def break_page(path: Path) -> None:
    """Overwrite the middle of the file, where tables are."""
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 4))


def break_last_page(path: Path) -> None:
    """Overwrite a page that nobody reads at the start."""
    with path.open("r+b") as file:
        file.seek(-4096, os.SEEK_END)
        file.write(os.urandom(4096))


def cut_off(path: Path) -> None:
    """Lose the second half of the file."""
    os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)


@pytest.mark.parametrize("damage", [break_header, break_page, break_last_page, cut_off])
def test_a_damaged_database_is_left_alone(folder: Path, damage) -> None:
    """Damage is found at opening and named, and what is left of the file is not touched."""
    damage(folder / "antiphon.db")
    before = files(folder)
    error = refuse(folder, LogCorrupt)
    assert isinstance(error, LogCorrupt)
    assert "backup" in str(error)
    assert str(folder) in str(error)
    assert files(folder) == before


@pytest.mark.parametrize("before", ["stopped", "killed", "restored"])
def test_a_large_database_is_looked_through_unless_it_is_as_it_was_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """It takes time, so only where there is reason to: a run that did not end well, or a database from elsewhere."""
    monkeypatch.setattr("antiphon.log.opening.CHECK_AGAIN_BYTES", 0)
    if before == "killed":
        log = asyncio.run(Log.open(folder))
        asyncio.run(log.close(clean=False))
    elif before == "restored":
        (folder / "run.json").unlink()
    break_last_page(folder / "antiphon.db")
    if before == "stopped":
        assert asyncio.run(kept(folder)) == ["/home/me/kept"]
    else:
        refuse(folder, LogCorrupt)


def test_a_database_held_by_another_program_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that keeps the file to itself makes opening fail in words, not hang; after it all is there."""
    monkeypatch.setattr("antiphon.log.sqlite._COMMON", ("busy_timeout=50",))
    with closing(sqlite3.connect(folder / "antiphon.db", isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        error = refuse(folder, LogUnwritable)
        assert "another program holds antiphon.db" in str(error)
        raw.execute("ROLLBACK")
    assert asyncio.run(kept(folder)) == ["/home/me/kept"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A path through a file cannot be a data directory."""
    (tmp_path / "file").write_text("")
    error = refuse(tmp_path / "file" / "data", LogUnwritable)
    assert "permissions" in str(error)


AS_NOBODY = """
import asyncio, os, sys
from pathlib import Path
import antiphon.log.store as store, alembic.command, sqlalchemy.dialects.sqlite
os.setegid(65534); os.seteuid(65534)
try:
    asyncio.run(store.Log.open(Path(sys.argv[1])))
except store.opening.LogUnwritable as error:
    print(error)
"""


@pytest.mark.parametrize("mode", [0o555, 0o000], ids=["read-only", "closed"])
def test_a_folder_of_somebody_else_is_said(folder: Path, mode: int) -> None:
    """A directory that this user may not write is refused in words, and stays as it is."""
    if os.getuid() != 0:
        folder.chmod(mode)
        try:
            assert "cannot be written" in str(refuse(folder, LogUnwritable))
        finally:
            folder.chmod(0o700)
    else:
        for parent in (folder, *folder.parents):
            if parent.stat().st_mode & stat.S_IXOTH == 0 and parent != folder:
                parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
        folder.chmod(mode)
        told = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(folder)], capture_output=True, text=True, timeout=30
        )
        folder.chmod(0o700)
        assert "cannot be written" in told.stdout, told.stderr
    assert asyncio.run(kept(folder)) == ["/home/me/kept"]


FULL = """
import asyncio, resource, sys
from pathlib import Path
from antiphon.log.store import Log
from antiphon.log.errors import LogUnwritable
import signal, alembic.command
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    asyncio.run(Log.open(Path(sys.argv[1])))
except LogUnwritable as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [0, 4096, 20_000])
def test_a_full_disk_at_the_first_start_is_said(tmp_path: Path, limit: int) -> None:
    """When files cannot grow the start fails in words; with room again the same directory works."""
    folder = tmp_path / "data"
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(folder), str(limit)], capture_output=True, text=True, timeout=30
    )
    assert "Free some space" in told.stdout, told.stderr
    assert asyncio.run(kept(folder)) == []


def test_what_is_made_is_for_this_user_alone(folder: Path) -> None:
    """Neither the directory nor a file in it can be read by another user of the machine."""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


class TestBeside:
    """A second process beside a running server."""

    @pytest.fixture
    def holder(self, folder: Path) -> Iterator[Holder]:
        """A server that has the directory."""
        holder = Holder(folder)
        yield holder
        holder.kill()

    async def test_it_writes_while_a_server_runs(self, folder: Path, holder: Holder) -> None:
        """What it commits is there for the server and after it."""
        beside = await Log.open_beside(folder)
        await beside.write(lambda conn: add_project(conn, user=the_user(conn).key, path="/home/me/beside"))
        assert beside.node
        await beside.close()
        await asyncio.to_thread(holder.let_go)
        assert sorted(await kept(folder)) == ["/home/me/beside", "/home/me/kept"]

    async def test_it_counts_no_start(self, folder: Path) -> None:
        """It leaves the next real start nothing to wonder about."""
        await (await Log.open_beside(folder)).close()
        log = await Log.open(folder)
        assert not log.forked
        await log.close()

    @pytest.mark.parametrize(
        "statement", ["UPDATE alembic_version SET version_num = '0000'", "DROP TABLE alembic_version"]
    )
    async def test_it_refuses_another_schema(self, folder: Path, statement: str) -> None:
        """It migrates nothing: an older schema is left to the server."""
        with closing(sqlite3.connect(folder / "antiphon.db")) as raw:
            raw.execute(statement)
            raw.commit()
        with pytest.raises(LogOutdated, match="antiphon serve"):
            await Log.open_beside(folder)

    async def test_it_makes_nothing(self, tmp_path: Path) -> None:
        """Where there is no log it says so."""
        with pytest.raises(LogOutdated):
            await Log.open_beside(tmp_path / "none")
        assert not (tmp_path / "none").exists()


async def test_a_closed_log_says_so(folder: Path) -> None:
    """After closing, reads and writes fail at once; closing again is nothing."""
    log = await Log.open(folder)
    await log.close()
    await log.close()
    with pytest.raises(LogClosed):
        await log.read(the_user)
    with pytest.raises(LogClosed):
        await log.write(the_user)


async def test_closing_commits_what_is_queued(folder: Path) -> None:
    """Changes queued before the close are in the log, and their callers are told."""
    log = await Log.open(folder)
    user = (await log.read(the_user)).key
    writes = [
        asyncio.ensure_future(log.write(partial(add_project, user=user, path=f"/q/{n}"))) for n in range(50)
    ]
    await asyncio.sleep(0)
    await log.close()
    assert len(await asyncio.gather(*writes)) == 50
    assert len(await kept(folder)) == 51


async def test_a_reader_cannot_write(folder: Path) -> None:
    """A read that tries to change something is refused by the database."""
    log = await Log.open(folder)
    with pytest.raises(Exception, match="readonly"):
        await log.read(partial(add_project, user=1, path="/home/me/new"))
    await log.close()
    assert await kept(folder) == ["/home/me/kept"]
