"""The real Claude Code, driven by our provider, its model faked on loopback."""

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
from antiphon.model.ids import new_id
from antiphon.model.items import Message, Note, Reasoning, ToolCall
from antiphon.providers import processes
from antiphon.providers.base import Answered, Attachment, NotRestorable, Prompt, RestoresFiles
from antiphon.providers.claude.provider import ClaudeProvider
from antiphon.testing.check_provider import (
    CHECKS,
    Opened,
    Prompts,
    Skipped,
    Subject,
    failure_of,
    name_of,
)
from antiphon.testing.sink import RecordingSink, reject
from tests.agents import mock_model
from tests.agents.fixtures import WORDS, after, call, hanging, says, slowly
from tests.agents.real_claude import at_home

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]

COLOURS = {
    "question": "Which colour?",
    "header": "Colour",
    "options": [{"label": "Red", "description": "warm"}, {"label": "Blue", "description": "cool"}],
    "multiSelect": False,
}
FIXTURES = [
    after("write", "It is written."),
    after("again", "It ran again."),
    after("run", "It ran."),
    says("<task-notification>", "It has ended."),
    after("edit", "It is changed."),
    after("read", "It is read."),
    after("back", "It runs beside."),
    after("sub", "They are at work."),
    after("ask", "Thank you."),
    after("plan", "Understood."),
    after("stray", "Left something."),
    after("sleep", "It slept."),
    after("skill", "The skill is used."),
    after("mcp", "The server answered."),
    says("NEXT", "The next answer."),
    says("MERGED", "Both were heard."),
    says("WRITE", "I will write it.", call("write", "Write", file_path="hello.txt", content="hi there\n")),
    says("RUN", call("run", "Bash", command="echo out; echo err >&2; exit 3", description="run")),
    says("AGAIN", call("again", "Bash", command="echo out; echo err >&2; exit 3", description="run")),
    says("EDIT", call("edit", "Edit", file_path="poem.txt", old_string="two", new_string="2")),
    says("READ", call("read", "Read", file_path="poem.txt")),
    says(
        "BACK", call("back", "Bash", command="tail -f /dev/null", description="wait", run_in_background=True)
    ),
    says("SHORT", call("back", "Bash", command="sleep 1", description="soon", run_in_background=True)),
    says("SUBWORK", "What the helper found."),
    says("SUB", call("sub", "Task", description="look", prompt="SUBWORK", subagent_type="general-purpose")),
    says("ASK", call("ask", "AskUserQuestion", questions=[COLOURS])),
    says("PLAN", call("plan", "ExitPlanMode", plan="# The plan\n1. Begin")),
    says("STRAY", call("stray", "Bash", command="setsid sleep 300 >/dev/null 2>&1 & echo left")),
    says("SLEEP", call("sleep", "Bash", command="tail -f /dev/null", description="wait")),
    says("NAP", call("sleep", "Bash", command="for i in 1 2 3; do sleep 0.5; done", description="nap")),
    says("THINK", "The answer.", response={"content": "The answer.", "reasoning": "Let me see."}),
    says("LONG", WORDS, **slowly()),
    says("HANG", WORDS, **hanging(20, 20)),
    says("SKILL", call("skill", "Skill", skill="greet")),
    says("SERVER", call("mcp", "mcp__tiny__ping", word="hello")),
    says("the instruction of the skill", "Greetings."),
    says("SAY", "Hello from the fake model."),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The fake model's address."""
    with mock_model.serving(FIXTURES, tmp_path_factory.mktemp("model")) as address:
        yield address


@pytest.fixture
def subject(model: str, tmp_path: Path) -> Subject:
    """Claude Code on a machine of its own, in a project with a file."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "poem.txt").write_text("one\ntwo\nthree\n")
    return Subject(
        provider=ClaudeProvider(),
        folder=folder,
        prompts=Prompts(say="SAY", endless="LONG", write="WRITE", silent="HANG", stray="STRAY"),
        environment=at_home(tmp_path, model),
    )


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_claude_keeps_the_rules_of_a_provider(
    check, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite for providers, with the real agent; what it has no words for is left out."""
    assert subject.environment
    for name in ("PATH", "HOME"):
        monkeypatch.setenv(name, subject.environment[name])  # `readiness` looks in the server's own
    try:
        await check(subject)
    except Skipped:
        pytest.skip("the fake model has no words for it")


# What it says


async def test_text_and_thinking(subject: Subject) -> None:
    """Both are streamed, and come whole; usage and cost come with the end."""
    async with Opened(subject) as opened:
        end = await opened.ask("THINK")
        contents = [event.content for event in opened.sink.of(ItemCompleted)]
        opened.sink.check_items()
    assert contents == [Reasoning(text="Let me see."), Message(text="The answer.")]
    assert isinstance(end, TurnCompleted) and end.usage
    assert end.usage.cost_usd is not None and end.usage.context_limit


async def test_a_command_shows_its_output_and_exit_code(subject: Subject) -> None:
    """Asked first; then what it printed, and how it ended."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("RUN"), TurnCompleted)
        [asked], [done] = opened.sink.asked, opened.sink.tool_calls
    assert asked.title == "Claude wants to run a command"
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
    stands = [call.status for call in running(opened.sink)]
    assert stands == ["preparing", "running", "pending", "running", "completed"], "it waited for the answer"
    assert [option.kind for option in asked.options] == [
        "allow-once", "allow-always", "reject-once", "reject-stop",
    ]  # fmt: skip
    assert (done.tool, done.status) == ("edit", "completed")


async def test_an_edit_is_shown_in_its_file(subject: Subject) -> None:
    """The whole file before and after, in the question and at the end."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("EDIT"), TurnCompleted)
        [asked], [done] = opened.sink.asked, opened.sink.tool_calls
    assert isinstance(asked.content, ToolCall)
    for call_ in (asked.content, done):
        assert [(d.before, d.after) for d in call_.diffs] == [("one\ntwo\nthree\n", "one\n2\nthree\n")]


async def test_a_read_needs_no_question(subject: Subject) -> None:
    """Its content is the output."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("READ"), TurnCompleted)
        assert not opened.sink.asked
        [done] = opened.sink.tool_calls
    assert done.tool == "read" and "three" in done.output and done.paths == ["poem.txt"]


async def test_a_sub_agent_is_nested(subject: Subject) -> None:
    """What it says belongs to its call."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("SUB"), TurnCompleted)
        await opened.sink.until(lambda: any(each.parent for each in opened.sink.of(ItemCompleted)))
        said = next(each for each in opened.sink.of(ItemCompleted) if each.parent)
        task = next(each for each in opened.sink.of(ItemCompleted) if isinstance(each.content, ToolCall))
    assert said.parent == task.item
    assert said.content == Message(text="What the helper found.")


async def test_slash_commands_models_and_mode_are_told(subject: Subject) -> None:
    """Before the first prompt."""
    commands = subject.folder / ".claude/commands"
    commands.mkdir(parents=True)
    (commands / "greet-all.md").write_text("Greet everybody.")
    async with Opened(subject) as opened:
        [told] = [each for each in opened.sink.of(SessionUpdated) if each.commands]
    assert told.commands and {"compact", "greet-all"} <= {command.name for command in told.commands}
    assert told.models and "sonnet" in told.models and told.mode == "default"


async def test_a_slash_command_prints(subject: Subject) -> None:
    """What it prints is an answer."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("SAY"), TurnCompleted)
        assert isinstance(await opened.ask("/context"), TurnCompleted)
        words = [e.content.text for e in opened.sink.of(ItemCompleted) if isinstance(e.content, Message)]
    assert len(words) == 2 and "Context Usage" in words[1]


async def test_a_compaction_is_noted(subject: Subject) -> None:
    """It says how the conversation was made shorter."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("SAY"), TurnCompleted)
        assert isinstance(await opened.ask("/compact SAY"), TurnCompleted)
        notes = [e.content.text for e in opened.sink.of(ItemCompleted) if isinstance(e.content, Note)]
        opened.sink.check_items()
    assert any("was compacted" in note for note in notes), notes


async def test_an_image_reaches_the_model(subject: Subject, model: str, tmp_path: Path) -> None:
    """As the prompt's own content."""
    image = tmp_path / "dot.png"
    image.write_bytes(PNG)
    attachment = Attachment(path=image, name="dot.png", media_type="image/png")
    async with Opened(subject) as opened:
        prompt = Prompt(turn="t", text="SAY what this is", attachments=[attachment])
        assert isinstance(await opened.agent.prompt(prompt), TurnCompleted)
    assert "[Image: source:" in json.dumps(mock_model.journal(model)[-1]["body"]["messages"])


# Going on from an earlier turn


async def test_files_are_brought_back_to_before_a_turn(subject: Subject) -> None:
    """First it says which; then they are as they were, also by a process that resumed the conversation."""
    poem, hello = subject.folder / "poem.txt", subject.folder / "hello.txt"
    async with Opened(subject) as opened:
        turns = await ask_all(opened, "SAY", "EDIT", "WRITE")
        native = opened.sink.native_session
        assert "2" in poem.read_text() and hello.exists()
        restored = await restorer(opened).restore(turns[2], dry=True)
        assert list(restored.files) == [str(hello)] and hello.exists()
        with pytest.raises(NotRestorable, match="checkpoint"):
            await restorer(opened).restore(new_id(), dry=True)
    async with Opened(subject, native=native) as again:
        await ask_all(again, "SAY")
        restored = await restorer(again).restore(turns[1], dry=True)
        assert set(restored.files) == {str(poem), str(hello)}
        await restorer(again).restore(turns[1], dry=False)
    assert poem.read_text() == "one\ntwo\nthree\n" and not hello.exists()


async def test_a_fork_knows_what_came_before_a_turn(subject: Subject, model: str) -> None:
    """And no more; the conversation itself stays, and can be gone on with."""
    async with Opened(subject) as opened:
        turns = await ask_all(opened, "SAY one", "SAY two", "SAY three")
        native = opened.sink.native_session
    sink = RecordingSink()
    launch = subject.launch(new_id(), native)
    launch = replace(launch, fork=True, fork_without=(new_id(), *turns[1:]))
    agent = await subject.provider.open(launch, sink)
    try:
        await agent.prompt(Prompt(turn=new_id(), text="SAY elsewise"))
    finally:
        await agent.close()
    heard = json.dumps(mock_model.journal(model)[-1]["body"]["messages"])
    assert "SAY one" in heard and "SAY elsewise" in heard
    assert "SAY two" not in heard and "SAY three" not in heard
    assert sink.native_session != native
    async with Opened(subject, native=native) as again:
        await ask_all(again, "SAY four")
    heard = json.dumps(mock_model.journal(model)[-1]["body"]["messages"])
    assert "SAY three" in heard and "elsewise" not in heard


async def test_how_much_it_thinks_can_be_chosen(subject: Subject) -> None:
    """What there is to choose of comes with the model, and it starts with the choice. (The fake model does not keep it.)"""
    sink = RecordingSink()
    launch = replace(subject.launch(new_id()), model="opus", effort="low")
    agent = await subject.provider.open(launch, sink)
    try:
        assert isinstance(await agent.prompt(Prompt(turn=new_id(), text="SAY")), TurnCompleted)
    finally:
        await agent.close()
    [told] = [each for each in sink.of(SessionUpdated) if each.commands]
    assert told.efforts and "low" in told.efforts


async def ask_all(opened: Opened, *texts: str) -> list[str]:
    """Prompt one after the other; the turns."""
    turns = [new_id() for _ in texts]
    for turn, words in zip(turns, texts, strict=True):
        assert isinstance(await opened.agent.prompt(Prompt(turn=turn, text=words)), TurnCompleted)
    return turns


def restorer(opened: Opened) -> RestoresFiles:
    """The agent, which can."""
    assert isinstance(opened.agent, RestoresFiles)
    return opened.agent


# What is loaded of the person's own


async def test_the_projects_settings_are_loaded(subject: Subject, model: str) -> None:
    """CLAUDE.md, a skill, a hook and an MCP server of the project work."""
    make_settings(subject.folder)
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("SKILL"), TurnCompleted)
        assert isinstance(await opened.ask("SERVER"), TurnCompleted)
        calls = {done.name: done for done in opened.sink.tool_calls}
    assert calls["Skill"].status == "completed"
    assert calls["mcp__tiny__ping"].output == "pong hello"
    assert (subject.folder / "hooked.txt").exists(), "the hook did not run"
    assert "Speak only of otters." in json.dumps(mock_model.journal(model)[-1])


