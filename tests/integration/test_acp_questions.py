"""What ACP agents ask a person, and when they may not: scripted, as real processes."""

import asyncio
from typing import Any

import pytest

from antiphon.model.events import ApprovalRequested, ItemCompleted, TurnCancelled, TurnCompleted
from antiphon.model.items import ToolCall
from antiphon.providers.acp import permission
from antiphon.providers.acp.link import Link
from antiphon.providers.base import Answered
from antiphon.testing.check_provider import Opened, failure_of
from antiphon.testing.sink import RecordingSink, allow, never, reject
from tests.scripted import END, OPTIONS, PERMISSION, Scripted, heard, methods, prompted, say


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
    """The agent went on without the answer: nobody is asked any more, until the next turn asks."""
    withdrawn = asyncio.Event()

    async def wait(request: ApprovalRequested) -> Answered:
        try:
            return await never(request)
        finally:
            withdrawn.set()

    async def later(request: ApprovalRequested) -> Answered:
        await asyncio.sleep(0.05)  # a person is not as quick as a loop
        return await allow(request)

    script = {
        "session/prompt": [{"request": PERMISSION}, say("never mind"), {"sleep": 0.2}, END],
        "session/prompt#2": [{"request": PERMISSION}, {"wait": "response"}, say("well"), END],
    }
    subject = scripted(script)
    async with Opened(subject, RecordingSink(wait)) as opened:
        assert isinstance(await opened.ask("go"), TurnCompleted)
        async with asyncio.timeout(5):
            await withdrawn.wait()
        opened.sink.answer = later
        assert isinstance(await opened.ask("go"), TurnCompleted)
    assert heard(subject)[-1]["result"]["outcome"] == {"outcome": "selected", "optionId": "yes"}


async def test_a_question_open_at_the_close_is_withdrawn_first(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the agent's process has taken its time to end."""
    withdrawn, gate, close = asyncio.Event(), asyncio.Event(), Link.close

    async def wait(request: Any) -> Any:
        try:
            await never(request)
        finally:
            withdrawn.set()

    async def slow(link: Link) -> None:
        await gate.wait()
        await close(link)

    monkeypatch.setattr(Link, "close", slow)
    steps = [{"request": PERMISSION}, {"hang": True}]
    async with Opened(scripted({"session/prompt": steps}), RecordingSink(wait)) as opened:
        work = opened.ask("go")
        await opened.sink.until(lambda: opened.sink.asked)
        closing = asyncio.create_task(opened.agent.close())
        try:
            async with asyncio.timeout(5):
                await withdrawn.wait()
        finally:
            gate.set()
        await closing
        await failure_of(work, 5)


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


async def test_half_an_emoji_in_a_question(scripted: Scripted) -> None:
    """It can be asked, and written anywhere."""
    call = {"toolCall": {"toolCallId": "t", "title": "Do \ud83d"}, "options": OPTIONS}
    steps = [{"request": ["session/request_permission", call]}, {"wait": "response"}, END]
    _, sink = await prompted(scripted({"session/prompt": steps}))
    assert sink.asked[0].title == "Do \ufffd"
