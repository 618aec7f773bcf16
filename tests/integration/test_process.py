"""An agent's process under the keeper: its pipes, its ends, and what is reaped at the next start."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest
import uvloop

from antiphon.model.failures import Action
from antiphon.model.ids import new_id
from antiphon.providers import environment, lines, process, processes
from antiphon.providers.base import ProcessStarted, ProviderFailed
from antiphon.providers.process import AgentProcess, Exit, Program
from tests.drive import Drive

LIMIT_S = 10.0
INSTALL = Action(kind="install", label="Install it", command="get it")

Start = Callable[..., "asyncio.Future[AgentProcess]"]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts Python programs as agents, and closes them."""
    async with AsyncExitStack() as stack:

        async def start(source: str, marker: str | None = None, **variables: str) -> AgentProcess:
            program = Program(provider="test", name="The test", command=[sys.executable, "-IS", "-c", source])
            around = environment.for_provider("test") | variables
            started = await AgentProcess.start(
                program, folder=tmp_path, environment=around, marker=marker or new_id()
            )
            stack.push_async_callback(started.close)
            return started

        yield start  # pyright: ignore[reportReturnType]


async def read_all(agent: AgentProcess) -> list[bytes]:
    """All lines until the end."""
    found = []
    async with asyncio.timeout(LIMIT_S):
        while (line := await agent.read_line()) is not None:
            found.append(line)
    return found


async def exit_of(agent: AgentProcess) -> Exit:
    """How it ended."""
    async with asyncio.timeout(LIMIT_S):
        return await asyncio.shield(agent.exited)


async def test_lines_go_in_and_out(start: Start) -> None:
    """What is written reaches stdin; lines come back whole, of any length, and the exit status with them."""
    agent = await start(
        "import sys; [print(len(line), flush=True) for line in sys.stdin.buffer]; print('no end', end='')"
    )
    await agent.write(b"x" * 3_000_000 + b"\n")
    assert await agent.read_line() == b"3000001"
    await agent.write(b"\n")
    assert await agent.read_line() == b"1"
    await agent.close()
    assert await exit_of(agent) == Exit(signal=signal.SIGTERM)


async def test_a_line_without_an_end_is_kept_apart(start: Start) -> None:
    """What comes after the last line end is no line, but is not lost."""
    agent = await start("print('one'); print('half', end='')")
    assert await read_all(agent) == [b"one"]
    assert agent.lines.part == b"half"
    assert await exit_of(agent) == Exit(status=0)


@pytest.mark.parametrize(
    ("ending", "expected", "words"),
    [
        ("sys.exit(3)", Exit(status=3), "left with exit status 3"),
        ("sys.exit(137)", Exit(status=137), "left with exit status 137"),
        ("os.kill(os.getpid(), 9)", Exit(signal=9), "was ended by SIGKILL"),
        ("os.abort()", Exit(signal=6), "was ended by SIGABRT"),
    ],
)
async def test_the_exit_says_how(start: Start, ending: str, expected: Exit, words: str) -> None:
    """An exit status and a signal are told apart."""
    agent = await start(f"import os, sys; {ending}")
    assert await exit_of(agent) == expected
    assert str(expected) == words


