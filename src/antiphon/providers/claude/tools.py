"""Claude's tools as our tool calls: pure.

A call begins with the model's `tool_use` block and ends with the `tool_result` of its id; the
message around the result says more about it (`tool_use_result`), in a shape of each tool's own.
"""

import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from antiphon.model.items import Diff, ToolCall, ToolKind
from antiphon.providers.loose import Json, table, tables, text

TITLE_LENGTH = 160
FILE_LIMIT = 200_000
"""Characters of a file that is shown whole around a change; of a longer one only the changed part is."""

KINDS: dict[str, ToolKind] = {
    "Bash": "execute",
    "BashOutput": "execute",
    "Monitor": "execute",
    "Read": "read",
    "NotebookRead": "read",
    "Edit": "edit",
    "MultiEdit": "edit",
    "Write": "edit",
    "NotebookEdit": "edit",
    "Glob": "search",
    "Grep": "search",
    "LS": "search",
    "ToolSearch": "search",
    "WebFetch": "fetch",
    "WebSearch": "fetch",
}
PATHS = ("file_path", "notebook_path", "path")
EXIT = re.compile(r"\A(?:Error: )?Exit code (\d+)\n?")
NOTHING = "(Bash completed with no output)"
REJECTED = re.compile(r"\AThe user doesn't want to (?:proceed with|take) this ")
"""What the model is told of a call that was not done or stopped, with what it is to do now."""
BEGUN = "stopped while running"
ERROR_TAGS = re.compile(r"\A<tool_use_error>(.*)</tool_use_error>\Z", re.DOTALL)


def preparing(name: str) -> ToolCall:
    """A call that the model is still writing."""
    return ToolCall(title=_shown(name), tool=KINDS.get(name, "other"), status="preparing", name=name)


def started(name: str, given: Json) -> ToolCall:
    """A call as the model wrote it."""
    return ToolCall(
        title=title(name, given),
        tool=KINDS.get(name, "other"),
        status="running",
        name=name,
        input=given,
        diffs=diffs(name, given),
        paths=[path for key in PATHS if (path := text(given.get(key)))],
    )


def title(name: str, given: Json) -> str:
    """One line for a person."""
    say = _TITLES.get(name)
    words = say(given) if say else ""
    return _line(words) or _shown(name)


def ended(call: ToolCall, block: Json, result: Any) -> ToolCall:
    """The call after its result: the `tool_result` block and the message's `tool_use_result`."""
    output, found = _output(block.get("content")), table(result)
    if block.get("is_error") is True:
        changes = _failed(call, output)
    else:
        changes: Json = {"status": "completed", "output": _said(call, output, found)}
        if call.tool == "execute" and not found.get("backgroundTaskId"):
            changes["exit_code"] = 0
    if whole := _whole(found):
        changes["diffs"] = [whole]
    return replace(call, **changes)


def _failed(call: ToolCall, output: str) -> Json:
    if REJECTED.match(output):
        begun = BEGUN in output
        output = "It was stopped while it ran: part of it may be done." if begun else "It was not done."
    elif tagged := ERROR_TAGS.match(output):
        output = tagged[1]
    code, rest = _exit(output) if call.tool == "execute" else (None, output)
    return {"status": "failed", "output": rest, "exit_code": code}


def _said(call: ToolCall, output: str, found: Json) -> str:
    """What a person wants to read of what the model is told."""
    if found.get("isAsync") is True:
        return "It works in the background."
    if found.get("backgroundTaskId"):
        return "\n".join(filter(None, (text(found.get("stdout")), "It runs on in the background.")))
    if call.name == "AskUserQuestion" and (answers := table(found, "answers")):
        return "\n".join(f"{question} {answer}" for question, answer in answers.items())
    if call.tool == "edit" or call.name == "ExitPlanMode" or output == NOTHING:
        return ""  # only says that it was done
    return output


