"""Permission requests as approvals, and answers back."""

import msgspec
import pytest

from antiphon.model.events import Field, Option
from antiphon.model.items import ToolCall
from antiphon.providers.acp import permission
from antiphon.providers.base import Answered

OPTIONS = [
    {"optionId": "a", "name": "Allow", "kind": "allow_once"},
    {"optionId": "aa", "name": "Always", "kind": "allow_always"},
    {"optionId": "r", "name": "Reject", "kind": "reject_once"},
    {"optionId": "rr", "name": "Never", "kind": "reject_always"},
    {"optionId": "x", "name": "Something new", "kind": "of_the_future"},
]
CALL = {"toolCallId": "c1", "title": "Write a file", "kind": "edit"}


def test_options_are_translated() -> None:
    """Kinds by name; one that we do not know is a plain answer."""
    asked = permission.request({"toolCall": CALL, "options": OPTIONS}, "id", "item", ToolCall(title="T"))
    assert asked.options == [
        Option(id="a", label="Allow", kind="allow-once"),
        Option(id="aa", label="Always", kind="allow-always"),
        Option(id="r", label="Reject", kind="reject-once"),
        Option(id="rr", label="Never", kind="reject-always"),
        Option(id="x", label="Something new", kind="answer"),
    ]
    assert (asked.kind, asked.title, asked.item, asked.approval) == (
        "permission",
        "Write a file",
        "item",
        "id",
    )


def test_a_question_has_fields() -> None:
    """Ours, by `_meta`."""
    meta = {
        "antiphon": {
            "kind": "question",
            "body": "**Why?**",
            "fields": [{"id": "f", "label": "F", "choices": ["x"]}],
        }
    }
    params = {"toolCall": CALL, "options": OPTIONS[:1], "_meta": meta}
    asked = permission.request(params, "id", None, None)
    assert permission.is_question(params)
    assert (asked.kind, asked.body, asked.fields) == (
        "question",
        "**Why?**",
        [Field(id="f", label="F", choices=["x"])],
    )


def test_a_kind_that_we_do_not_know_is_a_permission() -> None:
    """Of tomorrow's agents of ours, or of somebody else's."""
    params = {"toolCall": CALL, "options": OPTIONS, "_meta": {"antiphon": {"kind": "riddle"}}}
    assert permission.request(params, "id", None, None).kind == "permission"


def test_leaving_the_plan_mode_is_a_plan() -> None:
    """Its words are the body."""
    call = CALL | {
        "kind": "switch_mode",
        "content": [{"type": "content", "content": {"type": "text", "text": "1. Do it"}}],
    }
    asked = permission.request({"toolCall": call, "options": OPTIONS}, "id", None, None)
    assert (asked.kind, asked.body) == ("plan", "1. Do it")


def test_answers_go_back() -> None:
    """The chosen option, with its fields; closed without an answer: cancelled."""
    assert permission.response(Answered(option="a")) == {"outcome": {"outcome": "selected", "optionId": "a"}}
    assert permission.response(Answered(option="a", fields={"f": 1}))["_meta"] == {
        "antiphon": {"fields": {"f": 1}}
    }
    assert permission.response(Answered(option=None)) == {"outcome": {"outcome": "cancelled"}}


def test_a_rejection_is_known() -> None:
    """By the kind of the option, not by its name."""
    asked = permission.request({"toolCall": CALL, "options": OPTIONS}, "id", None, None)
    assert [permission.is_rejection(asked, Answered(option=id)) for id in ("a", "r", "rr", None)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_an_option_without_an_id_is_an_error() -> None:
    """It could not be chosen."""
    with pytest.raises(msgspec.ValidationError):
        permission.request({"toolCall": CALL, "options": [{"name": "?"}]}, "id", None, None)