# Questions and rules


async def test_a_question_is_answered(subject: Subject) -> None:
    """Its choices are fields; the answer goes back to the model."""

    async def blue(request: ApprovalRequested) -> Answered:
        return Answered(option="allow", fields={request.fields[0].id: "Blue"})

    async with Opened(subject, RecordingSink(blue)) as opened:
        assert isinstance(await opened.ask("ASK"), TurnCompleted)
        [asked], [done] = opened.sink.asked, opened.sink.tool_calls
    assert (asked.kind, asked.title) == ("question", "Which colour?")
    assert asked.fields[0].choices == ["Red", "Blue"]
    assert "Blue" in done.output


async def test_a_plan_is_agreed_to(subject: Subject) -> None:
    """In plan mode its plan is shown; going ahead changes the mode."""

    async def go(request: ApprovalRequested) -> Answered:
        return Answered(option="accept-edits")

    async with Opened(subject, RecordingSink(go), mode="plan") as opened:
        assert isinstance(await opened.ask("PLAN"), TurnCompleted)
        [asked] = opened.sink.asked
        modes = [told.mode for told in opened.sink.of(SessionUpdated) if told.mode]
    assert (asked.kind, asked.body) == ("plan", "# The plan\n1. Begin")
    assert modes[0] == "plan" and modes[-1] == "acceptEdits"


