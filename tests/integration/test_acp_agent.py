"""ACP agents that are odd, wrong or of their own mind: scripted, as real processes."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

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
from antiphon.model.ids import new_id
from antiphon.model.items import Message, ToolCall
from antiphon.providers.acp import agent, permission
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.link import Link
from antiphon.providers.acp.provider import AcpProvider
from antiphon.providers.base import Answered, Attachment, Limits, Prompt, ProviderFailed
from antiphon.testing import acp_agent
from antiphon.testing.check_provider import Opened, Prompts, Subject, failure_of, left
from antiphon.testing.sink import RecordingSink, allow, never, reject

SCRIPTED = str(Path(acp_agent.__file__))

OPTIONS = [
    {"optionId": "yes", "name": "Yes", "kind": "allow_once"},
    {"optionId": "no", "name": "No", "kind": "reject_once"},
]
PERMISSION = [
    "session/request_permission",
    {"toolCall": {"toolCallId": "t", "title": "Do it"}, "options": OPTIONS},
]
END = {"reply": {"stopReason": "end_turn"}}

Scripted = Callable[..., Subject]


def say(text: str) -> dict[str, Any]:
    """A step: a piece of a message."""
    return {"update": {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}}


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    """Makes an agent that follows a script."""

    def make(script: dict[str, Any], **fields: Any) -> Subject:
        file = tmp_path / "script.json"
        file.write_text(json.dumps(script))
        command = [sys.executable, "-IS", SCRIPTED, str(file)]
        entry = AcpEntry(id="scripted", name="The agent", command=command, sign_in="agent login", **fields)
        return Subject(provider=AcpProvider(entry), folder=tmp_path, prompts=Prompts(say="", endless=""))

    return make


def heard(subject: Subject) -> list[Any]:
    """What the agent was told, in order."""
    lines = (subject.folder / "script.json.log").read_text().splitlines()
    return [json.loads(line) for line in lines if line]


def methods(subject: Subject) -> list[str]:
    """The methods of it; "response" for an answer."""
    return [message.get("method", "response") for message in heard(subject)]


async def prompted(subject: Subject, sink: RecordingSink | None = None) -> tuple[Any, RecordingSink]:
    """One prompt's outcome or failure, and what was said."""
    async with Opened(subject, sink) as opened:
        work = opened.ask("go")
        await asyncio.wait({work}, timeout=10)
        assert work.done()
        failed = work.exception()
        return (failed.failure if isinstance(failed, ProviderFailed) else work.result()), opened.sink


async def open_failure(subject: Subject, **changes: Any) -> Any:
    """The failure that `open` ends with; it must leave no process."""
    launch = replace(subject.launch(new_id()), **changes)
    with pytest.raises(ProviderFailed) as raised:
        await subject.provider.open(launch, RecordingSink())
    left(launch.marker)
    return raised.value.failure


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
        await failure_of(work, 5)
        assert not opened.sink.failures


async def test_a_death_between_two_prompts_is_told(scripted: Scripted) -> None:
    """Nobody waits for an answer then: the sink hears it, once."""
    async with Opened(scripted({"session/prompt": [say("x"), END, {"exit": 3}]})) as opened:
        assert isinstance(await opened.ask("go"), TurnCompleted)
        await opened.sink.until(lambda: opened.sink.failures and opened.sink.ended)
        assert [each.code for each in opened.sink.failures] == ["provider-crashed"]


# What it asks


async def test_permissions_are_answered_before_the_cancel(scripted: Scripted) -> None:
    """An agent that waits for an answer does not hear the cancel (Gemini hangs for ever)."""
    steps = [
        {"request": PERMISSION},
        {"request": PERMISSION},
        {"wait": "session/cancel"},
        {"reply": {"stopReason": "cancelled"}},
    ]
    subject = scripted({"session/prompt": steps})
    async with Opened(subject, RecordingSink(never)) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: len(opened.sink.asked) == 2)
        await opened.agent.cancel()
        async with asyncio.timeout(5):
            assert isinstance(await work, TurnCancelled)
    assert methods(subject)[-3:] == ["response", "response", "session/cancel"]
    assert [each["result"] for each in heard(subject)[-3:-1]] == [{"outcome": {"outcome": "cancelled"}}] * 2


async def test_a_call_known_by_its_permission_only(scripted: Scripted) -> None:
    """Some agents name a call in the request first, and never again when it was declined."""
    no = RecordingSink(reject)
    outcome, _ = await prompted(
        scripted({"session/prompt": [{"request": PERMISSION}, {"wait": "response"}, END]}), no
    )
    assert isinstance(outcome, TurnCompleted)
    [declined] = no.of(ItemCompleted)
    assert (declined.content, declined.cut) == (
        ToolCall(title="Do it", status="failed", output="Declined."),
        False,
    )
    assert no.asked[0].item == declined.item


