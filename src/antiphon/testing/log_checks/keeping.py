"""Projects, tokens, processes, attachments, epochs."""

from typing import Any

from antiphon.log import attachments, processes, projects, sessions, users
from antiphon.log.errors import (
    NameTaken,
)
from antiphon.model import events as e
from antiphon.testing.log_checks.subject import (
    RACERS,
    Subject,
    race,
    refused,
    started,
)


async def a_folder_is_one_project(subject: Subject) -> None:
    """The same folder gives the same project; a name that is taken gets a number; trust stays."""
    log, user = subject.log, await subject.user()
    first = await log.write(lambda c: projects.add_project(c, user=user, path="/a/app", at=1))
    again = await log.write(
        lambda c: projects.add_project(c, user=user, path="/a/app", name="other", trusted_at=7)
    )
    third = await log.write(lambda c: projects.add_project(c, user=user, path="/b/app"))
    assert (first.id, first.name, first.trusted) == (again.id, again.name, False)
    assert (again.trusted_at, third.name) == (7, "app-2")
    once_more = await log.write(lambda c: projects.add_project(c, user=user, path="/a/app"))
    trusted = await log.write(lambda c: projects.trust_project(c, user, first.id, 99))
    assert (once_more.trusted_at, trusted.trusted_at) == (7, 7)
    assert await log.read(lambda c: projects.get_project(c, user, "app-2")) == third


async def a_renamed_project_keeps_its_sessions(subject: Subject) -> None:
    """The new name is in the lists at once; a taken name is refused."""
    pen, user = await subject.pen("/home/me/app"), await subject.user()
    other = (await subject.pen("/home/me/other")).session
    renamed = await subject.log.write(lambda c: projects.rename(c, user, pen.session.project, "tool"))
    assert (renamed.name, (await pen.row()).project_name) == ("tool", "tool")
    found = await subject.log.read(lambda c: sessions.list_sessions(c, user, project=renamed.id))
    assert [s.id for s in found] == [pen.session.id]
    await refused(subject.log.write(lambda c: projects.rename(c, user, other.project, "tool")), NameTaken)


async def projects_are_listed_by_use(subject: Subject) -> None:
    """The project whose session was active last comes first."""
    first, second, user = (
        await subject.pen("/home/me/1"),
        await subject.pen("/home/me/2"),
        await subject.user(),
    )
    await second.write(started("t1"))
    await first.write(started("t1"), e.TurnCompleted(turn="t1"))
    found = await subject.log.read(lambda c: projects.list_projects(c, user))
    assert [(p.path, p.last_activity) for p in found] == [("/home/me/1", 2000), ("/home/me/2", 1000)]


async def a_link_signs_in_once(subject: Subject) -> None:
    """Of many uses of a link at once one signs in; an expired one and a link as a token never do."""
    user = await subject.user()
    values: dict[str, Any] = {"user": user, "kind": "link", "name": "first"}
    await subject.log.write(lambda c: users.add_token(c, secret_hash=b"1", expires_at=100, **values))
    await subject.log.write(lambda c: users.add_token(c, secret_hash=b"2", expires_at=100, **values))
    assert await subject.log.read(lambda c: users.find_token(c, b"1", 50)) is None
    results = await race(subject, lambda log: log.write(lambda c: users.use_link(c, b"1", 50)))
    assert sorted(x is None for x in results) == [False] + [True] * (RACERS * 2 - 1)
    assert await subject.log.write(lambda c: users.use_link(c, b"2", 100)) is None


async def tokens_end(subject: Subject) -> None:
    """A token signs in until it expires or is revoked; its last use is noted."""
    log, user = subject.log, await subject.user()
    token = await log.write(
        lambda c: users.add_token(
            c, user=user, kind="cookie", name="page", secret_hash=b"s", expires_at=100, at=5
        )
    )
    assert await log.read(lambda c: users.find_token(c, b"s", 99)) == token
    assert await log.read(lambda c: users.find_token(c, b"s", 100)) is None
    await log.write(lambda c: users.touch_token(c, token.id, 42))
    assert [x.last_used_at for x in await log.read(lambda c: users.list_tokens(c, user))] == [42]
    assert await log.write(lambda c: users.prune_tokens(c, 100)) == 1
    assert await log.read(lambda c: users.list_tokens(c, user)) == []


async def processes_are_noted_until_removed(subject: Subject) -> None:
    """What nobody removed is what the next start finds, of its own node only."""
    pen, node = await subject.pen(), subject.log.node
    rows = [
        processes.ProcessRow(node=n, boot_id="b", session=pen.key, pid=pid, start_time=1.5, marker=f"m{pid}")
        for n, pid in ((node, 1), (node, 2), ("other", 3))
    ]
    for row in rows:
        await subject.log.write(lambda c, row=row: processes.add(c, row))
    await subject.log.write(lambda c: processes.remove(c, 1, "m1"))
    await subject.log.write(lambda c: processes.remove(c, 2, "another marker"))
    assert await subject.log.read(lambda c: processes.left(c, node)) == [rows[1]]


async def attachments_keep_their_first_name(subject: Subject) -> None:
    """The same bytes again are the same attachment."""
    log, user = subject.log, await subject.user()
    file: dict[str, Any] = {"id": "b" * 64, "user": user, "media_type": "text/plain", "size": 3}
    first = await log.write(lambda c: attachments.add(c, name="one.txt", at=5, **file))
    again = await log.write(lambda c: attachments.add(c, name="two.txt", at=6, **file))
    assert again == first == await log.read(lambda c: attachments.get(c, user, "b" * 64))


async def epochs_change_together(subject: Subject) -> None:
    """Each session of the node gets another epoch, those of other nodes keep theirs."""
    first, second = await subject.pen(), await subject.pen()
    await subject.log.write(lambda conn: sessions.claim(conn, second.key, "other"))
    await subject.log.write(lambda conn: sessions.new_epochs(conn, subject.log.node))
    assert (await first.row()).epoch != first.session.epoch
    assert (await second.row()).epoch == second.session.epoch
