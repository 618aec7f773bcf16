"""Consents: of one user, project and provider, until taken back."""

from antiphon.log import consents
from antiphon.log.projects import add_project
from antiphon.log.store import Log
from antiphon.testing.pen import Pen


async def given(pen: Pen) -> bool:
    return await pen.log.read(lambda conn: consents.given(conn, pen.key))


async def give(
    log: Log, user: int, project: str, provider: str = "practice", at: int = 5
) -> consents.Consent:
    return await log.write(lambda conn: consents.give(conn, user, project, provider, at))


async def listed(log: Log, user: int, project: str | None = None) -> list[consents.Consent]:
    return await log.read(lambda conn: consents.list_consents(conn, user, project))


async def test_given_it_holds_for_the_projects_sessions_of_that_agent(pen: Pen, user: int) -> None:
    """Not for another agent, not in another project."""
    there = await pen.log.write(
        lambda conn: add_project(conn, user=user, path="/there", name="there", at=1, trusted_at=1)
    )
    await give(pen.log, user, pen.session.project, "other")
    await give(pen.log, user, there.id)
    assert not await given(pen)
    await give(pen.log, user, pen.session.project)
    assert await given(pen)


async def test_the_same_again_changes_nothing(pen: Pen, user: int) -> None:
    """The first one's time stays."""
    first = await give(pen.log, user, pen.session.project, at=5)
    assert await give(pen.log, user, pen.session.project, at=9) == first
    assert await listed(pen.log, user) == [first]
    assert first.created_at == 5


async def test_taken_back_it_holds_no_more(pen: Pen, user: int) -> None:
    """Once: the second time there is none."""
    await give(pen.log, user, pen.session.project)
    take = lambda conn: consents.take_back(conn, user, pen.session.project, "practice")  # noqa: E731
    assert await pen.log.write(take)
    assert not await given(pen)
    assert not await pen.log.write(take)


async def test_they_are_listed_by_project_and_each_user_sees_his_own(pen: Pen, user: int) -> None:
    """Nobody lists or takes back another's."""
    there = await pen.log.write(
        lambda conn: add_project(conn, user=user, path="/there", name="there", at=1, trusted_at=1)
    )
    one, two = await give(pen.log, user, pen.session.project), await give(pen.log, user, there.id)
    assert await listed(pen.log, user) == [one, two]
    assert await listed(pen.log, user, there.id) == [two]
    assert await listed(pen.log, user + 1) == []
    assert not await pen.log.write(lambda conn: consents.take_back(conn, user + 1, there.id, "practice"))
    assert await listed(pen.log, user, there.id) == [two]


async def test_both_looks_use_an_index(pen: Pen, user: int) -> None:
    """A prompt asks each time, so it must not read the table."""
    from sqlalchemy import text

    plans = await pen.log.read(
        lambda conn: [
            row.detail
            for row in conn.execute(
                text(
                    "EXPLAIN QUERY PLAN SELECT 1 FROM consent, session_metadata AS s WHERE s.key = 1 "
                    "AND consent.user_id = s.user_id AND consent.project_id = s.project_id AND consent.provider = s.provider"
                )
            )
        ]
    )
    assert any("USING" in plan and "consent" in plan for plan in plans), plans
    assert not any("SCAN consent" in plan for plan in plans), plans
