"""A conversation as Markdown: pure. What agents and tools said is quoted so that it cannot end what holds it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from difflib import unified_diff
from typing import Any

import msgspec

from antiphon.log.sessions import Session
from antiphon.model import items, state
from antiphon.model.events import Usage

OUTPUT_LIMIT = 100_000
"""Characters of a tool's output; of a longer one the beginning and the end stand here, and all of it in the JSON."""

_ESCAPES = re.compile(r"\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\|$)|\[[0-?]*[ -/]*(?:[@-~]|$)|[ -/]*[0-~]?)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)

ENDS = {"completed": "Done", "failed": "Failed", "cancelled": "Stopped", "interrupted": "Interrupted"}
MARKS = {"completed": "x", "running": "~", "pending": " "}


def heading(row: Session) -> str:
    """What conversation it is."""
    facts = [f"Agent: {row.provider}", f"project: {row.project_name}", f"begun {_when(row.created_at)}"]
    return f"# {_line(row.title) or 'Session'}\n\n{_line(' · '.join(facts))}\n"


def turn(found: state.Turn) -> str:
    """One turn, from its prompt to its end."""
    parts = [*_opening(found), *_entries(found), *_ending(found)]
    return "\n" + "".join(f"{part.rstrip()}\n\n" for part in parts if part.strip())


def _opening(found: state.Turn) -> Iterator[str]:
    if found.status == "outside":
        return
    by = "The agent went on by itself" if found.origin == "agent" else "You"
    when = f" · {_when(found.started_at)}" if found.started_at else ""
    yield f"## {by}{when}"
    if found.text:
        yield _quoted(found.text)
    if found.attachments:
        yield f"*{len(found.attachments)} attachment{'' if len(found.attachments) == 1 else 's'}*"


def _entries(found: state.Turn) -> Iterator[str]:
    for entry in found.entries:
        entry.settle()
        write = _CONTENT.get(type(entry.content))
        if write:
            yield write(entry.content)
        if entry.cut:
            yield "*It ends here: it was cut off.*"


def _ending(found: state.Turn) -> Iterator[str]:
    if found.failure:
        code = f"{found.failure.type}, {found.failure.code}"
        yield f"**Failed:** {_line(found.failure.message)} ({code})"
        if found.failure.detail:
            yield _fenced(found.failure.detail)
    how = ENDS.get(found.status)
    if how:
        facts = [how, *_took(found), *_usage(found.usage)]
        yield f"*{' · '.join(facts)}*"


def _took(found: state.Turn) -> Iterator[str]:
    if found.started_at and found.ended_at and found.ended_at - found.started_at >= 1000:
        yield f"{round((found.ended_at - found.started_at) / 1000)} s"


def _usage(usage: Usage | None) -> Iterator[str]:
    if usage is None:
        return
    if usage.input_tokens:
        yield f"{usage.input_tokens:,} tokens in"
    if usage.output_tokens:
        yield f"{usage.output_tokens:,} out"
    if usage.cost_usd:
        yield f"${usage.cost_usd:.4f}"


def _message(content: items.Message) -> str:
    if content.role == "user":
        return f"**You, while it worked:**\n\n{_quoted(content.text)}"
    return _closed(content.text)


def _reasoning(content: items.Reasoning) -> str:
    return f"**Thought:**\n\n{_quoted(_closed(content.text))}" if content.text.strip() else ""


def _tool(content: items.ToolCall) -> str:
    exit = "" if content.exit_code is None else f" (exit {content.exit_code})"
    failed = " (failed)" if content.status == "failed" and not exit else ""
    parts = [f"**Tool:** {_code(content.title)}{exit}{failed}"]
    if not content.diffs and (given := _given(content)):
        parts.append(_fenced(*given))
    parts += [_diff(diff) for diff in content.diffs]
    if content.output.strip():
        parts.append(_fenced(_shortened(_ESCAPES.sub("", content.output))))
    return "\n\n".join(parts)


def _given(content: items.ToolCall) -> tuple[str, str] | None:
    given = content.input
    if isinstance(given, dict) and isinstance(command := given.get("command"), str):  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return (command, "sh") if command != content.title else None
    if not given:
        return None
    return msgspec.json.format(msgspec.json.encode(given)).decode(), "json"


def _diff(diff: items.Diff) -> str:
    before, after = ((text or "").splitlines() for text in (diff.before, diff.after))
    old, new = (
        name if text is not None else "/dev/null"
        for name, text in ((diff.path, diff.before), (diff.path, diff.after))
    )
    return _fenced("\n".join(unified_diff(before, after, _line(old), _line(new), lineterm="")), "diff")


def _plan(content: items.Plan) -> str:
    return "**Plan:**\n\n" + "\n".join(
        f"- [{MARKS[entry.status]}] {_line(entry.text)}" for entry in content.entries
    )


def _note(content: items.Note) -> str:
    return f"*{_line(content.text)}*"


def _approval(content: state.ApprovalCard) -> str:
    request, resolved = content.request, content.resolved
    labels = {option.id: option.label for option in request.options}
    answer = labels.get(resolved.option, resolved.option) if resolved and resolved.option else "not answered"
    body = f"\n\n{_quoted(_closed(request.body))}" if request.body else ""
    return f"**Asked:** {_line(request.title)} → {_line(answer)}{body}"


def _retry(content: state.RetryLine) -> str:
    return f"*{_line(content.message)} It tried again (attempt {content.attempt}).*"


def _failure(content: state.FailureLine) -> str:
    return f"**Failed:** {_line(content.failure.message)} ({content.failure.type}, {content.failure.code})"


_CONTENT: dict[type, Callable[[Any], str]] = {
    items.Message: _message,
    items.Reasoning: _reasoning,
    items.ToolCall: _tool,
    items.Plan: _plan,
    items.Note: _note,
    state.ApprovalCard: _approval,
    state.RetryLine: _retry,
    state.FailureLine: _failure,
}


# Texts in their place


def _when(at: int) -> str:
    """As everybody reads it, whatever machine the server runs on."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _line(text: str) -> str:
    """One line, whatever it was."""
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _code(text: str) -> str:
    """Code within a line, by a mark longer than any in it."""
    text = _line(text)
    mark = "`" * (_longest("`", text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{pad}{text}{pad}{mark}"


def _fenced(text: str, language: str = "") -> str:
    """A block of code, by a fence longer than any in it."""
    fence = "`" * max(3, _longest("`", text) + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _longest(mark: str, text: str) -> int:
    return max((len(run) for run in re.findall(f"{re.escape(mark)}+", text)), default=0)


def _closed(text: str) -> str:
    """An answer that was cut off within a fence must not swallow what follows."""
    fence = ""
    for mark in _FENCE.findall(text):
        if not fence:
            fence = mark
        elif mark[0] == fence[0] and len(mark) >= len(fence):
            fence = ""
    return f"{text.rstrip()}\n{fence}" if fence else text


def _shortened(text: str) -> str:
    if len(text) <= OUTPUT_LIMIT:
        return text
    half, left = OUTPUT_LIMIT // 2, len(text) - OUTPUT_LIMIT
    return f"{text[:half]}\n… {left:,} characters are left out here; they are in the JSON …\n{text[-half:]}"
