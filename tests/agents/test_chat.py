"""OpenRouter and the local models: the real agent, against model servers on loopback."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import ANY

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
    Usage,
    UsageUpdated,
)
from antiphon.model.items import Diff, Message, Reasoning, ToolCall
from antiphon.providers import environment, processes
from antiphon.providers.base import Answered, Attachment, Prompt
from antiphon.providers.chat.provider import LocalProvider, OpenRouterProvider
from antiphon.testing.check_provider import (
    CHECKS,
    SPARE_S,
    Opened,
    Prompts,
    Skipped,
    Subject,
    failure_of,
    name_of,
)
from antiphon.testing.sink import RecordingSink, allow
from tests.agents import mock_model
from tests.agents.fixtures import WORDS, after, call, refuses, says
from tests.chat_server import ChatServer, models, serving

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]

KEY = "sk-or-never-to-be-shown"
PROMPTS = Prompts(
    say="SAY",
    endless="LONG",
    write="WRITE",
    silent="HANG_IN_TEXT",
    stray="STRAY",
    remember="What was said? REMEMBER",
)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A scripted model's server."""
    with serving() as server:
        yield server


def openrouter(server: ChatServer, folder: Path) -> Subject:
    """OpenRouter, by its base URL."""
    around = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": f"{server.root}/v1"}
    return Subject(
        provider=OpenRouterProvider(),
        folder=folder,
        prompts=PROMPTS,
        environment=environment.for_provider("openrouter") | around,
    )


def localgpu(server: ChatServer, folder: Path) -> Subject:
    """A server of this machine, listed by its address."""
    model = f"{server.root.removeprefix('http://')}/tiny"
    return Subject(provider=LocalProvider([server.root]), folder=folder, prompts=PROMPTS, model=model)


