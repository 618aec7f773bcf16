"""Codex's questions, and the answers back."""

from typing import Any

import pytest

from antiphon.model.items import Diff, ToolCall
from antiphon.providers.base import Answered
from antiphon.providers.codex import permission
from antiphon.providers.codex.permission import CHANGE, COMMAND, ELICITATION, INPUT, PERMISSIONS

CALL = ToolCall(title="ls", tool="execute", status="pending")


def asked(method: str, params: dict[str, Any], content: ToolCall | None = None) -> Any:
    """The approval."""
    found = permission.request(method, params, "a", "i" if content else None, content)
    assert found
    return found


@pytest.mark.parametrize(
    ("option", "decision"),
    [
        ("allow", "accept"),
        ("session", "acceptForSession"),
        ("reject", "decline"),
        ("stop", "cancel"),
        (None, "cancel"),
    ],
)
@pytest.mark.parametrize("method", [COMMAND, CHANGE])
def test_an_answer_is_a_decision(method: str, option: str | None, decision: str) -> None:
    """Closed without an answer is a stop: it must not wait."""
    assert permission.response(method, {}, Answered(option=option)) == {"decision": decision}


def test_always_says_how_far_it_goes() -> None:
    """Codex keeps it only while it runs; nothing is written into its rules, so there is none to keep of ours."""
    [always] = [
        each for each in asked(COMMAND, {"command": "ls"}, CALL).options if each.kind == "allow-always"
    ]
    assert always.scope == "until Codex is started again" and always.rule is None


def test_a_command_is_shown_without_its_shell() -> None:
    """Also where no item was told of first."""
    found = asked(COMMAND, {"command": "/bin/bash -lc 'echo \"a b\"'", "reason": "To see."})
    assert (found.title, found.body) == ("Codex wants to run a command", "To see.")
    assert found.content.input == {"command": 'echo "a b"'}


def test_the_network_is_named() -> None:
    """A question about a host is one about a host."""
    found = asked(COMMAND, {"networkApprovalContext": {"host": "example.org", "protocol": "https"}})
    assert found.title == "Codex wants to reach example.org"
    assert found.options[1].label == "Allow example.org from now on"


def test_typing_into_a_command_is_told_as_that() -> None:
    """Not as running it."""
    assert "type into a command" in asked(COMMAND, {"kind": "writeStdin", "command": "cat"}).title


def test_a_change_is_shown_with_its_diffs() -> None:
    """And what else it asks for."""
    call = ToolCall(title="Change 2 files", tool="edit", diffs=[Diff(path="a"), Diff(path="b")])
    found = asked(CHANGE, {"reason": "Because.", "grantRoot": "/elsewhere"}, call)
    assert found.title == "Codex wants to change files" and found.content == call
    assert found.body == "Because.\n\nIt asks to write anywhere below /elsewhere."


ROOM = {
    "reason": "To install.",
    "permissions": {
        "network": {"enabled": True},
        "fileSystem": {
            "read": ["/a"],
            "write": ["/b"],
            "entries": [{"access": "write", "path": {"type": "path", "path": "/c"}}],
        },
    },
}


def test_more_room_is_listed() -> None:
    """Each thing that it asks for."""
    assert asked(PERMISSIONS, ROOM).body == "To install.\n- the network\n- read /a\n- write /b\n- write /c"


@pytest.mark.parametrize(
    ("option", "granted", "scope"),
    [("allow", True, "turn"), ("session", True, "session"), ("reject", False, "turn"), (None, False, "turn")],
)
def test_room_is_given_as_asked_or_not_at_all(option: str | None, granted: bool, scope: str) -> None:
    """Nothing granted is how Codex is told no."""
    answer = permission.response(PERMISSIONS, ROOM, Answered(option=option))
    assert answer == {"permissions": ROOM["permissions"] if granted else {}, "scope": scope}


QUESTIONS = {
    "questions": [
        {
            "id": "c",
            "header": "Colour",
            "question": "Which colour?",
            "options": [{"label": "Red", "description": "warm"}],
        },
        {"id": "w", "header": "Word", "question": "Which word?", "options": None},
    ]
}


def test_questions_are_fields() -> None:
    """Choices with their descriptions; without any, words."""
    found = asked(INPUT, QUESTIONS)
    assert (found.kind, found.title) == ("question", "Codex has questions")
    assert [(f.id, f.label, f.choices, f.descriptions) for f in found.fields] == [
        ("c", "Which colour?", ["Red"], ["warm"]),
        ("w", "Which word?", [], []),
    ]


@pytest.mark.parametrize(
    ("answered", "answers"),
    [
        (Answered(option="allow", fields={"c": "Red", "w": " "}), {"c": {"answers": ["Red"]}}),
        (Answered(option="allow", fields={"c": ["Red", "Blue"]}), {"c": {"answers": ["Red", "Blue"]}}),
        (Answered(option="reject", fields={"c": "Red"}), {}),
        (Answered(option=None), {}),
    ],
)
def test_answers_go_back_by_question(answered: Answered, answers: dict[str, Any]) -> None:
    """What was not answered is not made up."""
    assert permission.response(INPUT, QUESTIONS, answered) == {"answers": answers}


FORM = {
    "serverName": "tiny",
    "mode": "form",
    "message": "Who are you?",
    "requestedSchema": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "title": "Name"},
            "age": {"type": "integer"},
            "member": {"type": "boolean"},
            "size": {"type": "string", "enum": ["S", "L"]},
        },
        "required": ["name"],
    },
}


def test_a_form_of_an_mcp_server_is_fields() -> None:
    """By its schema."""
    found = asked(ELICITATION, FORM)
    assert (found.title, found.body, found.kind) == ("The MCP server tiny asks", "Who are you?", "question")
    assert [(f.id, f.label, f.choices, f.required) for f in found.fields] == [
        ("name", "Name", [], True),
        ("age", "age", [], False),
        ("member", "member", ["yes", "no"], False),
        ("size", "size", ["S", "L"], False),
    ]


@pytest.mark.parametrize(
    ("answered", "action", "content"),
    [
        (
            Answered(option="allow", fields={"name": "Ada", "age": "36", "member": "yes"}),
            "accept",
            {"name": "Ada", "age": 36, "member": True},
        ),
        (
            Answered(option="allow", fields={"name": "Ada", "age": "old"}),
            "accept",
            {"name": "Ada", "age": "old"},
        ),
        (Answered(option="reject"), "decline", None),
        (Answered(option="stop"), "cancel", None),
        (Answered(option=None), "cancel", None),
    ],
)
def test_a_form_goes_back_typed(answered: Answered, action: str, content: Any) -> None:
    """As the schema wants it."""
    answer = permission.response(ELICITATION, FORM, answered)
    assert (answer["action"], answer["content"]) == (action, content)


def test_an_address_is_shown() -> None:
    """A person opens it, not we."""
    found = asked(
        ELICITATION, {"serverName": "tiny", "mode": "url", "message": "Open", "url": "https://example.org/x"}
    )
    assert (found.kind, found.body) == ("permission", "Open\n\nhttps://example.org/x")


def test_what_we_do_not_know_is_no_question() -> None:
    """The client refuses it in words."""
    assert permission.request("attestation/generate", {}, "a", None, None) is None
