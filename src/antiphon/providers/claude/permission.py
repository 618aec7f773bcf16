"""Claude's questions to a person as our approvals, and the answers back: pure.

All of them are the control request `can_use_tool`. Two tools are questions in themselves:
AskUserQuestion, whose answers go back in its input, and ExitPlanMode, a plan to agree to.

"Always" is never written into Claude's own settings: a rule is given to the running agent for its
session, and kept by Antiphon, which gives it to the next one (`Launch.rules`).
"""

from collections.abc import Mapping
from typing import Any

from antiphon.model.events import ApprovalRequested, Field, Option
from antiphon.model.items import ToolCall
from antiphon.providers.base import Answered
from antiphon.providers.claude.command import BYPASS
from antiphon.providers.loose import Json, table, tables, text

MESSAGE = "message"
"""The field for a word to the agent."""
ALLOW, REJECT, STOP = "allow", "reject", "stop"
ALWAYS = "always-"
"""Before the number of what is allowed for longer."""
ACCEPT_EDITS = "accept-edits"
IN_PROJECT, IN_SESSION = "in this project", "for the rest of this session"
REJECTED = "The user does not want this. Ask them, or do something else."
STOPPED = "The user stopped the turn."


def request(asked: Json, approval: str, item: str | None, content: ToolCall | None) -> ApprovalRequested:
    """The approval that a `can_use_tool` asks for."""
    name, given = text(asked.get("tool_name")), table(asked, "input")
    if name == "AskUserQuestion" and tables(given.get("questions")):
        return _question(given, approval, item)
    if name == "ExitPlanMode":
        return _plan(given, approval, item)
    return ApprovalRequested(
        approval=approval,
        kind="permission",
        title=text(asked.get("title")) or _title(asked, content),
        options=[
            Option(id=ALLOW, label="Allow", kind="allow-once"),
            *_always(asked),
            Option(id=REJECT, label="Reject", kind="reject-once"),
            Option(id=STOP, label="Reject and stop", kind="reject-stop"),
        ],
        fields=[Field(id=MESSAGE, label="Tell Claude what to do instead")],
        body=text(asked.get("decision_reason")) or None,
        item=item,
        content=content,
    )


def _title(asked: Json, content: ToolCall | None) -> str:
    what = text(asked.get("display_name")) or text(asked.get("tool_name")) or "a tool"
    if content and content.tool == "execute":
        return "Claude wants to run a command"
    if content and content.tool == "edit":
        return "Claude wants to change a file"
    return f"Claude wants to use {what}"


def _always(asked: Json) -> list[Option]:
    options = [_option(f"{ALWAYS}{at}", group) for at, group in enumerate(_suggested(asked))]
    return [option for option in options if option]


def _suggested(asked: Json) -> list[list[Json]]:
    """What to allow for longer, each with what belongs to it: a folder goes with a mode that works in it."""
    suggestions = tables(asked.get("permission_suggestions"))
    folders = [each for each in suggestions if each.get("type") == "addDirectories"]
    others = [each for each in suggestions if each not in folders]
    if not any(each.get("type") == "setMode" for each in others):
        return [*([each] for each in others), *([each] for each in folders)]
    return [[each, *folders] if each.get("type") == "setMode" else [each] for each in others]


def _option(id: str, group: list[Json]) -> Option | None:
    first, *folders = group
    kind, mode = text(first.get("type")), text(first.get("mode"))
    if kind == "addRules" and first.get("behavior") == "allow":
        rules = [rule for each in tables(first.get("rules")) if (rule := _rule(each))]
        label, rule = f"Always allow {', '.join(rules)}", "\n".join(rules)
        return Option(id=id, label=label, kind="allow-always", scope=IN_PROJECT, rule=rule) if rules else None
    if kind == "setMode" and mode not in BYPASS:
        label = "Allow all edits" if mode == "acceptEdits" else f"Go on in mode {mode}"
        label += f", also in {_places(folders)}" if folders else ""
        return Option(id=id, label=label, kind="allow-always", scope=IN_SESSION)
    if kind == "addDirectories":
        label = f"Allow access to {_places(group)}"
        return Option(id=id, label=label, kind="allow-always", scope=IN_SESSION)
    return None