@pytest.fixture(params=[openrouter, localgpu], ids=["openrouter", "localgpu"])
def subject(request: pytest.FixtureRequest, server: ChatServer, tmp_path: Path) -> Subject:
    """Each of the two."""
    folder = tmp_path / "project"
    folder.mkdir()
    return request.param(server, folder)


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_they_keep_the_rules_of_a_provider(
    check, subject: Subject, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite for providers."""
    monkeypatch.setenv("OPENROUTER_BASE_URL", f"{server.root}/v1")  # `readiness` looks in the server's own
    try:
        await check(subject)
    except Skipped:
        pytest.skip("nothing to check it on")


# What they do


async def answer(request: ApprovalRequested, option: str, **fields: str) -> Answered:
    """The person's answer, by the option's kind."""
    return Answered(option=next(each.id for each in request.options if each.kind == option), fields=fields)


async def test_a_file_is_written_when_it_is_allowed(subject: Subject) -> None:
    """Asked first, with the whole text before and after."""
    file = subject.folder / "hello.txt"

    async def look(request: ApprovalRequested) -> Answered:
        assert not file.exists()
        return await allow(request)

    async with Opened(subject, RecordingSink(look)) as opened:
        assert isinstance(await opened.ask("WRITE"), TurnCompleted)
        [asked], [done] = opened.sink.asked, opened.sink.tool_calls
        opened.sink.check_items()
    assert file.read_text() == "hi there\n"
    assert isinstance(asked.content, ToolCall)
    assert asked.content.diffs == [Diff(path=str(file), before=None, after="hi there\n")]
    assert (done.title, done.tool, done.status, done.diffs) == (
        "Write hello.txt", "edit", "completed", asked.content.diffs,
    )  # fmt: skip


async def test_an_edit_shows_the_text_before_and_after(subject: Subject) -> None:
    """The whole file, not a patch."""
    file = subject.folder / "hello.txt"
    file.write_text("hi there\nand here\n")
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("EDIT"), TurnCompleted)
        [asked] = opened.sink.asked
    assert file.read_text() == "hi you\nand here\n"
    assert isinstance(asked.content, ToolCall)
    assert asked.content.diffs == [
        Diff(path=str(file), before="hi there\nand here\n", after="hi you\nand here\n")
    ]


async def test_an_edit_that_does_not_fit_asks_nobody(subject: Subject) -> None:
    """The model is told, and the card says so."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("EDIT"), TurnCompleted)
        assert not opened.sink.asked
        assert opened.sink.tool_calls[0].status == "failed"


async def test_a_no_with_a_word_reaches_the_model(subject: Subject, server: ChatServer) -> None:
    """What the person said instead is what the model hears."""

    async def no(request: ApprovalRequested) -> Answered:
        return await answer(request, "reject-once", message="use tabs")

    async with Opened(subject, RecordingSink(no)) as opened:
        assert isinstance(await opened.ask("WRITE"), TurnCompleted)
        assert opened.sink.tool_calls[0].status == "failed"
    assert "use tabs" in server.asked[-1]["messages"][-1]["content"]
    assert not (subject.folder / "hello.txt").exists()


async def test_a_no_can_stop_the_turn(subject: Subject, server: ChatServer) -> None:
    """Rejected and stopped: the person's end of it, and the model is asked no more."""

    async def stop(request: ApprovalRequested) -> Answered:
        return await answer(request, "reject-stop")

    async with Opened(subject, RecordingSink(stop)) as opened:
        assert isinstance(await opened.ask("WRITE"), TurnCancelled)
        assert len(server.asked) == 1
        opened.sink.check_items()
        assert isinstance(await opened.ask("SAY"), TurnCompleted)
    assert not (subject.folder / "hello.txt").exists()


async def test_all_edits_are_allowed_for_the_session(subject: Subject) -> None:
    """The mode changes, and the page hears it; commands are asked about all the same."""

    async def always(request: ApprovalRequested) -> Answered:
        return await answer(request, "allow-always")

    async with Opened(subject, RecordingSink(always)) as opened:
        await opened.ask("WRITE")
        (subject.folder / "hello.txt").unlink()
        await opened.ask("WRITE")
        assert len(opened.sink.asked) == 1
        assert [each.mode for each in opened.sink.of(SessionUpdated) if each.mode][-1] == "accept-edits"
        await opened.ask("RUN")
        assert len(opened.sink.asked) == 2
        await opened.ask("RUN")
        assert len(opened.sink.asked) == 2, "this command was allowed for always"


async def test_a_rule_of_the_project_is_not_asked_again(subject: Subject) -> None:
    """What Antiphon kept is what the next agent is told."""
    rule = "run(echo one; echo two >&2; exit 3)"
    async with Opened(subject, rules=[rule]) as opened:
        await opened.ask("RUN")
        assert not opened.sink.asked


async def test_a_plan_changes_nothing(subject: Subject, server: ChatServer) -> None:
    """In plan mode nobody is asked, and nothing is done; the model is told why."""
    async with Opened(subject, mode="plan") as opened:
        await opened.ask("WRITE")
        await opened.ask("RUN")
        assert not opened.sink.asked
        assert [call.status for call in opened.sink.tool_calls] == ["failed", "failed"]
    assert "plan mode" in server.asked[-1]["messages"][-1]["content"]
    assert not (subject.folder / "hello.txt").exists()


async def test_nothing_outside_the_project(subject: Subject, server: ChatServer) -> None:
    """Neither by a path nor by a symbolic link; nobody is asked."""
    secret = subject.folder.parent / "secret.txt"
    secret.write_text("a secret")
    (subject.folder / "link.txt").symlink_to(secret)
    async with Opened(subject) as opened:
        await opened.ask("OUTSIDE")
        await opened.ask("LINK")
        assert not opened.sink.asked
        assert {call.status for call in opened.sink.tool_calls} == {"failed"}
    assert not (subject.folder.parent / "outside.txt").exists()
    assert "a secret" not in str(server.asked)


async def test_a_command_shows_its_output_and_how_it_ended(subject: Subject, server: ChatServer) -> None:
    """Both streams, the exit code on the card and for the model."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("RUN"), TurnCompleted)
        [done] = opened.sink.tool_calls
    assert (done.tool, done.output, done.exit_code, done.status) == ("execute", "one\ntwo\n", 3, "failed")
    assert "[exit code: 3]" in server.asked[-1]["messages"][-1]["content"]


async def test_a_commands_output_comes_while_it_runs(subject: Subject) -> None:
    """Before it has ended; a stop then ends it with all below it, within a second."""
    async with Opened(subject) as opened:
        work = opened.ask("TAIL")
        await opened.sink.until(lambda: "begun" in "".join(each.text for each in opened.sink.of(ItemDelta)))
        began = time.monotonic()
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        assert time.monotonic() - began < 1 + SPARE_S
        assert not [each for each in processes.descendants(opened.keeper) if "tail" in each.command]
        opened.sink.check_items()


async def test_a_command_cannot_read_the_key(server: ChatServer, tmp_path: Path) -> None:
    """Not in its environment, and not in that of the agent it is run by; a person sees it nowhere."""
    subject = openrouter(server, tmp_path)
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("ENV"), TurnCompleted)
        assert "PATH=" in opened.sink.tool_calls[0].output, "it had none at all"
        around = [psutil.Process(each.pid).environ() for each in processes.descendants(opened.keeper)]
        around.append(psutil.Process(opened.keeper).environ())
        assert KEY not in str(opened.sink.events)
    assert KEY not in str(around)
    assert server.headers[-1]["authorization"] == f"Bearer {KEY}", "its own server gets it"
    assert KEY not in str(server.asked)


# What goes wrong


FAULTS = [
    ("E401", "auth"),
    ("E402", "usage-limit"),
    ("E404", "invalid-request"),
    ("E429_AFTER", "usage-limit"),
    ("E500", "overloaded"),
    ("TOO_LONG", "prompt-too-long"),
    ("NO_FINISH", "truncated"),
    ("DROP", "network"),
    ("DROP_IN_TEXT", "truncated"),
    ("ERROR_IN_TEXT", "overloaded"),
    ("MALFORMED", "truncated"),
]


async def test_every_fault_has_its_code(subject: Subject, server: ChatServer) -> None:
    """One after the other with one agent: each is told, is asked once, and the next prompt is answered."""
    async with Opened(subject) as opened:
        for word, code in FAULTS:
            before = len(server.asked)
            failure = await failure_of(opened.ask(word), 2)
            assert (word, failure.code) == (word, code)
            assert failure.type == f"{subject.provider.id}-error"
            assert failure.action
            assert len(server.asked) == before + 1, "it was tried again behind everybody's back"
            opened.sink.check_items()
        assert isinstance(await opened.ask("SAY"), TurnCompleted)


async def test_a_call_of_an_answer_without_an_end_is_not_run(subject: Subject) -> None:
    """The end may have said otherwise."""
    async with Opened(subject, mode="accept-edits") as opened:
        assert (await failure_of(opened.ask("CALL_WITHOUT_FINISH"), 2)).code == "truncated"
    assert not (subject.folder / "cut.txt").exists()


async def test_an_answer_that_reached_its_limit_says_so(subject: Subject) -> None:
    """An end all the same, and the page is told which."""
    async with Opened(subject) as opened:
        assert await opened.ask("LENGTH") == TurnCompleted(usage=ANY, stop_reason="max-tokens")


async def test_reasoning_is_shown(subject: Subject) -> None:
    """Apart from the answer."""
    async with Opened(subject) as opened:
        await opened.ask("THINK")
        contents = [each.content for each in opened.sink.of(ItemCompleted)]
        assert contents[0] == Reasoning(text="Let me see.")
        assert isinstance(contents[1], Message)


async def test_what_it_cost(server: ChatServer, tmp_path: Path) -> None:
    """OpenRouter says so; how full the context is stands beside."""
    server.pages["/v1/models"] = models("a/tiny", context_length=1000)
    subject = replace(openrouter(server, tmp_path), model="a/tiny")
    async with Opened(subject) as opened:
        done = await opened.ask("COST")
        assert done.usage == Usage(input_tokens=100, output_tokens=5, cached_tokens=0, cost_usd=0.0125)
        assert opened.sink.of(UsageUpdated)[-1].usage == Usage(context_tokens=105, context_limit=1000)
    assert server.asked[-1]["usage"] == {"include": True}


# What was said before


async def test_a_conversation_survives_kill_9(subject: Subject) -> None:
    """In the middle of an answer: what was said is what the next agent knows, nothing twice."""
    async with Opened(subject) as first:
        await first.ask("The word is OTTER, SAY")
        work = first.ask("Go on LONG")
        await first.sink.until(lambda: "word" in first.sink.text)
        os.kill(processes.descendants(first.keeper)[0].pid, signal.SIGKILL)
        await failure_of(work, 2)
        native = first.sink.native_session
    async with Opened(subject, native=native, after=first) as second:
        assert second.sink.text == ""
        await second.ask("What was said? REMEMBER")
        said = second.sink.text
    assert said.count("The word is OTTER") == said.count("Go on LONG") == 1


async def test_what_was_stopped_is_known(subject: Subject, server: ChatServer) -> None:
    """Within one process too: half an answer is the model's own words, the call that was stopped has a result."""
    async with Opened(subject) as opened:
        work = opened.ask("LONG")
        await opened.sink.until(lambda: "word" in opened.sink.text)
        await opened.agent.cancel()
        await work
        work = opened.ask("TAIL")
        await opened.sink.until(lambda: opened.sink.asked)
        await opened.sink.until(lambda: "begun" in "".join(each.text for each in opened.sink.of(ItemDelta)))
        await opened.agent.cancel()
        await work
        await opened.ask("SAY")
    roles = [message["role"] for message in server.asked[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "user", "assistant", "tool", "user"]
    assert server.asked[-1]["messages"][2]["content"].startswith("word")


# Images


async def test_an_image_is_shown_to_a_model_that_sees(server: ChatServer, tmp_path: Path) -> None:
    """And one that does not is told that there is one."""
    picture = tmp_path / "dot.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    attached = Attachment(path=picture, name="dot.png", media_type="image/png")
    sees = {"input_modalities": ["text", "image"]}
    server.pages["/v1/models"] = {"data": [{"id": "a/sees", "architecture": sees}, {"id": "a/blind"}]}
    for model in ("a/sees", "a/blind"):
        subject = replace(openrouter(server, tmp_path), model=model)
        async with Opened(subject) as opened:
            await opened.agent.prompt(Prompt(turn="t", text="SAY", attachments=[attached]))
    seen, unseen = (str(asked["messages"][-1]["content"]) for asked in server.asked)
    assert "data:image/png;base64," in seen
    assert "data:image" not in unseen
    assert "cannot be shown" in unseen


# What fits


def loaded(server: ChatServer, owned_by: str, **pages: dict[str, Any]) -> None:
    """A local server of this kind; `pages` by path."""
    server.pages["/v1/models"] = models("tiny", owned_by=owned_by)
    server.pages |= pages


async def test_what_does_not_fit_is_not_sent(server: ChatServer, tmp_path: Path) -> None:
    """llama.cpp counts the tokens; the action is how to load the model with more."""
    loaded(server, "llamacpp", **{"/props": {"default_generation_settings": {"n_ctx": 512}}})
    server.pages["/tokenize"] = {"tokens": [7] * 600}
    async with Opened(localgpu(server, tmp_path)) as opened:
        failure = await failure_of(opened.ask("SAY"), 2)
    assert failure.code == "prompt-too-long"
    assert "600 tokens" in (failure.detail or "")
    assert failure.action
    assert failure.action.command
    assert "-c 32768" in failure.action.command
    assert not server.asked


async def test_an_answer_has_a_limit_by_both_names(server: ChatServer, tmp_path: Path) -> None:
    """What is left of the context: llama.cpp's server knows only the old name."""
    loaded(server, "llamacpp", **{"/props": {"default_generation_settings": {"n_ctx": 8000}}})
    server.pages["/tokenize"] = {"tokens": [7] * 600}
    async with Opened(localgpu(server, tmp_path)) as opened:
        await opened.ask("SAY")
    assert server.asked[0]["max_tokens"] == server.asked[0]["max_completion_tokens"] == 7400


async def test_ollama_that_cuts_is_found_out(server: ChatServer, tmp_path: Path) -> None:
    """It says nothing of it: its own count of what it read does."""
    server.pages["/api/tags"] = {"models": [{"name": "tiny"}]}
    loaded(server, "library", **{"/api/ps": {"models": [{"name": "tiny", "context_length": 100}]}})
    server.pages["/api/ps"] = {"models": []}  # nothing is loaded before the first prompt
    async with Opened(localgpu(server, tmp_path)) as opened:
        server.pages["/api/ps"] = {"models": [{"name": "tiny", "context_length": 100}]}
        failure = await failure_of(opened.ask("WRITE"), 2)
        assert failure.code == "prompt-too-long"
        assert not opened.sink.asked, "what it asked for after a cut was not done"
    assert not (tmp_path / "hello.txt").exists()


async def test_a_stream_with_nothing_in_it_has_a_reason(server: ChatServer, tmp_path: Path) -> None:
    """llama-cpp-python says it only to who asks again, without a stream."""
    async with Opened(localgpu(server, tmp_path)) as opened:
        failure = await failure_of(opened.ask("NOTHING"), 3)
    assert (failure.code, len(server.asked)) == ("prompt-too-long", 2)
    assert "1536" in (failure.detail or "")


async def test_a_model_without_tools_is_asked_without(server: ChatServer, tmp_path: Path) -> None:
    """Ollama refuses a request with tools to one that has none."""
    loaded(server, "library", **{"/api/show": {"capabilities": ["completion"]}})
    async with Opened(localgpu(server, tmp_path)) as opened:
        assert isinstance(await opened.ask("SAY"), TurnCompleted)
    assert "tools" not in server.asked[0]


async def test_a_local_server_leads_nowhere_else(server: ChatServer, tmp_path: Path) -> None:
    """A redirect of its answer is a failure, and the other address is not asked."""
    async with Opened(localgpu(server, tmp_path)) as opened:
        with serving() as other:
            server.answers_at = f"{other.root}/v1/chat/completions"
            await failure_of(opened.ask("SAY"), 2)
            assert not other.asked


# The fake model that the other real agents have


AIMOCK = [
    after("call_w", "It is written."),
    says("WRITE", "I will.", call("call_w", "write_file", path="hello.txt", content="hi there\n")),
    refuses("E401", 401, "authentication_error", "no key"),
    says("CUT", WORDS, chunkSize=20, latency=10, truncateAfterChunks=5),
    says("SAY", "Hello from the fake model."),
]


@pytest.mark.parametrize("id", ["openrouter", "localgpu"])
async def test_with_aimock(id: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A chat completions API that is not ours: words, a tool call, a refusal, a cut."""
    with mock_model.serving(AIMOCK, tmp_path_factory.mktemp("model")) as address:
        around = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": f"{address}/v1"}
        subject = Subject(
            provider=OpenRouterProvider() if id == "openrouter" else LocalProvider([address]),
            folder=tmp_path,
            prompts=PROMPTS,
            environment=environment.for_provider(id) | (around if id == "openrouter" else {}),
        )
        async with Opened(subject) as opened:
            assert isinstance(await opened.ask("SAY"), TurnCompleted)
            assert isinstance(await opened.ask("WRITE"), TurnCompleted)
            assert opened.sink.text == "Hello from the fake model.I will.It is written."
            assert (await failure_of(opened.ask("E401"), 2)).code == "auth"
            assert (await failure_of(opened.ask("CUT"), 5)).code == "truncated"
            opened.sink.check_items()
    assert (tmp_path / "hello.txt").read_text() == "hi there\n"
