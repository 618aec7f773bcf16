"""Epochs: clients start afresh when commits that they saw may be gone, and only then."""

import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from antiphon.log.sessions import get_session
from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.testing.pen import Pen


class Directory:
    """A data directory with one session, and how it is found at the next start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = ""

    async def fill(self, *, clean: bool) -> str:
        """Make the session; returns its epoch."""
        log = await Log.open(self.folder)
        pen = await Pen.on_new_session(log, (await log.read(the_user)).key)
        self.session = pen.session.id
        await log.close(clean=clean)
        return pen.session.epoch

    async def epoch(self) -> tuple[str, bool]:
        """The session's epoch after another start, and whether that start says that it is a new one."""
        log = await Log.open(self.folder)
        found = await log.read(partial(get_session, user=None, id=self.session))
        assert found is not None
        await log.close()
        return found.epoch, log.forked


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    """A data directory not made yet."""
    return Directory(tmp_path / "data")


@pytest.mark.parametrize("clean", [True, False], ids=["stopped", "killed"])
async def test_a_restart_keeps_the_epoch(directory: Directory, clean: bool) -> None:
    """A server that stopped, or was killed while the machine ran on, lost no commit."""
    epoch = await directory.fill(clean=clean)
    assert await directory.epoch() == (epoch, False)
    assert await directory.epoch() == (epoch, False)


@pytest.mark.parametrize(("clean", "forked"), [(True, False), (False, True)])
async def test_a_power_loss_gives_new_epochs(
    directory: Directory, monkeypatch: pytest.MonkeyPatch, clean: bool, forked: bool
) -> None:
    """The machine started anew under a run that did not end: the last commits may not have reached the disk."""
    epoch = await directory.fill(clean=clean)
    monkeypatch.setattr("antiphon.log.run.boot_id", lambda: "another boot")
    found, said = await directory.epoch()
    assert (found != epoch, said) == (forked, forked)
    assert await directory.epoch() == (found, False)


async def test_a_restored_database_gives_new_epochs(directory: Directory) -> None:
    """An older copy of the database is another past: its count of starts is not the directory's."""
    epoch = await directory.fill(clean=True)
    copy = directory.folder.parent / "copy.db"
    shutil.copy(directory.folder / "antiphon.db", copy)
    await directory.epoch()
    shutil.copy(copy, directory.folder / "antiphon.db")
    found, said = await directory.epoch()
    assert (found != epoch, said) == (True, True)
    assert await directory.epoch() == (found, False)


@pytest.mark.parametrize("text", [None, "", "{}", "[]", "no JSON"])
async def test_a_count_that_cannot_be_read_gives_new_epochs(directory: Directory, text: str | None) -> None:
    """Without the count nothing says that the database is the one that was left."""
    epoch = await directory.fill(clean=True)
    counted = directory.folder / "run.json"
    counted.unlink() if text is None else counted.write_text(text)
    found, said = await directory.epoch()
    assert (found != epoch, said) == (True, True)


async def test_a_directory_keeps_its_names(directory: Directory) -> None:
    """Node and instance stay for ever; every start is counted."""
    await directory.fill(clean=True)
    names: set[tuple[str, str]] = set()
    for _ in range(3):
        log = await Log.open(directory.folder)
        names.add((log.node, log.instance))
        await log.close()
    assert len(names) == 1
    with closing(sqlite3.connect(directory.folder / "antiphon.db")) as raw:
        assert raw.execute("SELECT starts, clean FROM node").fetchall() == [(4, 1)]