async def test_it_talks_and_ends_before_its_start_is_told(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes before whoever spawned it goes on, its end too, is not lost."""
    loop = asyncio.get_running_loop()
    spawn = loop.subprocess_exec

    async def late(protocol: Callable[[], Any], *command: str, **options: Any) -> Any:
        gone = asyncio.Event()

        def watched() -> Any:
            made = protocol()
            exited = made.process_exited
            made.process_exited = lambda: (exited(), gone.set())
            return made

        spawned = await spawn(watched, *command, **options)
        async with asyncio.timeout(LIMIT_S):
            await gone.wait()
        return spawned

    monkeypatch.setattr(loop, "subprocess_exec", late)
    agent = await start(f"print('x' * {process.HIGH_WATER + 1}); raise SystemExit(3)")
    assert await exit_of(agent) == Exit(status=3)
    assert [len(line) for line in await read_all(agent)] == [process.HIGH_WATER + 1]


async def test_stderr_is_drained_kept_in_part_and_redacted(start: Start) -> None:
    """A flood on stderr blocks nobody; its end is kept, without the secrets of the environment."""
    agent = await start(
        "import os, sys; sys.stderr.write('x' * 1_000_000 + os.environ['TEST_API_KEY']); print('done')",
        TEST_API_KEY="sk-very-secret",
    )
    assert await read_all(agent) == [b"done"]
    await exit_of(agent)
    assert agent.stderr.endswith("x[redacted]")
    assert len(agent.stderr) <= process.STDERR_TAIL


async def test_an_unread_agent_is_held_back(start: Start) -> None:
    """Nobody reads: the agent blocks in its pipe, and memory stays bounded; then nothing is lost."""
    agent = await start(
        "import sys\nfor n in range(200_000): print(str(n).zfill(99))\nsys.stdout.flush()\nprint('end')"
    )
    assert await agent.read_line() == b"0".zfill(99)
    async with asyncio.timeout(LIMIT_S):
        while agent.lines.waiting < process.HIGH_WATER:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0)
    await asyncio.sleep(0.5)  # time enough to do it wrong
    assert agent.lines.waiting < 2 * process.HIGH_WATER
    found = await read_all(agent)
    assert found[:-1] == [str(n).zfill(99).encode() for n in range(1, 200_000)]
    assert found[-1] == b"end"


async def test_a_line_beyond_all_bounds_ends_the_reading(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent that never ends its line does not take all memory."""
    monkeypatch.setattr(lines, "LINE_LIMIT", 1_000_000)
    agent = await start("import sys\nwhile True: sys.stdout.write('x' * 65536)")
    assert await read_all(agent) == []
    assert agent.too_long
    await agent.close()


async def test_the_end_comes_though_a_stray_holds_the_pipes(start: Start) -> None:
    """The keeper killed -9, a stray holds stdout open: the end of the agent is told all the same."""
    agent = await start(
        "import os, time\nif os.fork() == 0: os.setsid()\nprint(os.getpid(), flush=True)\ntime.sleep(60)"
    )
    pids = [int(await agent.read_line() or 0), int(await agent.read_line() or 0)]
    os.kill(agent.pid, signal.SIGKILL)
    async with asyncio.timeout(1.0):
        assert await agent.read_line() is None
    assert await exit_of(agent) == Exit(signal=9)
    await agent.close()
    assert not [pid for pid in pids if processes.look(pid)]


async def test_close_ends_the_deaf_too(start: Start) -> None:
    """TERM ignored, everything stopped, the keeper itself stopped: `close` comes back, and nothing is left."""
    marker = new_id()
    agent = await start(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)",
        marker,
    )
    await agent.read_line()
    for seen in processes.descendants(agent.pid):
        os.kill(seen.pid, signal.SIGSTOP)
    os.kill(agent.pid, signal.SIGSTOP)
    async with asyncio.timeout(4):
        await agent.close()
        await agent.close()
    assert not processes.marked([marker])


