"""The real Codex, driven by our provider, its model faked on loopback."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from antiphon.model.events import (
    ApprovalRequested,
    ItemCompleted,
    ItemDelta,
    SessionUpdated,
    TurnCancelled,
    TurnCompleted,
)
from antiphon.model.items import Message, Note, Reasoning, ToolCall
from antiphon.providers import processes
from antiphon.providers.base import Answered, Attachment, Launch, Prompt
from antiphon.providers.codex.client import OWN
from antiphon.providers.codex.provider import CodexProvider
from antiphon.testing.check_provider import CHECKS, Opened, Prompts, Skipped, Subject, failure_of, name_of
from antiphon.testing.sink import RecordingSink, reject
from tests.agents import code_mode, mock_model
from tests.agents.fixtures import WORDS, after, call, hanging, says, slowly
from tests.agents.real_codex import EDIT, WRITE, at_home
from tests.transcripts.claude_cases import DOT

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]

USAGE = {"input_tokens": 1200, "output_tokens": 34}
FIXTURES = [
    after("write", "It is written."),
    after("edit", "It is changed."),
    after("run", "It ran."),
    after("again", "It ran again."),
    after("sleep", "It slept."),
    after("nap", "It is awake."),
    after("back", "It runs beside."),
    after("stray", "Left something."),
    after("outside", "It was outside."),
    after("mcp", "The server answered."),
    after("reached", "It is reached."),
    says("NEXT", "The next answer."),
    says("MERGED", "Both were heard."),
    says("WRITE", "I will write it.", call("write", "exec_command", cmd=WRITE)),
    says("EDIT", call("edit", "exec_command", cmd=EDIT)),
    says("RUN", call("run", "exec_command", cmd="echo out; echo err >&2; exit 3")),
    says("AGAIN", call("again", "exec_command", cmd="echo out; echo err >&2; exit 3")),
    says("SLEEP", call("sleep", "exec_command", cmd="tail -f /dev/null", yield_time_ms=30_000)),
    says("NAP", call("nap", "exec_command", cmd="for i in 1 2 3; do sleep 0.5; done", yield_time_ms=10_000)),
    says("BACK", call("back", "exec_command", cmd="tail -f /dev/null", yield_time_ms=500)),
    says("SHORT", call("back", "exec_command", cmd="echo begun; sleep 2", yield_time_ms=500)),
    says("STRAY", call("stray", "exec_command", cmd="setsid sleep 300 >/dev/null 2>&1 & echo left")),
    # Codex says nothing of a command that its sandbox refuses at once.
    says("OUTSIDE", call("outside", "exec_command", cmd="sleep 1; touch ../../outside.txt")),
    says("SERVER", call("mcp", "mcp__tiny__ping", word="hello")),
    says("THINK", response={"content": "The answer.", "reasoning": "Let me see.", "usage": USAGE}),
    {"match": {"userMessage": "GOAL", "hasToolResult": True}, "response": {"content": "It has a goal."}},
    says("GOAL", call("goal", "create_goal", objective="The objective.")),
    says("Continue working toward", call("reached", "update_goal", status="complete")),
    says("LONG", WORDS, **slowly()),
    says("HANG", WORDS, **hanging(*[20] * 12)),
    says("SAY", "Hello from the fake model."),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The fake model's address."""
    with mock_model.serving(FIXTURES, tmp_path_factory.mktemp("model")) as address:
        yield address


@pytest.fixture
def subject(model: str, tmp_path: Path) -> Subject:
    """Codex on a machine of its own, in a project with a file."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "poem.txt").write_text("one\ntwo\nthree\n")
    return Subject(
        provider=CodexProvider(),
        folder=folder,
        prompts=Prompts(say="SAY", endless="LONG", write="WRITE", silent="HANG"),
        environment=at_home(tmp_path, model),
    )


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_codex_keeps_the_rules_of_a_provider(
    check, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite for providers, with the real agent; what it has no words for is left out."""
    assert subject.environment
    for name in ("PATH", "HOME", "CODEX_HOME"):
        monkeypatch.setenv(name, subject.environment[name])  # `readiness` looks in the server's own
    try:
        await check(subject)
    except Skipped:
        pytest.skip("the fake model has no words for it")


# What it says


