"""What a tool call is called and which kind it is: pure."""

from antiphon.providers.loose import Json, text

KINDS: dict[str, tuple[str, str]] = {
    "read_file": ("read", "Read {path}"),
    "list_directory": ("read", "List {path}"),
    "file_info": ("read", "Look at {path}"),
    "search_files": ("search", "Search {pattern} in {path}"),
    "find_files": ("search", "Find {pattern} in {path}"),
    "write_file": ("edit", "Write {path}"),
    "edit_file": ("edit", "Edit {path}"),
    "create_directory": ("edit", "Make the folder {path}"),
    "run_command": ("execute", "Run {command}"),
}
LENGTH = 200
"""Characters of a title."""


def kind(name: str) -> str:
    """ACP's kind of the tool."""
    return KINDS.get(name, ("other", ""))[0]


def title(name: str, given: Json) -> str:
    """For people: "Write src/a.py"."""
    words = {"path": ".", "pattern": "", "command": ""} | {key: text(value) for key, value in given.items()}
    pattern = KINDS.get(name, ("other", name))[1]
    for key in ("path", "pattern", "command"):
        pattern = pattern.replace("{" + key + "}", words[key] or ".")
    return pattern.splitlines()[0][:LENGTH] if pattern.strip() else name
