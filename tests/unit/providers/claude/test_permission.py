"""Claude's questions as approvals, and a person's answers back."""

from typing import Any

import pytest

from antiphon.model.events import ApprovalRequested
from antiphon.model.items import Diff, ToolCall
from antiphon.providers.base import Answered
from antiphon.providers.claude import permission

RULES = {
    "type": "addRules",
    "behavior": "allow",
    "destination": "localSettings",
    "rules": [{"toolName": "Bash", "ruleContent": "npm test *"}, {"toolName": "WebSearch"}],
}
EDITS = {"type": "setMode", "mode": "acceptEdits", "destination": "session"}
FOLDER = {"type": "addDirectories", "directories": ["/other"], "destination": "session"}


def asking(tool: str = "Bash", suggestions: Any = (), **given: Any) -> dict[str, Any]:
    """A `can_use_tool`."""
    return {"tool_name": tool, "input": given, "permission_suggestions": list(suggestions)}


def requested(asked: dict[str, Any], content: ToolCall | None = None) -> ApprovalRequested:
    """What the person sees of it."""
    return permission.request(asked, "a", "i", content)


def always(asked: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """What can be allowed for longer: label, scope, rule."""
    return [(o.label, o.scope, o.rule) for o in requested(asked).options if o.kind == "allow-always"]


# Permission


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (ToolCall(title="ls", tool="execute"), "Claude wants to run a command"),
        (ToolCall(title="Edit a", tool="edit", diffs=[Diff(path="a")]), "Claude wants to change a file"),
        (None, "Claude wants to use Bash"),
    ],
)
def test_the_question_says_what_claude_wants(content: ToolCall | None, title: str) -> None:
    """By the kind of the call; it can be allowed, rejected with a word, and stopped."""
    asked = requested(asking(), content)
    assert (asked.title, asked.item, asked.content) == (title, "i", content)
    assert [option.kind for option in asked.options] == ["allow-once", "reject-once", "reject-stop"]
    assert [field.id for field in asked.fields] == [permission.MESSAGE]


def test_claudes_own_words_go_first() -> None:
    """Where it has a title and a reason, they are shown."""
    asked = requested({**asking(), "title": "Send the letter?", "decision_reason": "It costs a stamp"})
    assert (asked.title, asked.body) == ("Send the letter?", "It costs a stamp")


def test_rules_are_for_the_project() -> None:
    """Several in one option, in Claude's own notation, one a line."""
    assert always(asking(suggestions=[RULES])) == [
        ("Always allow Bash(npm test *), WebSearch", "in this project", "Bash(npm test *)\nWebSearch")
    ]


def test_a_mode_is_for_the_session() -> None:
    """It is no rule to keep."""
    assert always(asking(suggestions=[EDITS])) == [("Allow all edits", "for the rest of this session", None)]
    plan = {"type": "setMode", "mode": "plan"}
    assert always(asking(suggestions=[plan]))[0][0] == "Go on in mode plan"


def test_a_folder_goes_with_the_mode_that_works_in_it() -> None:
    """Alone neither would spare the next question; without a mode the folder stands for itself."""
    assert always(asking(suggestions=[RULES, FOLDER, EDITS]))[1:] == [
        ("Allow all edits, also in /other", "for the rest of this session", None)
    ]
    assert always(asking(suggestions=[FOLDER])) == [
        ("Allow access to /other", "for the rest of this session", None)
    ]


@pytest.mark.parametrize(
    "suggestion",
    [
        {"type": "setMode", "mode": "bypassPermissions"},
        {"type": "addRules", "behavior": "deny", "rules": [{"toolName": "Bash"}]},
        {"type": "addRules", "behavior": "allow", "rules": []},
        {"type": "somethingNew"},
        {},
        "nonsense",
    ],
)
def test_what_may_not_be_offered_is_not(suggestion: Any) -> None:
    """No way around approvals, nothing that we do not understand."""
    assert always(asking(suggestions=[suggestion])) == []


def test_always_holds_for_the_running_agent_only() -> None:
    """What is chosen goes to its session, never into Claude's settings; the rest is not given."""
    asked = asking(suggestions=[RULES, FOLDER, EDITS], command="npm test")
    by_rule = permission.response(asked, Answered(option="always-0"))
    assert by_rule["behavior"] == "allow" and by_rule["updatedInput"] == {"command": "npm test"}
    assert by_rule["updatedPermissions"] == [{**RULES, "destination": "session"}]
    by_mode = permission.response(asked, Answered(option="always-1"))
    assert by_mode["updatedPermissions"] == [EDITS, FOLDER]
    assert permission.mode_after(asked, Answered(option="always-1")) == "acceptEdits"
    assert permission.mode_after(asked, Answered(option="always-0")) is None


