"""What was committed reaches the database file beside the writer."""

import asyncio
import time
from functools import partial
from pathlib import Path

import pytest

from antiphon.log.projects import add_project
from antiphon.log.store import Log
from antiphon.log.users import the_user

LIMIT_S = 10.0


async def test_commits_are_copied_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A while after a commit its pages are in antiphon.db, though no commit copied them."""
    monkeypatch.setattr("antiphon.log.checkpoint.EVERY_SECONDS", 0.01)
    log = await Log.open(tmp_path)
    user = (await log.read(the_user)).key
    await log.write(partial(add_project, user=user, path="/" + "x" * 1_000_000))
    until = time.monotonic() + LIMIT_S
    while (tmp_path / "antiphon.db").stat().st_size < 1_000_000:
        assert time.monotonic() < until, "nothing was copied"
        await asyncio.sleep(0.01)
    await log.close()


async def test_closing_waits_for_no_checkpoint_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A close does not wait until the next checkpoint is due."""
    monkeypatch.setattr("antiphon.log.checkpoint.EVERY_SECONDS", 3600.0)
    log = await Log.open(tmp_path)
    await log.write(the_user)
    await asyncio.wait_for(log.close(), LIMIT_S)
