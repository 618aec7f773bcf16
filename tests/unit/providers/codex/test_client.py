"""One Codex and its turns: what ends them, what is never done twice, what it begins by itself.

The real program is driven in tests/agents; here a script says what it says seldom.
"""

import asyncio

import pytest
from msgspec.structs import replace

from antiphon.model.events import (
    ApprovalRequested,
    ItemCompleted,
    ItemDelta,
    ItemDiscarded,
    ProviderRetrying,
    SessionUpdated,
    TurnCancelled,
    TurnCompleted,
)
from antiphon.model.failures import Failure
from antiphon.model.items import Message, ToolCall
from antiphon.providers.base import Answered, Outcome, Prompt, ProviderFailed
from antiphon.providers.codex import client
from antiphon.providers.codex.client import OWN, CodexAgent
from antiphon.testing.sink import RecordingSink, never
from tests.unit.providers.codex import scripted

LIMIT_S = 30.0
RETRY = """tell("error", willRetry=True, error={"message": "Reconnecting... %d/5", "codexErrorInfo": %s})"""
REFUSED = '{"responseStreamDisconnected": {"httpStatusCode": 401}}'


async def ask(agent: CodexAgent, text: str = "go") -> Outcome:
    """A prompt and its end."""
    async with asyncio.timeout(LIMIT_S):
        return await agent.prompt(Prompt(turn="t", text=text))


async def fails(agent: CodexAgent) -> Failure:
    """The failure that a prompt ends with."""
    with pytest.raises(ProviderFailed) as failed:
        await ask(agent)
    return failed.value.failure


async def test_the_handshake_tells_of_the_session() -> None:
    """Its model, the models it offers with its default first, and the mode by our name."""
    async with scripted.agent("hear()") as (_, sink):
        [told] = sink.of(SessionUpdated)
    assert (told.model, told.models, told.mode) == ("m1", ["m1", "m2"], "ask")
    assert sink.native_session is None, "a thread without a turn is not kept"


async def test_a_lost_conversation_is_named() -> None:
    """Not silently a new one."""
    script = """
        answer(hear("initialize")); answer(hear("account/read"))
        refuse(hear("thread/resume"), "no rollout found for thread id 1"); hear()
    """
    agent = CodexAgent(await scripted.start(script), RecordingSink())
    launch = replace(scripted.LAUNCH, native_session="00000000-0000-7000-8000-000000000000")
    try:
        with pytest.raises(ProviderFailed, match="does not know it any more") as failed:
            await agent.start(launch)
    finally:
        await agent.close()
    assert failed.value.failure.code == "invalid-request"


async def test_a_turn_that_is_completed_ends_the_prompt() -> None:
    """Its words are items; the thread is remembered from the first turn on."""
    async with scripted.agent("begin(); says('Hi.'); end(); hear()") as (agent, sink):
        assert isinstance(await ask(agent), TurnCompleted)
        assert [event.content for event in sink.of(ItemCompleted)] == [Message(text="Hi.")]
    assert sink.native_session == "T"


async def test_the_end_of_another_turn_ends_nothing() -> None:
    """Whose `turn/completed` it is, its id says."""
    async with scripted.agent("begin(); end('t0'); says('Still here.'); end(); hear()") as (agent, sink):
        assert isinstance(await ask(agent), TurnCompleted)
    assert sink.text == "Still here."


async def test_no_second_turn_is_started_on_a_busy_thread() -> None:
    """Codex would steer, and drop what it was saying."""
    script = """
        begin(); item("started", "m", "agentMessage"); tell("item/agentMessage/delta", itemId="m", delta="w")
        method = hear()["method"]
        says(method); end(); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        first = asyncio.create_task(ask(agent))
        await sink.until(lambda: sink.of(ItemDelta))
        assert (await fails(agent)).code == "internal"
        assert not first.done()
        assert await agent.steer(Prompt(turn="t", text="more")) is False  # the script ends the turn instead
        assert isinstance(await first, TurnCompleted)
    assert "turn/steer" in sink.text and "turn/start" not in sink.text


async def test_a_failed_turn_says_why() -> None:
    """By kind, with Codex's own words."""
    script = """
        begin()
        end(status="failed", error={"message": "No room.", "codexErrorInfo": "contextWindowExceeded"})
        nothing_beside(); hear()
    """
    async with scripted.agent(script) as (agent, _):
        failure = await fails(agent)
    assert (failure.code, failure.detail) == ("prompt-too-long", "No room.")


async def test_a_turn_that_it_interrupts_itself_is_a_failure() -> None:
    """Nobody stopped it: no cancel, and no success."""
    async with scripted.agent("begin(); end(status='interrupted'); nothing_beside(); hear()") as (agent, _):
        assert (await fails(agent)).code == "cancelled-by-agent"


async def test_a_refused_turn_is_a_failure() -> None:
    """And the next is asked for as ever."""
    script = """refuse(hear("turn/start"), "input is too large"); begin("t2"); end("t2"); hear()"""
    async with scripted.agent(script) as (agent, _):
        assert (await fails(agent)).detail == "input is too large"
        assert isinstance(await ask(agent), TurnCompleted)


