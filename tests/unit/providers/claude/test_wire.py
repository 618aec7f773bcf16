"""The line to one Claude Code: control requests both ways, and every way in which it ends."""

import asyncio
from typing import Any

import pytest

from antiphon.model.failures import Failure
from antiphon.providers.base import ProviderFailed
from antiphon.providers.claude.wire import ControlRefused, Line
from tests.unit.providers.claude import scripted

LIMIT_S = 30.0


async def death_of(line: Line) -> Failure:
    """Why it ended."""
    async with asyncio.timeout(LIMIT_S):
        return await asyncio.shield(line.death)


class Heard:
    """Messages, and waiting for them."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def __call__(self, message: dict[str, Any]) -> None:
        self.messages.put_nowait(message)

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(LIMIT_S):
            return await self.messages.get()


# Ours


async def test_a_request_gets_its_own_answer() -> None:
    """Answers are told apart by their ids, in whatever order they come."""
    script = """
        first, second = hear(), hear()
        answer(second, response={"of": second["request"]["subtype"]})
        answer(first, response={"of": first["request"]["subtype"]})
        hear()
    """
    async with scripted.line(script) as line:
        answers = await asyncio.gather(line.request("interrupt"), line.request("stop_task", task_id="t"))
    assert answers == [{"of": "interrupt"}, {"of": "stop_task"}]


async def test_a_refused_request_says_why() -> None:
    """Its subtype and Claude's words are fields of the exception."""
    async with scripted.line("""answer(hear(), "error", error="no such task"); hear()""") as line:
        with pytest.raises(ControlRefused, match="refused stop_task: no such task") as refused:
            await line.request("stop_task", task_id="t")
    assert (refused.value.subtype, refused.value.reason) == ("stop_task", "no such task")


async def test_an_answer_to_nobody_is_no_harm() -> None:
    """A late answer, or one that we never asked for."""
    script = """
        say("control_response", response={"request_id": "none"}); say("control_response")
        answer(hear(), response={"fine": True}); hear()
    """
    async with scripted.line(script) as line:
        assert await line.request("initialize") == {"fine": True}


async def test_a_request_fails_when_the_agent_leaves() -> None:
    """Nothing waits for an answer that cannot come; what it wrote to stderr is told."""
    async with scripted.line("""hear(); sys.stderr.write("out of luck"); sys.exit(3)""") as line:
        with pytest.raises(ProviderFailed) as failed:
            async with asyncio.timeout(LIMIT_S):
                await line.request("initialize")
    failure = failed.value.failure
    assert failure.code == "provider-crashed" and "exit status 3" in failure.message
    assert failure.detail == "out of luck"
    assert failure.action and failure.action.kind == "retry"


async def test_a_request_to_a_dead_agent_fails() -> None:
    """Also when the pipe is closed already."""
    async with scripted.line("sys.exit(0)") as line:
        await death_of(line)
        with pytest.raises(ProviderFailed):
            await line.request("interrupt")


# Its


async def test_messages_come_in_order() -> None:
    """Noise between them is passed over: some builds print words for their developers."""
    heard = Heard()
    script = """say("a"); raw("(node:1) Warning: old\\n\\n"); say("b"); raw("[1]\\n"); say("c"); hear()"""
    async with scripted.line(script, heard):
        assert [(await heard.next())["type"] for _ in range(3)] == ["a", "b", "c"]


async def test_a_request_of_the_agent_is_answered() -> None:
    """By what our side returns, under the agent's id."""
    heard = Heard()

    async def may_it(request: dict[str, Any]) -> dict[str, Any]:
        return {"behavior": "allow", "of": request["tool_name"]}

    script = """ask("q1", subtype="can_use_tool", tool_name="Bash"); say("got", what=hear()); hear()"""
    async with scripted.line(script, heard, may_it):
        told = (await heard.next())["what"]
    assert told == {
        "type": "control_response",
        "response": {
            "request_id": "q1",
            "subtype": "success",
            "response": {"behavior": "allow", "of": "Bash"},
        },
    }


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (NotImplementedError(), "mcp_message is not supported"),
        (ValueError("no disk"), "no disk"),
        (KeyError(), "KeyError"),
    ],
)
async def test_a_request_that_we_fail_at_is_answered_all_the_same(raised: Exception, words: str) -> None:
    """The agent is never left waiting for us."""
    heard = Heard()

    async def fails(request: dict[str, Any]) -> dict[str, Any]:
        raise raised

    async with scripted.line(
        """ask("q1", subtype="mcp_message"); say("got", what=hear()); hear()""", heard, fails
    ):
        response = (await heard.next())["what"]["response"]
    assert response == {"request_id": "q1", "subtype": "error", "error": words}


