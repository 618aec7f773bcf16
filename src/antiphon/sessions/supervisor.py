"""The supervisor: opens sessions, hands them their commands, retires them, recovers and stops them.

It is the router too: each session lives in exactly one `Session` on this node (a command for
a session of another node will be sent on from here).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

import structlog
from msgspec.structs import replace

from antiphon.clock import Clock
from antiphon.log import approvals as approval_rows
from antiphon.log import commands as command_rows
from antiphon.log import consents
from antiphon.log import events as event_rows
from antiphon.log import processes as process_rows
from antiphon.log import rules as rule_rows
from antiphon.log import sessions as rows
from antiphon.log import turns as turn_rows
from antiphon.log.store import Log
from antiphon.model import commands as c
from antiphon.model import events as e
from antiphon.model.replies import Rejected, Reply
from antiphon.providers.archive import Archive
from antiphon.providers.base import Provider
from antiphon.sessions import forking
from antiphon.sessions.hub import Hub
from antiphon.sessions.importing_live import Followers
from antiphon.sessions.missing import MissingProvider
from antiphon.sessions.native import Claims
from antiphon.sessions.opening import claim, left
from antiphon.sessions.session import Session
from antiphon.sessions.submit import refuse, submit
from antiphon.sessions.trashing import put_away
from antiphon.sessions.warm import Warmer
from antiphon.workspace.workspaces import Workspaces

T = TypeVar("T")

IDLE_AGENT_SECONDS = 600.0
"""An agent that nobody asked anything for so long is retired; the next prompt starts it again."""
LOOK_SECONDS = 15.0
"""How often the supervisor looks after what is idle."""
COMPACT_COMMITS = 100
"""How many commits of a hundred deltas one look may take."""
STOP_SECONDS = 4.0
"""For all sessions to end their turns when the server stops."""

_logger = structlog.get_logger(__name__)


class UnknownSession(Exception):
    """There is no session {id} of this user."""

    def __init__(self, id: str) -> None:
        super().__init__(f"There is no session {id} of yours.")
        self.id = id


class Supervisor:
    """All sessions of this node. All methods belong to the event loop."""

    def __init__(
        self,
        *,
        log: Log,
        hub: Hub,
        clock: Clock,
        providers: Mapping[str, Provider],
        environment: Callable[[str], Awaitable[Mapping[str, str]]],
        reap: Callable[[list[process_rows.ProcessRow]], Coroutine[Any, Any, None]],
        archives: Mapping[str, Archive] | None = None,
        claims: Claims | None = None,
        workspaces: Workspaces | None = None,
        allow_bypass: bool = False,
    ) -> None:
        """`archives`: agents' own records, by provider. `claims`: who runs which conversation.

        `workspaces` notes what each turn changes in its folder. `allow_bypass`: agents may be
        started in modes that skip approvals.
        """
        self.log, self.hub, self.clock, self.providers = log, hub, clock, providers
        self._environment, self._reap = environment, reap
        self._sessions: dict[str, asyncio.Task[Session]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._compacted: dict[str, int] = {}
        self._followers = Followers(clock, hub, archives or {})
        self._claims, self._workspaces, self._allow_bypass = claims, workspaces, allow_bypass
        self._warmer = Warmer(clock, hub, self._open_sessions)
        self.stopping = False

    # Start and stop

    async def start(self) -> None:
        """Recover: end the processes and the turns that an earlier run left, hold their queues."""
        node = self.log.node
        left = await self.log.read(lambda conn: process_rows.left(conn, node))
        await self._reap(left)
        for process in left:
            await self.log.write(lambda conn, p=process: process_rows.remove(conn, p.pid, p.marker))
        for row, _turn in await self.log.read(lambda conn: turn_rows.running_turns(conn, node)):
            await self._session(row)
        for row in await self.log.read(lambda conn: rows.with_queue(conn, node)):
            session = await self._session(row)
            if session.state.queue and not session.state.queue_held:
                await session.journal.commit([e.SessionUpdated(queue_held=True, at=self.clock.now())])
        for row in await self.log.read(lambda conn: rows.with_tasks(conn, node)):
            await self._session(row)
        self._run(self._look_after())
        self._run(self._followers.run())

    async def stop(self) -> None:
        """End every turn (`turn-interrupted`) and every agent, and write what is left."""
        self.stopping = True
        sessions = self._open_sessions()
        if sessions:
            await asyncio.wait({asyncio.create_task(s.close()) for s in sessions}, timeout=STOP_SECONDS)
        for task in tuple(self._tasks):
            task.cancel()

    def running(self) -> int:
        """How many turns run."""
        return sum(1 for session in self._open_sessions() if session.turn)

    # What the server asks

    async def get(self, user: int, session: str) -> Session:
        """The user's session, opened. Raises UnknownSession."""
        task = self._sessions.get(session)
        if task and task.done() and not task.exception() and task.result().row.user == user:
            return task.result()
        row = await self.log.read(lambda conn: rows.get_session(conn, user, session))
        if row is None:
            raise UnknownSession(session)
        return await self._session(row)

    async def submit(self, user: int, command: c.AnyCommand) -> Reply:
        """Have a command with an effect done, once (promise 1). Goes on when the caller goes away."""
        return await asyncio.shield(self._run(self._submit(user, command)))

    async def _submit(self, user: int, command: c.AnyCommand) -> Reply:
        assert isinstance(command, c.EFFECTS)
        if self.stopping:
            return Rejected(
                id=command.id,
                code="server-stopping",
                message="The server is stopping; send it again when it is back.",
            )
        try:
            session = await self.get(user, command.session)
        except UnknownSession as unknown:
            reply = Rejected(id=command.id, code="unknown-session", message=str(unknown))
            return await refuse(self.log, user, command, reply)
        if isinstance(command, c.Prompt | c.ResumeQueue) and not session.row.project_trusted:
            await self.refresh(session.id)  # it may have been trusted since
        return await submit(session, user, command)

    async def update(self, user: int, session: str, changes: e.SessionUpdated) -> None:
        """Change facts of a session: title, star, model, mode, effort. Raises UnknownSession, StorageFull."""
        found = await self.get(user, session)
        relaunch = any(value is not None for value in (changes.model, changes.mode, changes.effort))
        found.slot.relaunch = (
            found.slot.relaunch or relaunch
        )  # before: what its agent says of them no longer counts
        await found.journal.commit([replace(changes, at=self.clock.now())], at_once=True)
        await self.refresh(session, relaunch=relaunch)
        if relaunch:
            self.looked_at(found)

    async def fork(self, user: int, session: str, turn: str, *, including: bool) -> rows.Session:
        """A copy of the session up to a turn. Raises UnknownSession, NoSuchTurn, TurnNotOver, StorageFull."""
        copy = await forking.fork(await self.get(user, session), turn, including=including)
        self.hub.changed(user, copy.id)
        return copy

    async def trash(self, user: int, session: str, trashed: bool) -> None:
        """Put a session into the trash (its turn is stopped), or take it out. Raises UnknownSession, StorageFull."""
        found = await self.get(user, session)
        if trashed:
            await put_away(found)
        else:
            await self.log.write(lambda conn: rows.set_trashed(conn, found.row.key, None))
        await self.refresh(session)
        self.hub.changed(user, session)

    async def refresh(self, session: str, *, relaunch: bool = False) -> None:
        """Read the facts of an open session again: its row changed beside its log."""
        task = self._sessions.get(session)
        if not task or not task.done() or task.exception():
            return
        row = await self.log.read(lambda conn: rows.get_session(conn, None, session))
        if row:
            task.result().changed(row, relaunch=relaunch)

    def looked_at(self, session: Session) -> None:
        """Somebody follows the session: its agent is made ready beside, where that is wanted."""
        if not self.stopping:
            self._run(self._warm(session))

    async def _warm(self, session: Session) -> None:
        if not session.row.project_trusted:
            await self.refresh(session.id)  # it may have been trusted since
        await self._warmer.looked_at(session)

    async def take_back(self, user: int, rule: str) -> bool:
        """Delete a rule; the agents that were started with it end, at once or after their turns."""
        deleted = await self.log.write(lambda conn: rule_rows.take_back(conn, user, rule))
        if deleted is None:
            return False
        await self._relaunch_in(user, deleted.project, deleted.provider)
        return True

    async def take_back_consent(self, user: int, project: str, provider: str) -> bool:
        """Delete a consent; the agents that work by it end, at once or after their turns."""
        if not await self.log.write(lambda conn: consents.take_back(conn, user, project, provider)):
            return False
        await self._relaunch_in(user, project, provider)
        return True

    async def _relaunch_in(self, user: int, project: str, provider: str) -> None:
        of = (user, project, provider)
        await self._relaunch(
            [s for s in self._open_sessions() if (s.row.user, s.row.project, s.row.provider) == of]
        )

    async def relaunch(self, provider: str) -> None:
        """What this provider's agents are started with has changed: they end, at once or after their turns."""
        await self._relaunch([s for s in self._open_sessions() if s.row.provider == provider])

    async def _relaunch(self, concerned: list[Session]) -> None:
        await asyncio.gather(*(session.relaunch() for session in concerned))
        for session in concerned:
            self.looked_at(session)

    async def waiting(self, user: int) -> list[tuple[str, e.ApprovalRequested]]:
        """All approvals that wait for the user: (session id, request)."""
        return await self.log.read(lambda conn: approval_rows.waiting(conn, user))

    # Sessions

    async def _session(self, row: rows.Session) -> Session:
        """The one open session of this row."""
        task = self._sessions.get(row.id)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._sessions[row.id] = self._run(self._open(row))
        return await asyncio.shield(task)

    async def _open(self, row: rows.Session) -> Session:
        opened = await claim(self.log, row.key)
        session = Session(
            log=self.log,
            hub=self.hub,
            clock=self.clock,
            row=opened.row,
            state=opened.state,
            provider=self.providers.get(row.provider) or MissingProvider(row.provider),
            environment=self._environment,
            on_lost=self._lost,
            claims=self._claims,
            workspaces=self._workspaces,
            allow_bypass=self._allow_bypass,
        )
        session.follower = self._followers.of(session)
        if unfinished := left(opened, self.clock.now()):
            await session.journal.commit(unfinished)
            session.state.turns.clear()
        return session

    def _lost(self, session: Session) -> None:
        """A session that can write no more: end its agent, open it anew, which ends its turn in the log."""
        if self._sessions.pop(session.id, None) and not self.stopping:
            self._run(self._reopen(session))

    async def _reopen(self, session: Session) -> None:
        await session.close_agent()
        await self._session(session.row)
        self.hub.wake(session.id)

    def _open_sessions(self) -> list[Session]:
        done = [t for t in self._sessions.values() if t.done() and not t.cancelled() and not t.exception()]
        return [task.result() for task in done]

    async def _look_after(self) -> None:
        """What is idle: retire its agent after a while, compact its log, forget old commands, a little at a time."""
        while True:
            await self.clock.sleep(LOOK_SECONDS)
            try:
                await self._look_once()
            except Exception:  # what must be written tells people what is wrong; this only tidies up
                _logger.exception("upkeep-failed")

    async def _look_once(self) -> None:
        now = self.clock.now()
        await self._warmer.make_room()
        await self.log.write(lambda conn: command_rows.prune_commands(conn, now))
        for session in self._open_sessions():
            if session.turn is None and not session.lock.locked():
                await self._compact(session)
                await self._retire(session)

    async def _compact(self, session: Session) -> None:
        """Delete deltas that their completed items made superfluous, once per change of the log."""
        key, head = session.row.key, session.state.head
        if self._compacted.get(session.id) == head:
            return
        for _ in range(COMPACT_COMMITS):
            if session.turn or not await self.log.write(lambda conn: event_rows.compact(conn, key)):
                self._compacted[session.id] = head
                return

    async def _retire(self, session: Session) -> None:
        """Retire an agent that is idle for long, and free what is kept in memory for nobody."""
        if self.clock.monotonic() - session.idle_since < IDLE_AGENT_SECONDS:
            return
        if session.agent:
            await session.retire_idle()
        if not session.slot.taken and not self.hub.followed(session.id):
            session.forget()

    def _run(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
