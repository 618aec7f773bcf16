"""Claude's tools as tool calls."""

from typing import Any

import pytest

from antiphon.model.items import Diff, ToolCall
from antiphon.providers.claude import tools


def result(content: Any, is_error: bool = False) -> dict[str, Any]:
    """A `tool_result`."""
    return {"type": "tool_result", "content": content, "is_error": is_error}


def ended(name: str, content: Any, *, is_error: bool = False, said: Any = None, **given: Any) -> ToolCall:
    """A call after its result."""
    return tools.ended(tools.started(name, given), result(content, is_error), said)


@pytest.mark.parametrize(
    ("name", "given", "title", "kind"),
    [
        ("Bash", {"command": "make test\nmake lint"}, "make test…", "execute"),
        ("Bash", {}, "Bash", "execute"),
        ("Read", {"file_path": "a.py"}, "Read a.py", "read"),
        ("Edit", {"file_path": "a.py"}, "Edit a.py", "edit"),
        ("MultiEdit", {"file_path": "a.py"}, "Edit a.py", "edit"),
        ("Write", {"file_path": "a.py"}, "Write a.py", "edit"),
        ("NotebookEdit", {"notebook_path": "a.ipynb"}, "Edit a.ipynb", "edit"),
        ("Grep", {"pattern": "x"}, "Search x", "search"),
        ("Glob", {"pattern": "*.py"}, "Find *.py", "search"),
        ("WebFetch", {"url": "https://example.org"}, "Fetch https://example.org", "fetch"),
        ("WebSearch", {"query": "otters"}, "Search the web: otters", "fetch"),
        ("Task", {"description": "look around"}, "look around", "other"),
        ("Skill", {"skill": "greet"}, "Skill greet", "other"),
        ("mcp__tiny__ping", {}, "tiny: ping", "other"),
        ("SomethingNew", {"x": 1}, "SomethingNew", "other"),
        ("", {}, "Tool", "other"),
        ("Read", {"file_path": 5}, "Read", "read"),
    ],
)
def test_a_call_has_a_title_and_a_kind(name: str, given: dict[str, Any], title: str, kind: str) -> None:
    """One line for a person, whatever is in its input."""
    call = tools.started(name, given)
    assert (call.title, call.tool, call.status, call.input) == (title, kind, "running", given)


def test_a_long_title_is_cut() -> None:
    """The whole is in the input."""
    call = tools.started("Bash", {"command": "x" * 500})
    assert call.title == "x" * tools.TITLE_LENGTH + "…"


def test_the_paths_of_a_call() -> None:
    """Whatever it names them."""
    assert tools.started("Read", {"file_path": "a"}).paths == ["a"]
    assert tools.started("NotebookEdit", {"notebook_path": "b"}).paths == ["b"]


# Commands


def test_a_command_that_went_well() -> None:
    """Exit code 0; no output is nothing, not a sentence for the model."""
    call = ended("Bash", "out\nerr", said={"stdout": "out\nerr"})
    assert (call.status, call.output, call.exit_code) == ("completed", "out\nerr", 0)
    assert ended("Bash", tools.NOTHING).output == ""


@pytest.mark.parametrize(
    ("content", "code", "output"),
    [
        ("Exit code 3\nout", 3, "out"),
        ("Error: Exit code 137", 137, ""),
        ("Exit code 1\nExit code 2\n", 1, "Exit code 2\n"),
        ("it said: Exit code 3", None, "it said: Exit code 3"),
        ("Command timed out", None, "Command timed out"),
    ],
)
def test_a_command_that_failed(content: str, code: int | None, output: str) -> None:
    """Its exit code is taken out of its output, and only from the front."""
    call = ended("Bash", content, is_error=True)
    assert (call.status, call.exit_code, call.output) == ("failed", code, output)


def test_a_command_in_the_background_has_no_exit_code_yet() -> None:
    """What it said so far stays."""
    call = ended("Bash", "…do not start a second copy…", said={"stdout": "begun", "backgroundTaskId": "t"})
    assert (call.exit_code, call.output) == (None, "begun\nIt runs on in the background.")


# Other results