def _places(folders: list[Json]) -> str:
    return ", ".join(place for each in folders for place in map(text, each.get("directories") or []))


def _rule(rule: Json) -> str:
    """In Claude's own notation."""
    tool, content = text(rule.get("toolName")), rule.get("ruleContent")
    return f"{tool}({content})" if isinstance(content, str) and content else tool


def _question(given: Json, approval: str, item: str | None) -> ApprovalRequested:
    questions = tables(given.get("questions"))
    return ApprovalRequested(
        approval=approval,
        kind="question",
        title=text(questions[0].get("question")) if len(questions) == 1 else "Claude has questions",
        options=[
            Option(id=ALLOW, label="Answer"),
            Option(id=REJECT, label="Do not answer", kind="reject-once"),
        ],
        fields=[_field(question) for question in questions],
        item=item,
    )


def _field(question: Json) -> Field:
    choices = [each for each in tables(question.get("options")) if text(each.get("label"))]
    descriptions = [text(each.get("description")) for each in choices]
    return Field(
        id=text(question.get("question")),
        label=text(question.get("question")) or text(question.get("header")),
        choices=[text(each.get("label")) for each in choices],
        descriptions=descriptions if any(descriptions) else [],
        multiple=question.get("multiSelect") is True,
        required=True,
    )


def _plan(given: Json, approval: str, item: str | None) -> ApprovalRequested:
    return ApprovalRequested(
        approval=approval,
        kind="plan",
        title="Claude proposes a plan",
        body=text(given.get("plan")) or None,
        options=[
            Option(id=ALLOW, label="Go ahead, and ask before edits", kind="allow-once"),
            Option(id=ACCEPT_EDITS, label="Go ahead, and accept edits", kind="allow-once", scope=IN_SESSION),
            Option(id=REJECT, label="Keep planning", kind="reject-once"),
        ],
        fields=[Field(id=MESSAGE, label="What should be different?")],
        item=item,
    )


def response(asked: Json, answered: Answered) -> Json:
    """What goes back for the person's answer."""
    given = table(asked, "input")
    if answered.option in (None, STOP):
        words = _message(answered.fields) or STOPPED
        return {"behavior": "deny", "message": words, "interrupt": True}
    if answered.option == REJECT:
        words = _message(answered.fields)
        return {"behavior": "deny", "message": f"{REJECTED} They said: {words}" if words else REJECTED}
    if asked.get("tool_name") == "AskUserQuestion":
        given = {**given, "answers": _answers(given, answered.fields)}
    allowed: Json = {"behavior": "allow", "updatedInput": given}
    if updates := permissions(asked, answered):
        allowed["updatedPermissions"] = updates
    return allowed


def permissions(asked: Json, answered: Answered) -> list[Json]:
    """What the running agent is allowed from now on."""
    if answered.option == ACCEPT_EDITS:
        return [{"type": "setMode", "mode": "acceptEdits", "destination": "session"}]
    if asked.get("tool_name") == "ExitPlanMode":
        return [{"type": "setMode", "mode": "default", "destination": "session"}]
    groups = enumerate(_suggested(asked))
    chosen = [each for at, group in groups if answered.option == f"{ALWAYS}{at}" for each in group]
    return [{**each, "destination": "session"} for each in chosen]


def mode_after(asked: Json, answered: Answered) -> str | None:
    """The mode that the answer switches to."""
    found = [
        text(update.get("mode")) for update in permissions(asked, answered) if update.get("type") == "setMode"
    ]
    return found[0] if found else None


def _answers(given: Json, fields: Mapping[str, Any]) -> dict[str, str]:
    """Question → answer, several joined, as the tool wants them."""
    answers: dict[str, str] = {}
    for question in tables(given.get("questions")):
        key = text(question.get("question"))
        said = fields.get(key)
        words = ", ".join(map(str, said)) if isinstance(said, list) else str(said or "")  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        if words.strip():
            answers[key] = words.strip()
    return answers


def _message(fields: Mapping[str, Any]) -> str:
    words = fields.get(MESSAGE)
    return words.strip() if isinstance(words, str) else ""
