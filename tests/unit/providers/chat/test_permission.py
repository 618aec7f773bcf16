"""What needs a person's word."""

import pytest

from antiphon.model.events import ApprovalRequested
from antiphon.providers.acp import permission as acp
from antiphon.providers.base import Answered
from antiphon.providers.chat import permission
from antiphon.providers.chat.permission import rule, verdict


@pytest.mark.parametrize(
    ("mode", "need", "expected"),
    [
        ("ask", "nothing", "allow"),
        ("ask", "edit", "ask"),
        ("ask", "execute", "ask"),
        ("accept-edits", "edit", "allow"),
        ("accept-edits", "execute", "ask"),
        ("plan", "nothing", "allow"),
        ("plan", "edit", "refuse"),
        ("plan", "execute", "refuse"),
        ("bypass", "edit", "allow"),
        ("bypass", "execute", "allow"),
        ("no-such-mode", "execute", "ask"),
    ],
)
def test_modes(mode: str, need: permission.Need, expected: str) -> None:
    """Reading is free, the rest is as the mode says."""
    assert verdict(mode, need, rule(need, "ls"), set()) == expected


def test_a_rule_is_for_one_command_alone() -> None:
    """A command that only begins alike may do anything."""
    rules = {rule("execute", "npm test")}
    assert verdict("ask", "execute", rule("execute", "npm test"), rules) == "allow"
    assert verdict("ask", "execute", rule("execute", "npm test; rm -rf ."), rules) == "ask"
    assert verdict("ask", "edit", rule("edit", ""), rules) == "ask"
    assert verdict("plan", "execute", rule("execute", "npm test"), rules) == "refuse"


def asked(need: permission.Need) -> ApprovalRequested:
    call = {"toolCallId": "c", "title": "Run ls"}
    return acp.request(permission.request("s", call, need, rule(need, "ls")), "a", None, None)


def test_what_a_person_can_say() -> None:
    """Once, for longer, no with a word, no and stop: as the page knows them."""
    request = asked("execute")
    kinds = [option.kind for option in request.options]
    assert kinds == ["allow-once", "allow-always", "reject-once", "reject-stop"]
    assert (request.options[1].rule, request.options[1].scope) == ("run(ls)", "in this project")
    assert [field.id for field in request.fields] == ["message"]
    edits = asked("edit").options[1]
    assert (edits.rule, edits.scope) == (None, "for the rest of this session")


def test_what_comes_back() -> None:
    """The option and the word; nothing where nobody answers."""
    answer = acp.response(Answered(option="reject", fields={"message": " use tabs "}))
    assert permission.chosen(answer) == ("reject", "use tabs")
    assert permission.chosen(acp.CANCELLED) == ("", "")
    assert "use tabs" in permission.rejected("use tabs")


def test_reject_and_stop_ends_the_turn() -> None:
    """It is told from a plain no."""
    request = asked("execute")
    assert acp.is_stop(request, Answered(option="stop"))
    assert acp.is_rejection(request, Answered(option="stop"))
    assert not acp.is_stop(request, Answered(option="reject"))
