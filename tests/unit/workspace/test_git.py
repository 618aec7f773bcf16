"""git is asked without leaving anything of it behind."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from antiphon.workspace import git as asked


async def test_who_gives_up_before_it_is_heard_leaves_no_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its start and the first word of it: it is ended, and its end collected."""
    started, begun = list["subprocess.Popen[bytes]"](), asyncio.Event()
    make = subprocess.Popen

    def noted(*words: Any, **how: Any) -> "subprocess.Popen[bytes]":
        started.append(make(*words, **how))
        return started[-1]

    @contextlib.asynccontextmanager
    async def never(_: object) -> AsyncGenerator[asyncio.StreamReader]:
        begun.set()
        await asyncio.Event().wait()
        yield asyncio.StreamReader()

    monkeypatch.setattr(subprocess, "Popen", noted)
    monkeypatch.setattr(asked, "_reading", never)
    asking = asyncio.create_task(asked.git("hash-object", "--stdin", cwd=tmp_path, given=b"x" * 10_000_000))
    async with asyncio.timeout(10):
        await begun.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert [process.returncode is not None for process in started] == [True]
