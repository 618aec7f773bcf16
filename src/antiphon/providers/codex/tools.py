"""What Codex does, as our tool calls: pure.

An item comes whole when it starts and again when it is done. Of a command's output the deltas may lack
parts: `aggregatedOutput` is what counts.
"""

import shlex
from collections.abc import Callable, Mapping
from pathlib import PurePath

from antiphon.model.items import Diff, ToolCall, ToolKind, ToolStatus
from antiphon.providers.codex.diffs import diff
from antiphon.providers.loose import Json, table, tables, text

TITLE_LENGTH = 160
SHELLS = frozenset({"bash", "zsh", "sh", "dash"})
STATUS: Mapping[str, ToolStatus] = {
    "inProgress": "running",
    "completed": "completed",
    "failed": "failed",
    "declined": "failed",
}
NOT_DONE = "It was not done."


def call(item: Json, known: ToolCall | None = None) -> ToolCall | None:
    """The item as a tool call; None for what is none. `known`: what it was told as before."""
    make = _KINDS.get(text(item.get("type")))
    return make(item, known) if make else None


def command(words: str) -> str:
    """A command without the shell that Codex runs it in."""
    try:
        parts = shlex.split(words)
    except ValueError:
        return words
    if len(parts) == 3 and PurePath(parts[0]).name in SHELLS and parts[1] in ("-c", "-lc"):
        return parts[2]
    return words


def _command(item: Json, known: ToolCall | None) -> ToolCall:
    said, output = command(text(item.get("command"))), item.get("aggregatedOutput")
    shown = output if isinstance(output, str) else known.output if known else ""
    code = item.get("exitCode")
    return ToolCall(
        title=line(said) or "Command",
        tool="execute",
        status=status(item),
        name="exec_command",
        input={"command": said, "cwd": text(item.get("cwd"))},
        output=_declined(item, shown),
        exit_code=code if isinstance(code, int) and code >= 0 else None,
    )


def _change(item: Json, known: ToolCall | None) -> ToolCall:
    changes = tables(item.get("changes"))
    diffs = known.diffs if known and len(known.diffs) == len(changes) else [diff(each) for each in changes]
    return ToolCall(
        title=_changed(changes),
        tool="edit",
        status=status(item),
        name="apply_patch",
        output=_declined(item, ""),
        diffs=diffs,
        paths=[path for each in changes for path in _paths(each)],
    )


def with_files(item: Json, call: ToolCall, files: Mapping[str, str | None]) -> ToolCall:
    """A change shown in its files. `files`: path → what is there now; None: nothing that can be shown."""
    changes = tables(item.get("changes"))
    diffs: list[Diff] = [diff(each, files.get(text(each.get("path")))) for each in changes]
    return ToolCall(
        title=call.title, tool=call.tool, status=call.status, name=call.name, diffs=diffs, paths=call.paths
    )


def _changed(changes: list[Json]) -> str:
    words = {"add": "Write", "delete": "Delete", "update": "Edit"}
    if len(changes) != 1:
        return f"Change {len(changes)} files"
    kind, (path, *moved) = text(table(changes[0], "kind").get("type")), _paths(changes[0])
    if moved:
        return f"Move {path} to {moved[0]}"
    return f"{words.get(kind, 'Change')} {path}"


def _paths(change: Json) -> list[str]:
    """What a change touches; the second is where the file goes."""
    moved = text(table(change, "kind").get("move_path"))
    return [text(change.get("path")), *([moved] if moved else [])]


def _mcp(item: Json, known: ToolCall | None) -> ToolCall:
    error = text(table(item, "error").get("message"))
    blocks = tables(table(item, "result").get("content"))
    output = "\n".join(text(each.get("text")) or f"[{text(each.get('type'))}]" for each in blocks)
    return ToolCall(
        title=f"{text(item.get('server'))}: {text(item.get('tool'))}",
        status="failed" if error else status(item),
        name=text(item.get("tool")),
        input=item.get("arguments"),
        output=error or output,
    )


def _of(tool: ToolKind, prefix: str, *keys: str) -> Callable[[Json, ToolCall | None], ToolCall]:
    def make(item: Json, known: ToolCall | None) -> ToolCall:
        found = next((words for key in keys if (words := text(item.get(key)))), "")
        title = line(f"{prefix} {found}".strip())
        return ToolCall(title=title, tool=tool, status=status(item), name=text(item.get("type")))

    return make


def status(item: Json) -> ToolStatus:
    """How far it is; an item that does not say is running until it comes completed."""
    return STATUS.get(text(item.get("status")), "running")


def _declined(item: Json, output: str) -> str:
    return NOT_DONE if item.get("status") == "declined" else output


def line(words: str) -> str:
    """The first line of the words, not too long."""
    first, _, more = words.strip().partition("\n")
    return first[:TITLE_LENGTH] + ("…" if more or len(first) > TITLE_LENGTH else "")


_KINDS: Mapping[str, Callable[[Json, ToolCall | None], ToolCall]] = {
    "commandExecution": _command,
    "fileChange": _change,
    "mcpToolCall": _mcp,
    "dynamicToolCall": _of("other", "", "tool"),
    "collabAgentToolCall": _of("other", "Agent:", "prompt", "tool"),
    "webSearch": _of("fetch", "Search the web:", "query"),
    "imageView": _of("read", "Look at", "path"),
    "imageGeneration": _of("other", "Make an image", "revisedPrompt"),
    "sleep": _of("other", "Wait"),
}
