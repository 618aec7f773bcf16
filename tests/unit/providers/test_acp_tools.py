"""Odd updates of tool calls. (What real agents send: the transcripts.)"""

from typing import Any

import pytest

from antiphon.model.items import Diff, ToolCall
from antiphon.providers.acp import tools

CALL = ToolCall(title="Do it", tool="execute", status="running", output="so far")
DIFFS = [Diff(path="a", before="x", after="y")]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"rawOutput": {"exitCode": 3}}, 3),
        ({"rawOutput": {"exit_code": 0}}, 0),
        ({"_meta": {"terminal_exit": {"exit_code": -9}}}, -9),
        ({"rawOutput": {"exitCode": "3"}}, None),
        ({"rawOutput": {"exitCode": True}}, None),
        ({"rawOutput": "3"}, None),
    ],
)
def test_an_exit_code_is_a_whole_number(told: dict[str, Any], code: int | None) -> None:
    """Whatever else an agent puts there is none."""
    assert tools.merge(CALL, told).exit_code == code


def test_a_raw_output_shows_where_nothing_else_does() -> None:
    """Words for a person, or a change, say more than what the tool returned."""
    raw = {"rawOutput": {"stdout": "raw"}}
    assert tools.merge(ToolCall(title="T"), raw).output == "raw"
    assert tools.merge(CALL, raw).output == "so far"
    changed = ToolCall(title="T", diffs=DIFFS)
    assert tools.merge(changed, raw) == changed


def test_an_empty_list_takes_the_words_and_leaves_the_change() -> None:
    """It shows what was done."""
    call = ToolCall(title="T", output="words", diffs=DIFFS)
    assert tools.merge(call, {"content": []}) == ToolCall(title="T", diffs=DIFFS)


@pytest.mark.parametrize(
    "more",
    [
        {"status": "completed"},
        {"title": "Another"},
        {"_meta": {"terminal_output": {"data": "x"}, "other": 1}},
    ],
)
def test_more_than_output_is_not_only_output(more: dict[str, Any]) -> None:
    """What comes with it would be lost."""
    update = {
        "sessionUpdate": "tool_call_update",
        "toolCallId": "t",
        "_meta": {"terminal_output": {"data": "x"}},
    }
    assert tools.only_output(update) == "x"
    assert tools.only_output(update | more) == ""


@pytest.mark.parametrize(
    ("told", "tool", "status"),
    [
        ({"kind": "edit", "status": "completed"}, "edit", "completed"),
        ({"kind": "teleport", "status": "pondering"}, "other", "running"),
        ({}, "execute", "running"),
    ],
)
def test_kinds_and_statuses_of_tomorrow(told: dict[str, Any], tool: str, status: str) -> None:
    """A kind is another one; a status is as it was."""
    call = tools.merge(CALL, told)
    assert (call.tool, call.status) == (tool, status)


@pytest.mark.parametrize(
    "meta",
    [
        {"toolName": "shell"},
        {"claudeCode": {"toolName": "shell"}},
        {"x": 1, "claudeCode": {"toolName": "shell"}},
    ],
)
def test_the_tools_own_name(meta: dict[str, Any]) -> None:
    """Two places are in use."""
    assert tools.merge(None, {"title": "T", "_meta": meta}).name == "shell"
