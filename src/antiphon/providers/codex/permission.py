"""Codex's questions to a person as our approvals, and the answers back: pure.

"For this session" is kept by the running Codex alone: nothing is written into its own rules, and a new
process asks again.
"""

from collections.abc import Callable, Mapping
from typing import Any

from antiphon.model.events import ApprovalRequested, Field, Option
from antiphon.model.items import ToolCall
from antiphon.providers.base import Answered
from antiphon.providers.codex import tools
from antiphon.providers.loose import Json, table, tables, text, texts

ALLOW, SESSION, REJECT, STOP = "allow", "session", "reject", "stop"
WHILE_IT_RUNS = "until Codex is started again"
DECISIONS = {ALLOW: "accept", SESSION: "acceptForSession", REJECT: "decline"}

COMMAND = "item/commandExecution/requestApproval"
CHANGE = "item/fileChange/requestApproval"
PERMISSIONS = "item/permissions/requestApproval"
INPUT = "item/tool/requestUserInput"
ELICITATION = "mcpServer/elicitation/request"


def request(
    method: str, asked: Json, approval: str, item: str | None, content: ToolCall | None
) -> ApprovalRequested | None:
    """The approval that a request of Codex's asks for; None: we know none such."""
    make = _ASKED.get(method)
    return make(asked, approval, item, content) if make else None


def response(method: str, asked: Json, answered: Answered) -> Json:
    """What goes back for the person's answer."""
    return _ANSWERS[method](asked, answered)


def stops(answered: Answered) -> bool:
    """Whether the answer ends the turn."""
    return answered.option in (None, STOP)


# Commands and changes


def _command(asked: Json, approval: str, item: str | None, content: ToolCall | None) -> ApprovalRequested:
    title, host = "Codex wants to run a command", text(table(asked, "networkApprovalContext").get("host"))
    if asked.get("kind") == "writeStdin":
        title = "Codex wants to type into a command that runs"
    if host:
        title = f"Codex wants to reach {host}"
    said = tools.command(text(asked.get("command")))
    shown = content or (
        ToolCall(title=tools.line(said), tool="execute", status="pending", input={"command": said})
        if said
        else None
    )
    label = "Allow this command again, too" if not host else f"Allow {host} from now on"
    return _permission(title, approval, item, shown, label, text(asked.get("reason")))


def _change(asked: Json, approval: str, item: str | None, content: ToolCall | None) -> ApprovalRequested:
    many = content is not None and len(content.diffs) > 1
    title = "Codex wants to change files" if many else "Codex wants to change a file"
    body = text(asked.get("reason"))
    if root := text(asked.get("grantRoot")):
        body = "\n\n".join(filter(None, (body, f"It asks to write anywhere below {root}.")))
    return _permission(title, approval, item, content, "Allow changes to these files", body)


def _permission(
    title: str, approval: str, item: str | None, content: ToolCall | None, always: str, body: str
) -> ApprovalRequested:
    return ApprovalRequested(
        approval=approval,
        kind="permission",
        title=title,
        options=[
            Option(id=ALLOW, label="Allow", kind="allow-once"),
            Option(id=SESSION, label=always, kind="allow-always", scope=WHILE_IT_RUNS),
            Option(id=REJECT, label="Reject", kind="reject-once"),
            Option(id=STOP, label="Reject and stop", kind="reject-stop"),
        ],
        body=body or None,
        item=item,
        content=content,
    )


def _decided(asked: Json, answered: Answered) -> Json:
    return {"decision": DECISIONS.get(answered.option or "", "cancel")}


# More room


def _room(asked: Json, approval: str, item: str | None, content: ToolCall | None) -> ApprovalRequested:
    wanted = table(asked, "permissions")
    lines = [text(asked.get("reason"))]
    if table(wanted, "network").get("enabled") is True:
        lines.append("- the network")
    files = table(wanted, "fileSystem")
    lines += [f"- {what} {path}" for what in ("read", "write") for path in texts(files.get(what))]
    lines += [_entry(each) for each in tables(files.get("entries"))]
    return ApprovalRequested(
        approval=approval,
        kind="permission",
        title="Codex asks for more room than its sandbox gives",
        options=[
            Option(id=ALLOW, label="Allow in this turn", kind="allow-once"),
            Option(id=SESSION, label="Allow", kind="allow-always", scope=WHILE_IT_RUNS),
            Option(id=REJECT, label="Reject", kind="reject-once"),
            Option(id=STOP, label="Reject and stop", kind="reject-stop"),
        ],
        body="\n".join(filter(None, lines)) or None,
        item=item,
        content=content,
    )