async def test_a_cancel_before_the_turn_has_an_id_is_heard() -> None:
    """It is interrupted as soon as it can be named."""
    script = """
        start = hear("turn/start"); tell("item/started", item={"id": "x", "type": "sleep"})
        hear("go"); answer(start, turn={"id": "t9"})
        if hear("turn/interrupt")["params"]["turnId"] == "t9": end("t9", status="interrupted")
        nothing_beside(); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        work = asyncio.create_task(ask(agent))
        await sink.until(lambda: sink.events[1:])
        await agent.cancel()
        await agent._line.send({"method": "go"})
        assert isinstance(await work, TurnCancelled)


async def test_a_cancel_answers_the_open_question_first() -> None:
    """With `cancel`, so that Codex is not left waiting."""
    script = """
        begin(); item("started", "c", "commandExecution", command="ls", status="inProgress")
        ask(0, "item/commandExecution/requestApproval", itemId="c", command="ls")
        decision = hear()
        while "result" not in decision: decision = hear()
        says(decision["result"]["decision"]); end(status="interrupted"); nothing_beside(); hear()
    """
    async with scripted.agent(script, RecordingSink(never)) as (agent, sink):
        work = asyncio.create_task(ask(agent))
        await sink.until(lambda: sink.asked)
        await agent.cancel()
        async with asyncio.timeout(LIMIT_S):
            assert isinstance(await work, TurnCancelled)
    assert "cancel" in sink.text


async def test_what_an_interrupted_turn_ran_is_ended() -> None:
    """By Codex's own list of it; what ran before stays."""
    script = """
        begin("t1"); item("started", "old", "commandExecution", command="serve"); end("t1")
        old = {"itemId": "old", "processId": "1", "command": "serve"}
        answer(hear("thread/backgroundTerminals/list"), data=[old])
        begin("t2"); item("started", "new", "commandExecution", command="tail")
        hear("turn/interrupt"); end("t2", status="interrupted")
        answer(hear("thread/backgroundTerminals/list"), data=[old, {"itemId": "new", "processId": "2"}])
        ended = hear("thread/backgroundTerminals/terminate"); answer(ended, terminated=True)
        begin("t3"); says(ended["params"]["processId"]); end("t3")
        answer(hear("thread/backgroundTerminals/list"), data=[old]); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        assert isinstance(await ask(agent), TurnCompleted)
        await sink.until(lambda: tasks(sink))
        assert [task.title for task in tasks(sink)] == ["serve"]
        work = asyncio.create_task(ask(agent))
        await sink.until(lambda: sink.tool_calls and any(c.title == "tail" for c in shown(sink)))
        await agent.cancel()
        assert isinstance(await work, TurnCancelled)
        assert isinstance(await ask(agent), TurnCompleted)
        assert sink.text == "2" and [task.id for task in tasks(sink)] == ["old"]


async def test_a_task_is_stopped_and_told() -> None:
    """By Codex's id of the process; one that is not there is not."""
    script = """
        begin(); item("started", "bg", "commandExecution", command="serve"); end()
        answer(hear("thread/backgroundTerminals/list"), data=[{"itemId": "bg", "processId": "7"}])
        stop = hear("thread/backgroundTerminals/terminate"); answer(stop, terminated=stop["params"]["processId"] == "7")
        hear()
    """
    async with scripted.agent(script) as (agent, sink):
        assert isinstance(await ask(agent), TurnCompleted)
        await sink.until(lambda: tasks(sink))
        assert not await agent.stop_task("nothing")
        assert await agent.stop_task("bg")
        assert not tasks(sink)
        assert "background" in sink.tool_calls[-1].output


async def test_a_task_that_ends_is_listed_no_more() -> None:
    """Its item's end tells of it, outside of any turn, and though the list still has it."""
    script = """
        begin(); item("started", "bg", "commandExecution", command="serve"); end()
        answer(hear("thread/backgroundTerminals/list"), data=[{"itemId": "bg", "processId": "7"}])
        item("completed", "bg", "commandExecution", command="serve", status="completed", exitCode=0)
        answer(hear("settle")); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        assert isinstance(await ask(agent), TurnCompleted)
        await agent._line.request("settle")
    assert not tasks(sink)
    assert len(sink.of(ItemCompleted)) == 1, "it was completed with its turn"


async def test_what_it_begins_by_itself_is_a_turn_of_its_own() -> None:
    """Even right behind the end of a prompt."""
    script = """
        begin("t1"); says("One."); end("t1"); tell("turn/started", turn={"id": "t2"}); says("Two.", "m2"); end("t2")
        hear()
    """
    async with scripted.agent(script) as (agent, sink):
        assert isinstance(await ask(agent), TurnCompleted)
        await sink.until(lambda: sink.begun)
        async with asyncio.timeout(LIMIT_S):
            assert isinstance(await agent.carry_on(), TurnCompleted)
    assert sink.begun == [OWN] and sink.text == "One.Two."


async def test_a_refused_key_is_tried_twice_not_for_minutes() -> None:
    """The first retry is shown; then the turn is interrupted, and fails as what it is."""
    script = f"""
        begin(); {RETRY % (1, REFUSED)}; {RETRY % (2, REFUSED)}
        hear("turn/interrupt"); end(status="interrupted"); nothing_beside(); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        failure = await fails(agent)
    assert failure.code == "auth" and failure.action and failure.action.command == "codex login --device-auth"
    assert [(told.attempt, told.limit) for told in sink.of(ProviderRetrying)] == [(1, 5), (2, 5)]


