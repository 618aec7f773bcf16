"""A run's events as session updates, and how it ended."""

from typing import Any

import pytest

from antiphon.providers.cursor.updates import Updates
from antiphon.providers.peer import RpcError


def message(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": "sdk_message", "sdk_message": {"type": kind, "run_id": "run-1", **fields}}


def update(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": "interaction_update", "interaction_update": {"type": kind, **fields}}


def result(status: str, **fields: Any) -> dict[str, Any]:
    return {"kind": "result", "result": {"status": f"RUN_LIFECYCLE_STATUS_{status}", **fields}}


def shell(id: str, status: str = "running") -> dict[str, Any]:
    return message("tool_call", call_id=id, name="shell", status=status, args={"command": "x"})


ENDED = update("turn-ended", usage={"inputTokens": 1})
UNKNOWN = {"kind": "unknown", "sdk_message": None, "interaction_update": None, "result": None}


def after(*events: dict[str, Any], cancelled: bool = False) -> dict[str, Any]:
    updates = Updates()
    for event in events:
        updates.of(event)
    return updates.outcome(cancelled)


def test_words_and_thoughts() -> None:
    """Blocks come as a list, or as the SDK's own tuple."""
    updates = Updates()
    said = updates.of(message("assistant", message={"content": ({"type": "text", "text": "Hi"},)}))
    assert said == [{"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "Hi"}}]
    [thought] = updates.of(message("thinking", text="hm"))
    assert thought["sessionUpdate"] == "agent_thought_chunk"
    assert updates.run == "run-1"


@pytest.mark.parametrize(
    "event", [UNKNOWN, message("status", status="RUNNING"), update("token-delta", tokens=1), message("odd")]
)
def test_what_tells_a_person_nothing_is_no_sign_of_life(event: dict[str, Any]) -> None:
    """The bridge's keep-alive comes while the model is silent, too."""
    assert Updates().of(event) == []


def test_done() -> None:
    """With what it cost, summed over its steps."""
    one = message("usage", usage={"input_tokens": 100, "output_tokens": 20, "cache_read_tokens": 7})
    two = message("usage", usage={"input_tokens": 10, "output_tokens": 2})
    assert after(one, two, ENDED, result("FINISHED")) == {
        "stopReason": "end_turn",
        "usage": {"inputTokens": 110, "outputTokens": 22, "cachedReadTokens": 7},
    }


@pytest.mark.parametrize("events", [(ENDED,), (result("FINISHED"),), ()])
def test_an_end_without_the_models_word_is_no_success(events: tuple[dict[str, Any], ...]) -> None:
    """No result, or a result though the model did not say that it is done."""
    with pytest.raises(RpcError, match="stream was cut"):
        after(*events)


def test_a_failed_run_is_an_error() -> None:
    """In its own words."""
    with pytest.raises(RpcError, match="HTTP 429") as failed:
        after(ENDED, result("ERROR", errorMessage="[unavailable] HTTP 429"))
    assert failed.value.code == 429


def test_a_stopped_run() -> None:
    """By its own word, or because it was told to, whatever it says of it."""
    assert after(result("CANCELLED"))["stopReason"] == "cancelled"
    assert after(result("ERROR", errorMessage="aborted"), cancelled=True)["stopReason"] == "cancelled"


def test_what_a_command_prints_belongs_to_the_only_one_that_runs() -> None:
    """Where two run, it is left for their results."""
    updates = Updates()
    printed = update("shell-output-delta", event={"stdout": {"data": "line\n"}})
    assert updates.of(printed) == []
    updates.of(shell("one"))
    [more] = updates.of(printed)
    assert (more["toolCallId"], more["_meta"]) == ("one", {"terminal_output": {"data": "line\n"}})
    updates.of(shell("two"))
    assert updates.of(printed) == []
    updates.of(shell("one", "completed"))
    assert updates.of(printed)[0]["toolCallId"] == "two"


def test_words_after_a_call_without_a_result_end_it() -> None:
    """Its stream broke and began again; a result that does come is told after all."""
    updates = Updates()
    updates.of(shell("one"))
    ended, words = updates.of(message("assistant", message={"content": [{"type": "text", "text": "First."}]}))
    assert (ended["toolCallId"], ended["status"], words["sessionUpdate"]) == (
        "one",
        "failed",
        "agent_message_chunk",
    )
    assert "began again" in str(ended["content"])
    assert updates.of(update("shell-output-delta", event={"stdout": {"data": "late\n"}})) == []
    assert len(updates.of(message("thinking", text="hm"))) == 1
    result = {"status": "success", "value": {"exitCode": 0, "stdout": "late"}}
    [late] = updates.of(
        message(
            "tool_call", call_id="one", name="shell", status="completed", args={"command": "x"}, result=result
        )
    )
    assert late["status"] == "completed"


@pytest.mark.parametrize(
    "nothing",
    [message("thinking", text=""), message("assistant", message={"content": [{"type": "text", "text": ""}]})],
)
def test_a_thought_ends_it_too_and_no_words_do_not(nothing: dict[str, Any]) -> None:
    """An empty event comes while a command runs."""
    updates = Updates()
    updates.of(shell("one"))
    assert updates.of(nothing) == []
    ended, thought = updates.of(message("thinking", text="hm"))
    assert (ended["toolCallId"], ended["status"]) == ("one", "failed")
    assert thought["sessionUpdate"] == "agent_thought_chunk"