def test_a_result_in_blocks() -> None:
    """Words as they are, anything else named."""
    blocks = [{"type": "text", "text": "a"}, {"type": "image"}, {}, "odd"]
    assert ended("Read", blocks).output == "a\n[image]\n[content]"
    assert ended("Read", None).output == ""


def test_an_error_without_its_tags() -> None:
    """They are for the model."""
    call = ended("Read", "<tool_use_error>No such file</tool_use_error>", is_error=True)
    assert (call.status, call.output) == ("failed", "No such file")


def test_answers_are_shown_as_answers() -> None:
    """Not with what the model is told to do with them."""
    said = {"answers": {"Which colour?": "Blue", "Why?": "It is calm."}}
    call = ended(
        "AskUserQuestion", 'The user answered: "Which colour?"="Blue". Read the answers …', said=said
    )
    assert call.output == "Which colour? Blue\nWhy? It is calm."


# Edits


def test_an_edit_before_it_is_done() -> None:
    """The changed part; with the file known, the file as it will be."""
    given = {"file_path": "a", "old_string": "two", "new_string": "2"}
    assert tools.diffs("Edit", given) == [Diff(path="a", before="two", after="2")]
    assert tools.diffs("Edit", given, "one\ntwo\n") == [Diff(path="a", before="one\ntwo\n", after="one\n2\n")]


def test_all_places_or_the_first() -> None:
    """As Claude asks for it."""
    given = {"file_path": "a", "old_string": "x", "new_string": "y"}
    assert tools.diffs("Edit", given, "x x")[0].after == "y x"
    assert tools.diffs("Edit", {**given, "replace_all": True}, "x x")[0].after == "y y"


def test_edits_one_after_the_other() -> None:
    """The second finds what the first wrote; one that does not fit shows the parts."""
    edits = [{"old_string": "a", "new_string": "b"}, {"old_string": "b", "new_string": "c"}]
    given = {"file_path": "f", "edits": edits}
    assert tools.diffs("MultiEdit", given, "a") == [Diff(path="f", before="a", after="c")]
    assert [diff.before for diff in tools.diffs("MultiEdit", given, "z")] == ["a", "b"]


def test_an_empty_old_string_fits_an_empty_file_only() -> None:
    """Elsewhere it would stand between all letters."""
    given = {"file_path": "f", "old_string": "", "new_string": "new"}
    assert tools.diffs("Edit", given, "") == [Diff(path="f", before="", after="new")]
    assert tools.diffs("Edit", given, "abc") == [Diff(path="f", before="", after="new")]


def test_a_long_file_is_not_shown_whole() -> None:
    """Only the changed part is."""
    given = {"file_path": "f", "old_string": "two", "new_string": "2"}
    long = "two" + "x" * tools.FILE_LIMIT
    assert tools.diffs("Edit", given, long) == [Diff(path="f", before="two", after="2")]


def test_a_new_file() -> None:
    """Nothing before it."""
    assert tools.diffs("Write", {"file_path": "f", "content": "hi"}) == [Diff(path="f", after="hi")]
    assert tools.diffs("Write", {"file_path": "f", "content": "hi"}, "old")[0].before == "old"
    assert tools.diffs("Read", {"file_path": "f"}) == []


def test_a_result_knows_the_whole_file() -> None:
    """It replaces what was shown before, and its words that only say that it was done go."""
    said = {
        "filePath": "f",
        "originalFile": "one\ntwo\n",
        "oldString": "two",
        "newString": "2",
        "replaceAll": False,
        "structuredPatch": [],
    }
    call = ended(
        "Edit", "The file f has been updated.", said=said, file_path="f", old_string="two", new_string="2"
    )
    assert call.diffs == [Diff(path="f", before="one\ntwo\n", after="one\n2\n")]
    assert call.output == ""


def test_a_rejected_edit_keeps_its_diff_and_says_so() -> None:
    """What was proposed stays visible."""
    words = "The user doesn't want to proceed with this tool use. STOP what you are doing"
    call = ended("Edit", words, is_error=True, file_path="f", old_string="a", new_string="b")
    assert call.diffs and (call.status, call.output) == ("failed", "It was not done.")