async def test_close_ends_a_stopped_keeper(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where no marker can be read (a hardened system): KILL, after which the agent dies with it."""
    agent = await start("import time; print(flush=True); time.sleep(60)")
    await agent.read_line()
    below = [psutil.Process(pid) for pid in agent.below()]
    monkeypatch.setattr(processes, "_marker", lambda pid: None)
    os.kill(agent.pid, signal.SIGSTOP)
    async with asyncio.timeout(4):
        await agent.close()
    assert agent.exited.result() == Exit(signal=signal.SIGKILL)
    _, alive = await asyncio.to_thread(psutil.wait_procs, below, 1)
    assert not [each for each in alive if processes.look(each.pid)]


async def test_writing_to_the_dead_is_an_error(start: Start) -> None:
    """Nobody waits for an answer from an agent that is gone."""
    agent = await start("pass")
    await exit_of(agent)
    with pytest.raises(ConnectionError):
        await agent.write(b"hello\n")


async def test_the_environment_carries_the_marker_and_nothing_of_ours(start: Start) -> None:
    """Set by exec: the agent cannot find what it was not given."""
    marker = new_id()
    os.environ["ANTIPHON_SECRET"] = "s3cret"
    try:
        agent = await start(
            "import os; print(*(f'{k}={v}' for k, v in os.environ.items() if 'ANTIPHON' in k))", marker
        )
        assert await read_all(agent) == [f"ANTIPHON_MARKER={marker}".encode()]
    finally:
        del os.environ["ANTIPHON_SECRET"]


# What cannot start


@pytest.mark.parametrize("name", ["no-such-program-anywhere", "/no/such/program"])
async def test_a_missing_program_is_told(tmp_path: Path, name: str) -> None:
    """`provider-missing`, with how to install it."""
    program = Program(provider="test", name="The test", command=[name], install=INSTALL)
    with pytest.raises(ProviderFailed) as raised:
        await AgentProcess.start(program, folder=tmp_path, environment=dict(os.environ), marker="m")
    failure = raised.value.failure
    assert (failure.code, failure.type, failure.action) == ("provider-missing", "test-error", INSTALL)
    assert name in failure.message


async def test_a_program_that_may_not_run_is_told(tmp_path: Path) -> None:
    """A file that is there but not executable is said to be just that."""
    file = tmp_path / "agent"
    file.write_text("#!/bin/sh\n")
    with pytest.raises(ProviderFailed) as raised:
        await AgentProcess.start(
            Program(provider="test", name="The test", command=[str(file)]),
            folder=tmp_path, environment=dict(os.environ), marker="m",
        )  # fmt: skip
    assert raised.value.failure.code == "provider-missing"
    assert "not executable" in raised.value.failure.message


async def test_a_program_without_its_interpreter_is_told(tmp_path: Path) -> None:
    """Executable, but it cannot be: the keeper's complaint becomes the detail."""
    file = tmp_path / "agent"
    file.write_text("#!/no/such/interpreter\n")
    file.chmod(0o755)
    agent = await AgentProcess.start(
        Program(provider="test", name="The test", command=[str(file)]),
        folder=tmp_path, environment=dict(os.environ), marker=new_id(),
    )  # fmt: skip
    assert await exit_of(agent) == Exit(status=127)
    await agent.close()
    assert "cannot start" in agent.stderr


async def test_its_last_words_are_known_with_its_end(start: Start) -> None:
    """What it wrote to stderr just before it exited is there for the failure's detail."""
    agent = await start("import sys; sys.stderr.write('why'); sys.stderr.flush()")
    told = list[str]()
    agent.exited.add_done_callback(lambda _: told.append(agent.stderr))
    await exit_of(agent)
    assert told == ["why"]


def test_its_stderr_is_closed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed again, on the server's event loop, it would be somebody else's by then."""
    ends = list[int]()
    pipe = os.pipe

    def noted() -> tuple[int, int]:
        made = pipe()
        ends.append(made[0])
        return made

    async def main() -> None:
        monkeypatch.setattr(os, "pipe", noted)
        agent = await AgentProcess.start(
            Program(provider="test", name="The test", command=[sys.executable, "-IS", "-c", "input()"]),
            folder=tmp_path, environment=environment.for_provider("test"), marker=new_id(),
        )  # fmt: skip
        monkeypatch.undo()
        agent._complaints.close()
        assert os.open(os.devnull, os.O_RDONLY) == ends[0]
        await agent.close()
        os.close(ends[0])  # OSError: it was closed by then

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


@pytest.mark.parametrize("kind", ["missing", "file"])
async def test_a_bad_folder_is_told(tmp_path: Path, kind: str) -> None:
    """`workspace-missing`, with another folder to choose."""
    folder = tmp_path / "folder"
    if kind == "file":
        folder.touch()
    with pytest.raises(ProviderFailed) as raised:
        await AgentProcess.start(
            Program(provider="test", name="The test", command=[sys.executable]),
            folder=folder, environment=dict(os.environ), marker="m",
        )  # fmt: skip
    assert raised.value.failure.code == "workspace-missing"
    assert raised.value.failure.action


async def test_a_folder_on_a_dead_drive_is_told(drive: Drive) -> None:
    """In time, and nothing is started in it."""
    drive.limit(0.05)
    program = Program(provider="test", name="The test", command=[sys.executable])
    with pytest.raises(ProviderFailed, match="does not answer") as failed:
        await AgentProcess.start(
            program, folder=drive.folder / "site", environment=dict(os.environ), marker="m"
        )
    assert failed.value.failure.code == "workspace-missing"


# What an earlier server left


def spawn(marker: str, *, ignores_term: bool = False) -> "subprocess.Popen[str]":
    """A process that carries the marker, under no keeper."""
    source = "import signal, time\nif {}: signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(60)"
    found = subprocess.Popen(
        [sys.executable, "-IS", "-c", source.format(ignores_term)],
        env={**os.environ, environment.MARKER: marker}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert found.stdout
    found.stdout.readline()
    return found


async def test_the_next_start_ends_what_is_left() -> None:
    """By its marker, though its keeper is gone and it ignores TERM; others are left alone."""
    ours, others = new_id(), new_id()
    left, innocent = spawn(ours, ignores_term=True), spawn(others)
    try:
        ended = await process.reap([ProcessStarted(pid=left.pid + 100_000, start_time=1.0, marker=ours)])
        assert [seen.pid for seen in ended] == [left.pid]
        assert left.wait(1) == -signal.SIGKILL
        assert innocent.poll() is None
    finally:
        for each in (left, innocent):
            each.kill()
            each.communicate()


async def test_the_next_start_ends_the_keeper_by_pid_and_start_time(start: Start) -> None:
    """A keeper that still runs (of a server that was only frozen) ends with its agent."""
    agent = await start("import time; print(flush=True); time.sleep(60)")
    await agent.read_line()
    ended = await process.reap([agent.started])
    assert agent.pid in {seen.pid for seen in ended}
    assert await exit_of(agent) == Exit(signal=signal.SIGTERM)
    assert not processes.marked([agent.marker])


async def test_a_pid_that_is_anothers_by_now_is_left_alone() -> None:
    """The pid matches, the start time does not: not ours."""
    innocent = spawn(new_id())
    try:
        started = psutil.Process(innocent.pid).create_time()
        assert (
            await process.reap([ProcessStarted(pid=innocent.pid, start_time=started - 100, marker=new_id())])
            == []
        )
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.communicate()


async def test_strays_are_what_was_not_there_before(start: Start) -> None:
    """What the agent started before stays; what it started since, and left, ends."""
    agent = await start(
        "import subprocess, sys\n"
        "def go(): print(subprocess.Popen(['sleep', '60'], start_new_session=True, stdout=2).pid, flush=True)\n"
        "go(); sys.stdin.readline(); go(); sys.stdin.readline()"
    )
    first = int(await agent.read_line() or 0)
    before = agent.below()
    assert first in before
    assert await agent.end_strays(before) == []
    await agent.write(b"\n")
    second = int(await agent.read_line() or 0)
    assert [(seen.pid, seen.command) for seen in await agent.end_strays(before)] == [(second, "sleep 60")]
    assert processes.look(first)
    assert not processes.look(second)


async def test_no_more_processes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses is a failure in words, not a crash of ours."""

    async def refuse(*arguments: object, **options: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(asyncio.get_running_loop(), "subprocess_exec", refuse)
    program = Program(provider="test", name="The test", command=[sys.executable])
    with pytest.raises(ProviderFailed) as raised:
        await AgentProcess.start(program, folder=tmp_path, environment=dict(os.environ), marker="m")
    assert raised.value.failure.code == "internal"
    assert "Resource temporarily unavailable" in raised.value.failure.message
