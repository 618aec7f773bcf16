"""ACP agents that are odd, wrong or of their own mind: scripted, as real processes."""

import asyncio
from typing import Any

import msgspec
import pytest

from antiphon.model.events import (
    ItemCompleted,
    ItemDelta,
    ItemStarted,
    ProviderRetrying,
    SessionUpdated,
    TurnCancelled,
    TurnCompleted,
    Usage,
)
from antiphon.providers.acp import agent
from antiphon.providers.acp.link import Link
from antiphon.providers.base import Attachment, Prompt
from antiphon.testing import acp_agent
from antiphon.testing.check_provider import Opened, failure_of, left
from antiphon.testing.sink import RecordingSink, allow
from tests.scripted import END, PERMISSION, Scripted, heard, methods, prompted, say

# How a prompt ends


async def test_every_stop_reason_is_kept(scripted: Scripted) -> None:
    """`end_turn` is the plain end; another one is told; usage comes with it."""
    outcome, _ = await prompted(scripted({"session/prompt": [say("done"), END]}))
    assert outcome == TurnCompleted()
    usage = {"totalTokens": 9, "inputTokens": 5, "outputTokens": 4, "cachedReadTokens": 2}
    outcome, _ = await prompted(
        scripted({"session/prompt": [{"reply": {"stopReason": "max_tokens", "usage": usage}}]})
    )
    assert outcome == TurnCompleted(
        stop_reason="max-tokens", usage=Usage(input_tokens=5, output_tokens=4, cached_tokens=2)
    )


@pytest.mark.parametrize("result", [{}, None, {"stopReason": None}, {"stopReason": 7}, "done"])
async def test_an_end_that_does_not_say_how_is_truncated(scripted: Scripted, result: Any) -> None:
    """Never a success (promise 6)."""
    failure, sink = await prompted(scripted({"session/prompt": [say("half"), {"reply": result}]}))
    assert (failure.code, failure.retryable) == ("truncated", True)
    assert sink.text == "half"
    sink.check_items()


@pytest.mark.parametrize(
    ("end", "cut"),
    [(END, False), ({"error": {"code": 500, "message": "fetch failed"}}, True), ({"exit": 1}, True)],
    ids=["done", "failed", "crashed"],
)
async def test_what_an_end_cuts_off_says_so(scripted: Scripted, end: Any, cut: bool) -> None:
    """The words that came are kept, and stand there as cut."""
    plan = {"update": {"sessionUpdate": "plan", "entries": [{"content": "Look"}]}}
    _, sink = await prompted(scripted({"session/prompt": [plan, say("half"), end]}))
    assert [each.cut for each in sink.of(ItemCompleted)] == [cut, cut]


async def test_what_a_cancel_cuts_off_says_so(scripted: Scripted) -> None:
    """Though the agent says how it ended."""
    steps = [say("x"), {"wait": "session/cancel"}, {"reply": {"stopReason": "cancelled"}}]
    async with Opened(scripted({"session/prompt": steps})) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.text)
        await opened.agent.cancel()
        await work
        assert [each.cut for each in opened.sink.of(ItemCompleted)] == [True]


THOUGHT = {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": "hm"}}
DEED = {"sessionUpdate": "tool_call", "toolCallId": "t", "title": "Do it", "status": "completed"}


@pytest.mark.parametrize(("step", "answered"), [(THOUGHT, False), (DEED, True)], ids=["thought", "deed"])
async def test_an_end_without_an_answer_is_truncated(scripted: Scripted, step: Any, answered: bool) -> None:
    """Gemini calls it a success when its model said nothing, or only thought; the turn before does not count."""
    script = {
        "session/new": [{"stderr": "a line of its log\n"}, {"reply": {"sessionId": acp_agent.SESSION}}],
        "session/prompt": [say("first"), END],
        "session/prompt#2": [{"update": step}, END],
    }
    async with Opened(scripted(script)) as opened:
        assert isinstance(await opened.ask("go"), TurnCompleted)
        if answered:
            assert isinstance(await opened.ask("go"), TurnCompleted)
        else:
            failure = await failure_of(opened.ask("go"), 5)
            assert (failure.code, failure.retryable, failure.detail) == ("truncated", True, None)


async def test_a_cancel_before_any_word_that_is_called_done(scripted: Scripted) -> None:
    """OpenCode answers so when it is stopped between two tries: the person stopped it, so it was stopped."""
    steps = [{"update": THOUGHT}, {"wait": "session/cancel"}, END]
    async with Opened(scripted({"session/prompt": steps})) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.of(ItemStarted))
        await opened.agent.cancel()
        assert await work == TurnCancelled()


async def test_a_slash_command_may_be_done_without_a_word(scripted: Scripted) -> None:
    """It asks for no answer."""
    async with Opened(scripted({"session/prompt": [END]})) as opened:
        assert isinstance(await opened.ask("/clear"), TurnCompleted)


