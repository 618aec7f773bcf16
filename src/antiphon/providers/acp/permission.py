"""ACP's permission requests as our approvals, and the answers back: pure.

ACP has one way to ask a person: `session/request_permission`. A request whose `_meta` says
`{"antiphon": {"kind": "question", "fields": […], "body": "…"}}` is a free question; its filled-in
fields go back as `_meta.antiphon.fields`; an option's `_meta.antiphon` says what ACP has no words for
(`kind` reject-stop, `scope`, `rule`). A tool call of kind `switch_mode` is a plan to agree to.
"""

from typing import Literal, get_args

import msgspec

from antiphon.model.events import ApprovalRequested, Field, Option
from antiphon.model.items import ToolCall
from antiphon.providers.acp.tools import block_text
from antiphon.providers.base import Answered
from antiphon.providers.loose import Json, table, tables, text

Kind = Literal["permission", "question", "plan"]

OPTION_KINDS = {
    "allow_once": "allow-once",
    "allow_always": "allow-always",
    "reject_once": "reject-once",
    "reject_always": "reject-always",
}
REJECTS = ("reject-once", "reject-always", "reject-stop")
CANCELLED: Json = {"outcome": {"outcome": "cancelled"}}
"""What ACP wants for every open request when a turn is cancelled."""


def is_question(params: Json) -> bool:
    """Whether the request is a free question: it has no tool call to show."""
    return _ours(params).get("kind") == "question"


def request(params: Json, approval: str, item: str | None, content: ToolCall | None) -> ApprovalRequested:
    """The approval. Raises msgspec.ValidationError when the request is not ACP's."""
    ours, call = _ours(params), table(params, "toolCall")
    kind = _kind(ours, call)
    body = text(ours.get("body")) or (_words(call) if kind == "plan" else None)
    return ApprovalRequested(
        approval=approval,
        kind=kind,
        title=text(call.get("title")) or (content.title if content else "May it go on?"),
        options=[_option(each) for each in tables(params.get("options"))],
        fields=msgspec.convert(ours.get("fields") or [], list[Field]),
        body=body,
        item=item,
        content=content,
    )


def response(answered: Answered) -> Json:
    """What the agent gets for the person's answer."""
    if answered.option is None:
        return CANCELLED
    outcome: Json = {"outcome": {"outcome": "selected", "optionId": answered.option}}
    if answered.fields:
        outcome["_meta"] = {"antiphon": {"fields": dict(answered.fields)}}
    return outcome


def is_rejection(asked: ApprovalRequested, answered: Answered) -> bool:
    """Whether the person said no."""
    return any(option.id == answered.option and option.kind in REJECTS for option in asked.options)


def is_stop(asked: ApprovalRequested, answered: Answered) -> bool:
    """Whether the person said no and ended the turn."""
    return any(option.id == answered.option and option.kind == "reject-stop" for option in asked.options)


def _ours(params: Json) -> Json:
    return table(params, "_meta", "antiphon")


def _kind(ours: Json, call: Json) -> Kind:
    if ours.get("kind") in get_args(Kind):
        return ours["kind"]
    return "plan" if call.get("kind") == "switch_mode" else "permission"


def _words(call: Json) -> str | None:
    blocks = [table(each, "content") for each in tables(call.get("content")) if each.get("type") == "content"]
    return "\n\n".join(map(block_text, blocks)) or None


def _option(option: Json) -> Option:
    kind = OPTION_KINDS.get(text(option.get("kind")), "answer")
    fields = {
        "id": option.get("optionId"),
        "label": option.get("name") or option.get("optionId"),
        "kind": kind,
        **_ours(option),
    }
    return msgspec.convert(fields, Option)
