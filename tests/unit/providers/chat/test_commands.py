"""The model's commands: real processes, their output on a card."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from pydantic_ai.workspaces import CommandResult, WorkspaceTimeoutError

from antiphon.providers import piped
from antiphon.providers.chat.commands import CARD, Workspace

LONG = 1000
"""Seconds: longer than any test."""


class Card:
    """Takes what a command writes."""

    def __init__(self) -> None:
        self.exit_code: int | None = None
        self.told: list[str] = []
        self._more = asyncio.Event()

    async def stream(self, output: str) -> None:
        self.told.append(output)
        self._more.set()

    async def lines(self, count: int) -> list[str]:
        """The first ones, once they are there."""
        async with asyncio.timeout(10):
            while "".join(self.told).count("\n") < count:
                self._more.clear()
                await self._more.wait()
        return "".join(self.told).splitlines()[:count]


@pytest.fixture
def card() -> Iterator[Any]:
    """The card of the command that is run."""
    card: Any = Card()
    token = CARD.set(card)
    yield card
    CARD.reset(token)


@pytest.fixture(autouse=True)
async def made(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """The processes that were started; at the end nobody reads from any."""
    made: list[asyncio.subprocess.Process] = []
    make = asyncio.create_subprocess_exec

    async def noted(*words: Any, **how: Any) -> asyncio.subprocess.Process:
        made.append(await make(*words, **how))
        return made[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    yield made
    async with asyncio.timeout(10):
        for process in made:
            await process.wait()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


async def run(folder: Path, command: str, timeout_s: float | None = None) -> CommandResult:
    async with asyncio.timeout(10):
        return await Workspace(folder).run(command, shell=True, timeout=timeout_s)


async def gone(pid: int) -> None:
    """Until the process has ended."""
    async with asyncio.timeout(10):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110 (nothing tells of strangers' processes but looking)
            await asyncio.sleep(0.01)


def end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def test_what_it_writes_is_shown_and_told(tmp_path: Path, card: Card) -> None:
    """In the project, both streams, with its exit code."""
    found = await run(tmp_path, "pwd; echo two >&2; exit 3")
    assert (found.stdout, found.exit_code, card.exit_code) == (f"{tmp_path}\ntwo\n", 3, 3)
    assert "".join(card.told) == found.stdout


async def test_what_is_no_command_of_the_models_is_not_shown(tmp_path: Path, card: Card) -> None:
    """The tools run programs of their own."""
    async with asyncio.timeout(10):
        found = await Workspace(tmp_path).run(["echo", "hi"])
    assert (found.stdout, card.told) == ("hi\n", [])


async def test_it_cannot_read_the_agents_stdin(tmp_path: Path, card: Card) -> None:
    """There the client speaks."""
    kept = os.dup(0)
    read, write = os.pipe()
    try:
        os.write(write, b"the client's\n")
        os.close(write)
        os.dup2(read, 0)
        assert (await run(tmp_path, "cat; echo end")).stdout == "end\n"
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(read)


async def test_a_stop_ends_it_with_all_below_it(tmp_path: Path, card: Card) -> None:
    """What it started, too."""
    running = asyncio.create_task(run(tmp_path, f"sleep {LONG} & echo $!; wait"))
    [below] = map(int, await card.lines(1))
    try:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await gone(below)
    finally:
        end(below)


async def test_a_stop_while_it_is_started_ends_it(
    tmp_path: Path, made: list[asyncio.subprocess.Process]
) -> None:
    """A process that nobody knows of would run on."""
    starting = asyncio.create_task(piped.start(["sleep", str(LONG)], tmp_path))
    await asyncio.sleep(0)
    assert not made
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    try:
        async with asyncio.timeout(10):
            assert await made[0].wait() == -signal.SIGKILL
    finally:
        end(made[0].pid)


async def test_a_command_has_its_time(tmp_path: Path, card: Card) -> None:
    """The model and the person are told; what it wrote is kept."""
    with pytest.raises(WorkspaceTimeoutError) as raised:
        await run(tmp_path, f"echo begun; exec sleep {LONG}", timeout_s=0.5)
    assert raised.value.stdout == "".join(card.told) == "begun\n\n[Stopped after 0.5 s.]"


async def test_what_it_leaves_behind_is_not_waited_for(tmp_path: Path, card: Card) -> None:
    """A server in the background holds the pipe open; it runs on, until the turn's end."""
    left = int((await run(tmp_path, f"sleep {LONG} & echo $!")).stdout)
    try:
        assert psutil.Process(left).name() == "sleep"
    finally:
        end(left)


async def test_what_it_leaves_behind_may_write_on(
    tmp_path: Path, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read, so that it does not stop at a full pipe; shown it is no more."""
    monkeypatch.setattr(piped, "DRAIN_S", 0)
    writes = "while [ ! -e go ]; do sleep 0.01; done; head -c 4000000 /dev/zero && touch written"
    found = await run(tmp_path, f"sh -c '{writes}' & echo begun")
    (tmp_path / "go").touch()
    async with asyncio.timeout(10):
        while not (tmp_path / "written").exists():  # noqa: ASYNC110 (nothing tells of files but looking)
            await asyncio.sleep(0.01)
    assert (found.stdout, card.told) == ("begun\n", ["begun\n"])


async def test_a_stop_after_its_exit(tmp_path: Path, card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its group is gone by then, which is no error."""
    monkeypatch.setattr(piped, "DRAIN_S", LONG)
    command = f"echo $$; setsid sh -c 'echo $$; exec sleep {LONG}' & exit"
    running = asyncio.create_task(run(tmp_path, command))
    shell, left = map(int, await card.lines(2))
    try:
        await gone(shell)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    finally:
        end(left)


class Left:
    """A process that has left before the first piece of its output is read."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    async def read(self, _: int) -> bytes:
        await asyncio.sleep(0)
        return self._pieces.pop(0) if self._pieces else b""

    async def wait(self) -> int:
        return 0


async def written(card: Any, *pieces: bytes) -> str:
    output, process = piped.Output(card.stream), Left(*pieces)
    await piped.until_exit((process, process), output.add)  # pyright: ignore[reportArgumentType]
    assert "".join(card.told) == output.text
    return output.text


async def test_what_was_in_the_pipe_at_the_exit_is_read(card: Card) -> None:
    """And a character that was cut in two is whole."""
    assert await written(card, b"caf\xc3", b"\xa9", b" au lait", b"\n") == "café au lait\n"


async def test_an_endless_output_is_cut(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is, stands there; once."""
    monkeypatch.setattr(piped, "OUTPUT_LIMIT", 10)
    assert await written(card, b"0123456789") == "0123456789"
    card.told.clear()
    assert await written(card, b"01234", b"56789abc", b"def", b"g") == "0123456789\n… (cut here)"


async def test_what_cannot_be_shown_ends_the_command(
    tmp_path: Path, card: Card, made: list[asyncio.subprocess.Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would stop at a full pipe that nobody reads, and be waited for without an end."""

    async def fails(output: str) -> None:
        raise OSError("nobody listens")

    monkeypatch.setattr(card, "stream", fails)
    async with asyncio.timeout(10):
        with pytest.raises(OSError, match="nobody listens"):
            await run(tmp_path, f"echo begun; exec sleep {LONG}")
        assert await made[0].wait() == -signal.SIGKILL
