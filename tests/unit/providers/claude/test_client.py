"""One Claude Code and its turns: whose a result is, what a question outside of a turn does, who hears of an end.

The real program is driven in tests/agents; here a script says what it says seldom.
"""

import asyncio
from typing import Any

import pytest

from antiphon.model.events import ApprovalRequested, SessionUpdated, TurnCancelled, TurnCompleted
from antiphon.providers.base import Answered, Outcome, Prompt, ProviderFailed
from antiphon.providers.claude.client import ASKS, ClaudeAgent
from antiphon.testing.sink import RecordingSink
from tests.unit.providers.claude import scripted

LIMIT_S = 30.0


async def ask(agent: ClaudeAgent, text: str = "go") -> Outcome:
    """A prompt and its end."""
    async with asyncio.timeout(LIMIT_S):
        return await agent.prompt(Prompt(turn="t", text=text))


async def test_the_handshake_tells_of_the_session() -> None:
    """Its slash commands, models and mode, before the first prompt."""
    script = """
        answer(hear(), response={
            "commands": [{"name": "compact", "description": "Make it shorter"}],
            "models": [{"value": "sonnet"}], "current_permission_mode": "plan"})
        hear()
    """
    sink = RecordingSink()
    agent = ClaudeAgent(await scripted.start(script), sink)
    try:
        await agent.start()
    finally:
        await agent.close()
    [told] = sink.of(SessionUpdated)
    assert (told.mode, told.models, [each.name for each in told.commands or []]) == (
        "plan",
        ["sonnet"],
        ["compact"],
    )


async def test_a_lost_conversation_is_named() -> None:
    """What its only result says explains why it leaves."""
    script = """
        hear()
        say("result", subtype="error_during_execution", is_error=True,
            errors=["No conversation found with session ID: 1"])
        sys.exit(1)
    """
    agent = ClaudeAgent(await scripted.start(script), RecordingSink())
    try:
        with pytest.raises(ProviderFailed, match="does not know it any more") as failed:
            await agent.start()
    finally:
        await agent.close()
    assert failed.value.failure.code == "invalid-request"


async def test_a_result_ends_the_prompt() -> None:
    """The cost is the turn's own, though the agent tells that of its whole life."""
    script = """
        for total in (1.0, 1.5):
            hear(); say("result", subtype="success", is_error=False, total_cost_usd=total, stop_reason="max_tokens")
        hear()
    """
    async with scripted.agent(script) as (agent, _):
        ends = [await ask(agent), await ask(agent)]
    assert all(isinstance(end, TurnCompleted) for end in ends)
    assert [end.usage and end.usage.cost_usd for end in ends] == [1.0, 0.5]
    assert isinstance(ends[0], TurnCompleted) and ends[0].stop_reason == "max-tokens"


async def test_a_result_of_its_own_doing_ends_no_prompt() -> None:
    """A background task that ended just before has a result, too."""
    script = """
        hear()
        say("result", is_error=False, subtype="success", origin={"kind": "task-notification"}, result="not yours")
        say("result", is_error=True, subtype="success", result="API Error: 529 Overloaded", api_error_status=529)
        hear()
    """
    async with scripted.agent(script) as (agent, _):
        with pytest.raises(ProviderFailed) as failed:
            await ask(agent)
    assert failed.value.failure.code == "overloaded"


@pytest.mark.parametrize("last", ["sys.exit(0)", "os.kill(os.getpid(), signal.SIGKILL)"])
async def test_an_end_without_a_result_is_a_failure(last: str) -> None:
    """And the session hears that its agent is gone, once."""
    async with scripted.agent(f"hear(); {last}") as (agent, sink):
        with pytest.raises(ProviderFailed) as failed:
            await ask(agent)
        assert failed.value.failure.code == "provider-crashed"
        await sink.until(lambda: sink.failures and sink.ended)
        assert len(sink.failures) == 1


