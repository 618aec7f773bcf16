"""A log in a folder of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.testing.pen import Pen


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    """An open, empty log."""
    opened = await Log.open(tmp_path / "data")
    yield opened
    await opened.close()


@pytest.fixture
async def user(log: Log) -> int:
    """The owner's key."""
    return (await log.read(the_user)).key


@pytest.fixture
async def pen(log: Log, user: int) -> Pen:
    """A claimed session."""
    return await Pen.on_new_session(log, user)