async def test_a_rejection_carries_a_word(subject: Subject, model: str) -> None:
    """The agent hears why, and goes on."""

    async def no(request: ApprovalRequested) -> Answered:
        return Answered(option="reject", fields={"message": "call it poem2.txt"})

    async with Opened(subject, RecordingSink(no)) as opened:
        assert isinstance(await opened.ask("WRITE"), TurnCompleted)
        assert opened.sink.tool_calls[-1].status == "failed"
    assert "call it poem2.txt" in json.dumps(mock_model.journal(model)[-1])


async def test_reject_and_stop_ends_the_turn(subject: Subject) -> None:
    """The person's stop, not a failure."""

    async def stop(request: ApprovalRequested) -> Answered:
        return Answered(option="stop")

    async with Opened(subject, RecordingSink(stop)) as opened:
        assert isinstance(await opened.ask("WRITE"), TurnCancelled)
        opened.sink.answer = reject
        assert isinstance(await opened.ask("NEXT"), TurnCompleted)


async def test_allow_always_holds_in_this_process_and_by_its_rule_in_the_next(subject: Subject) -> None:
    """Asked once; the project's own settings are not touched; without the rule it asks again."""

    async def always(request: ApprovalRequested) -> Answered:
        return Answered(option=next(o.id for o in request.options if o.kind == "allow-always"))

    async with Opened(subject, RecordingSink(always)) as opened:
        for prompt in ("RUN", "AGAIN"):
            assert isinstance(await opened.ask(prompt), TurnCompleted)
        [asked] = opened.sink.asked
    option = next(o for o in asked.options if o.kind == "allow-always")
    assert option.rule and option.rule.startswith("Bash(") and option.scope == "in this project"
    assert not (subject.folder / ".claude").exists()
    for rules, questions in (((option.rule,), 0), ((), 1)):
        async with Opened(subject, RecordingSink(reject), rules=rules) as opened:
            assert isinstance(await opened.ask("RUN"), TurnCompleted)
            assert len(opened.sink.asked) == questions


