"""The steps that Claude writes down, as the plan."""

from typing import Any

import pytest

from antiphon.model.items import Plan, PlanEntry
from antiphon.providers.claude.steps import Steps


def entries(plan: Plan | None) -> list[tuple[str, str]]:
    """Text and status of each."""
    assert plan
    return [(entry.text, entry.status) for entry in plan.entries]


def created(id: str, subject: str) -> dict[str, Any]:
    """What TaskCreate says it did."""
    return {"task": {"id": id, "subject": subject}}


def test_todos_are_the_whole_list() -> None:
    """The last one counts; an empty one empties it."""
    steps = Steps()
    todos = [
        {"content": "a", "status": "completed"},
        {"content": "b", "status": "in_progress"},
        {"content": "c"},
    ]
    assert entries(steps.done("TodoWrite", {"todos": todos}, None)) == [
        ("a", "completed"), ("b", "running"), ("c", "pending"),
    ]  # fmt: skip
    assert steps.done("TodoWrite", {"todos": []}, None) == Plan(entries=[])


def test_tasks_change_one_step_each() -> None:
    """Created, begun, renamed, done, taken away."""
    steps = Steps()
    steps.done("TaskCreate", {}, created("1", "Look"))
    assert entries(steps.done("TaskCreate", {}, created("2", "Write"))) == [
        ("Look", "pending"),
        ("Write", "pending"),
    ]
    begun = steps.done("TaskUpdate", {"taskId": "1", "status": "in_progress"}, {})
    assert entries(begun)[0] == ("Look", "running")
    assert entries(steps.done("TaskUpdate", {"taskId": "1", "subject": "Look well"}, {}))[0] == (
        "Look well",
        "running",
    )
    assert entries(steps.done("TaskUpdate", {"taskId": "1", "status": "deleted"}, {})) == [
        ("Write", "pending")
    ]


def test_a_list_is_the_truth() -> None:
    """Also of steps from before this process."""
    tasks = [{"id": "7", "subject": "Old", "status": "completed"}]
    assert entries(Steps().done("TaskList", {}, {"tasks": tasks})) == [("Old", "completed")]


@pytest.mark.parametrize(
    ("name", "given", "result"),
    [
        ("TaskUpdate", {"taskId": "9", "status": "completed"}, {}),
        ("TaskUpdate", {"taskId": "1", "addBlockedBy": ["2"]}, {}),
        ("TaskGet", {"taskId": "1"}, created("1", "Look")),
        ("TaskCreate", {}, "Error"),
        ("TaskGet", {}, None),
    ],
)
def test_what_changes_nothing_is_no_plan(name: str, given: dict[str, Any], result: Any) -> None:
    """So the page is not told the same again."""
    steps = Steps()
    steps.done("TaskCreate", {}, created("1", "Look"))
    assert steps.done(name, given, result) is None


def test_a_plan_is_of_entries() -> None:
    """As the page shows it."""
    assert Steps().done("TaskCreate", {}, created("1", "a")) == Plan(entries=[PlanEntry(text="a")])