async def test_a_retry_told_on_stderr_is_shown_at_once(scripted: Scripted) -> None:
    """ACP has no word for it; what comes outside a prompt belongs to no turn."""
    told = {"stderr": "Attempt 1 failed with status 503, again in 900ms\n"}
    script = {
        "session/new": [told, {"reply": {"sessionId": acp_agent.SESSION}}],
        "session/prompt": [told, {"wait": "session/cancel"}, {"reply": {"stopReason": "cancelled"}}],
    }
    pattern = r"Attempt (?P<attempt>\d+) failed with status (?P<status>\d+), again in (?P<delay>\d+)ms\n"
    async with Opened(scripted(script, retries=pattern)) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.of(ProviderRetrying))
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        [retrying] = opened.sink.of(ProviderRetrying)
    assert (retrying.attempt, retrying.code) == (1, "overloaded")
    assert "(503)" in retrying.message and retrying.next_at


async def test_an_agent_that_cancels_by_itself(scripted: Scripted) -> None:
    """Nobody asked it to: a failure, with the words that came."""
    failure, _ = await prompted(
        scripted({"session/prompt": [say("x"), {"reply": {"stopReason": "cancelled"}}]})
    )
    assert failure.code == "cancelled-by-agent"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"reply": {"stopReason": "cancelled"}}, TurnCancelled()),
        ({"error": {"code": -32603, "message": "aborted"}}, TurnCancelled()),
        ({"exit": 0}, TurnCancelled()),
        ({"reply": {"stopReason": "end_turn"}}, TurnCompleted()),
    ],
)
async def test_a_cancel_however_it_is_answered(scripted: Scripted, answer: Any, expected: Any) -> None:
    """By the book, by an error, by leaving; and an agent that was done before it heard is done."""
    subject = scripted({"session/prompt": [say("x"), {"wait": "session/cancel"}, answer]})
    async with Opened(subject) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.text)
        await opened.agent.cancel()
        async with asyncio.timeout(5):
            assert await work == expected


async def test_a_cancel_before_any_prompt_does_nothing(scripted: Scripted) -> None:
    """Nor does a second one."""
    subject = scripted({"session/prompt": [say("x"), {"wait": "session/cancel"}, {"sleep": 0.1}, END]})
    async with Opened(subject) as opened:
        await opened.agent.cancel()
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.text)
        await opened.agent.cancel()
        await opened.agent.cancel()
        await work
    assert methods(subject).count("session/cancel") == 1


async def test_a_cancel_is_forgotten_with_its_turn(scripted: Scripted) -> None:
    """The next turn's failure is a failure, its end an end, its question is asked."""
    script = {
        "session/prompt": [say("x"), {"wait": "session/cancel"}, {"reply": {"stopReason": "cancelled"}}],
        "session/prompt#2": [{"error": {"code": 500, "message": "fetch failed"}}],
        "session/prompt#3": [{"request": PERMISSION}, {"wait": "response"}, END],
    }
    async with Opened(scripted(script)) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.text)
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        assert (await failure_of(opened.ask("go"), 5)).code == "network"
        assert isinstance(await opened.ask("go"), TurnCompleted)
        assert len(opened.sink.asked) == 1


async def test_a_cancel_of_an_agent_that_cannot_hear_it(scripted: Scripted) -> None:
    """Its stdin is closed: no error of ours; the session ends such an agent."""
    steps = [say("x"), {"close": "stdin"}, say("y"), {"hang": True}]
    async with Opened(scripted({"session/prompt": steps})) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.text == "xy")
        await opened.agent.cancel()
        await opened.agent.close()
        assert isinstance(await work, TurnCancelled)


