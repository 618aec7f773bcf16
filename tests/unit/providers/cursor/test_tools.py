"""Cursor's tool calls as ACP's, by kind."""

from typing import Any

import pytest

from antiphon.providers.acp import tools as acp
from antiphon.providers.cursor import tools


def call(name: str, args: dict[str, Any], result: Any = None, status: str = "completed") -> dict[str, Any]:
    message = {"call_id": "c\n1", "name": name, "status": status, "args": args, "result": result}
    return tools.call(message)


def success(**value: Any) -> dict[str, Any]:
    return {"status": "success", "value": value}


def words(update: dict[str, Any]) -> str:
    return "".join(each["content"]["text"] for each in update.get("content", []) if each["type"] == "content")


@pytest.mark.parametrize(
    ("name", "args", "title", "kind"),
    [
        ("shell", {"command": "make test"}, "make test", "execute"),
        ("write", {"path": "a.py", "fileText": "x"}, "Write a.py", "edit"),
        ("edit", {"path": "a.py"}, "Edit a.py", "edit"),
        ("delete", {"path": "a.py"}, "Delete a.py", "delete"),
        ("read", {"path": "a.py"}, "Read a.py", "read"),
        ("ls", {"path": "src"}, "List src", "search"),
        ("glob", {"globPattern": "*.py"}, "Find *.py", "search"),
        ("grep", {"pattern": "def"}, "Search for def", "search"),
        ("webFetch", {"url": "https://example.org"}, "Fetch https://example.org", "fetch"),
        ("task", {"description": "look"}, "Task: look", "think"),
        ("mcp", {"providerIdentifier": "linear", "toolName": "list"}, "linear: list", "other"),
        ("ofTomorrow", {}, "ofTomorrow", "other"),
        ("", {}, "Tool", "other"),
    ],
)
def test_a_call_has_a_title_and_a_kind(name: str, args: dict[str, Any], title: str, kind: str) -> None:
    """Also one that we do not know."""
    update = call(name, args, status="running")
    assert (update["title"], update["kind"], update["status"]) == (title, kind, "in_progress")
    assert update["toolCallId"] == "c\n1"  # ids with line ends are Cursor's own
    merged = acp.merge(None, update)
    assert (merged.title, merged.tool, merged.name) == (title, kind, name or None)


def test_a_commands_end() -> None:
    """Its output, both streams, and its exit code; not zero, or by a signal, is failed."""
    done = call("shell", {"command": "x"}, success(exitCode=0, signal="", stdout="out\n", stderr="err\n"))
    assert (done["status"], done["rawOutput"], words(done)) == ("completed", {"exitCode": 0}, "out\nerr\n")
    failed = call("shell", {"command": "x"}, success(exitCode=3, signal="", stdout="", stderr=""))
    assert (failed["status"], failed["rawOutput"]) == ("failed", {"exitCode": 3})
    killed = call("shell", {"command": "x"}, success(exitCode=0, signal="SIGTERM", stdout="", stderr=""))
    assert killed["status"] == "failed"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"message": "no such file"}, "no such file"),
        ({"error": "denied"}, "denied"),
        ("rejected", "rejected"),
        ({"odd": 1}, '{"odd": 1}'),
        (None, "It failed without a word."),
    ],
)
def test_an_error_is_told_in_its_own_words(error: Any, said: str) -> None:
    """In whatever shape it comes."""
    update = call("read", {"path": "a"}, {"status": "error", "error": error})
    assert (update["status"], words(update)) == ("failed", said)


def test_a_written_file_is_a_diff() -> None:
    """Its whole text, as it was asked for or as it stands after."""
    update = call("write", {"path": "a", "fileText": "new\n"}, success(path="a", linesCreated=1, fileSize=4))
    assert update["content"] == [{"type": "diff", "path": "a", "oldText": None, "newText": "new\n"}]
    after = success(path="a", linesCreated=1, fileSize=4, fileContentAfterWrite="new!\n")
    assert call("write", {"path": "a", "fileText": "new\n"}, after)["content"][0]["newText"] == "new!\n"


@pytest.mark.parametrize(
    ("diff", "before", "after"),
    [
        ("--- a\n+++ b\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n", "same\nold\n", "same\nnew\n"),
        ("@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n+d\n", "a\n⋯\nc\n", "b\n⋯\nd\n"),
        ("--- /dev/null\n+++ b\n@@ -0,0 +1 @@\n+new\n", None, "new\n"),
        ("@@ -1 +0,0 @@\n--- not a header\n", "-- not a header\n", None),
        ("", None, None),
    ],
)
def test_a_unified_diff_has_two_sides(diff: str, before: str | None, after: str | None) -> None:
    """The hunks only; lines that look like headers are lines, once a hunk has begun."""
    assert tools.sides(diff) == (before, after)


def test_an_edit_without_a_diff_shows_none() -> None:
    """It is done all the same."""
    update = call("edit", {"path": "a"}, success(linesAdded=1))
    assert update["status"] == "completed" and "content" not in update


def test_a_to_do_list_is_a_plan_and_no_call() -> None:
    """As the result tells it, else as it was asked for."""
    args = {"todos": [{"content": "Look", "status": "inProgress"}]}
    message = {"call_id": "c", "name": "updateTodos", "status": "running", "args": args}
    assert tools.entries(message) == [{"content": "Look", "status": "in_progress"}]
    whole = success(todos=[{"content": "Look", "status": "completed"}, {"content": "Do", "status": "odd"}])
    assert tools.entries(message | {"result": whole}) == [
        {"content": "Look", "status": "completed"},
        {"content": "Do", "status": "pending"},
    ]
    assert tools.entries({"name": "shell"}) is None


def test_an_mcp_tool_that_failed_says_so() -> None:
    """Its words are its output."""
    value = success(content=[{"text": {"text": "no"}}, {"image": {"data": ""}}], isError=True)
    update = call("mcp", {"toolName": "x"}, value)
    assert (update["status"], words(update)) == ("failed", "no\n")