async def test_an_open_question_holds_up_nothing() -> None:
    """Messages come through while a person thinks, and the question can be taken back."""
    heard, cancelled = Heard(), asyncio.Event()

    async def think(request: dict[str, Any]) -> dict[str, Any]:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return {}

    script = """
        ask("q1", subtype="can_use_tool"); say("more"); hear()
        say("control_cancel_request", request_id="none"); say("control_cancel_request", request_id="q1")
        hear()
    """
    async with scripted.line(script, heard, think) as line:
        assert (await heard.next())["type"] == "more"
        assert not cancelled.is_set()
        await line.send({"type": "go on"})
        async with asyncio.timeout(LIMIT_S):
            await cancelled.wait()


async def test_the_log_holds_the_reader_back() -> None:
    """Nothing is read before the log has nearly caught up."""
    heard, asked, caught_up = Heard(), asyncio.Event(), asyncio.Event()

    async def drained() -> None:
        asked.set()
        await caught_up.wait()

    async with scripted.line("""say("a"); hear()""", heard, drained=drained):
        async with asyncio.timeout(LIMIT_S):
            await asked.wait()
        assert heard.messages.empty()
        caught_up.set()
        assert (await heard.next())["type"] == "a"


# Its end


@pytest.mark.parametrize("bad", ['{"type": "result"', '{"type": oops}', "{}{}"])
async def test_what_is_not_json_ends_it(bad: str) -> None:
    """Nothing after it is trusted; the beginning of the line is shown."""
    heard = Heard()
    async with scripted.line(f"raw({bad!r} + chr(10)); say('after'); hear()", heard) as line:
        failure = await death_of(line)
    assert failure.code == "provider-crashed" and "not its protocol" in failure.message
    assert failure.detail and bad in failure.detail
    assert heard.messages.empty()


async def test_an_end_in_the_middle_of_a_message_is_truncated() -> None:
    """Exit status 0 does not make it a good end."""
    async with scripted.line("""raw('{"type": "resul'); sys.exit(0)""") as line:
        assert (await death_of(line)).code == "truncated"


async def test_a_kill_is_named() -> None:
    """The signal is told."""
    async with scripted.line("os.kill(os.getpid(), signal.SIGKILL)") as line:
        failure = await death_of(line)
    assert failure.code == "provider-crashed" and "SIGKILL" in failure.message


async def test_closing_ends_what_waits() -> None:
    """Closed on purpose is told as such; closing twice is closing once."""
    async with scripted.line("hear(); hear()") as line:
        asking = asyncio.create_task(line.request("initialize"))
        await asyncio.sleep(0)
        await line.close()
        await line.close()
        with pytest.raises(ProviderFailed, match="ended by Antiphon"):
            await asking
        assert line.process.exited.done()


async def test_our_own_mistake_is_told_as_such() -> None:
    """A message that we fail at ends the agent with a failure; nobody waits for it any more."""

    async def fails(message: dict[str, Any]) -> None:
        raise KeyError("item")

    async with scripted.line("""hear(); say("odd"); hear()""", fails) as line:
        with pytest.raises(ProviderFailed) as failed:
            async with asyncio.timeout(LIMIT_S):
                await line.request("initialize")
    assert failed.value.failure.code == "internal"
    assert failed.value.failure.detail == "KeyError: 'item'"


async def test_halves_of_characters_are_no_bad_json() -> None:
    """A lone surrogate is mended, not taken for the end of the line."""
    heard = Heard()
    async with scripted.line("""raw('{"type": "a", "text": "\\\\ud83d"}' + chr(10)); hear()""", heard):
        assert (await heard.next())["text"] == "\ufffd"
