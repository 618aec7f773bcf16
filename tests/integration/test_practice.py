"""The practice agent as a real process, through the ACP driver."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from antiphon.model.events import (
    ItemCompleted,
    ItemDelta,
    ItemUpdated,
    ProviderRetrying,
    TurnCancelled,
    TurnCompleted,
)
from antiphon.model.ids import new_id
from antiphon.model.items import Plan, Reasoning
from antiphon.providers import catalog, environment, processes
from antiphon.providers.acp.provider import AcpProvider
from antiphon.providers.base import Answered, Prompt
from antiphon.testing.check_provider import (
    CHECKS,
    Opened,
    Prompts,
    Skipped,
    Subject,
    failure_of,
    left,
    name_of,
)
from antiphon.testing.sink import RecordingSink, allow, reject

PROMPTS = Prompts(
    say="say one two three",
    endless="slow 50/s for 60 s",
    write="write notes.txt: hello",
    silent="hang",
    crash="crash",
    crash_detail="Segmentation fault",
    leave="exit",
    stray="stubborn process",
    remember="history",
)


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    """The practice agent in an empty project, its conversations kept beside it."""
    folder = tmp_path / "project"
    folder.mkdir()
    around = environment.for_provider("practice") | {
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PRACTICE_PACE_MS": "0",
    }
    entry = catalog.shipped()["practice"]
    missing = AcpProvider(replace(entry, command=["no-such-program"], install="install it"))
    return Subject(
        provider=AcpProvider(entry), folder=folder, prompts=PROMPTS, environment=around, missing=missing
    )


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_it_keeps_the_rules_of_a_provider(check, subject: Subject) -> None:
    """The practice agent passes the suite for providers."""
    try:
        await check(subject)
    except Skipped:
        pytest.fail("the practice agent can be asked for everything")


@pytest.fixture
async def opened(subject: Subject) -> AsyncIterator[Opened]:
    """A practice agent; closed afterwards, and nothing of it may be left."""
    async with Opened(subject) as opened:
        yield opened


async def done(opened: Opened, text: str) -> str:
    """Prompt, and give the text of the answer; it must complete."""
    before = len(opened.sink.text)
    async with asyncio.timeout(20):
        outcome = await opened.ask(text)
    assert isinstance(outcome, TurnCompleted), outcome
    opened.sink.check_items()
    return opened.sink.text[before:]


# Honest work


async def test_it_says_what_it_is(opened: Opened) -> None:
    """No model: it says so, and helps where it does not understand."""
    assert "no model" in await done(opened, "hello")
    answer = await done(opened, "Please refactor my code base")
    assert "did not understand" in answer
    assert "`flood 20000`" in answer
    assert answer.count("\n") > 10


async def test_it_lists_reads_and_searches(opened: Opened, subject: Subject) -> None:
    """Without approval: it looks only; the tool calls carry what it found, and where."""
    (subject.folder / "src").mkdir()
    (subject.folder / "src" / "main.py").write_text("print('needle')\n")
    await done(opened, "list")
    await done(opened, "read src/main.py")
    await done(opened, "search for needle")
    listed, read, searched = opened.sink.tool_calls
    assert listed.output == "src/"
    assert (read.output, read.paths) == ("print('needle')\n", [str(subject.folder / "src/main.py")])
    assert (searched.tool, searched.output) == ("search", "src/main.py:1: print('needle')")
    assert not opened.sink.asked
    assert [event for event in opened.sink.of(ItemCompleted) if isinstance(event.content, Reasoning)]


async def test_it_writes_when_allowed(opened: Opened, subject: Subject) -> None:
    """The approval shows the diff; the file is written after it, not before."""
    file = subject.folder / "notes.txt"

    async def look(request) -> Answered:
        assert not file.exists()
        return await allow(request)

    opened.sink.answer = look
    await done(opened, "write notes.txt: hello")
    assert file.read_text() == "hello\n"
    [asked] = opened.sink.asked
    [call] = opened.sink.tool_calls
    assert asked.kind == "permission"
    assert asked.content
    assert asked.content.diffs == call.diffs
    assert (call.tool, call.status) == ("edit", "completed")
    assert [(diff.path, diff.before, diff.after) for diff in call.diffs] == [(str(file), None, "hello\n")]


async def test_it_edits_by_replacing(opened: Opened, subject: Subject) -> None:
    """The diff has the whole text before and after."""
    (subject.folder / "notes.txt").write_text("good day, good night\n")
    await done(opened, 'replace "good day" with "hello" in notes.txt')
    assert (subject.folder / "notes.txt").read_text() == "hello, good night\n"
    [call] = opened.sink.tool_calls
    assert (call.diffs[0].before, call.diffs[0].after) == ("good day, good night\n", "hello, good night\n")


async def test_always_is_remembered(opened: Opened) -> None:
    """After "always allow" it asks no more for edits, but still for commands."""

    async def always(request) -> Answered:
        return Answered(option=next(option.id for option in request.options if option.kind == "allow-always"))

    opened.sink.answer = always
    await done(opened, "write a.txt: one")
    await done(opened, "write b.txt: two")
    assert len(opened.sink.asked) == 1
    await done(opened, "run true")
    assert len(opened.sink.asked) == 2


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/passwd", "link/outside.txt", "link-to-file"])
async def test_it_stays_in_the_project(opened: Opened, subject: Subject, path: str) -> None:
    """No path and no symbolic link leads out, for reading or writing."""
    outside = subject.folder.parent / "outside.txt"
    outside.write_text("xyzzy")
    (subject.folder / "link").symlink_to(subject.folder.parent)
    (subject.folder / "link-to-file").symlink_to(outside)
    for prompt in (f"read {path}", f"write {path}: changed", f"replace x with changed in {path}"):
        assert "outside this project" in await done(opened, prompt)
    assert "xyzzy" not in str(opened.sink.events)
    await done(opened, "search xyzzy")
    assert opened.sink.tool_calls[-1].output == ""
    assert outside.read_text() == "xyzzy"


async def test_it_runs_commands(opened: Opened, subject: Subject) -> None:
    """Approval, output as it comes, exit code; no shell reads the words; what is left in the background is not awaited."""
    await done(opened, "run sh -c 'echo out; echo err >&2; exit 3'")
    await done(opened, "run echo $HOME; ls")
    await done(opened, "run sh -c 'sleep 1000 & echo left'")
    failed, echoed, left, told = opened.sink.tool_calls
    assert told.title == "Ended a process left behind: sleep 1000"
    assert (failed.output, failed.exit_code, failed.status) == ("out\nerr\n", 3, "failed")
    assert (echoed.output, echoed.exit_code, echoed.status) == ("$HOME; ls\n", 0, "completed")
    assert (left.output, left.exit_code) == ("left\n", 0)
    assert len(opened.sink.asked) == 3


async def test_a_commands_output_streams(opened: Opened, subject: Subject) -> None:
    """The output is seen while the command still runs."""
    os.mkfifo(subject.folder / "gate")
    work = opened.ask("run sh -c 'echo begun; cat gate'")
    await opened.sink.until(lambda: any("begun" in event.text for event in opened.sink.of(ItemDelta)))
    assert not work.done()
    (subject.folder / "gate").write_text("done\n")
    assert isinstance(await work, TurnCompleted)
    assert opened.sink.tool_calls[-1].output == "begun\ndone\n"


async def test_a_cancelled_command_ends(opened: Opened) -> None:
    """Cancel ends the command, too, with all that it started."""
    before = set(processes_below(opened))
    work = opened.ask("run sh -c 'sleep 60 & sleep 60'")
    await opened.sink.until(lambda: opened.sink.of(ItemUpdated))
    await opened.agent.cancel()
    async with asyncio.timeout(2):
        assert isinstance(await work, TurnCancelled)
    assert set(processes_below(opened)) == before
    assert [call.status for call in opened.sink.tool_calls] == ["failed"]


def processes_below(opened: Opened) -> list[int]:
    """Pids of what runs under the keeper."""
    return [seen.pid for seen in processes.descendants(opened.keeper)]


async def test_it_shows_a_plan(opened: Opened) -> None:
    """One plan item, whole each time, its steps done one after the other."""
    await done(opened, "plan")
    [plan] = [event.content for event in opened.sink.of(ItemCompleted) if isinstance(event.content, Plan)]
    assert [entry.status for entry in plan.entries] == ["completed"] * 3
    first = opened.sink.of(ItemUpdated)[0].content
    assert isinstance(first, Plan)
    assert [entry.status for entry in first.entries] == ["completed", "running", "pending"]


async def test_it_asks_a_question(opened: Opened) -> None:
    """A free question with fields; what was filled in comes back to it."""

    async def fill(request) -> Answered:
        return Answered(option="answer", fields={"name": "somebody", "colour": "green"})

    opened.sink.answer = fill
    answer = await done(opened, "ask Who are you?")
    [asked] = opened.sink.asked
    assert (asked.kind, asked.title, asked.item) == ("question", "Who are you?", None)
    assert [field.choices for field in asked.fields] == [[], ["red", "green", "blue"]]
    assert "name: somebody" in answer
    assert "colour: green" in answer
    opened.sink.answer = reject
    assert "skipped" in await done(opened, "ask")


async def test_a_mode_that_never_asks(subject: Subject) -> None:
    """The mode is set at the start, and told."""
    sink = RecordingSink()
    launch = subject.launch(new_id())
    agent = await subject.provider.open(replace(launch, mode="bypass"), sink)
    try:
        assert [event.mode for event in sink.events if getattr(event, "mode", None)][-1] == "bypass"
        await agent.prompt(Prompt(turn="t", text="write a.txt: hello"))
    finally:
        await agent.close()
    assert not sink.asked
    assert (subject.folder / "a.txt").read_text() == "hello\n"


# Misbehaviour


async def test_a_flood_arrives_whole_and_in_order(opened: Opened) -> None:
    """20,000 numbered chunks: none lost, doubled or reordered."""
    answer = await done(opened, "flood 20000")
    assert answer.split() == [str(number) for number in range(1, 20_001)]
    assert len(opened.sink.of(ItemDelta)) == 20_000


async def test_a_slow_stream_keeps_its_rate(opened: Opened) -> None:
    """Chunks come when they are due, not in heaps at the end."""
    began = time.monotonic()
    answer = await done(opened, "slow 100/s for 0.5 s")
    assert answer.split() == [str(number) for number in range(1, 51)]
    assert time.monotonic() - began >= 0.45


async def test_a_big_message_arrives_whole(opened: Opened) -> None:
    """2 MB in one message."""
    assert len(await done(opened, "big 2 MB")) == 2 * 1024**2


async def test_asks_can_be_chained(opened: Opened) -> None:
    """What was streamed before a crash is kept."""
    failure = await failure_of(opened.ask("flood 300 then crash"), 5)
    assert failure.code == "provider-crashed"
    assert opened.sink.text.split()[:300] == [str(number) for number in range(1, 301)]
    completed = opened.sink.of(ItemCompleted)[-1]
    assert completed.cut
    opened.sink.check_items()


@pytest.mark.parametrize("status", [0, 3, 137])
async def test_an_exit_is_told(opened: Opened, status: int) -> None:
    """With its exit status, which is not a signal."""
    failure = await failure_of(opened.ask(f"exit {status}"), 5)
    assert failure.code == "provider-crashed"
    assert f"left with exit status {status}" in failure.message


async def test_a_cut_is_told(opened: Opened) -> None:
    """Half a message, then the end of stdout, while the process lives on: truncated, and it is ended."""
    failure = await failure_of(opened.ask("cut"), 2)
    assert failure.code == "truncated"
    await opened.sink.until(lambda: opened.sink.ended)
    left(opened.marker)


async def test_bad_json_is_told(opened: Opened) -> None:
    """With what was said instead; the agent is not to be trusted any more, and is ended."""
    failure = await failure_of(opened.ask("bad json"), 2)
    assert failure.code == "provider-crashed"
    assert "session/update}" in (failure.detail or "")
    await opened.sink.until(lambda: opened.sink.ended)
    left(opened.marker)


@pytest.mark.parametrize(
    ("prompt", "code", "retryable"),
    [
        ("fail auth", "auth", False),
        ("fail usage-limit", "usage-limit", False),
        ("fail overloaded", "overloaded", True),
        ("fail network", "network", True),
        ("fail prompt-too-long", "prompt-too-long", False),
    ],
)
async def test_a_reported_failure_is_typed(opened: Opened, prompt: str, code: str, retryable: bool) -> None:
    """The model's failures reach the person as such, and the agent lives on."""
    failure = await failure_of(opened.ask(prompt), 5)
    assert (failure.code, failure.type, failure.retryable) == (code, "practice-error", retryable)
    assert failure.detail
    opened.sink.check_items()
    assert await done(opened, "say still here") == "still here\n"