async def test_a_cancel_interrupts() -> None:
    """The result of the interrupt is the end."""
    script = """
        hear(); say("working")
        answer(hear(), response={})
        say("result", is_error=True, subtype="error_during_execution", terminal_reason="aborted_streaming")
        hear()
    """
    async with scripted.agent(script) as (agent, sink):
        work = asyncio.create_task(ask(agent))
        await sink.until(lambda: sink.signs_of_life)
        await agent.cancel()
        assert isinstance(await work, TurnCancelled)


async def test_an_interrupt_that_nobody_asked_for_is_a_failure() -> None:
    """The person did not stop it: so it is not told as if they had."""
    script = """
        hear()
        say("result", is_error=True, subtype="error_during_execution", terminal_reason="aborted_tools")
        hear()
    """
    async with scripted.agent(script) as (agent, _):
        with pytest.raises(ProviderFailed) as failed:
            await ask(agent)
    assert failed.value.failure.code == "cancelled-by-agent"


async def test_a_turn_of_its_own_says_why() -> None:
    """A background task ended, and Claude goes on."""
    script = """
        say("system", subtype="task_notification", summary="The build is done.")
        say("system", subtype="init", session_id="s"); say("result", is_error=False, subtype="success")
        hear()
    """
    async with scripted.agent(script) as (agent, sink):
        await sink.until(lambda: sink.begun)
        async with asyncio.timeout(LIMIT_S):
            assert isinstance(await agent.carry_on(), TurnCompleted)
    assert sink.begun == ["The build is done."] and sink.native_session == "s"


async def test_a_question_outside_of_a_turn_begins_one() -> None:
    """A sub-agent that outlived its turn asks: it is not told no behind the person's back."""
    script = """
        ask("q", subtype="can_use_tool", tool_name="Bash", input={"command": "ls"}, tool_use_id="u")
        told = hear()["response"]["response"]
        say("result", is_error=told["behavior"] != "allow", subtype="success")
        hear()
    """
    async with scripted.agent(script) as (agent, sink):
        await sink.until(lambda: sink.begun)
        async with asyncio.timeout(LIMIT_S):
            assert isinstance(await agent.carry_on(), TurnCompleted)
    assert sink.begun == [ASKS]
    assert [asked.title for asked in sink.asked] == ["Claude wants to run a command"]


async def test_our_own_mistake_at_a_question_fails_the_turn() -> None:
    """The agent is told no, is interrupted, and the person reads what happened."""

    async def broken(request: ApprovalRequested) -> Answered:
        raise ValueError("no disk")

    script = """
        hear()
        ask("q", subtype="can_use_tool", tool_name="Bash", input={"command": "ls"}, tool_use_id="u")
        for _ in range(2):
            heard = hear()
            if heard["type"] == "control_request": answer(heard, response={})
            else: assert heard["response"]["subtype"] == "error"
        say("result", is_error=True, subtype="error_during_execution", terminal_reason="aborted_tools")
        hear()
    """
    async with scripted.agent(script, RecordingSink(broken)) as (agent, _):
        with pytest.raises(ProviderFailed, match="Antiphon failed at a question of Claude's: no disk"):
            await ask(agent)


async def test_a_task_that_is_not_there_is_not_stopped() -> None:
    """Claude itself would say that it was done."""
    async with scripted.agent("answer(hear(), response={}); hear()") as (agent, _):
        assert not await agent.stop_task("none")


async def test_an_edit_is_asked_about_with_the_whole_file(tmp_path: Any) -> None:
    """The question shows the file before and after, as it is now."""
    file = tmp_path / "poem.txt"
    file.write_text("one\ntwo\n")
    script = f"""
        hear()
        ask("q", subtype="can_use_tool", tool_name="Edit", tool_use_id="u",
            input={{"file_path": {str(file)!r}, "old_string": "two", "new_string": "2"}})
        hear(); say("result", is_error=False, subtype="success"); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        await ask(agent)
    [asked] = sink.asked
    [diff] = asked.content.diffs  # type: ignore[union-attr]
    assert (diff.before, diff.after) == ("one\ntwo\n", "one\n2\n")
