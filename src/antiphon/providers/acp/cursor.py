"""Cursor CLI's methods beside ACP (cursor.com/docs/cli/acp): pure.

    cursor/ask_question {toolCallId, title?, questions: [{id, prompt, options: [{id, label}], allowMultiple?}]}
        → {outcome: {outcome: "answered", answers: [{questionId, selectedOptionIds}]}} | skipped {reason?} | cancelled
    cursor/create_plan {toolCallId, name?, overview?, plan, todos, phases?}
        → {outcome: {outcome: "accepted"}} | rejected {reason?} | cancelled
    cursor/update_todos {toolCallId, todos: [{id, content, status}], merge}
    cursor/task {toolCallId, description, prompt, subagentType, model?, agentId?, durationMs?}
    cursor/generate_image {toolCallId, description, filePath?}

The answers take ids of options only: a person's own words can go nowhere but into the reason of a refusal.
"""

from collections.abc import Callable, Sequence
from typing import Any

from antiphon.model.events import ApprovalRequested, Field, Option
from antiphon.providers.acp.extensions import Asks, Extension
from antiphon.providers.base import Answered
from antiphon.providers.loose import Json, table, tables, text

ANSWER, SKIP = "answer", "skip"
ACCEPT, REJECT = "accept", "reject"
REASON = "reason"
TODO_STATUSES = {"in_progress": "in_progress", "inProgress": "in_progress", "completed": "completed"}


# Questions


def question(params: Json, approval: str, item: str | None) -> ApprovalRequested:
    """`cursor/ask_question`: a field for each question, and its options for choices."""
    return ApprovalRequested(
        approval=approval,
        kind="question",
        title=text(params.get("title")) or "Cursor has a question",
        options=[Option(id=ANSWER, label="Answer"), Option(id=SKIP, label="Skip", kind="reject-once")],
        fields=[_field(each) for each in tables(params.get("questions"))],
        item=item,
    )


def _field(asked: Json) -> Field:
    return Field(
        id=text(asked.get("id")),
        label=text(asked.get("prompt")) or text(asked.get("question")),
        choices=[_label(each) for each in tables(asked.get("options"))],
        multiple=asked.get("allowMultiple") is True,
    )


def _label(option: Json) -> str:
    return text(option.get("label")) or text(option.get("id"))


def answered(params: Json, answer: Answered) -> Json:
    """The result of `cursor/ask_question`."""
    if answer.option is None:
        return _outcome("cancelled")
    own = [each for each in tables(params.get("questions")) if _unmatched(each, answer)]
    if answer.option == SKIP:
        return _outcome("skipped", reason="The person skipped the question.")
    if own:  # words of their own, which are no option: told as the reason, not lost
        asked = [each for each in tables(params.get("questions")) if _given(each, answer)]
        said = [f"{text(each.get('prompt'))} {', '.join(_given(each, answer))}" for each in asked]
        return _outcome("skipped", reason="The person answered in words of their own: " + " ".join(said))
    answers = [
        {"questionId": text(each.get("id")), "selectedOptionIds": _selected(each, answer)}
        for each in tables(params.get("questions"))
    ]
    return _outcome("answered", answers=answers)


def _given(asked: Json, answer: Answered) -> list[str]:
    given: Any = answer.fields.get(text(asked.get("id")))
    return [str(each) for each in (given if isinstance(given, list) else [given] if given else [])]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]


def _selected(asked: Json, answer: Answered) -> list[str]:
    given = _given(asked, answer)
    return [text(each.get("id")) for each in tables(asked.get("options")) if _label(each) in given]


def _unmatched(asked: Json, answer: Answered) -> list[str]:
    labels = {_label(each) for each in tables(asked.get("options"))}
    return [each for each in _given(asked, answer) if each not in labels]


def _outcome(outcome: str, **more: Any) -> Json:
    return {"outcome": {"outcome": outcome, **more}}


# Plans


def plan(params: Json, approval: str, item: str | None) -> ApprovalRequested:
    """`cursor/create_plan`: the plan to read, and whether it may be followed."""
    return ApprovalRequested(
        approval=approval,
        kind="plan",
        title=text(params.get("name")) or "Cursor has made a plan",
        options=[
            Option(id=ACCEPT, label="Go ahead", kind="allow-once"),
            Option(id=REJECT, label="Not like this", kind="reject-once"),
        ],
        fields=[Field(id=REASON, label="What should be different?")],
        body="\n\n".join(filter(None, _parts(params))),
        item=item,
    )


def _parts(params: Json) -> list[str]:
    phases = tables(params.get("phases"))
    lists = [(text(each.get("name")), tables(each.get("todos"))) for each in phases]
    lists = lists or [("", tables(params.get("todos")))]
    return [text(params.get("overview")), text(params.get("plan")), *(_list(*each) for each in lists)]


def _list(name: str, todos: list[Json]) -> str:
    lines = [f"- {words}" for each in todos if (words := _words(each))]
    return "\n".join([f"**{name}**\n", *lines] if name and lines else lines)


def _words(todo: Json) -> str:
    return text(todo.get("content")) or text(todo.get("title"))


def decided(params: Json, answer: Answered) -> Json:
    """The result of `cursor/create_plan`."""
    if answer.option is None:
        return _outcome("cancelled")
    if answer.option == ACCEPT:
        return _outcome("accepted")
    reason = text(answer.fields.get(REASON))
    return _outcome("rejected", **({"reason": reason} if reason else {}))


# Notifications


class CursorExtension(Extension):
    """One agent's: it remembers the to-do list, which comes in parts."""

    asks = {
        "cursor/ask_question": Asks(question, answered),
        "cursor/create_plan": Asks(plan, decided),
    }

    def __init__(self) -> None:
        self._todos: dict[str, Json] = {}

    def tells(self, method: str, params: Json) -> Sequence[Json] | None:
        """See Extension."""
        tell = TELLS.get(method)
        return tell(self, params) if tell else None

    def todos(self, params: Json) -> list[Json]:
        """The to-do list, as ACP's plan."""
        told = {text(each.get("id")) or str(at): each for at, each in enumerate(tables(params.get("todos")))}
        known = self._todos if params.get("merge") is True else {}
        self._todos = known | {id: known.get(id, {}) | todo for id, todo in told.items()}
        entries = [
            {"content": _words(each), "status": TODO_STATUSES.get(text(each.get("status")), "pending")}
            for each in self._todos.values()
        ]
        return [{"sessionUpdate": "plan", "entries": entries}]

    def task(self, params: Json) -> list[Json]:
        """A subagent did its work."""
        kind = params.get("subagentType")
        name = text(kind) or text(table(kind).get("custom"))
        call = _call(params, "think", text(params.get("description")) or "Subagent")
        return [call | {"rawInput": {"prompt": params.get("prompt"), "subagent": name}}]

    def image(self, params: Json) -> list[Json]:
        """An image was made."""
        call = _call(params, "other", f"Image: {text(params.get('description'))}")
        path = text(params.get("filePath"))
        return [call | ({"locations": [{"path": path}]} if path else {})]


def _call(params: Json, kind: str, title: str) -> Json:
    id = text(params.get("toolCallId")) or title
    return {
        "sessionUpdate": "tool_call",
        "toolCallId": id,
        "kind": kind,
        "title": title,
        "status": "completed",
    }


TELLS: dict[str, Callable[[CursorExtension, Json], list[Json]]] = {
    "cursor/update_todos": CursorExtension.todos,
    "cursor/task": CursorExtension.task,
    "cursor/generate_image": CursorExtension.image,
}
CREATE = CursorExtension
