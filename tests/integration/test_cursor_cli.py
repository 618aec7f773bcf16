"""Cursor over its CLI: the driver, and a stand-in that speaks as the CLI is documented to."""

import asyncio
import json
import os
import signal
from pathlib import Path

import msgspec
import pytest

from antiphon.model.events import ApprovalRequested, ItemCompleted, ItemDelta, TurnCancelled, TurnCompleted
from antiphon.model.items import Plan
from antiphon.providers import environment, processes
from antiphon.providers.base import Answered, ProviderFailed
from antiphon.providers.cursor.provider import CursorProvider
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
from antiphon.testing.sink import RecordingSink, never
from tests.agents.faults_cursor import with_stand_in

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def subject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Subject:
    """The stand-in, signed in, on a machine of its own."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("CURSOR_")}
    around = environment.for_provider("cursor", base) | with_stand_in(tmp_path / "machine", "")
    for name, value in around.items():
        monkeypatch.setenv(name, value)  # `readiness` looks in the server's own
    folder = tmp_path / "project"
    folder.mkdir()
    prompts = Prompts(say="SAY", endless="LONG", write="WRITE", silent="HANG")
    return Subject(provider=CursorProvider(), folder=folder, prompts=prompts, environment=around)


def signed_out(subject: Subject) -> None:
    assert subject.environment
    (Path(subject.environment["HOME"]) / ".cursor/login").unlink()


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_it_keeps_the_rules_of_a_provider(check, subject: Subject) -> None:
    """The suite for providers."""
    try:
        await check(subject)
    except Skipped:
        pytest.skip("the stand-in has no words for it")


async def test_it_is_ready_and_signed_in(subject: Subject) -> None:
    """It asks before it acts, so nobody need agree to anything; it may be started ahead."""
    ready = await subject.provider.readiness()
    assert (ready.found, ready.signed_in, ready.version) == (True, True, "2026.11.01-standin")
    assert ready.account == "Cursor CLI, with its own login" and not ready.warning
    can = subject.provider.capabilities
    assert can.approvals and not can.consent and can.warm and can.modes == ("agent", "plan", "ask")


async def test_signed_out_it_says_how_to_sign_in(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its readiness, and where it is started all the same: not as an agent that was slow."""
    signed_out(subject)
    ready = await subject.provider.readiness()
    assert (ready.signed_in, ready.account) == (False, "")
    assert ready.action and ready.action.command == "cursor-agent login"
    monkeypatch.setattr("antiphon.providers.acp.handshake.AUTHENTICATE_S", 0.2)
    with pytest.raises(ProviderFailed) as failed:
        await Opened(subject).__aenter__()
    failure = failed.value.failure
    assert (failure.code, failure.type, failure.retryable) == ("auth", "cursor-error", False)
    assert failure.action and failure.action.command == "cursor-agent login"


async def test_a_key_will_do(subject: Subject) -> None:
    """It is the CLI's own way to pay, and readiness says so."""
    signed_out(subject)
    assert subject.environment
    around = {**subject.environment, "CURSOR_API_KEY": "key_fake_fake"}
    async with Opened(msgspec.structs.replace(subject, environment=around)) as opened:
        assert isinstance(await opened.ask("SAY"), TurnCompleted)


async def answered(
    subject: Subject, prompt: str, option: str, **fields: object
) -> tuple[ApprovalRequested, str]:
    """What it asked, and what it was told."""

    async def answer(request: ApprovalRequested) -> Answered:
        return Answered(option=option, fields=fields)

    async with Opened(subject, RecordingSink(answer)) as opened:
        assert isinstance(await opened.ask(prompt), TurnCompleted)
        [asked] = opened.sink.asked
        return asked, opened.sink.text


async def test_a_question_goes_to_the_person(subject: Subject) -> None:
    """Answered by the ids of what was chosen."""
    asked, told = await answered(subject, "ASK", "answer", compiler="clang", extras=["Tests", "Docs"])
    assert (asked.kind, [field.id for field in asked.fields]) == ("question", ["compiler", "extras"])
    assert json.loads(told) == {
        "outcome": {
            "outcome": "answered",
            "answers": [
                {"questionId": "compiler", "selectedOptionIds": ["c"]},
                {"questionId": "extras", "selectedOptionIds": ["t", "d"]},
            ],
        }
    }


async def test_a_plan_goes_to_the_person(subject: Subject) -> None:
    """Refused with what should be different."""
    asked, told = await answered(subject, "PLAN", "reject", reason="Smaller steps")
    assert asked.kind == "plan" and asked.body and "First look." in asked.body
    assert json.loads(told) == {"outcome": {"outcome": "rejected", "reason": "Smaller steps"}}


async def test_its_notifications_are_shown(subject: Subject) -> None:
    """To-dos as one plan, a subagent and an image as calls; one that nobody knows does no harm."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("TODOS"), TurnCompleted)
        [plan] = [each.content for each in opened.sink.of(ItemCompleted) if isinstance(each.content, Plan)]
        assert [(each.text, each.status) for each in plan.entries] == [
            ("Look", "completed"),
            ("Do it", "running"),
        ]
        assert isinstance(await opened.ask("TASK"), TurnCompleted)
        assert [call.title for call in opened.sink.tool_calls] == ["Looked around", "Image: A cat"]
        opened.sink.check_items()


@pytest.mark.parametrize("prompt", ["ASK", "PLAN", "WRITE"])
async def test_a_cancel_with_a_question_pending(subject: Subject, prompt: str) -> None:
    """It is answered first, then cancelled."""
    async with Opened(subject, RecordingSink(never)) as opened:
        work = opened.ask(prompt)
        await opened.sink.until(lambda: opened.sink.asked)
        await opened.agent.cancel()
        async with asyncio.timeout(3):
            assert isinstance(await work, TurnCancelled)


async def test_a_command_is_asked_for_and_shown(subject: Subject) -> None:
    """With its output and exit code."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("EXITS"), TurnCompleted)
        [call] = opened.sink.tool_calls
        assert [option.kind for option in opened.sink.asked[0].options] == [
            "allow-once",
            "allow-always",
            "reject-once",
        ]
    assert (call.tool, call.exit_code, call.output) == ("execute", 3, "out\n")


async def test_a_kill_is_told_and_leaves_nothing(subject: Subject) -> None:
    """kill -9 in the middle of a stream; a new process goes on, and its replay reaches nobody."""
    async with Opened(subject) as opened:
        work = opened.ask("LONG")
        await opened.sink.until(lambda: opened.sink.of(ItemDelta))
        os.kill(processes.descendants(opened.keeper)[0].pid, signal.SIGKILL)
        failure = await failure_of(work, 1)
        assert (failure.code, failure.type) == ("provider-crashed", "cursor-error")
        await opened.sink.until(lambda: opened.sink.ended)
        left(opened.marker)
        native = opened.sink.native_session
    async with Opened(subject, native=native) as again:
        assert again.sink.text == ""
        assert isinstance(await again.ask("SAY"), TurnCompleted)
        assert again.sink.native_session == native
