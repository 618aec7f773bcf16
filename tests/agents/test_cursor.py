"""Cursor over its SDK: the real local agent, driven by our child process, its backend faked on loopback."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from antiphon.model.events import ItemCompleted, ItemDelta, SessionUpdated, TurnCancelled, TurnCompleted
from antiphon.model.items import Plan, Reasoning
from antiphon.providers import environment, processes
from antiphon.providers.base import ProviderFailed
from antiphon.providers.cursor import roads
from antiphon.providers.cursor.provider import CursorProvider
from antiphon.testing.check_provider import CHECKS, Opened, Prompts, Skipped, Subject, failure_of, name_of
from tests.agents import cursor_backend as fake
from tests.agents import real_cursor

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def backend() -> Iterator[fake.Backend]:
    """The fake backend."""
    with fake.backend() as server:
        yield server


@pytest.fixture
def subject(backend: fake.Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Subject:
    """Cursor over its SDK, with a home of its own."""
    monkeypatch.syspath_prepend(str(real_cursor.PACKAGES))
    around = environment.for_provider("cursor") | real_cursor.at_home(
        tmp_path / "machine", fake.address(backend)
    )
    for name, value in around.items():
        monkeypatch.setenv(name, value)  # `readiness` looks in the server's own
    folder = tmp_path / "project"
    folder.mkdir()
    prompts = Prompts(say="SAY", endless="LONG", silent="HANG", stray="STRAY")
    return Subject(
        provider=CursorProvider(), folder=folder, prompts=prompts, environment=around, consented=True
    )


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_cursor_keeps_the_rules_of_a_provider(check, subject: Subject) -> None:
    """The suite for providers, with the real agent."""
    try:
        await check(subject)
    except Skipped:
        pytest.skip("the fake backend has no words for it")


def said(opened: Opened, kind: type[Any]) -> list[Any]:
    """What came whole, of this kind."""
    return [each.content for each in opened.sink.of(ItemCompleted) if isinstance(each.content, kind)]


def runs(opened: Opened, word: str) -> psutil.Process | None:
    """The deepest of the agent's processes whose command holds the word."""
    found = None
    for seen in processes.descendants(opened.keeper):
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(seen.pid)
            found = process if word in " ".join(process.cmdline()) else found
    return found


async def test_it_says_which_road_it_takes(subject: Subject) -> None:
    """Ready over the SDK, paid by the key; it does not ask, so it wants consent. Without a key, how to add one."""
    ready = await subject.provider.readiness()
    assert (ready.found, ready.signed_in, ready.version) == (True, True, "1.1.0")
    assert ready.account == "API key from CURSOR_API_KEY, over cursor-sdk"
    assert "no Cursor CLI" in ready.message and ready.warning == roads.CONSENT
    can = subject.provider.capabilities
    assert (
        not can.approvals and can.consent == roads.CONSENT and not can.warm and can.modes == ("agent", "plan")
    )


