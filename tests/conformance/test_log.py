"""The log of this product, run through the suite that any log has to pass."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from antiphon.log.store import Log
from antiphon.testing.check_log import CHECKS, Subject, name_of


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_sqlite(check: Callable[[Subject], Awaitable[None]], tmp_path: Path) -> None:
    """SQLite in a data directory keeps the rule."""
    log = await Log.open(tmp_path)
    try:
        await check(Subject(log=log, beside=lambda: Log.open_beside(tmp_path)))
    finally:
        await log.close()