async def test_a_mistake_of_ours_at_a_question_fails_the_turn(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not pass for the person's no: the agent is stopped, and the failure says whose mistake it is."""
    steps = [{"request": PERMISSION}, {"wait": "session/cancel"}, {"reply": {"stopReason": "cancelled"}}]

    def broken(*_: Any) -> None:
        raise ZeroDivisionError("seven over nothing")

    monkeypatch.setattr(permission, "request", broken)
    subject = scripted({"session/prompt": steps, "session/prompt#2": [say("on"), END]})
    async with Opened(subject) as opened:
        failure = await failure_of(opened.ask("go"), 5)
        assert (failure.code, failure.detail) == ("internal", None)
        assert failure.message == "Antiphon failed at a question of The agent's: seven over nothing"
        opened.sink.check_items()
        assert isinstance(await opened.ask("go"), TurnCompleted)


async def test_a_question_open_at_the_end_of_its_turn_is_withdrawn(scripted: Scripted) -> None:
    """The agent went on without the answer: nobody is asked any more."""
    withdrawn = asyncio.Event()

    async def wait(request: Any) -> Any:
        try:
            await never(request)
        except asyncio.CancelledError:
            withdrawn.set()
            raise

    subject = scripted({"session/prompt": [{"request": PERMISSION}, say("never mind"), {"sleep": 0.2}, END]})
    async with Opened(subject, RecordingSink(wait)) as opened:
        assert isinstance(await opened.ask("go"), TurnCompleted)
        async with asyncio.timeout(5):
            await withdrawn.wait()
        asked, opened.sink.answer = len(opened.sink.asked), allow
        assert isinstance(await opened.ask("go"), TurnCompleted)
        await opened.sink.until(lambda: len(opened.sink.asked) > asked)
    assert heard(subject)[-1]["result"]["outcome"]["optionId"] == "yes", (
        "the next turn's question was not asked"
    )


async def test_a_question_outside_a_prompt_is_cancelled(scripted: Scripted) -> None:
    """There is no turn that it could belong to."""
    subject = scripted(
        {"session/new": [{"request": PERMISSION}, {"wait": "response"}, {"reply": {"sessionId": "s"}}]}
    )
    async with Opened(subject) as opened:
        assert not opened.sink.asked
    assert heard(subject)[2]["result"] == {"outcome": {"outcome": "cancelled"}}


async def test_a_question_after_a_cancel_is_cancelled(scripted: Scripted) -> None:
    """The person has left this turn."""
    steps = [say("x"), {"wait": "session/cancel"}, {"request": PERMISSION}, {"wait": "response"}]
    subject = scripted({"session/prompt": [*steps, {"reply": {"stopReason": "cancelled"}}]})
    async with Opened(subject) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.text)
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        assert not opened.sink.asked
    assert heard(subject)[-1]["result"] == {"outcome": {"outcome": "cancelled"}}


QUESTION = ["cursor/ask_question", {"questions": [{"id": "q", "prompt": "Which?", "options": [{"id": "a"}]}]}]


async def test_an_own_kind_of_question_belongs_to_a_prompt_too(scripted: Scripted) -> None:
    """Asked outside it, or after its cancel, it is cancelled."""
    ask = [{"request": QUESTION}, {"wait": "response"}]
    script = {
        "session/new": [*ask, {"reply": {"sessionId": "s"}}],
        "session/prompt": [
            say("x"),
            {"wait": "session/cancel"},
            *ask,
            {"reply": {"stopReason": "cancelled"}},
        ],
    }
    subject = scripted(script, extensions="cursor")
    async with Opened(subject) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.text)
        await opened.agent.cancel()
        assert isinstance(await work, TurnCancelled)
        assert not opened.sink.asked
    answers = [each["result"] for each in heard(subject) if "result" in each]
    assert answers == [{"outcome": {"outcome": "cancelled"}}] * 2


@pytest.mark.parametrize(
    ("id", "kind", "outcome"),
    [("no", "reject-once", TurnCompleted()), ("stop", "reject-stop", TurnCancelled())],
)
async def test_a_no_that_ends_the_turn(scripted: Scripted, id: str, kind: str, outcome: Any) -> None:
    """What the agent then calls cancelled is the person's wish, and no failure of its own."""
    stop = {"optionId": "stop", "name": "Stop", "kind": "reject_once"}
    stop["_meta"] = {"antiphon": {"kind": "reject-stop"}}
    call = {"toolCall": {"toolCallId": "t", "title": "Do it"}, "options": [*OPTIONS, stop]}
    ends = {"reply": {"stopReason": "end_turn" if id == "no" else "cancelled"}}
    steps = [{"request": ["session/request_permission", call]}, {"wait": "response"}, say("well"), ends]

    async def answer(request: Any) -> Answered:
        assert {each.id: each.kind for each in request.options}[id] == kind
        return Answered(option=id)

    found, sink = await prompted(scripted({"session/prompt": steps}), RecordingSink(answer))
    assert found == outcome
    assert [call.status for call in sink.tool_calls] == ["failed"]


