"""Lists, and whose things are."""

from functools import partial
from typing import Any

from antiphon.log import attachments, projects, sessions, users
from antiphon.log.errors import (
    UnknownProject,
)
from antiphon.model.ids import new_id
from antiphon.testing.log_checks.subject import (
    Subject,
    refused,
    started,
)


async def lists_page_through_all(subject: Subject) -> None:
    """Pages by key hold each session once, newest first, also when many have the same time."""
    user = await subject.user()
    pens = [await subject.pen(f"/home/me/{n % 2}") for n in range(11)]
    for number, pen in enumerate(pens[:6]):
        pen.head = 0
        await pen.write(started(f"t{number}"))
    projected = pens[1].session.project
    for project in (None, projected):
        found: list[sessions.Session] = []
        before: tuple[int, int] | None = None
        while page := await subject.log.read(
            lambda conn, before=before, project=project: sessions.list_sessions(
                conn, user, project=project, before=before, limit=3
            )
        ):
            found += page
            before = (page[-1].last_activity, page[-1].key)
        expected = {pen.session.id for pen in pens if project in (None, pen.session.project)}
        assert {s.id for s in found} == expected
        assert len(found) == len(expected)
        order = [(s.last_activity, s.key) for s in found]
        assert order == sorted(order, reverse=True)


async def lists_keep_trash_apart(subject: Subject) -> None:
    """A session in the trash is in the list of the trash only, until it is taken out; so with providers."""
    user = await subject.user()
    first, second = await subject.pen(), await subject.pen()
    await subject.log.write(lambda conn: sessions.set_trashed(conn, first.key, 5))

    async def ids(**filters: Any) -> list[str]:
        found = await subject.log.read(partial(sessions.list_sessions, user=user, limit=9, **filters))
        return [session.id for session in found]

    assert (await ids(), await ids(trashed=True)) == ([second.session.id], [first.session.id])
    await subject.log.write(lambda conn: sessions.set_trashed(conn, first.key, None))
    assert (set(await ids()), await ids(trashed=True)) == ({first.session.id, second.session.id}, [])
    assert (len(await ids(provider="practice")), await ids(provider="other")) == (2, [])


async def nobody_sees_what_is_not_theirs(subject: Subject) -> None:
    """Sessions, projects, tokens and attachments of one user do not exist for another."""
    pen, user, stranger = await subject.pen(), await subject.user(), await subject.stranger()
    log, project = subject.log, pen.session.project
    token = await log.write(lambda c: users.add_token(c, user=user, kind="api", name="x", secret_hash=b"s"))
    file: dict[str, Any] = {"id": "a" * 64, "name": "f", "media_type": "text/plain", "size": 1}
    await log.write(lambda c: attachments.add(c, user=user, **file))
    assert await log.read(lambda c: sessions.get_session(c, stranger, pen.session.id)) is None
    assert await log.read(lambda c: sessions.list_sessions(c, stranger, project=project)) == []
    assert await log.read(lambda c: sessions.list_sessions(c, stranger)) == []
    assert await log.read(lambda c: projects.get_project(c, stranger, project)) is None
    assert await log.read(lambda c: projects.get_project(c, stranger, "app")) is None
    assert await log.read(lambda c: projects.list_projects(c, stranger)) == []
    await refused(log.write(lambda c: projects.rename(c, stranger, project, "mine")), UnknownProject)
    await refused(log.write(lambda c: projects.trust_project(c, stranger, project, 9)), UnknownProject)
    values: dict[str, Any] = {
        "id": new_id(),
        "project": project,
        "provider": "practice",
        "node": log.node,
        "at": 1,
    }
    await refused(log.write(lambda c: sessions.create_session(c, user=stranger, **values)), UnknownProject)
    assert await log.read(lambda c: attachments.get(c, stranger, "a" * 64)) is None
    assert await log.read(lambda c: users.list_tokens(c, stranger)) == []
    assert not await log.write(lambda c: users.revoke_token(c, stranger, token.id))
    assert await log.write(lambda c: users.revoke_token(c, user, token.id))