async def test_retries_are_told(opened: Opened) -> None:
    """Each attempt at once, then the answer."""
    assert "worked" in await done(opened, "retry 2")
    retries = opened.sink.of(ProviderRetrying)
    assert [(event.attempt, event.limit, event.code) for event in retries] == [
        (1, 3, "overloaded"),
        (2, 3, "overloaded"),
    ]


async def test_a_frozen_agent_can_be_closed(opened: Opened) -> None:
    """SIGSTOP in the middle of a turn: it hears no cancel, but it ends."""
    work = opened.ask("freeze")
    await opened.sink.until(lambda: "SIGSTOP" in opened.sink.text)
    await opened.agent.cancel()
    async with asyncio.timeout(2):
        await opened.agent.close()
        assert isinstance(await work, TurnCancelled)


async def test_a_deaf_agent_can_be_closed(opened: Opened) -> None:
    """It does not answer the cancel; closed, the turn counts as cancelled."""
    work = opened.ask("deaf")
    await opened.sink.until(lambda: "either" in opened.sink.text)
    await opened.agent.cancel()
    assert not (await asyncio.wait({work}, timeout=0.2))[0]
    await opened.agent.close()
    assert isinstance(await work, TurnCancelled)


async def test_a_stray_and_a_crash_leave_nothing(opened: Opened) -> None:
    """The keeper ends what a crashed agent left, and the crash is told as one."""
    failure = await failure_of(opened.ask("stray and crash"), 5)
    assert failure.code == "provider-crashed"
    assert "SIGSEGV" in failure.message
    await opened.sink.until(lambda: opened.sink.ended)
    left(opened.marker)


async def test_a_past_conversation_is_told_again_on_load_but_not_to_the_person(subject: Subject) -> None:
    """After a crash a new process knows what was said before it."""
    async with Opened(subject) as first:
        await done(first, "say remember this")
        await failure_of(first.ask("crash"), 5)
        native = first.sink.native_session
    async with Opened(subject, native=native) as second:
        assert not second.sink.of(ItemDelta)
        answer = await done(second, "what did I say?")
        assert "1. say remember this\n2. crash\n" in answer


def test_it_works_on_uvloop(subject: Subject) -> None:
    """The server's event loop: flood, kill, and close behave as on asyncio's own."""
    uvloop = pytest.importorskip("uvloop")

    async def main() -> None:
        async with Opened(subject) as opened:
            assert len((await done(opened, "flood 20000")).split()) == 20_000
            work = opened.ask("slow 50/s for 60 s")
            await opened.sink.until(lambda: opened.sink.text.endswith("3 "))
            os.kill(processes_below(opened)[0], signal.SIGKILL)
            assert (await failure_of(work, 1)).message.endswith("was ended by SIGKILL.")
        async with Opened(subject) as opened:
            work = opened.ask("freeze")
            await opened.sink.until(lambda: "SIGSTOP" in opened.sink.text)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