# Its own life


async def test_words_steered_into_a_tool_are_heard(subject: Subject) -> None:
    """They are part of the running turn, which ends once."""
    async with Opened(subject) as opened:
        work = opened.ask("NAP")
        await opened.sink.until(lambda: any(call.status == "running" for call in running(opened.sink)))
        assert await opened.agent.steer(Prompt(turn="t", text="MERGED"))
        assert isinstance(await work, TurnCompleted)
        assert not await opened.agent.steer(Prompt(turn="t", text="too late"))


async def test_words_steered_into_an_answer_follow_it(subject: Subject) -> None:
    """The turn goes on until they are answered, too."""
    async with Opened(subject) as opened:
        work = opened.ask("LONG")
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        assert await opened.agent.steer(Prompt(turn="t", text="MERGED"))
        assert isinstance(await work, TurnCompleted)
        said = [e.content.text for e in opened.sink.of(ItemCompleted) if isinstance(e.content, Message)]
    assert said == [WORDS, "Both were heard."]


async def test_a_cancel_takes_steered_words_along(subject: Subject) -> None:
    """What waited in the agent's queue is not answered afterwards."""
    async with Opened(subject) as opened:
        work = opened.ask("LONG")
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        assert await opened.agent.steer(Prompt(turn="t", text="MERGED"))
        await opened.sink.until(lambda: opened.sink.signs_of_life)
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        assert isinstance(await opened.ask("NEXT"), TurnCompleted)
        assert "Both were heard." not in opened.sink.text


