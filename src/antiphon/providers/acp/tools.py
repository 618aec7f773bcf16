"""ACP's tool calls as ours: pure.

An update names only what changed, but its `content` replaces all content before it.
Agents that run commands stream the output as `_meta.terminal_output` (a convention of the
field, which `initialize` asks for), and their exit code as `_meta.terminal_exit`.
"""

from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from antiphon.model.items import Diff, ToolCall, ToolKind, ToolStatus

Json = dict[str, Any]

KINDS = frozenset(get_args(ToolKind))
STATUSES: dict[str, ToolStatus] = {
    "pending": "pending",
    "in_progress": "running",
    "completed": "completed",
    "failed": "failed",
}
DONE = ("completed", "failed")
OUTPUT_KEYS = ("output", "stdout", "result", "text", "error", "message")
EXIT_KEYS = ("exitCode", "exit_code")


def merge(known: ToolCall | None, update: Json) -> ToolCall:
    """The tool call after the update."""
    call = known or ToolCall(title=str(update.get("title") or update.get("toolCallId") or "Tool"))
    changes: dict[str, Any] = {}
    if known and isinstance(update.get("title"), str):
        changes["title"] = update["title"]
    if update.get("kind"):
        changes["tool"] = update["kind"] if update["kind"] in KINDS else "other"
    if update.get("status") in STATUSES:
        changes["status"] = STATUSES[update["status"]]
    if update.get("rawInput") is not None:
        changes["input"] = update["rawInput"]
    changes |= _name(update) | _paths(update) | _content(call, update) | _exit(update)
    return replace(call, **changes) if changes else call


def _name(update: Json) -> Json:
    for meta in _dicts(_dict(update.get("_meta"))):
        if isinstance(meta.get("toolName"), str):
            return {"name": meta["toolName"]}
    return {}


def _paths(update: Json) -> Json:
    locations = update.get("locations")
    if not isinstance(locations, list):
        return {}
    paths = [place["path"] for place in locations if isinstance(place, dict) and isinstance(place.get("path"), str)]
    return {"paths": paths} if paths else {}


def _content(call: ToolCall, update: Json) -> Json:
    changes: Json = {}
    blocks = [block for block in update.get("content") or [] if isinstance(block, dict)]
    diffs = [_diff(block) for block in blocks if block.get("type") == "diff"]
    texts = [block_text(_dict(block.get("content"))) for block in blocks if block.get("type") == "content"]
    if diffs:
        changes["diffs"] = diffs
    if texts:
        changes["output"] = "\n".join(texts)
    elif isinstance(streamed := _dict(_dict(update.get("_meta")).get("terminal_output")).get("data"), str):
        changes["output"] = call.output + streamed
    elif update.get("rawOutput") and not call.output and not diffs and not call.diffs:
        changes["output"] = _raw(update["rawOutput"])
    return changes


def _diff(block: Json) -> Diff:
    return Diff(path=str(block.get("path") or ""), before=block.get("oldText"), after=block.get("newText"))


def _raw(raw: Any) -> str:
    """The words of an output that came without content."""
    if isinstance(raw, str):
        return raw
    for key in OUTPUT_KEYS:
        if isinstance(raw, dict) and isinstance(raw.get(key), str):
            return raw[key]
    return msgspec.json.format(msgspec.json.encode(raw)).decode()


def _exit(update: Json) -> Json:
    places = (_dict(update.get("rawOutput")), _dict(_dict(update.get("_meta")).get("terminal_exit")))
    for place in places:
        for key in EXIT_KEYS:
            if type(place.get(key)) is int:
                return {"exit_code": place[key]}
    return {}


def block_text(block: Json) -> str:
    """An ACP content block as markdown."""
    match block.get("type"):
        case "text":
            return str(block.get("text") or "")
        case "resource_link":
            return f"[{block.get('title') or block.get('name') or block.get('uri')}]({block.get('uri')})"
        case "resource":
            resource = _dict(block.get("resource"))
            return str(resource.get("text") or resource.get("uri") or "")
        case "image" | "audio" as kind:
            return f"[{kind}: {block.get('mimeType')}]"
        case _:
            return ""


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _dicts(value: Json) -> list[Json]:
    return [value, *(each for each in value.values() if isinstance(each, dict))]