async def test_waiting_for_the_network_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codex would wait without end: shown at once, a failure when it takes too long."""
    monkeypatch.setattr(client, "NETWORK_S", 0.05)
    script = """
        begin()
        tell("error", willRetry=True, error={"message": "Reconnecting... waiting for network"})
        hear("turn/interrupt"); end(status="interrupted"); nothing_beside(); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        assert (await fails(agent)).code == "network"
    assert [told.code for told in sink.of(ProviderRetrying)] == ["network"]


async def test_a_stream_that_was_cut_is_taken_back() -> None:
    """It comes again under another id."""
    script = """
        begin(); item("started", "a", "agentMessage"); tell("item/agentMessage/delta", itemId="a", delta="Hal")
        tell("error", willRetry=True, error={"message": "Reconnecting... 1/5", "codexErrorInfo": "other"})
        says("Half.", "b"); end(); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        assert isinstance(await ask(agent), TurnCompleted)
        sink.check_items()
    assert len(sink.of(ItemDiscarded)) == 1
    assert [event.content for event in sink.of(ItemCompleted)] == [Message(text="Half.")]


async def test_a_question_of_no_turn_is_refused() -> None:
    """Nobody could answer it."""
    script = """
        ask(4, "item/commandExecution/requestApproval", itemId="c", command="ls")
        decided = hear()["result"]["decision"]; tell("decided"); begin(); says(decided); end(); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        await sink.until(lambda: sink.signs_of_life)
        assert isinstance(await ask(agent), TurnCompleted)
    assert sink.text == "cancel" and not sink.asked


async def test_a_question_we_do_not_know_is_refused_in_words() -> None:
    """An error, so that Codex does not wait."""
    script = """
        begin(); ask(4, "attestation/generate"); said = hear()["error"]["message"]; says(said); end(); hear()
    """
    async with scripted.agent(script) as (agent, sink):
        assert isinstance(await ask(agent), TurnCompleted)
    assert sink.text == "attestation/generate is not supported"


async def test_a_question_that_we_fail_at_is_our_failure() -> None:
    """Codex is told no, and the person what happened."""

    async def fail(request: ApprovalRequested) -> Answered:
        raise ZeroDivisionError("seven over nothing")

    script = """
        begin(); ask(4, "item/commandExecution/requestApproval", itemId="c", command="ls")
        hear("turn/interrupt"); end(status="interrupted"); nothing_beside(); hear()
    """
    async with scripted.agent(script, RecordingSink(fail)) as (agent, _):
        failure = await fails(agent)
    assert failure.code == "internal" and "seven over nothing" in failure.message


async def test_reject_and_stop_is_a_cancel() -> None:
    """The person's stop, not a failure."""

    async def stop(request: ApprovalRequested) -> Answered:
        return Answered(option="stop")

    script = """
        begin(); ask(4, "item/commandExecution/requestApproval", itemId="c", command="ls")
        hear("turn/interrupt"); end(status="interrupted"); nothing_beside(); hear()
    """
    async with scripted.agent(script, RecordingSink(stop)) as (agent, _):
        assert isinstance(await ask(agent), TurnCancelled)


async def test_the_limit_tells_until_when() -> None:
    """`account/rateLimits/updated` knows when a used-up limit ends."""
    script = """
        begin()
        tell("account/rateLimits/updated", threadId=None,
             rateLimits={"primary": {"usedPercent": 100, "resetsAt": 1900000000}, "secondary": {"usedPercent": 3}})
        end(status="failed", error={"message": "You've hit your limit.", "codexErrorInfo": "usageLimitExceeded"})
        nothing_beside(); hear()
    """
    async with scripted.agent(script) as (agent, _):
        failure = await fails(agent)
    assert failure.action and failure.action.until == 1_900_000_000_000


async def test_a_death_is_told_once_and_fails_the_prompt() -> None:
    """What was said so far is kept, as cut."""
    script = """
        begin(); item("started", "a", "agentMessage"); tell("item/agentMessage/delta", itemId="a", delta="Hal")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    async with scripted.agent(script) as (agent, sink):
        failure = await fails(agent)
        await sink.until(lambda: sink.failures)
        assert sink.failures == [failure] and failure.code == "provider-crashed"
        assert [(e.content, e.cut) for e in sink.of(ItemCompleted)] == [(Message(text="Hal"), True)]


def tasks(sink: RecordingSink) -> list:
    """What runs in the background."""
    told = [each.tasks for each in sink.of(SessionUpdated) if each.tasks is not None]
    return told[-1] if told else []


def shown(sink: RecordingSink) -> list[ToolCall]:
    """The tool calls as they were told of."""
    return [each.content for each in sink.events if isinstance(getattr(each, "content", None), ToolCall)]