async def test_a_background_task_is_listed_and_stopped(subject: Subject) -> None:
    """It outlives its turn by the agent's word; *Stop* ends its processes."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("BACK"), TurnCompleted)
        [task] = tasks(opened.sink)
        assert (task.title, task.kind) == ("wait", "command") and task.item
        assert sleeping(opened)
        assert await opened.agent.stop_task(task.id)
        await opened.sink.until(lambda: not tasks(opened.sink))
        await until(lambda: not sleeping(opened))


async def test_it_goes_on_by_itself_when_a_task_ends(subject: Subject) -> None:
    """That is a turn of its own, and says why."""
    sink = RecordingSink()
    async with Opened(subject, sink) as opened:
        assert isinstance(await opened.ask("SHORT"), TurnCompleted)
        await sink.until(lambda: sink.begun)
        assert "soon" in sink.begun[0]
        assert isinstance(await opened.agent.carry_on(), TurnCompleted)
        assert "It has ended." in sink.text
        assert isinstance(await opened.ask("NEXT"), TurnCompleted)


async def test_a_cancelled_command_is_gone(subject: Subject) -> None:
    """Nothing of it runs on, though its shell had a session of its own."""
    async with Opened(subject) as opened:
        work = opened.ask("SLEEP")
        await until(lambda: sleeping(opened))
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        await until(lambda: not sleeping(opened))
        assert opened.sink.tool_calls[-1].status == "failed"


async def test_a_kill_in_a_command_leaves_nothing(subject: Subject) -> None:
    """kill -9 of Claude Code while its shell runs: the keeper ends what is left."""
    async with Opened(subject) as opened:
        work = opened.ask("SLEEP")
        await until(lambda: sleeping(opened))
        before = sleeping(opened)
        os.kill(processes.descendants(opened.keeper)[0].pid, 9)
        assert (await failure_of(work, 1)).code == "provider-crashed"
        await until(lambda: not [p for p in before if p.is_running() and p.status() != "zombie"])


async def test_two_prompts_cost_their_own(subject: Subject) -> None:
    """The agent's cost is that of its whole life; a turn's is its own."""
    async with Opened(subject) as opened:
        ends = [await opened.ask("LONG"), await opened.ask("NEXT")]
    costs = [end.usage.cost_usd for end in ends if isinstance(end, TurnCompleted) and end.usage]
    assert len(costs) == 2 and (costs[1] or 0) <= (costs[0] or 0)


# Which Claude


async def test_without_a_claude_it_says_how_to_get_one(subject: Subject, tmp_path: Path) -> None:
    """The exact command."""
    assert subject.environment
    (tmp_path / "bin/claude").unlink()
    provider = ClaudeProvider()
    opened = Opened(replace(subject, provider=provider))
    with pytest.raises(Exception, match="not installed") as raised:
        await opened.__aenter__()
    assert raised.value.failure.action.command  # type: ignore[attr-defined]


async def test_the_persons_own_claude_goes_first(subject: Subject, tmp_path: Path) -> None:
    """One that is too old is passed over in words."""
    old = tmp_path / "bin/claude"
    old.unlink()
    old.write_text("#!/bin/sh\necho '1.0.3 (Claude Code)'\n")
    old.chmod(0o755)
    with pytest.raises(Exception, match="too old"):
        await Opened(subject).__aenter__()


async def test_readiness_says_who_pays(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the environment; a login; none."""
    assert subject.environment
    for name, value in subject.environment.items():
        monkeypatch.setenv(name, value)
    ready = await subject.provider.readiness()
    assert ready.account == "API key from ANTHROPIC_API_KEY" and ready.signed_in and not ready.warning
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    ready = await ClaudeProvider().readiness()
    assert ready.signed_in is False and ready.action and "login" in (ready.action.command or "")