async def test_a_cancel_goes_though_an_answer_does_not(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for the answers to what was asked, and not for ever."""
    monkeypatch.setattr(agent, "ANSWERED_S", 0.1)
    monkeypatch.setattr(Link, "answered", lambda self: asyncio.get_running_loop().create_future())
    steps = [say("x"), {"wait": "session/cancel"}, {"reply": {"stopReason": "cancelled"}}]
    async with Opened(scripted({"session/prompt": steps})) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.text)
        async with asyncio.timeout(5):
            await opened.agent.cancel()
            assert isinstance(await work, TurnCancelled)


async def test_a_close_goes_on_without_its_caller(scripted: Scripted) -> None:
    """A caller that is cancelled leaves no process behind, and nothing of it is a death."""
    async with Opened(scripted({"session/prompt": [say("x"), {"hang": True}]})) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.text)
        closing = asyncio.create_task(opened.agent.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        await opened.sink.until(lambda: opened.sink.ended)
        left(opened.marker)
        assert "ended by Antiphon" in (await failure_of(work, 5)).message
        assert not opened.sink.failures


async def test_a_death_between_two_prompts_is_told(scripted: Scripted) -> None:
    """Nobody waits for an answer then: the sink hears it, once."""
    async with Opened(scripted({"session/prompt": [say("x"), END, {"exit": 3}]})) as opened:
        assert isinstance(await opened.ask("go"), TurnCompleted)
        await opened.sink.until(lambda: opened.sink.failures and opened.sink.ended)
        assert [each.code for each in opened.sink.failures] == ["provider-crashed"]


# What it says


async def test_what_comes_outside_a_prompt_belongs_to_no_turn(scripted: Scripted) -> None:
    """Facts of the session count; words do not, and are a sign of life only."""
    facts = {"update": {"sessionUpdate": "available_commands_update", "availableCommands": [{"name": "x"}]}}
    subject = scripted({"session/new": [say("hello?"), facts, {"reply": {"sessionId": "s"}}]})
    async with Opened(subject) as opened:
        assert opened.sink.events == opened.sink.of(SessionUpdated)
        assert opened.sink.events
        assert opened.sink.signs_of_life


async def test_a_message_of_several_megabytes_and_blank_lines(scripted: Scripted) -> None:
    """A line may be long; an empty one is none."""
    outcome, sink = await prompted(
        scripted({"session/prompt": [{"raw": "\n  \n"}, say("x" * 5_000_000), END]})
    )
    assert isinstance(outcome, TurnCompleted)
    assert len(sink.text) == 5_000_000


@pytest.mark.parametrize("line", ["oops\n", "[]\n", "7\n", "{}\n", '{"a":\n', "\xff\n"])
async def test_what_is_not_acp_ends_the_agent(scripted: Scripted, line: str) -> None:
    """It is shown; what came before it is kept."""
    failure, sink = await prompted(scripted({"session/prompt": [say("half"), {"raw": line}, {"hang": True}]}))
    assert failure.code == "provider-crashed"
    assert line.strip() in (failure.detail or "")
    assert sink.text == "half"


async def test_half_an_emoji_in_an_error(scripted: Scripted) -> None:
    """In its words or beside them: it can be told, and written anywhere."""
    error = {"code": 500, "message": "no \ud83d", "data": {"details": "none \ude00"}}
    failure, _ = await prompted(scripted({"session/prompt": [{"error": error}]}))
    assert failure.detail == 'no \ufffd\n{"details":"none \ufffd"}'
    msgspec.json.encode(failure)


async def test_an_emoji_cut_in_two(scripted: Scripted) -> None:
    """As JavaScript agents do; the text is whole, and can be written anywhere."""
    head = '{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":'
    halves = [{"raw": head + half + "}}}}\n"} for half in (r'"\ud83d"', r'"\ude00"')]
    outcome, sink = await prompted(scripted({"session/prompt": [*halves, END]}))
    assert isinstance(outcome, TurnCompleted)
    assert sink.text == "😀"


# What goes along


async def test_attachments_go_along(scripted: Scripted) -> None:
    """An image as such to an agent that can see it, everything else as a link to the file."""
    hello = {"reply": {"protocolVersion": 1, "agentCapabilities": {"promptCapabilities": {"image": True}}}}
    subject = scripted({"initialize": [hello]})
    image, other = subject.folder / "i.png", subject.folder / "o.pdf"
    image.write_bytes(b"\x89PNG")
    other.write_bytes(b"%PDF")
    files = [
        Attachment(path=image, name="i.png", media_type="image/png"),
        Attachment(path=other, name="o.pdf", media_type="application/pdf"),
    ]
    async with Opened(subject) as opened:
        await opened.agent.prompt(Prompt(turn="t", text="look", attachments=files))
    text, shown, linked = heard(subject)[-1]["params"]["prompt"]
    assert text == {"type": "text", "text": "look"}
    assert shown == {"type": "image", "mimeType": "image/png", "data": "iVBORw=="}
    assert (linked["type"], linked["uri"]) == ("resource_link", other.as_uri())


async def test_an_image_is_a_link_to_who_cannot_see(scripted: Scripted) -> None:
    """An agent that does not say that it takes images would refuse the prompt."""
    subject = scripted({})
    image = subject.folder / "i.png"
    image.write_bytes(b"\x89PNG")
    async with Opened(subject) as opened:
        files = [Attachment(path=image, name="i.png", media_type="image/png")]
        await opened.agent.prompt(Prompt(turn="t", text="look", attachments=files))
    _, linked = heard(subject)[-1]["params"]["prompt"]
    assert (linked["type"], linked["uri"], linked["name"]) == ("resource_link", image.as_uri(), "i.png")


async def test_a_slow_log_holds_the_agent_back(scripted: Scripted) -> None:
    """Nothing is read while the log has not caught up: memory stays bounded, and nothing is lost."""
    open_gate = asyncio.Event()

    class SlowSink(RecordingSink):
        async def drained(self) -> None:
            if len(self.events) > 100:
                await open_gate.wait()

    sink = SlowSink(allow)
    async with Opened(scripted({"session/prompt": [*[say("x")] * 5000, END]}), sink) as opened:
        work = opened.ask("go")
        await sink.until(lambda: len(sink.events) > 100)
        assert not (await asyncio.wait({work}, timeout=0.3))[0]
        assert len(sink.of(ItemDelta)) < 200
        open_gate.set()
        await work
        assert sink.text == "x" * 5000