async def test_a_free_question_has_no_card(scripted: Scripted) -> None:
    """There is no deed that it would show."""
    ask = ["session/request_permission", {**PERMISSION[1], "_meta": {"antiphon": {"kind": "question"}}}]
    steps = [{"request": ask}, {"wait": "response"}, say("thanks"), END]
    _, sink = await prompted(scripted({"session/prompt": steps}))
    assert (sink.asked[0].kind, sink.asked[0].item, sink.tool_calls) == ("question", None, [])


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (["fs/read_text_file", {"path": "/etc/passwd"}], -32601),
        (
            ["session/request_permission", {"toolCall": {"toolCallId": "t"}, "options": [{"name": "no id"}]}],
            -32602,
        ),
    ],
)
async def test_what_we_do_not_offer_is_refused(scripted: Scripted, request_: Any, code: int) -> None:
    """With an error, so that the agent does not wait; the turn goes on."""
    subject = scripted(
        {"session/prompt": [{"request": request_}, {"wait": "response"}, say("well then"), END]}
    )
    outcome, sink = await prompted(subject)
    assert isinstance(outcome, TurnCompleted)
    assert heard(subject)[-1]["error"]["code"] == code
    assert not sink.asked


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


async def test_an_emoji_cut_in_two(scripted: Scripted) -> None:
    """As JavaScript agents do; the text is whole, and can be written anywhere."""
    head = '{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":'
    halves = [{"raw": head + half + "}}}}\n"} for half in (r'"\ud83d"', r'"\ude00"')]
    outcome, sink = await prompted(scripted({"session/prompt": [*halves, END]}))
    assert isinstance(outcome, TurnCompleted)
    assert sink.text == "😀"


# How it starts


async def test_an_agent_of_another_version_is_refused(scripted: Scripted) -> None:
    """In words."""
    failure = await open_failure(scripted({"initialize": [{"reply": {"protocolVersion": 2}}]}))
    assert failure.code == "invalid-request"
    assert "another version" in failure.message


async def test_an_agent_that_is_not_signed_in(scripted: Scripted) -> None:
    """With the command that signs in."""
    error = {"error": {"code": -32000, "message": "Authentication required"}}
    failure = await open_failure(scripted({"session/new": [error]}))
    assert failure.code == "auth"
    assert failure.action.command == "agent login"


async def test_an_agent_that_never_answers(scripted: Scripted) -> None:
    """`stalled` at the limit, with its stderr; no process is left."""
    steps = {"initialize": [{"stderr": "waiting for the network"}, {"hang": True}]}
    failure = await open_failure(scripted(steps, limits=Limits(start=2.0)))
    assert (failure.code, failure.detail) == ("stalled", "waiting for the network")


@pytest.mark.parametrize("step", [{"exit": 0}, {"exit": 3}])
async def test_an_agent_that_leaves_at_its_start(scripted: Scripted, step: Any) -> None:
    """`provider-crashed`, with its stderr, and told once: by `open`."""
    failure = await open_failure(scripted({"session/new": [{"stderr": "no config"}, step]}))
    assert failure.code == "provider-crashed"
    assert failure.detail == "no config"


async def test_an_agent_that_closes_its_stdin(scripted: Scripted) -> None:
    """It can be asked nothing any more: a failure, not a wait."""
    steps = [{"reply": {"sessionId": "s"}}, {"close": "stdin"}, {"hang": True}]
    failure, _ = await prompted(scripted({"session/new": steps}))
    assert failure.code in ("truncated", "provider-crashed")


# Modes, models, earlier conversations

MODES = {"modes": {"currentModeId": "ask", "availableModes": [{"id": "ask"}, {"id": "plan"}]}}
MODELS = {
    "configOptions": [
        {
            "id": "m",
            "category": "model",
            "type": "select",
            "currentValue": "a",
            "options": [{"value": "a"}, {"value": "b"}],
        }
    ]
}


