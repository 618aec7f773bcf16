"""What Codex does, as tool calls."""

from typing import Any

import pytest

from antiphon.model.items import ToolCall
from antiphon.providers.codex import tools


def call(type: str, known: ToolCall | None = None, **item: Any) -> ToolCall:
    """The item's call."""
    found = tools.call({"type": type, "id": "i", **item}, known)
    assert found
    return found


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("/bin/bash -lc 'echo out; exit 3'", "echo out; exit 3"),
        ("/usr/bin/zsh -c ls", "ls"),
        ("bash -lc ls extra", "bash -lc ls extra"),
        ("git -c 'x y'", "git -c 'x y'"),
        ("it's", "it's"),
    ],
)
def test_a_command_is_shown_without_its_shell(words: str, shown: str) -> None:
    """Where it is one; else as it stands."""
    assert tools.command(words) == shown


@pytest.mark.parametrize(
    ("status", "code", "ours", "shown"),
    [
        ("inProgress", None, "running", None),
        ("completed", 0, "completed", 0),
        ("failed", 3, "failed", 3),
        ("failed", -1, "failed", None),
        ("declined", None, "failed", None),
    ],
)
def test_a_command_tells_how_it_ended(status: str, code: int | None, ours: str, shown: int | None) -> None:
    """One that was ended has no exit code of its own."""
    found = call("commandExecution", command="ls", status=status, exitCode=code, aggregatedOutput="x")
    assert (found.tool, found.status, found.exit_code) == ("execute", ours, shown)


def test_the_whole_output_goes_before_the_parts() -> None:
    """Deltas may lack some of it; without a whole, they are what there is."""
    known = ToolCall(title="ls", output="tick 2\n")
    assert (
        call("commandExecution", known, command="ls", aggregatedOutput="tick 1\ntick 2\n").output
        == "tick 1\ntick 2\n"
    )
    assert call("commandExecution", known, command="ls", aggregatedOutput=None).output == "tick 2\n"


def test_what_was_declined_was_not_done() -> None:
    """In words."""
    assert call("commandExecution", command="ls", status="declined").output == tools.NOT_DONE
    assert call("fileChange", changes=[], status="declined").output == tools.NOT_DONE


@pytest.mark.parametrize(
    ("changes", "title", "paths"),
    [
        ([("add", "a", None)], "Write a", ["a"]),
        ([("delete", "a", None)], "Delete a", ["a"]),
        ([("update", "a", None)], "Edit a", ["a"]),
        ([("update", "a", "b")], "Move a to b", ["a", "b"]),
        ([("add", "a", None), ("add", "b", None)], "Change 2 files", ["a", "b"]),
    ],
)
def test_a_change_is_named_by_its_files(changes: list[Any], title: str, paths: list[str]) -> None:
    """All that it touches."""
    told = [{"path": p, "kind": {"type": k, "move_path": m}, "diff": ""} for k, p, m in changes]
    found = call("fileChange", changes=told, status="inProgress")
    assert (found.title, found.paths, len(found.diffs)) == (title, paths, len(changes))


def test_a_change_stays_shown_in_its_files() -> None:
    """At its end they are changed already."""
    item = {"changes": [{"path": "a", "kind": {"type": "update"}, "diff": "@@ -1 +1 @@\n-x\n+y\n"}]}
    begun = call("fileChange", **item, status="inProgress")
    shown = tools.with_files({"type": "fileChange", **item}, begun, {"a": "x\nz\n"})
    assert [(d.before, d.after) for d in shown.diffs] == [("x\nz\n", "y\nz\n")]
    assert call("fileChange", shown, **item, status="completed").diffs == shown.diffs


@pytest.mark.parametrize(
    ("item", "title", "tool", "status", "output"),
    [
        (
            {
                "type": "mcpToolCall",
                "server": "tiny",
                "tool": "ping",
                "status": "completed",
                "result": {"content": [{"type": "text", "text": "pong"}, {"type": "image"}]},
            },
            "tiny: ping",
            "other",
            "completed",
            "pong\n[image]",
        ),
        (
            {
                "type": "mcpToolCall",
                "server": "tiny",
                "tool": "ping",
                "status": "failed",
                "error": {"message": "no"},
            },
            "tiny: ping",
            "other",
            "failed",
            "no",
        ),
        ({"type": "webSearch", "query": "otters"}, "Search the web: otters", "fetch", "running", ""),
        ({"type": "imageView", "path": "/a.png"}, "Look at /a.png", "read", "running", ""),
        ({"type": "dynamicToolCall", "tool": "x", "status": "completed"}, "x", "other", "completed", ""),
        (
            {"type": "collabAgentToolCall", "prompt": "Look\nwell", "tool": "spawn"},
            "Agent: Look…",
            "other",
            "running",
            "",
        ),
        ({"type": "sleep"}, "Wait", "other", "running", ""),
    ],
)
def test_other_tools(item: dict[str, Any], title: str, tool: str, status: str, output: str) -> None:
    """One line for a person, and what came of it."""
    found = call(**item)
    assert (found.title, found.tool, found.status, found.output) == (title, tool, status, output)


@pytest.mark.parametrize("type", ["agentMessage", "userMessage", "hookPrompt", "somethingNew"])
def test_what_is_no_tool_is_no_call(type: str) -> None:
    """Nor what we do not know."""
    assert tools.call({"type": type}) is None


def test_a_title_is_one_line_of_some_length() -> None:
    """With a sign that there is more."""
    assert tools.line("a\nb") == "a…" and len(tools.line("x" * 500)) == tools.TITLE_LENGTH + 1