async def test_text_and_reasoning(subject: Subject) -> None:
    """Both are streamed, and come whole; the tokens come with the end."""
    async with Opened(subject) as opened:
        end = await opened.ask("THINK")
        contents = [event.content for event in opened.sink.of(ItemCompleted)]
        opened.sink.check_items()
    assert contents == [Reasoning(text="Let me see."), Message(text="The answer.")]
    assert isinstance(end, TurnCompleted) and end.usage
    assert (end.usage.input_tokens, end.usage.output_tokens) == (1200, 34) and end.usage.context_limit


async def test_a_command_shows_its_output_and_exit_code(subject: Subject) -> None:
    """Asked first; then what it printed, and how it ended."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("RUN"), TurnCompleted)
        [asked], [done] = opened.sink.asked, opened.sink.tool_calls
    assert asked.title == "Codex wants to run a command"
    assert (done.tool, done.status, done.exit_code) == ("execute", "failed", 3)
    assert done.title == "echo out; echo err >&2; exit 3" and done.output.split() == ["out", "err"]


async def test_a_new_file_is_shown_before_it_is_written(subject: Subject) -> None:
    """The approval shows the change; nothing is there before it is allowed."""
    file = subject.folder / "hello.txt"

    async def look(request: ApprovalRequested) -> Answered:
        assert not file.exists()
        return Answered(option="allow")

    async with Opened(subject, RecordingSink(look)) as opened:
        assert isinstance(await opened.ask("WRITE"), TurnCompleted)
        [asked], [done] = opened.sink.asked, opened.sink.tool_calls
        opened.sink.check_items()
    assert file.read_text() == "hi there\n"
    assert isinstance(asked.content, ToolCall)
    assert [(diff.before, diff.after) for diff in asked.content.diffs] == [(None, "hi there\n")]
    kinds = [option.kind for option in asked.options]
    assert kinds == ["allow-once", "allow-always", "reject-once", "reject-stop"]
    assert (done.tool, done.status) == ("edit", "completed")


async def test_an_edit_is_shown_in_its_file(subject: Subject) -> None:
    """The whole file before and after, in the question and at the end."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("EDIT"), TurnCompleted)
        [asked], [done] = opened.sink.asked, opened.sink.tool_calls
    assert isinstance(asked.content, ToolCall)
    for call_ in (asked.content, done):
        assert [(d.before, d.after) for d in call_.diffs] == [("one\ntwo\nthree\n", "one\n2\nthree\n")]
    assert (subject.folder / "poem.txt").read_text() == "one\n2\nthree\n"


async def test_models_and_mode_are_told(subject: Subject) -> None:
    """Before the first prompt; the empty thread is not remembered, since Codex does not keep it."""
    async with Opened(subject) as opened:
        [told] = [each for each in opened.sink.of(SessionUpdated) if each.models]
        assert opened.sink.native_session is None
    assert told.model == "gpt-5.5" and told.models and told.mode == "ask"


async def test_an_image_reaches_the_model(subject: Subject, model: str, tmp_path: Path) -> None:
    """As the prompt's own content."""
    image = tmp_path / "dot.png"
    image.write_bytes(DOT)
    attachment = Attachment(path=image, name="dot.png", media_type="image/png")
    async with Opened(subject) as opened:
        prompt = Prompt(turn="t", text="SAY what this is", attachments=[attachment])
        assert isinstance(await opened.agent.prompt(prompt), TurnCompleted)
    asked = json.dumps(mock_model.journal(model)[-1]["body"]["messages"])
    assert "<image name=[Image #1]" in asked and "could not be processed" not in asked


def by_script(tmp_path: Path, model: str) -> Subject:
    """Codex with a model that writes scripts."""
    (tmp_path / "project").mkdir()
    return Subject(
        provider=CodexProvider(),
        folder=tmp_path / "project",
        prompts=Prompts(say="", endless=""),
        environment=at_home(tmp_path, model),
        model="gpt-6.1-sol",
    )


async def test_code_that_calls_tools_is_shown_by_its_calls(tmp_path: Path) -> None:
    """Newer models write a script: what it runs and changes is asked and shown like any."""
    script = (
        "await tools.exec_command({cmd: 'echo out; exit 3'});"
        "await tools.apply_patch('*** Begin Patch\\n*** Add File: new.txt\\n+hi\\n*** End Patch\\n');"
    )
    with code_mode.serving(script) as model:
        subject = by_script(tmp_path, model)
        async with Opened(subject) as opened:
            assert isinstance(await opened.ask("GO"), TurnCompleted)
            opened.sink.check_items()
            calls, text = opened.sink.tool_calls, opened.sink.text
    assert [(done.title, done.status, done.exit_code) for done in calls] == [
        ("echo out; exit 3", "failed", 3),
        (f"Write {subject.folder}/new.txt", "completed", None),
    ]
    assert len(opened.sink.asked) == 2 and text == "It is done."