async def test_mode_and_model_are_chosen(scripted: Scripted) -> None:
    """By the agent's own means; what is current already is not set again."""
    subject = scripted(
        {
            "session/new": [{"reply": {"sessionId": "s", **MODES, **MODELS}}],
            "session/set_config_option": [{"reply": {}}],
        }
    )
    sink = RecordingSink()
    opened = await subject.provider.open(replace(subject.launch(new_id()), mode="plan", model="b"), sink)
    await opened.close()
    assert [message["params"] for message in heard(subject)[2:]] == [
        {"sessionId": "s", "modeId": "plan"},
        {"sessionId": "s", "configId": "m", "value": "b"},
    ]
    assert [(e.mode, e.model) for e in sink.of(SessionUpdated)] == [("ask", "a"), ("plan", None), (None, "b")]
    opened = await subject.provider.open(
        replace(subject.launch(new_id()), mode="ask", model="a"), RecordingSink()
    )
    await opened.close()
    assert methods(subject)[-2:] == ["initialize", "session/new"]


@pytest.mark.parametrize("choice", [{"mode": "yolo"}, {"model": "c"}])
async def test_a_mode_or_model_that_is_not_offered_is_told(scripted: Scripted, choice: Any) -> None:
    """Asked for the read-only mode, an agent must not silently work in another."""
    subject = scripted({"session/new": [{"reply": {"sessionId": "s", **MODES, **MODELS}}]})
    failure = await open_failure(subject, **choice)
    assert failure.code == "invalid-request"
    assert "does not offer" in failure.message


async def test_resume_is_better_than_load(scripted: Scripted) -> None:
    """An agent that can go on without telling it all again is asked to."""
    capabilities = {"loadSession": True, "sessionCapabilities": {"resume": {}}}
    hello = {"reply": {"protocolVersion": 1, "agentCapabilities": capabilities}}
    subject = scripted({"initialize": [hello], "session/resume": [{"reply": {}}]})
    async with Opened(subject, native="earlier"):
        pass
    assert heard(subject)[1]["method"] == "session/resume"
    assert heard(subject)[1]["params"]["sessionId"] == "earlier"


async def test_an_agent_that_cannot_resume_says_so(scripted: Scripted) -> None:
    """Not silently a new conversation."""
    subject = scripted({"initialize": [{"reply": {"protocolVersion": 1}}]})
    assert (await open_failure(subject, native_session="earlier")).code == "invalid-request"
    subject = scripted({"session/load": [{"error": {"code": -32603, "message": "Internal error"}}]})
    failure = await open_failure(subject, native_session="earlier")
    assert "does not know it any more" in failure.message


async def test_a_replay_that_comes_late_is_waited_for(scripted: Scripted) -> None:
    """Gemini answers session/load first, and tells the past then: none of it gets into the next answer."""
    past = [step for n in range(50) for step in (say(f"past {n} "), {"sleep": 0.002})]
    subject = scripted(
        {"session/load": [{"reply": {}}, *past], "session/prompt": [say("present"), END]}, late_replay=True
    )
    async with Opened(subject, native="earlier") as opened:
        await opened.ask("go")
        assert opened.sink.text == "present"
        assert [event.content for event in opened.sink.of(ItemStarted)] == [Message()]


async def test_a_replay_with_pauses_is_waited_for(scripted: Scripted) -> None:
    """An answer between two pieces of the past does not mean that it is over."""
    unknown = {"error": {"code": -32601, "message": "Method not found"}}
    subject = scripted(
        {
            "_antiphon/settled#1": [unknown, {"sleep": 0.1}, say("past")],
            "_antiphon/settled#3": [say("past"), unknown],
            "session/prompt": [say("present"), END],
        },
        late_replay=True,
    )
    async with Opened(subject, native="earlier") as opened:
        await opened.ask("go")
        assert opened.sink.text == "present"
    assert methods(subject).count("_antiphon/settled") == 5


async def test_a_conversation_is_not_loaded_in_its_own_minute(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the agent would lose it: its id carries the minute, and the next one is waited for, visibly."""
    from antiphon.providers.acp import handshake

    now = 1_700_000_040.0 + 58.9  # the last second of a minute
    monkeypatch.setattr(handshake.time, "time", lambda: now)
    monkeypatch.setattr(handshake, "MINUTE_MARGIN_S", 0.1)
    subject = scripted({}, forgets_reload=True)
    async with Opened(subject) as opened:
        native = opened.sink.native_session
    assert native == f"{acp_agent.SESSION}_28333334"
    began = asyncio.get_running_loop().time()
    async with Opened(subject, native=native) as opened:
        assert asyncio.get_running_loop().time() - began > 1
        assert [event.next_at for event in opened.sink.events] == [1_700_000_100_100]
    assert heard(subject)[-1]["params"]["sessionId"] == acp_agent.SESSION


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
