"""Cursor's own ACP methods: its questions and plans as ours, the answers back, its notifications as updates."""

from typing import Any

import msgspec
import pytest

from antiphon.model.items import Plan, ToolCall
from antiphon.providers.acp import extensions
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.translate import Translation
from antiphon.providers.base import Answered

QUESTION: dict[str, Any] = {
    "toolCallId": "q1",
    "title": "Before I begin",
    "questions": [
        {
            "id": "c",
            "prompt": "Which?",
            "options": [{"id": "g", "label": "gcc"}, {"id": "l", "label": "clang"}],
        },
        {
            "id": "m",
            "prompt": "What?",
            "options": [{"id": "t", "label": "Tests"}, {"id": "d"}],
            "allowMultiple": True,
        },
    ],
}
PLAN: dict[str, Any] = {
    "toolCallId": "p1",
    "name": "The plan",
    "overview": "Two steps.",
    "plan": "# Do it",
    "todos": [{"id": "1", "content": "Look"}],
}


def extension() -> extensions.Extension:
    return extensions.of(AcpEntry(id="cursor", name="Cursor", command=["x"], extensions="cursor"))


def answer(method: str, params: dict[str, Any], option: str | None, **fields: Any) -> dict[str, Any]:
    asks = extension().asks[method]
    return asks.response(params, Answered(option=option, fields=fields))["outcome"]


def test_a_question_is_asked_field_by_field() -> None:
    """Its options are choices; one without a label is called by its id."""
    asked = extension().asks["cursor/ask_question"].request(QUESTION, "a1", "i1")
    assert (asked.approval, asked.kind, asked.title, asked.item) == ("a1", "question", "Before I begin", "i1")
    assert [(each.id, each.label, each.choices, each.multiple) for each in asked.fields] == [
        ("c", "Which?", ["gcc", "clang"], False),
        ("m", "What?", ["Tests", "d"], True),
    ]
    assert [option.id for option in asked.options] == ["answer", "skip"]


def test_the_answer_goes_back_by_ids() -> None:
    """One or more of each question's."""
    assert answer("cursor/ask_question", QUESTION, "answer", c="clang", m=["Tests", "d"]) == {
        "outcome": "answered",
        "answers": [
            {"questionId": "c", "selectedOptionIds": ["l"]},
            {"questionId": "m", "selectedOptionIds": ["t", "d"]},
        ],
    }


def test_words_of_ones_own_are_not_lost() -> None:
    """There is no id for them: they are told as the reason, which is all that Cursor's answer has room for."""
    said = answer("cursor/ask_question", QUESTION, "answer", c="tcc, please", m=["Tests"])
    assert said["outcome"] == "skipped"
    assert "Which? tcc, please" in said["reason"] and "What? Tests" in said["reason"]


def test_skipped_or_closed() -> None:
    """A person's no is not a cancelled turn."""
    assert answer("cursor/ask_question", QUESTION, "skip")["outcome"] == "skipped"
    assert answer("cursor/ask_question", QUESTION, None) == {"outcome": "cancelled"}


def test_a_plan_is_read_and_decided() -> None:
    """With what should be different, where it is refused."""
    asked = extension().asks["cursor/create_plan"].request(PLAN, "a1", None)
    assert (asked.kind, asked.title) == ("plan", "The plan")
    assert asked.body == "Two steps.\n\n# Do it\n\n- Look"
    assert [(option.id, option.kind) for option in asked.options] == [
        ("accept", "allow-once"), ("reject", "reject-once"),
    ]  # fmt: skip
    assert answer("cursor/create_plan", PLAN, "accept") == {"outcome": "accepted"}
    assert answer("cursor/create_plan", PLAN, "reject", reason="Smaller") == {
        "outcome": "rejected", "reason": "Smaller",
    }  # fmt: skip
    assert answer("cursor/create_plan", PLAN, "reject") == {"outcome": "rejected"}
    assert answer("cursor/create_plan", PLAN, None) == {"outcome": "cancelled"}


def test_a_plan_in_phases() -> None:
    """Each with its name and its steps."""
    phases = [{"name": "First", "todos": [{"title": "a"}, {}]}, {"name": "Empty", "todos": []}]
    asked = extension().asks["cursor/create_plan"].request({"plan": "x", "phases": phases}, "a1", None)
    assert asked.body == "x\n\n**First**\n\n- a"


@pytest.mark.parametrize(
    "params", [{}, {"questions": None}, {"questions": [None, 3]}, {"plan": 3, "todos": "x"}]
)
@pytest.mark.parametrize("method", ["cursor/ask_question", "cursor/create_plan"])
def test_a_request_of_a_wrong_shape_is_asked_all_the_same(method: str, params: dict[str, Any]) -> None:
    """Whoever waits for an answer gets one."""
    asks = extension().asks[method]
    msgspec.json.encode(asks.request(params, "a1", None))
    for option in (None, "answer", "skip", "accept", "reject"):
        assert asks.response(params, Answered(option=option))["outcome"]["outcome"]


def test_the_to_do_list_comes_in_parts() -> None:
    """Merged by id, or replaced; one item of the transcript."""
    one = {"id": "1", "content": "Look", "status": "completed"}
    two = {"id": "2", "content": "Do it", "status": "pending"}
    told, translation = extension(), Translation()
    for todos, merge in (([one, two], False), ([{"id": "2", "status": "in_progress"}], True)):
        for update in told.tells("cursor/update_todos", {"todos": todos, "merge": merge}) or []:
            translation.update(update)
    [plan] = [event.content for event in translation.finish() if hasattr(event, "content")]
    assert isinstance(plan, Plan)
    assert [(each.text, each.status) for each in plan.entries] == [
        ("Look", "completed"),
        ("Do it", "running"),
    ]
    [replaced] = told.tells("cursor/update_todos", {"todos": [two], "merge": False}) or []
    assert [each["content"] for each in replaced["entries"]] == ["Do it"]
    [nameless] = told.tells("cursor/update_todos", {"todos": [{"content": "a"}, {"content": "b"}]}) or []
    assert [each["content"] for each in nameless["entries"]] == ["a", "b"], (
        "without ids, they are two all the same"
    )


@pytest.mark.parametrize(
    ("method", "params", "title", "paths"),
    [
        (
            "cursor/task",
            {"toolCallId": "s", "description": "Looked", "subagentType": "explore"},
            "Looked",
            [],
        ),
        ("cursor/task", {"subagentType": {"custom": "mine"}}, "Subagent", []),
        (
            "cursor/generate_image",
            {"description": "A cat", "filePath": "cat.png"},
            "Image: A cat",
            ["cat.png"],
        ),
    ],
)
def test_what_it_did_is_shown(method: str, params: dict[str, Any], title: str, paths: list[str]) -> None:
    """As a call that is done."""
    [update] = extension().tells(method, params) or []
    [event] = Translation().update(update)
    content = getattr(event, "content", None)
    assert isinstance(content, ToolCall)
    assert (content.title, content.status, content.paths) == (title, "completed", paths)


def test_what_is_not_known_is_left_to_the_driver() -> None:
    """A notification of tomorrow; and an agent without an extension says nothing beside ACP."""
    assert extension().tells("cursor/of_tomorrow", {}) is None
    none = extensions.of(AcpEntry(id="x", name="X", command=["x"]))
    assert none.tells("cursor/update_todos", {}) is None and not none.asks
