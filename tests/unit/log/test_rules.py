"""Rules: kept with the answer that allowed them, of one user, project and provider, until taken back."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from antiphon.log import rules, schema
from antiphon.log.errors import AlreadyResolved
from antiphon.log.projects import add_project
from antiphon.log.sessions import set_native, with_tasks
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.testing.pen import Pen

ALWAYS = e.Option(
    id="always",
    label="Always allow npm test",
    kind="allow-always",
    scope="in this project",
    rule="Bash(npm test)",
)
ONCE = e.Option(id="once", label="Allow once", kind="allow-once")
ONCE_WITH_RULE = e.Option(id="odd", label="Allow once", kind="allow-once", rule="Bash(*)")
SESSION = e.Option(id="session", label="Allow in this session", kind="allow-always", scope="in this session")


def asked(approval: str = "a1") -> e.ApprovalRequested:
    return e.ApprovalRequested(
        approval=approval,
        kind="permission",
        title="Run npm test",
        options=[ONCE, ONCE_WITH_RULE, SESSION, ALWAYS],
    )


def answered(option: str | None, by: str = "person", approval: str = "a1") -> e.ApprovalResolved:
    return e.ApprovalResolved(approval=approval, option=option, by=by)  # type: ignore[arg-type]


async def kept(pen: Pen) -> list[str]:
    return await pen.log.read(lambda conn: rules.rules_of_session(conn, pen.key))


async def test_always_is_kept(pen: Pen, user: int) -> None:
    """Answered with an option that carries a rule, the rule is there, with the option's words."""
    await pen.write(asked(), answered("always"))
    [rule] = await pen.log.read(lambda conn: rules.list_rules(conn, user))
    assert (rule.project, rule.provider, rule.rule, rule.label, rule.created_at) == (
        pen.session.project, "practice", "Bash(npm test)", "Always allow npm test", 2000,
    )  # fmt: skip
    assert await kept(pen) == ["Bash(npm test)"]


@pytest.mark.parametrize(
    "end",
    [
        answered("once"),
        answered("odd"),
        answered("session"),
        answered(None),
        answered("always", "turn-ended"),
    ],
)
async def test_nothing_else_is_kept(pen: Pen, end: e.ApprovalResolved) -> None:
    """Allowed once, for the session only, not at all, or by nobody: no rule."""
    await pen.write(asked(), end)
    assert await kept(pen) == []


async def test_an_answer_that_comes_too_late_keeps_nothing(pen: Pen) -> None:
    """The rule is part of the answer: what is not logged allows nothing."""
    await pen.write(asked(), answered("once"))
    with pytest.raises(AlreadyResolved):
        await pen.write(answered("always"))
    assert await kept(pen) == []


async def test_the_same_again_is_one_rule(pen: Pen, user: int) -> None:
    """Allowed twice is kept once."""
    await pen.write(asked(), answered("always"), asked("a2"), answered("always", approval="a2"))
    assert len(await pen.log.read(lambda conn: rules.list_rules(conn, user))) == 1


async def test_a_rule_is_of_its_project_and_provider(pen: Pen, log: Log, user: int) -> None:
    """Another project's session does not get it; lists are by project."""
    await pen.write(asked(), answered("always"))
    other = await Pen.on_new_session(log, user, path="/home/me/other")
    same = await Pen.on_new_session(log, user)
    assert await kept(other) == [] and await kept(same) == ["Bash(npm test)"]
    await log.write(lambda conn: conn.execute(schema.session_metadata.update().values(provider="another")))
    assert await kept(same) == []
    there = await log.write(lambda conn: add_project(conn, user=user, path="/home/me/other"))
    assert await log.read(lambda conn: rules.list_rules(conn, user, there.id)) == []
    assert len(await log.read(lambda conn: rules.list_rules(conn, user, pen.session.project))) == 1


async def test_only_its_owner_takes_it_back(pen: Pen, log: Log, user: int) -> None:
    """Another user finds no such rule; its owner takes it back once."""
    await pen.write(asked(), answered("always"))
    [rule] = await log.read(lambda conn: rules.list_rules(conn, user))
    assert await log.read(lambda conn: rules.list_rules(conn, user + 1)) == []
    assert await log.write(lambda conn: rules.take_back(conn, user + 1, rule.id)) is None
    assert await kept(pen) == ["Bash(npm test)"]
    assert await log.write(lambda conn: rules.take_back(conn, user, rule.id)) == rule
    assert await log.write(lambda conn: rules.take_back(conn, user, rule.id)) is None
    assert await kept(pen) == []


async def test_what_the_agent_begins_names_no_session(pen: Pen) -> None:
    """A session is named after its first prompt, not after what its agent does by itself."""
    await pen.write(
        e.TurnStarted(turn="t1", text="A task ended.", origin="agent"), e.TurnCompleted(turn="t1")
    )
    assert (await pen.row()).title == ""
    await pen.write(e.TurnStarted(turn="t2", text="Fix the build"))
    assert (await pen.row()).title == "Fix the build"


async def test_a_lost_conversation_is_forgotten(pen: Pen) -> None:
    """`lost` takes the agent's id of the conversation with it, in one transaction, and stays until it is told otherwise."""
    await pen.log.write(lambda conn: set_native(conn, pen.key, "native-1"))
    await pen.write(e.SessionUpdated(lost=True), e.SessionUpdated(title="x"))
    row = await pen.row()
    assert row.lost and row.native_session is None
    await pen.log.write(lambda conn: set_native(conn, pen.key, "native-2"))
    await pen.write(e.SessionUpdated(lost=False))
    row = await pen.row()
    assert not row.lost and row.native_session == "native-2"


async def test_who_runs_tasks_is_found_by_an_index(pen: Pen) -> None:
    """The start of the server finds the sessions whose tasks are over, along an index."""
    log = pen.log
    await pen.write(
        e.SessionUpdated(tasks=[e.BackgroundTask(id="b1", title="a"), e.BackgroundTask(id="b2", title="b")])
    )
    assert [row.tasks for row in await log.read(lambda conn: with_tasks(conn, log.node))] == [2]
    issued = list[tuple[str, Any]]()
    log.on_statement = lambda sql, values: issued.append((sql, values))
    await log.read(lambda conn: with_tasks(conn, log.node))
    log.on_statement = None
    with closing(sqlite3.connect(log.folder / "antiphon.db")) as raw:
        [(sql, values)] = [one for one in issued if one[0].startswith("SELECT")]
        plan = raw.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    assert "idx_session_metadata_tasks" in plan[0][3]
    await pen.write(e.SessionUpdated(tasks=[]))
    assert await log.read(lambda conn: with_tasks(conn, log.node)) == []