async def test_a_server_of_tools_answers(tmp_path: Path) -> None:
    """One of the person's own settings; its use is asked like all else."""
    with code_mode.serving("text(await tools.mcp__tiny__ping({word: 'hello'}));") as model:
        subject = by_script(tmp_path, model)
        assert subject.environment
        settings = Path(subject.environment["CODEX_HOME"]) / "config.toml"
        words = [json.dumps(str(each)) for each in (mock_model.NODE, Path(__file__).parent / "tiny_mcp.mjs")]
        more = f"[mcp_servers.tiny]\ncommand = {words[0]}\nargs = [{words[1]}]\n"
        settings.write_text(settings.read_text() + more)
        async with Opened(subject) as opened:
            assert isinstance(await opened.ask("GO"), TurnCompleted)
            [done], [asked] = opened.sink.tool_calls, opened.sink.asked
    assert asked.body == 'Allow the tiny MCP server to run tool "ping"?'
    assert (done.title, done.status, done.output) == ("tiny: ping", "completed", "pong hello")


# Questions and modes


async def test_allowed_for_the_session_it_asks_once_in_this_process(subject: Subject) -> None:
    """And a new one asks again: nothing is kept in Codex's own rules."""
    assert subject.environment

    async def session(request: ApprovalRequested) -> Answered:
        return Answered(option="session")

    async with Opened(subject, RecordingSink(session)) as opened:
        for prompt in ("RUN", "AGAIN"):
            assert isinstance(await opened.ask(prompt), TurnCompleted)
        assert len(opened.sink.asked) == 1
        native = opened.sink.native_session
    assert not (Path(subject.environment["CODEX_HOME"]) / "rules").exists()
    async with Opened(subject, RecordingSink(reject), native) as opened:
        assert isinstance(await opened.ask("AGAIN"), TurnCompleted)
        assert len(opened.sink.asked) == 1


async def test_reject_and_stop_ends_the_turn(subject: Subject) -> None:
    """The person's stop, not a failure."""

    async def stop(request: ApprovalRequested) -> Answered:
        return Answered(option="stop")

    async with Opened(subject, RecordingSink(stop)) as opened:
        assert isinstance(await opened.ask("WRITE"), TurnCancelled)
        opened.sink.answer = reject
        assert isinstance(await opened.ask("NEXT"), TurnCompleted)
    assert not (subject.folder / "hello.txt").exists()


