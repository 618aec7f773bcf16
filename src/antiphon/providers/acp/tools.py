"""ACP's tool calls as ours: pure.

An update names only what changed, but its `content` replaces all content before it.
Agents that run commands stream the output as `_meta.terminal_output` (a convention of the
field, which `initialize` asks for), and their exit code as `_meta.terminal_exit`.
"""

from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from antiphon.model.items import Diff, ToolCall, ToolKind, ToolStatus
from antiphon.providers.loose import Json, table, tables, text

KINDS = frozenset(get_args(ToolKind))
STATUSES: dict[str, ToolStatus] = {
    "pending": "pending",
    "in_progress": "running",
    "completed": "completed",
    "failed": "failed",
}
DONE = ("completed", "failed")
STREAMING = frozenset({"sessionUpdate", "toolCallId", "_meta"})
"""All that an update has which only brings more output."""
OUTPUT_KEYS = ("output", "stdout", "result", "text", "error", "message")
EXIT_KEYS = ("exitCode", "exit_code")


def merge(known: ToolCall | None, update: Json) -> ToolCall:
    """The tool call after the update."""
    call = known or ToolCall(title=text(update.get("title")) or text(update.get("toolCallId")) or "Tool")
    changes: Json = {}
    if title := text(update.get("title")):
        changes["title"] = title
    if kind := text(update.get("kind")):
        changes["tool"] = kind if kind in KINDS else "other"
    if status := STATUSES.get(text(update.get("status"))):
        changes["status"] = status
    if update.get("rawInput") is not None:
        changes["input"] = update["rawInput"]
    changes |= _name(update) | _paths(update) | _content(call, update) | _exit(update)
    return replace(call, **changes) if changes else call


def only_output(update: Json) -> str:
    """More of the output, when the update brings nothing else; "" otherwise."""
    if update.keys() != STREAMING or table(update, "_meta").keys() != {"terminal_output"}:
        return ""
    return streamed(update)


def streamed(update: Json) -> str:
    """More of the output."""
    return text(table(update, "_meta", "terminal_output").get("data"))


def _name(update: Json) -> Json:
    meta = table(update, "_meta")
    for place in (meta, *tables(list(meta.values()))):  # `_meta.claudeCode.toolName` is one in use
        if name := text(place.get("toolName")):
            return {"name": name}
    return {}


def _paths(update: Json) -> Json:
    paths = [path for place in tables(update.get("locations")) if (path := text(place.get("path")))]
    return {"paths": paths} if paths else {}


def _content(call: ToolCall, update: Json) -> Json:
    """What came replaces what was, but an empty list leaves the diffs: they show what was done."""
    changes: Json = {}
    blocks = tables(update.get("content"))
    diffs = [_diff(block) for block in blocks if block.get("type") == "diff"]
    texts = [block_text(table(block, "content")) for block in blocks if block.get("type") == "content"]
    if diffs:
        changes["diffs"] = diffs
    if texts:
        changes["output"] = "\n".join(texts)
    elif more := streamed(update):
        changes["output"] = call.output + more
    elif update.get("rawOutput") and not call.output and not diffs and not call.diffs:
        changes["output"] = _raw(update["rawOutput"])
    elif update.get("content") == []:
        changes["output"] = ""
    return changes


def _diff(block: Json) -> Diff:
    before, after = block.get("oldText"), block.get("newText")
    return Diff(
        path=text(block.get("path")),
        before=None if before is None else text(before),
        after=None if after is None else text(after),
    )


def _raw(raw: Any) -> str:
    """The words of an output that came without content."""
    if isinstance(raw, str):
        return raw
    for key in OUTPUT_KEYS:
        if words := text(table(raw).get(key)):
            return words
    return msgspec.json.format(msgspec.json.encode(raw)).decode()


def _exit(update: Json) -> Json:
    for place in (table(update, "rawOutput"), table(update, "_meta", "terminal_exit")):
        for key in EXIT_KEYS:
            if type(place.get(key)) is int:
                return {"exit_code": place[key]}
    return {}


def block_text(block: Json) -> str:
    """An ACP content block as markdown."""
    match block.get("type"):
        case "text":
            return text(block.get("text"))
        case "resource_link":
            return f"[{block.get('title') or block.get('name') or block.get('uri')}]({block.get('uri')})"
        case "resource":
            resource = table(block, "resource")
            return text(resource.get("text")) or text(resource.get("uri"))
        case "image" | "audio" as kind:
            return f"[{kind}: {block.get('mimeType')}]"
        case _:
            return ""