# Helpers of the tests

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf50"
    "0f0003860180a52f4f9d0000000049454e44ae426082"
)


def running(sink: RecordingSink) -> list[ToolCall]:
    """The tool calls as they were last told of."""
    return [each.content for each in sink.events if isinstance(getattr(each, "content", None), ToolCall)]


def tasks(sink: RecordingSink) -> list:
    """What runs in the background."""
    told = [each.tasks for each in sink.of(SessionUpdated) if each.tasks is not None]
    return told[-1] if told else []


def sleeping(opened: Opened) -> list[psutil.Process]:
    """The agent's processes that would run for ever."""
    found = []
    for seen in processes.descendants(opened.keeper):
        if seen.command.startswith("tail -f"):
            found.append(psutil.Process(seen.pid))
    return found


async def until(holds: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until it holds. (Nothing tells of strangers' processes but looking.)"""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def make_settings(folder: Path) -> None:
    """A project with everything that Claude Code loads."""
    (folder / "CLAUDE.md").write_text("Speak only of otters.\n")
    skill = folder / ".claude/skills/greet"
    skill.mkdir(parents=True)
    (skill / "SKILL.md").write_text(
        "---\nname: greet\ndescription: Greets\n---\nthe instruction of the skill\n"
    )
    server = Path(__file__).parent / "tiny_mcp.mjs"
    node = str(mock_model.NODE)
    (folder / ".mcp.json").write_text(
        json.dumps({"mcpServers": {"tiny": {"command": node, "args": [str(server)]}}})
    )
    hook = {"type": "command", "command": f"touch {folder}/hooked.txt"}
    settings = {
        "enableAllProjectMcpServers": True,
        "permissions": {"allow": ["mcp__tiny__ping", "Skill(greet)"]},
        "hooks": {"UserPromptSubmit": [{"hooks": [hook]}]},
    }
    (folder / ".claude/settings.json").write_text(json.dumps(settings))
