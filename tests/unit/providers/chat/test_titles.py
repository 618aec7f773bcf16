"""What a tool call is called."""

import pytest

from antiphon.providers.chat import titles


@pytest.mark.parametrize(
    ("name", "given", "kind", "title"),
    [
        ("read_file", {"path": "a.py"}, "read", "Read a.py"),
        ("write_file", {"path": "a.py", "content": "x"}, "edit", "Write a.py"),
        ("search_files", {"pattern": "foo"}, "search", "Search foo in ."),
        ("list_directory", {}, "read", "List ."),
        ("run_command", {"command": "ls\nrm x"}, "execute", "Run ls"),
        ("read_file", {"path": 7}, "read", "Read ."),
        ("other_tool", {}, "other", "other_tool"),
    ],
)
def test_titles(name: str, given: dict[str, object], kind: str, title: str) -> None:
    """One line, whatever the model gave."""
    assert (titles.kind(name), titles.title(name, given)) == (kind, title)