def diffs(name: str, given: Json, before: str | None = None) -> list[Diff]:
    """What an edit would change; `before`: the file as it is, where it is known."""
    path = text(given.get("file_path"))
    if name == "Write" and isinstance(given.get("content"), str):
        return [Diff(path=path, before=before, after=given["content"])]
    edits = [given] if name == "Edit" else tables(given.get("edits")) if name == "MultiEdit" else []
    if not edits:
        return []
    after = _edited(before, edits) if before is not None and len(before) <= FILE_LIMIT else None
    if after is not None:
        return [Diff(path=path, before=before, after=after)]
    return [
        Diff(path=path, before=text(edit.get("old_string")), after=text(edit.get("new_string")))
        for edit in edits
    ]


def _edited(before: str, edits: list[Json]) -> str | None:
    """The file after the edits; None when one does not fit."""
    for edit in edits:
        old, new = text(edit.get("old_string")), text(edit.get("new_string"))
        if old not in before or (not old and before):
            return None
        before = before.replace(old, new, -1 if edit.get("replace_all") is True else 1)
    return before


def _whole(result: Json) -> Diff | None:
    """The file's change, whole, out of an edit's result."""
    before, path = result.get("originalFile"), text(result.get("filePath"))
    if not path or "structuredPatch" not in result:
        return None
    if isinstance(result.get("content"), str):  # Write
        return Diff(path=path, before=before if isinstance(before, str) else None, after=result["content"])
    if not isinstance(before, str) or len(before) > FILE_LIMIT:
        return None
    edit = {
        "old_string": result.get("oldString"),
        "new_string": result.get("newString"),
        "replace_all": result.get("replaceAll"),
    }
    edits = tables(result.get("edits")) or [edit]
    after = _edited(before, edits)
    return Diff(path=path, before=before, after=after) if after is not None else None


def _output(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(_block(block) for block in tables(content))


def _block(block: Json) -> str:
    if block.get("type") == "text":
        return text(block.get("text"))
    return f"[{text(block.get('type')) or 'content'}]"


def _exit(output: str) -> tuple[int | None, str]:
    found = EXIT.match(output)
    return (int(found[1]), output[found.end() :]) if found else (None, output)


def _line(words: str) -> str:
    first, _, more = words.strip().partition("\n")
    return first[:TITLE_LENGTH] + ("…" if more or len(first) > TITLE_LENGTH else "")


def _shown(name: str) -> str:
    """`mcp__server__tool` as people would say it."""
    if name.startswith("mcp__"):
        server, _, tool = name.removeprefix("mcp__").partition("__")
        return f"{server}: {tool}"
    return name or "Tool"


def _of(prefix: str, *keys: str) -> Callable[[Json], str]:
    def say(given: Json) -> str:
        found = next((words for key in keys if (words := text(given.get(key)))), "")
        return f"{prefix} {found}".strip() if found else ""

    return say


_TITLES: dict[str, Callable[[Json], str]] = {
    "Bash": _of("", "command"),
    "Read": _of("Read", "file_path"),
    "NotebookRead": _of("Read", "notebook_path"),
    "Edit": _of("Edit", "file_path"),
    "MultiEdit": _of("Edit", "file_path"),
    "Write": _of("Write", "file_path"),
    "NotebookEdit": _of("Edit", "notebook_path"),
    "Glob": _of("Find", "pattern"),
    "Grep": _of("Search", "pattern"),
    "LS": _of("List", "path"),
    "ToolSearch": _of("Look for a tool:", "query"),
    "WebFetch": _of("Fetch", "url"),
    "WebSearch": _of("Search the web:", "query"),
    "Task": _of("", "description"),
    "Agent": _of("", "description"),
    "Skill": _of("Skill", "skill", "command"),
    "AskUserQuestion": lambda given: "; ".join(
        text(q.get("question")) for q in tables(given.get("questions"))
    ),
    "ExitPlanMode": lambda given: "Propose a plan",
}
