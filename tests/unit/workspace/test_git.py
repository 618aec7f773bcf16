"""git is asked without leaving anything of it behind."""

import asyncio
import contextlib
import io
import os
import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import uvloop

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


TALKER = """#!/bin/sh
head -c 204800 /dev/zero | tr '\\0' e >&2
echo printed
exit {}
"""


@pytest.mark.parametrize("code", [0, 3])
async def test_one_that_says_much_of_errors_comes_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """More than fits into a pipe: what it prints comes all the same, or why it failed."""
    program = tmp_path / "git"
    program.write_text(TALKER.format(code))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    if code == 0:
        assert await asked.git("status", cwd=tmp_path) == b"printed\n"
        return
    with pytest.raises(asked.GitFailed) as failed:
        await asked.git("status", cwd=tmp_path)
    assert failed.value.said == "e" * 2000


def test_a_pipe_is_closed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed again, it would be somebody else's by then: the next git's, which is started in a thread."""
    closed = list[bool]()
    make = subprocess.Popen

    class Pipe(io.FileIO):
        def close(self) -> None:
            if not self.closed:
                closed.append(_is_open(self.fileno()))
            super().close()

    def noted(*words: Any, **how: Any) -> "subprocess.Popen[bytes]":
        process = make(*words, **how)
        for name in ("stdout", "stderr"):
            with getattr(process, name) as pipe:
                setattr(process, name, Pipe(os.dup(pipe.fileno())))
        return process

    monkeypatch.setattr(subprocess, "Popen", noted)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(asked.git("version", cwd=tmp_path)).startswith(b"git version")
    assert closed == [True, True]


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