@pytest.mark.parametrize(
    ("mode", "asked", "inside", "outside"),
    [
        ("read-only", 1, "completed", "failed"),
        ("auto", 0, "completed", "failed"),
        ("full-access", 0, "completed", "completed"),
    ],
)
async def test_a_mode_is_how_far_it_goes(
    subject: Subject, tmp_path: Path, mode: str, asked: int, inside: str, outside: str
) -> None:
    """A change in the project, and a command that would reach beyond it and beyond the sandbox."""
    home = Path.home() / f".antiphon-test-{os.getpid()}"
    folder = home / "a/b"
    folder.mkdir(parents=True)
    try:
        async with Opened(replace(subject, folder=folder), mode=mode) as opened:
            assert isinstance(await opened.ask("WRITE"), TurnCompleted)
            assert isinstance(await opened.ask("OUTSIDE"), TurnCompleted)
            assert len(opened.sink.asked) == asked
            assert [done.status for done in opened.sink.tool_calls] == [inside, outside]
            assert (home / "outside.txt").exists() is (outside == "completed")
    finally:
        for path in sorted(home.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        home.rmdir()


# Its own life


async def test_words_steered_into_a_tool_are_heard(subject: Subject) -> None:
    """They are part of the running turn, which ends once."""
    async with Opened(subject) as opened:
        work = opened.ask("NAP")
        await opened.sink.until(lambda: any(call.status == "running" for call in running(opened.sink)))
        assert await opened.agent.steer(Prompt(turn="t", text="MERGED"))
        assert isinstance(await work, TurnCompleted)
        assert "Both were heard." in opened.sink.text
        assert not await opened.agent.steer(Prompt(turn="t", text="too late"))


async def test_words_steered_into_an_answer_cut_it(subject: Subject) -> None:
    """Codex drops what it was saying: it was said, and is kept as cut."""
    async with Opened(subject) as opened:
        work = opened.ask("LONG")
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        assert await opened.agent.steer(Prompt(turn="t", text="MERGED"))
        assert isinstance(await work, TurnCompleted)
        first, second = opened.sink.of(ItemCompleted)
        opened.sink.check_items()
    assert first.cut and isinstance(first.content, Message) and WORDS.startswith(first.content.text)
    assert second.content == Message(text="Both were heard.")


async def test_a_cancelled_command_is_gone(subject: Subject) -> None:
    """Codex lets it run on when it is interrupted."""
    async with Opened(subject) as opened:
        work = opened.ask("SLEEP")
        await until(lambda: sleeping(opened))
        before = sleeping(opened)
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        await until(lambda: not alive(before))
        assert opened.sink.tool_calls[-1].status == "failed"
        assert isinstance(await opened.ask("NEXT"), TurnCompleted)


async def test_a_kill_in_a_command_leaves_nothing(subject: Subject) -> None:
    """kill -9 of Codex while its command runs in a session of its own: the keeper ends what is left."""
    async with Opened(subject) as opened:
        work = opened.ask("SLEEP")
        await until(lambda: sleeping(opened))
        before = sleeping(opened)
        os.kill(processes.descendants(opened.keeper)[0].pid, 9)
        assert (await failure_of(work, 1)).code == "provider-crashed"
        await until(lambda: not alive(before))


async def test_a_kill_without_a_sandbox_leaves_nothing(subject: Subject) -> None:
    """There nothing else would end the command."""
    async with Opened(subject, mode="full-access") as opened:
        work = opened.ask("SLEEP")
        await until(lambda: sleeping(opened))
        before = sleeping(opened)
        os.kill(processes.descendants(opened.keeper)[0].pid, 9)
        assert (await failure_of(work, 1)).code == "provider-crashed"
        await until(lambda: not alive(before))


async def test_a_stray_is_ended_and_told(subject: Subject) -> None:
    """In the sandbox it dies with its command; without, we end it."""
    async with Opened(subject, mode="full-access") as opened:
        assert isinstance(await opened.ask("STRAY"), TurnCompleted)
        assert "left behind" in opened.sink.tool_calls[-1].title
        assert not [p for p in processes.descendants(opened.keeper) if "sleep 300" in p.command]


async def test_a_command_beside_the_turns_is_listed_and_stopped(subject: Subject) -> None:
    """It outlives its turn by Codex's word, and another turn that is stopped; *Stop* ends its processes."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("BACK"), TurnCompleted)
        await opened.sink.until(lambda: tasks(opened.sink))
        [task] = tasks(opened.sink)
        assert (task.title, task.kind) == ("tail -f /dev/null", "command")
        assert "background" in opened.sink.tool_calls[-1].output
        work = opened.ask("LONG")
        await opened.sink.until(lambda: opened.sink.of(ItemDelta)[-1].text.strip().startswith("w"))
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        before = sleeping(opened)
        assert before and [each.id for each in tasks(opened.sink)] == [task.id]
        assert await opened.agent.stop_task(task.id)
        assert not tasks(opened.sink)
        await until(lambda: not alive(before))


async def test_a_command_beside_the_turns_that_ends_is_listed_no_more(subject: Subject) -> None:
    """Though nobody prompts."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("SHORT"), TurnCompleted)
        await opened.sink.until(lambda: tasks(opened.sink))
        await opened.sink.until(lambda: not tasks(opened.sink))
        opened.sink.check_items()


async def test_it_goes_on_by_itself_with_a_goal(subject: Subject) -> None:
    """That is a turn of its own, and says so."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("GOAL"), TurnCompleted)
        await opened.sink.until(lambda: opened.sink.begun)
        assert opened.sink.begun == [OWN]
        assert isinstance(await opened.agent.carry_on(), TurnCompleted)
        assert "It is reached." in opened.sink.text
        opened.sink.check_items()


async def test_after_a_kill_a_new_process_goes_on(subject: Subject, model: str) -> None:
    """With all that was said in turns that ended, and none of it told again."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("SAY one"), TurnCompleted)
        work = opened.ask("LONG")
        await opened.sink.until(lambda: "w5" in opened.sink.text)
        os.kill(processes.descendants(opened.keeper)[0].pid, 9)
        await failure_of(work, 1)
        native = opened.sink.native_session
    async with Opened(subject, native=native) as opened:
        assert isinstance(await opened.ask("NEXT"), TurnCompleted)
        assert opened.sink.text == "The next answer."
    asked = json.dumps(mock_model.journal(model)[-1]["body"]["messages"])
    assert "SAY one" in asked and "Hello from the fake model." in asked


async def test_a_fork_leaves_the_original_alone(subject: Subject, model: str) -> None:
    """It has an id of its own."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("SAY one"), TurnCompleted)
        native = opened.sink.native_session
    assert subject.environment
    sink = RecordingSink()
    launch = Launch(
        session="fork",
        folder=subject.folder,
        marker="fork-of-codex",
        environment=subject.environment,
        native_session=native,
        fork=True,
    )
    agent = await subject.provider.open(launch, sink)
    try:
        await agent.prompt(Prompt(turn="t", text="NEXT"))
    finally:
        await agent.close()
    assert sink.native_session and sink.native_session != native
    assert "SAY one" in json.dumps(mock_model.journal(model)[-1]["body"]["messages"])


async def test_a_model_that_it_does_not_know_is_warned_of(subject: Subject) -> None:
    """In the transcript, not only in a log."""
    async with Opened(replace(subject, model="some-model")) as opened:
        assert isinstance(await opened.ask("SAY"), TurnCompleted)
        notes = [e.content.text for e in opened.sink.of(ItemCompleted) if isinstance(e.content, Note)]
    assert any("some-model" in note for note in notes), notes


# Which Codex, and who pays


async def test_without_a_codex_it_says_how_to_get_one(subject: Subject, tmp_path: Path) -> None:
    """The exact command."""
    (tmp_path / "bin/codex").unlink()
    with pytest.raises(Exception, match="not installed") as raised:
        await Opened(replace(subject, provider=CodexProvider())).__aenter__()
    assert raised.value.failure.action.command == "npm install -g @openai/codex"  # type: ignore[attr-defined]


async def test_a_key_works_without_a_login_and_is_not_kept(subject: Subject, model: str) -> None:
    """Codex by itself would not look at it."""
    around = by_openai(subject, model)
    async with Opened(replace(subject, environment=around)) as opened:
        assert isinstance(await opened.ask("SAY"), TurnCompleted)
        native = opened.sink.native_session
    async with Opened(replace(subject, environment=around), native=native) as opened:
        assert isinstance(await opened.ask("NEXT"), TurnCompleted)
    assert not holding(Path(around["CODEX_HOME"]), SECRET)


async def test_readiness_says_who_pays(subject: Subject, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the environment; none; a model provider of the person's own."""
    assert subject.environment
    for name, value in by_openai(subject, model).items():
        monkeypatch.setenv(name, value)
    ready = await CodexProvider().readiness()
    assert (ready.signed_in, ready.account) == (True, "API key from OPENAI_API_KEY") and ready.models
    monkeypatch.delenv("OPENAI_API_KEY")
    ready = await CodexProvider().readiness()
    assert (ready.found, ready.signed_in) == (True, False)
    assert ready.action and ready.action.command == "codex login --device-auth"


# Helpers of the tests

SECRET = "sk-a-secret-of-the-test"


def by_openai(subject: Subject, model: str) -> dict[str, str]:
    """The machine without settings, and with a key in the environment."""
    assert subject.environment
    (Path(subject.environment["CODEX_HOME"]) / "config.toml").write_text('model = "gpt-5.5"\n')
    return {**subject.environment, "OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": f"{model}/v1"}


def holding(folder: Path, words: str) -> list[Path]:
    """The files that hold the words."""
    return [file for file in folder.rglob("*") if file.is_file() and words.encode() in file.read_bytes()]


def running(sink: RecordingSink) -> list[ToolCall]:
    """The tool calls as they were last told of."""
    return [each.content for each in sink.events if isinstance(getattr(each, "content", None), ToolCall)]


def tasks(sink: RecordingSink) -> list:
    """What runs in the background."""
    told = [each.tasks for each in sink.of(SessionUpdated) if each.tasks is not None]
    return told[-1] if told else []


def sleeping(opened: Opened) -> list[psutil.Process]:
    """The agent's processes that would run for ever."""
    found = processes.descendants(opened.keeper)
    return [psutil.Process(seen.pid) for seen in found if seen.command.startswith("tail -f")]


def alive(found: list[psutil.Process]) -> list[psutil.Process]:
    """Those that run still."""
    return [p for p in found if p.is_running() and p.status() != "zombie"]


async def until(holds: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until it holds. (Nothing tells of strangers' processes but looking.)"""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