def _entry(entry: Json) -> str:
    place = table(entry, "path")
    where = text(place.get("path")) or text(place.get("pattern")) or text(table(place, "value").get("kind"))
    return f"- {text(entry.get('access'))} {where}"


def _granted(asked: Json, answered: Answered) -> Json:
    allowed = answered.option in (ALLOW, SESSION)
    wanted = {name: more for name, more in table(asked, "permissions").items() if more is not None}
    scope = "session" if answered.option == SESSION else "turn"
    return {"permissions": wanted if allowed else {}, "scope": scope}


# Questions


def _question(asked: Json, approval: str, item: str | None, content: ToolCall | None) -> ApprovalRequested:
    questions = tables(asked.get("questions"))
    return ApprovalRequested(
        approval=approval,
        kind="question",
        title=text(questions[0].get("question")) if len(questions) == 1 else "Codex has questions",
        options=[
            Option(id=ALLOW, label="Answer"),
            Option(id=REJECT, label="Do not answer", kind="reject-once"),
        ],
        fields=[_field(each) for each in questions],
        item=item,
    )


def _field(question: Json) -> Field:
    choices = [each for each in tables(question.get("options")) if text(each.get("label"))]
    return Field(
        id=text(question.get("id")),
        label=text(question.get("question")) or text(question.get("header")),
        choices=[text(each.get("label")) for each in choices],
        descriptions=[text(each.get("description")) for each in choices],
        required=True,
    )


def _said(asked: Json, answered: Answered) -> Json:
    if answered.option != ALLOW:
        return {"answers": {}}
    answers: Json = {}
    for question in tables(asked.get("questions")):
        id = text(question.get("id"))
        if words := _words(answered.fields.get(id)):
            answers[id] = {"answers": words}
    return {"answers": answers}


def _words(value: Any) -> list[str]:
    given: list[Any] = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
    return [words for each in given if (words := str(each or "").strip())]


# What an MCP server asks


def _elicited(asked: Json, approval: str, item: str | None, content: ToolCall | None) -> ApprovalRequested:
    server, schema = text(asked.get("serverName")), table(asked, "requestedSchema")
    required = texts(schema.get("required"))
    fields = [
        _of_schema(name, table(about), name in required)
        for name, about in table(schema, "properties").items()
    ]
    return ApprovalRequested(
        approval=approval,
        kind="question" if fields else "permission",
        title=f"The MCP server {server} asks",
        options=[
            Option(id=ALLOW, label="Answer" if fields else "Allow", kind="allow-once"),
            Option(id=REJECT, label="Decline", kind="reject-once"),
            Option(id=STOP, label="Decline and stop", kind="reject-stop"),
        ],
        fields=fields,
        body="\n\n".join(filter(None, (text(asked.get("message")), text(asked.get("url"))))) or None,
        item=item,
        content=content,
    )


def _of_schema(name: str, about: Json, required: bool) -> Field:
    choices = ["yes", "no"] if about.get("type") == "boolean" else texts(about.get("enum"))
    return Field(
        id=name,
        label=text(about.get("title")) or text(about.get("description")) or name,
        choices=choices,
        required=required,
    )


def _elicitation(asked: Json, answered: Answered) -> Json:
    if stops(answered):
        return {"action": "cancel", "content": None, "_meta": None}
    if answered.option != ALLOW:
        return {"action": "decline", "content": None, "_meta": None}
    properties = table(asked, "requestedSchema", "properties")
    content = {
        name: _typed(table(about), answered.fields[name])
        for name, about in properties.items()
        if name in answered.fields
    }
    return {"action": "accept", "content": content, "_meta": None}


def _typed(about: Json, value: Any) -> Any:
    kind = about.get("type")
    if kind == "boolean":
        return value is True or str(value).lower() in ("yes", "true")
    if kind in ("number", "integer"):
        try:
            return int(value) if kind == "integer" else float(value)
        except (TypeError, ValueError):
            return value
    return value


_ASKED: Mapping[str, Callable[[Json, str, str | None, ToolCall | None], ApprovalRequested]] = {
    COMMAND: _command,
    CHANGE: _change,
    PERMISSIONS: _room,
    INPUT: _question,
    ELICITATION: _elicited,
}
_ANSWERS: Mapping[str, Callable[[Json, Answered], Json]] = {
    COMMAND: _decided,
    CHANGE: _decided,
    PERMISSIONS: _granted,
    INPUT: _said,
    ELICITATION: _elicitation,
}
