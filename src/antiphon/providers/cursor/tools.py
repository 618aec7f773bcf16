"""Cursor's tool calls, as ACP's: pure.

A call is {"call_id", "name", "status", "args", "result"}; its result {"status": "success", "value"} or {"status": "error",
"error"}. Names and fields are those of the SDK's public vocabulary (tool-call-types).
"""

import json
import re
from collections.abc import Callable

from antiphon.providers.loose import Json, count, table, tables, text

KINDS = {
    "shell": "execute",
    "write": "edit",
    "edit": "edit",
    "delete": "delete",
    "read": "read",
    "ls": "search",
    "glob": "search",
    "grep": "search",
    "semSearch": "search",
    "readLints": "read",
    "webSearch": "fetch",
    "webFetch": "fetch",
    "fetch": "fetch",
    "task": "think",
}
STATUSES = {"running": "in_progress", "completed": "completed", "error": "failed"}
TODO_STATUSES = {"in_progress": "in_progress", "inProgress": "in_progress", "completed": "completed"}
VERBS = {
    "write": ("Write", "path"),
    "edit": ("Edit", "path"),
    "delete": ("Delete", "path"),
    "read": ("Read", "path"),
    "ls": ("List", "path"),
    "glob": ("Find", "globPattern"),
    "grep": ("Search for", "pattern"),
    "semSearch": ("Search for", "query"),
    "webSearch": ("Search the web for", "searchTerm"),
    "webFetch": ("Fetch", "url"),
    "fetch": ("Fetch", "url"),
    "task": ("Task:", "description"),
}
HUNK = re.compile(r"^@@ .*@@")


def call(message: Json) -> Json:
    """The `tool_call_update` (or `tool_call`) of a call as it stands now."""
    name, args = text(message.get("name")), table(message, "args")
    status = STATUSES.get(text(message.get("status")), "in_progress")
    update: Json = {
        "toolCallId": text(message.get("call_id")),
        "title": title(name, args),
        "kind": KINDS.get(name, "other"),
        "status": status,
        "rawInput": args,
        "_meta": {"toolName": name},
    }
    if path := text(args.get("path")):
        update["locations"] = [{"path": path}]
    if message.get("result") is not None:
        update |= _result(name, args, table(message, "result"))
    return update


def title(name: str, args: Json) -> str:
    """One line for a person."""
    if name == "shell":
        return text(args.get("command")) or "Command"
    if name == "mcp":
        return (
            ": ".join(filter(None, (text(args.get("providerIdentifier")), text(args.get("toolName")))))
            or "MCP"
        )
    verb, key = VERBS.get(name, (name or "Tool", ""))
    return f"{verb} {text(args.get(key))}".strip()


def entries(message: Json) -> list[Json] | None:
    """The plan's entries, where the call writes the agent's to-do list; None for any other."""
    if text(message.get("name")) != "updateTodos":
        return None
    done = tables(table(message, "result", "value").get("todos"))
    return [
        {
            "content": text(each.get("content")),
            "status": TODO_STATUSES.get(text(each.get("status")), "pending"),
        }
        for each in done or tables(table(message, "args").get("todos"))
    ]


def _result(name: str, args: Json, result: Json) -> Json:
    if text(result.get("status")) == "error":
        return {"status": "failed", **_words(_error(result.get("error")))}
    return RESULTS.get(name, _anything)(args, table(result, "value"))


def _error(error: object) -> str:
    words = text(error) or text(table(error).get("message")) or text(table(error).get("error"))
    return words or (json.dumps(error) if error else "It failed without a word.")


def _words(words: str) -> Json:
    return {"content": [{"type": "content", "content": {"type": "text", "text": words}}]} if words else {}


def _shell(args: Json, value: Json) -> Json:
    code = count(value.get("exitCode"))
    outcome: Json = {"rawOutput": {} if code is None else {"exitCode": code}}
    if code or text(value.get("signal")):
        outcome["status"] = "failed"
    return outcome | _words(text(value.get("stdout")) + text(value.get("stderr")))


def _write(args: Json, value: Json) -> Json:
    after = value.get("fileContentAfterWrite")
    after = after if isinstance(after, str) else text(args.get("fileText"))
    return {"content": [{"type": "diff", "path": text(args.get("path")), "oldText": None, "newText": after}]}


def _edit(args: Json, value: Json) -> Json:
    before, after = sides(text(value.get("diffString")))
    if before is None and after is None:
        return {}
    diff = {"type": "diff", "path": text(args.get("path")), "oldText": before, "newText": after}
    return {"content": [diff]}


def _mcp(args: Json, value: Json) -> Json:
    words = "\n".join(text(table(each, "text").get("text")) for each in tables(value.get("content")))
    return _words(words) | ({"status": "failed"} if value.get("isError") is True else {})


def _anything(args: Json, value: Json) -> Json:
    for key in ("content", "results", "text", "output"):
        if words := text(value.get(key)):
            return _words(words)
    return _words(json.dumps(value, indent=2)) if value else {}


RESULTS: dict[str, Callable[[Json, Json], Json]] = {
    "shell": _shell,
    "write": _write,
    "edit": _edit,
    "mcp": _mcp,
    "delete": lambda args, value: {},
    "createPlan": lambda args, value: _words(text(args.get("plan"))),
}


def sides(diff: str) -> tuple[str | None, str | None]:
    """What a unified diff says that was, and is now: its hunks only; None for a side that has nothing."""
    before: list[str] = []
    after: list[str] = []
    hunks = 0
    for line in diff.splitlines():
        if HUNK.match(line):
            hunks += 1
            if hunks > 1:
                before.append("⋯")
                after.append("⋯")
        elif hunks or not line.startswith(("---", "+++", "diff ", "index ")):
            if line.startswith(("-", " ")):
                before.append(line[1:])
            if line.startswith(("+", " ")):
                after.append(line[1:])
    return _side(before), _side(after)


def _side(lines: list[str]) -> str | None:
    return "\n".join(lines) + "\n" if lines else None