def test_allowing_once_changes_nothing_else() -> None:
    """Not even with suggestions there."""
    answer = permission.response(asking(suggestions=[RULES], command="ls"), Answered(option="allow"))
    assert answer == {"behavior": "allow", "updatedInput": {"command": "ls"}}


def test_a_rejection_carries_the_persons_word() -> None:
    """And the turn goes on."""
    fields = {permission.MESSAGE: " use make \n"}
    answer = permission.response(asking(), Answered(option="reject", fields=fields))
    assert answer["behavior"] == "deny" and "interrupt" not in answer
    assert answer["message"].endswith("They said: use make")
    plain = permission.response(asking(), Answered(option="reject"))
    assert plain["message"] == permission.REJECTED


@pytest.mark.parametrize("option", [permission.STOP, None])
def test_a_stop_and_a_closed_question_end_the_turn(option: str | None) -> None:
    """Denied, and interrupted."""
    answer = permission.response(asking(), Answered(option=option))
    assert answer == {"behavior": "deny", "message": permission.STOPPED, "interrupt": True}


def test_an_option_that_is_not_there_gives_nothing_for_longer() -> None:
    """An id is compared, never counted with."""
    answer = permission.response(asking(suggestions=[RULES]), Answered(option="always-7"))
    assert "updatedPermissions" not in answer


# Questions

COLOUR = {
    "question": "Which colour?",
    "header": "Colour",
    "options": [{"label": "Red", "description": "warm"}, {"label": "Blue"}],
}
SIZES = {"question": "Which sizes?", "options": [{"label": "S"}, {"label": "L"}], "multiSelect": True}


def test_a_question_is_fields() -> None:
    """One each, its choices with what is said of them."""
    asked = requested(asking("AskUserQuestion", questions=[COLOUR, SIZES]))
    assert (asked.kind, asked.title) == ("question", "Claude has questions")
    colour, sizes = asked.fields
    assert (colour.id, colour.choices, colour.descriptions) == (
        "Which colour?",
        ["Red", "Blue"],
        ["warm", ""],
    )
    assert (colour.multiple, colour.required) == (False, True)
    assert (sizes.choices, sizes.descriptions, sizes.multiple) == (["S", "L"], [], True)
    assert requested(asking("AskUserQuestion", questions=[COLOUR])).title == "Which colour?"


def test_answers_go_back_in_the_input() -> None:
    """Several joined, words of the person's own as they are, an empty one left out."""
    asked = asking("AskUserQuestion", questions=[COLOUR, SIZES, {"question": "Why?"}])
    fields = {"Which colour?": "a deep violet", "Which sizes?": ["S", "L"], "Why?": "  "}
    answer = permission.response(asked, Answered(option="allow", fields=fields))
    assert answer["updatedInput"]["questions"] == [COLOUR, SIZES, {"question": "Why?"}]
    assert answer["updatedInput"]["answers"] == {"Which colour?": "a deep violet", "Which sizes?": "S, L"}


def test_a_question_need_not_be_answered() -> None:
    """Claude is told, and goes on."""
    answer = permission.response(asking("AskUserQuestion", questions=[COLOUR]), Answered(option="reject"))
    assert answer == {"behavior": "deny", "message": permission.REJECTED}


def test_a_question_without_questions_is_a_permission() -> None:
    """Nothing is lost on a shape that we do not know."""
    assert requested(asking("AskUserQuestion")).kind == "permission"


# Plans


@pytest.mark.parametrize(("option", "mode"), [("allow", "default"), ("accept-edits", "acceptEdits")])
def test_a_plan_is_agreed_to_with_its_mode(option: str, mode: str) -> None:
    """Going ahead leaves plan mode, by the person's choice with or without questions before edits."""
    asked = asking("ExitPlanMode", plan="# Plan")
    shown = requested(asked)
    assert (shown.kind, shown.body) == ("plan", "# Plan")
    assert option in [each.id for each in shown.options]
    answer = permission.response(asked, Answered(option=option))
    assert answer["updatedPermissions"] == [{"type": "setMode", "mode": mode, "destination": "session"}]
    assert permission.mode_after(asked, Answered(option=option)) == mode


def test_a_plan_is_sent_back_with_a_word() -> None:
    """Planning goes on; the mode stays."""
    asked = asking("ExitPlanMode", plan="# Plan")
    answered = Answered(option="reject", fields={permission.MESSAGE: "smaller"})
    assert permission.response(asked, answered)["message"].endswith("They said: smaller")
    assert permission.response(asked, answered)["behavior"] == "deny"
