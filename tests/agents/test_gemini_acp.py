"""The real gemini-cli, driven over ACP, its model faked on loopback."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from antiphon.model.events import ItemDelta, ProviderRetrying, TurnCancelled, TurnCompleted
from antiphon.model.ids import new_id
from antiphon.model.items import ToolCall
from antiphon.providers import catalog, environment, processes
from antiphon.providers.base import ProviderFailed
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
from antiphon.testing.sink import RecordingSink, allow, never, reject
from tests.agents import mock_model

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]


def call(name: str, **arguments: str) -> dict[str, str]:
    """A tool call as the fake model makes it."""
    return {"type": "toolCall", "name": name, "arguments": json.dumps(arguments)}


WORDS = " ".join(["word"] * 400)
FIXTURES = [
    {
        "match": {"userMessage": "GEM_WRITE", "hasToolResult": True},
        "response": {"content": "That is settled."},
    },
    {"match": {"userMessage": "GEM_RUN", "hasToolResult": True}, "response": {"content": "It ran."}},
    {
        "match": {"userMessage": "GEM_WRITE"},
        "response": {
            "blocks": [
                {"type": "text", "text": "I will write it."},
                call("write_file", file_path="hello.txt", content="hi there\n"),
            ]
        },
    },
    {
        "match": {"userMessage": "GEM_RUN"},
        "response": {"blocks": [call("run_shell_command", command="echo ran > ran.txt", description="run")]},
    },
    {
        "match": {"userMessage": "GEM_LONG"},
        "response": {"content": WORDS},
        "streamingProfile": {"ttft": 20, "tps": 4},
    },
    {
        "match": {"userMessage": "GEM_HANG"},
        "response": {"content": "x"},
        "streamingProfile": {"ttft": 60_000, "tps": 1},
    },
    {
        "match": {"userMessage": "GEM_401"},
        "response": {"error": {"message": "API key not valid"}, "status": 401},
    },
    {
        "match": {"userMessage": "GEM_503"},
        "response": {"error": {"message": "out of order"}, "status": 503},
    },
    {"match": {"userMessage": "GEM_EMPTY"}, "response": {"content": ""}},
    {"match": {"userMessage": "GEM_SAY"}, "response": {"content": "Hello from the fake model."}},
]
SETTINGS = {
    "security": {"auth": {"selectedType": "gemini-api-key"}},
    "privacy": {"usageStatisticsEnabled": False},
    "general": {"maxAttempts": 2},
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The fake model's address."""
    with mock_model.serving(FIXTURES, tmp_path_factory.mktemp("model")) as address:
        yield address


