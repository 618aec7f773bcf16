"""The steps that Claude writes down for itself, as our plan: pure.

Two families of tools do it, by version, model and settings: TodoWrite gives the whole list each time,
the Task tools change one step each. What counts is what a result says was done.
"""

from typing import Any

from antiphon.model.items import Plan, PlanEntry
from antiphon.providers.loose import Json, table, tables, text

TOOLS = frozenset({"TodoWrite", "TaskCreate", "TaskUpdate", "TaskList", "TaskGet"})
"""Tools whose calls are shown as the plan that they write."""


class Steps:
    """The list of one conversation."""

    def __init__(self) -> None:
        self._entries: dict[str, PlanEntry] = {}

    def done(self, name: str, given: Json, result: Any) -> Plan | None:
        """After a call of one of TOOLS that went well; None when it changed nothing."""
        before, found = dict(self._entries), table(result)
        if name == "TodoWrite":
            self._entries = {
                str(at): _entry(each, "content") for at, each in enumerate(tables(given.get("todos")))
            }
        elif name == "TaskUpdate":
            self._update(text(given.get("taskId")), given)
        elif name == "TaskList":
            self._entries = {text(each.get("id")): _entry(each) for each in tables(found.get("tasks"))}
        elif task := table(found, "task"):
            self._entries[text(task.get("id"))] = _entry(task)
        return Plan(entries=list(self._entries.values())) if self._entries != before else None

    def _update(self, id: str, given: Json) -> None:
        known = self._entries.pop(id, None) if given.get("status") == "deleted" else self._entries.get(id)
        if known is None or id not in self._entries:
            return
        status = _status(given) if given.get("status") else known.status
        self._entries[id] = PlanEntry(text=text(given.get("subject")) or known.text, status=status)


def _entry(step: Json, key: str = "subject") -> PlanEntry:
    return PlanEntry(text=text(step.get(key)), status=_status(step))


def _status(step: Json) -> Any:
    return {"in_progress": "running", "completed": "completed"}.get(text(step.get("status")), "pending")