async def test_without_a_key_it_says_what_to_do(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found, not signed in; an agent is not started."""
    monkeypatch.delenv("CURSOR_API_KEY")
    ready = await subject.provider.readiness()
    assert (ready.found, ready.signed_in) == (True, False)
    assert ready.action and ready.action.kind == "add-key"
    assert subject.environment
    around = {name: value for name, value in subject.environment.items() if name != "CURSOR_API_KEY"}
    with pytest.raises(ProviderFailed) as failed:
        await Opened(msgspec.structs.replace(subject, environment=around)).__aenter__()
    assert failed.value.failure.code == "auth"
    assert failed.value.failure.action and failed.value.failure.action.kind == "add-key"


async def test_without_consent_nothing_starts(subject: Subject) -> None:
    """Whoever forgets to ask the person gets no agent."""
    opened = Opened(msgspec.structs.replace(subject, consented=False))
    with pytest.raises(ProviderFailed) as failed:
        await opened.__aenter__()
    assert "agreed" in failed.value.failure.message
    assert not opened.sink.processes


async def test_a_refused_key_is_told_at_the_start(subject: Subject) -> None:
    """The models are asked for with it, so nobody writes a prompt first."""
    assert subject.environment
    around = {**subject.environment, "CURSOR_API_KEY": "key_BAD_key"}
    with pytest.raises(ProviderFailed) as failed:
        await Opened(msgspec.structs.replace(subject, environment=around)).__aenter__()
    failure = failed.value.failure
    assert (failure.code, failure.retryable, failure.type) == ("auth", False, "cursor-error")
    assert "key_BAD_key" not in (failure.detail or "")


async def test_a_turn_from_thought_to_usage(subject: Subject) -> None:
    """Thoughts, words, and what they cost; the models and modes are told at the start."""
    async with Opened(subject) as opened:
        outcome = await opened.ask("THINK")
        assert isinstance(outcome, TurnCompleted) and outcome.usage
        assert (outcome.usage.input_tokens, outcome.usage.output_tokens) == (100, 20)
        told = [each for each in opened.sink.of(SessionUpdated) if each.models]
        thought = said(opened, Reasoning)
    assert told[0].models == ["composer-2", "other-model"] and told[0].modes == ["agent", "plan"]
    assert [each.text for each in thought] == ["Let me see."]
    assert opened.sink.text == "I see."


async def test_a_command_runs_and_is_shown(subject: Subject) -> None:
    """With its output and its exit code; one that fails is shown as failed. It was not asked for."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("RUN"), TurnCompleted)
        [call] = opened.sink.tool_calls
        assert not opened.sink.asked
    assert (call.tool, call.name, call.status, call.exit_code) == ("execute", "shell", "failed", 3)
    assert call.title == "echo out; echo err >&2; exit 3" and call.output == "out\nerr\n"


async def test_the_key_is_not_in_a_commands_environment(subject: Subject) -> None:
    """What the model thinks up cannot read the key that pays for it."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("ENV"), TurnCompleted)
        [call] = opened.sink.tool_calls
    assert "PATH=" in call.output and "key_fake_fake" not in call.output


async def test_a_change_and_a_plan(subject: Subject) -> None:
    """A file's change with its diff; the to-do list as a plan."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("EDIT"), TurnCompleted)
        [call] = opened.sink.tool_calls
        assert isinstance(await opened.ask("TODOS"), TurnCompleted)
        [plan] = said(opened, Plan)
    assert (call.tool, call.paths, call.title) == ("edit", ["notes.txt"], "Edit notes.txt")
    assert [(each.path, each.before, each.after) for each in call.diffs] == [
        ("notes.txt", "same\nold\n", "same\nnew\n")
    ]
    assert [(each.text, each.status) for each in plan.entries] == [
        ("Look", "completed"),
        ("Do it", "running"),
    ]


async def test_another_model_and_mode_are_asked_for(subject: Subject, backend: fake.Backend) -> None:
    """What the person chose is what the backend is asked for."""
    chosen = msgspec.structs.replace(subject, model="other-model")
    async with Opened(chosen, mode="plan") as opened:
        assert isinstance(await opened.ask("SAY which"), TurnCompleted)
    assert b"other-model" in backend.asked[-1]


async def test_the_bridges_death_is_told(subject: Subject) -> None:
    """kill -9 of the process that runs Cursor's agent: told within a second, nothing is left, and a new one goes on."""
    async with Opened(subject) as opened:
        work = opened.ask("LONG")
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        bridge = runs(opened, "cursor-sdk-bridge.js")
        assert bridge
        bridge.kill()
        failure = await failure_of(work, 1)
        assert failure.code == "provider-crashed" and "SIGKILL" in failure.message
        assert opened.sink.text.startswith("w1")
        native = opened.sink.native_session
    async with Opened(subject, native=native) as again:
        assert isinstance(await again.ask("SAY"), TurnCompleted)
        assert again.sink.text == "Hello from the fake model."
        assert again.sink.native_session == native


async def test_a_stop_ends_the_command(subject: Subject) -> None:
    """At once, and the command with it."""
    async with Opened(subject) as opened:
        work = opened.ask("FOREVER")
        async with asyncio.timeout(10):
            while not runs(opened, "tail"):  # noqa: ASYNC110 (nothing tells of strangers' processes but looking)
                await asyncio.sleep(0.02)
        await opened.agent.cancel()
        async with asyncio.timeout(5):
            assert isinstance(await work, TurnCancelled)
        assert not runs(opened, "tail")
        assert isinstance(await opened.ask("SAY"), TurnCompleted)


async def test_a_conversation_of_the_other_road_is_not_mixed_in(subject: Subject) -> None:
    """One that the CLI held: said so, and nothing starts."""
    opened = Opened(subject, native="0a1b2c3d-0000-4000-8000-000000000000")
    with pytest.raises(ProviderFailed) as failed:
        await opened.__aenter__()
    assert failed.value.failure.code == "invalid-request"
    assert "held over the Cursor CLI" in failed.value.failure.message
    assert not opened.sink.processes