@pytest.fixture
def subject(model: str, tmp_path: Path) -> Subject:
    """The Gemini CLI with a home of its own."""
    home, folder = tmp_path / "home", tmp_path / "project"
    (home / ".gemini").mkdir(parents=True)
    folder.mkdir()
    (home / ".gemini/settings.json").write_text(json.dumps(SETTINGS))
    path = os.pathsep.join([str(mock_model.BINARIES), str(mock_model.NODE.parent), os.environ["PATH"]])
    around = environment.for_provider("gemini") | {
        "HOME": str(home), "PATH": path, "GEMINI_API_KEY": "sk-fake-fake", "GOOGLE_GEMINI_BASE_URL": model,
    }  # fmt: skip
    prompts = Prompts(say="GEM_SAY", endless="GEM_LONG", write="GEM_WRITE")
    provider = catalog.load()["gemini"]
    return Subject(provider=provider, folder=folder, prompts=prompts, environment=around)


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_gemini_keeps_the_rules_of_a_provider(
    check, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite for providers, with the real agent; what it has no words for is left out."""
    assert subject.environment
    monkeypatch.setenv("PATH", subject.environment["PATH"])  # `readiness` looks in the server's own
    try:
        await check(subject)
    except Skipped:
        pytest.skip("the fake model has no words for it")


async def test_a_tool_call_is_approved_and_done(subject: Subject) -> None:
    """Prompt, text, approval with a diff, the file, and the end: in this order."""
    file = subject.folder / "hello.txt"

    async def look(request):
        assert not file.exists()
        return await allow(request)

    async with Opened(subject, RecordingSink(look)) as opened:
        assert isinstance(await opened.ask("GEM_WRITE"), TurnCompleted)
        [asked] = opened.sink.asked
        [done] = opened.sink.tool_calls
        opened.sink.check_items()
        assert opened.sink.text == "I will write it.That is settled."
    assert file.read_text() == "hi there\n"
    assert [option.kind for option in asked.options] == ["allow-always", "allow-once", "reject-once"]
    assert isinstance(asked.content, ToolCall)
    assert asked.content.diffs[0].after == "hi there\n"
    assert (done.tool, done.status, done.diffs) == ("edit", "completed", asked.content.diffs)
    assert done.paths == [str(file)]


async def test_a_denied_call_is_closed(subject: Subject) -> None:
    """Gemini says no word of a call that was denied: the card is closed all the same."""
    async with Opened(subject, RecordingSink(reject)) as opened:
        assert isinstance(await opened.ask("GEM_WRITE"), TurnCompleted)
        [declined] = opened.sink.tool_calls
        opened.sink.check_items()
    assert declined.status == "failed"
    assert not (subject.folder / "hello.txt").exists()


async def test_a_command_runs_when_approved(subject: Subject) -> None:
    """The approval is for a command, and it ran in the project."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("GEM_RUN"), TurnCompleted)
        assert opened.sink.asked[0].content
        assert opened.sink.asked[0].content.tool == "execute"
    assert (subject.folder / "ran.txt").read_text() == "ran\n"


async def test_a_cancel_with_a_permission_pending(subject: Subject) -> None:
    """Gemini hangs for ever unless the permission is answered before the cancel."""
    async with Opened(subject, RecordingSink(never)) as opened:
        work = opened.ask("GEM_WRITE")
        await opened.sink.until(lambda: opened.sink.asked)
        await opened.agent.cancel()
        async with asyncio.timeout(2):
            assert isinstance(await work, TurnCancelled)
        opened.sink.answer = allow
        assert isinstance(await opened.ask("GEM_SAY"), TurnCompleted)
    assert not (subject.folder / "hello.txt").exists()


async def test_a_cancel_before_the_first_word(subject: Subject) -> None:
    """The model is silent; the agent hears the cancel."""
    async with Opened(subject) as opened:
        work = opened.ask("GEM_HANG")
        assert not (await asyncio.wait({work}, timeout=1))[0]
        await opened.agent.cancel()
        async with asyncio.timeout(2):
            assert isinstance(await work, TurnCancelled)


async def test_a_kill_is_told_and_leaves_nothing(subject: Subject) -> None:
    """Kill -9 in the middle of a stream: told within a second, what was said is kept."""
    async with Opened(subject) as opened:
        work = opened.ask("GEM_LONG")
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        os.kill(processes.descendants(opened.keeper)[0].pid, signal.SIGKILL)
        failure = await failure_of(work, 1)
        assert (failure.code, failure.type) == ("provider-crashed", "gemini-error")
        assert opened.sink.text.startswith("word")
        opened.sink.check_items()
        await opened.sink.until(lambda: opened.sink.ended)
        left(opened.marker)


async def test_a_refused_key_is_auth(subject: Subject) -> None:
    """401 from the model: not signed in, and how to."""
    async with Opened(subject) as opened:
        failure = await failure_of(opened.ask("GEM_401"), 20)
        assert failure.code == "auth"
        assert failure.action
        assert failure.action.command == "gemini"


async def test_a_retry_is_shown_at_once(subject: Subject) -> None:
    """Its protocol has no word for it; its log has."""
    async with Opened(subject) as opened:
        failing = opened.ask("GEM_503")
        async with asyncio.timeout(10):
            await opened.sink.until(lambda: opened.sink.of(ProviderRetrying))
        assert not failing.done()
        [told] = opened.sink.of(ProviderRetrying)
        assert (told.attempt, told.code) == (1, "overloaded")
        assert (await failure_of(failing, 60)).code == "overloaded"


async def test_an_empty_answer_is_a_failure(subject: Subject) -> None:
    """It calls it done."""
    async with Opened(subject) as opened:
        assert (await failure_of(opened.ask("GEM_EMPTY"), 60)).code == "truncated"


async def test_a_conversation_goes_on_without_a_minutes_wait(subject: Subject) -> None:
    """Three processes, one after the other, with what was said before: none waits for the next minute."""
    native = None
    for _ in range(3):
        async with Opened(subject, native=native) as opened:
            assert not opened.sink.of(ProviderRetrying), "it waits"
            assert isinstance(await opened.ask("GEM_SAY"), TurnCompleted)
            native = opened.sink.native_session
    [*_, last] = [
        each for each in mock_model.journal(model_of(subject)) if each["path"].startswith("/v1beta")
    ]
    said = [message for message in last["body"]["messages"] if "GEM_SAY" in str(message)]
    assert len(said) == 3, "it forgot"


async def test_a_key_alone_does_for_an_earlier_conversation(subject: Subject) -> None:
    """With no way of signing in selected, the CLI would start conversations and refuse to load any."""
    around = {**(subject.environment or {}), "HOME": str(subject.folder)}
    around.pop("GOOGLE_GEMINI_BASE_URL")
    launch = subject.launch(new_id(), native_session="00000000-0000-7000-8000-000000000000")
    with pytest.raises(ProviderFailed) as raised:
        await subject.provider.open(replace(launch, environment=around), RecordingSink())
    assert raised.value.failure.code == "invalid-request", raised.value.failure


def model_of(subject: Subject) -> str:
    """The fake model's address."""
    assert subject.environment
    return subject.environment["GOOGLE_GEMINI_BASE_URL"]


async def test_a_conversation_goes_on_in_a_new_process(subject: Subject) -> None:
    """session/load in a new process; its replay reaches nobody."""
    async with Opened(subject) as first:
        assert isinstance(await first.ask("GEM_SAY"), TurnCompleted)
        native = first.sink.native_session
    async with Opened(subject, native=native) as second:
        assert second.sink.text == ""
        assert isinstance(await second.ask("GEM_SAY"), TurnCompleted)
        assert second.sink.text == "Hello from the fake model."
