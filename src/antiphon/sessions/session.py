"""A session: the single writer of its log, and the owner of its agent and its running turn.

What people ask comes in by `submit`, one command after the other; what the agent says comes
in by `say`. Both become events in the journal. The turn's own course is in `turn.py`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Literal

import structlog
from msgspec.structs import replace
from sqlalchemy import Connection

from antiphon.clock import Clock
from antiphon.log import imports
from antiphon.log import sessions as rows
from antiphon.log.errors import StorageFull, TurnEnded, TurnRunning
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.model.replies import Notice
from antiphon.model.state import State
from antiphon.providers.base import Agent, Answered, Provider, ProviderFailed
from antiphon.sessions import failures
from antiphon.sessions.approvals import CLOSED, Approvals
from antiphon.sessions.ending import closing
from antiphon.sessions.hub import Hub
from antiphon.sessions.journal import Draft, Journal
from antiphon.sessions.native import Claims
from antiphon.sessions.sink import AgentSink
from antiphon.sessions.slot import GivenUp, Slot
from antiphon.sessions.turn import GONE, Turn
from antiphon.workspace.workspaces import Workspaces

if TYPE_CHECKING:
    from antiphon.sessions.importing_follow import Follower

_logger = structlog.get_logger(__name__)

LOCK_SECONDS = 1.0
"""How often what waits for the lock, or for a turn's end, looks whether the storage is full."""


class Session:
    """One conversation. All methods belong to the event loop."""

    def __init__(
        self,
        *,
        log: Log,
        hub: Hub,
        clock: Clock,
        row: rows.Session,
        state: State,
        provider: Provider,
        environment: Callable[[str], Awaitable[Mapping[str, str]]],
        on_lost: Callable[["Session"], None],
        claims: Claims | None = None,
        workspaces: Workspaces | None = None,
        allow_bypass: bool = False,
    ) -> None:
        self.workspaces, self._allow_bypass = workspaces, allow_bypass
        self.log, self.hub, self.clock, self.row = log, hub, clock, row
        self.provider = provider
        self._on_lost = on_lost
        self.journal = Journal(
            log=log,
            hub=hub,
            clock=clock,
            session=row.id,
            key=row.key,
            user=row.user,
            generation=row.generation,
            state=state,
            on_lost=self._lost,
        )
        self.lock = asyncio.Lock()
        self.turn: Turn | None = None
        self.slot = Slot(self, environment, claims)
        self.follower: Follower | None = None
        """Reads the agent's own record of the conversation, where there is one that we can read."""
        self.approvals = Approvals(self)
        self.idle_since = clock.monotonic()
        self.stopping = False
        self._chores: set[asyncio.Task[None]] = set()

    # What it is

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def state(self) -> State:
        """As of the log's head."""
        return self.journal.state

    @property
    def running(self) -> str | None:
        """The id of the running turn."""
        return self.turn.id if self.turn else None

    @property
    def in_trash(self) -> bool:
        """Whether it lies in the trash: nothing begins there."""
        return self.row.trashed_at is not None

    @property
    def forbidden_mode(self) -> str | None:
        """Its mode, where that skips approvals and this server was not started to allow it."""
        mode = self.row.mode
        return mode if not self._allow_bypass and mode in self.provider.capabilities.bypass_modes else None

    @property
    def busy(self) -> bool:
        """Whether its agent must not be retired: it runs a turn or a background task."""
        return self.turn is not None or bool(self.state.tasks) or self.lock.locked()

    # What the agent says

    def say(self, event: e.AnyEvent, **changes: Any) -> None:
        """Log an event of the agent or of the running turn, as of now."""
        self.journal.add(replace(event, at=self.clock.now(), **changes))

    def alive(self) -> None:
        """A sign of life of the running turn."""
        if self.turn and self.turn.silence.alive(self.clock.monotonic()):
            self.say(e.TurnAlive(turn=self.turn.id))

    def patient(self, until: int) -> None:
        """Nothing is to be expected before `until` (ms since the Unix epoch): silence counts from then."""
        if self.turn:
            self.turn.silence.alive(self.clock.monotonic() + max(until - self.clock.now(), 0) / 1000)

    def opened(self, what: str) -> None:
        """Something that takes its own time begins: the turn's clocks stand still."""
        if self.turn:
            self.turn.silence.opened(what)

    def closed(self, what: str) -> None:
        """It is done."""
        if self.turn:
            self.turn.silence.closed(what, self.clock.monotonic())

    async def drained(self) -> None:
        """Wait until the log has nearly caught up."""
        await self.journal.drained()

    async def ask(self, request: e.ApprovalRequested) -> Answered:
        """Ask a person for the running turn."""
        if self.turn is None or self.turn.stopping:
            return CLOSED
        return await self.approvals.ask(self.turn.id, request)

    def withdraw(self, turn: str, approval: str) -> None:
        """The agent no longer waits for this approval."""
        self.chore(self._withdraw(turn, approval))

    async def acquire(self) -> None:
        """Take the lock. Raises StorageFull when whoever has it waits for storage."""
        while True:
            try:
                await asyncio.wait_for(self.lock.acquire(), LOCK_SECONDS)
                return
            except TimeoutError:
                if self.journal.full:
                    raise self.journal.full from None

    async def _withdraw(self, turn: str, approval: str) -> None:
        async with self.lock:
            await self.journal.flushed()
            if any(a.approval == approval for a in self.state.approvals):
                resolved = e.ApprovalResolved(turn=turn, approval=approval, by="agent", at=self.clock.now())
                await self.journal.commit([resolved])

    def remember(self, native_session: str) -> None:
        """Keep the agent's own id of the conversation."""
        if self.slot.named(native_session):
            self.chore(self._remember())

    async def _remember(self) -> None:
        key, native = self.row.key, self.slot.native_session
        if native != self.row.native_session:
            went = await self.log.write(lambda conn: _name(conn, key, native))
            self.row = replace(self.row, native_session=native)
            for id in went:
                self.hub.changed(self.row.user, id)

    async def caught_up(self) -> None:
        """Have the log say what another program wrote to the conversation."""
        if self.follower:
            await self.follower.look()

    async def agent_began(self, sink: AgentSink, why: str) -> bool:
        """The agent works though nobody asked: a turn for it. False: a turn runs that its words are part of."""
        if self.turn and self.turn.at_work:  # the agent is done with that one: its end is about to be logged
            await asyncio.wait({self.turn.task}, timeout=LOCK_SECONDS)
        while self._may_begin(sink):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.lock.acquire(), LOCK_SECONDS)
                try:
                    return await self._begin_for(sink, why)
                finally:
                    self.lock.release()
        return False

    def _may_begin(self, sink: AgentSink) -> bool:
        """Whether this agent may begin a turn now: it is the session's, and nothing runs or ends."""
        quiet = not self.turn or self.turn.ending
        hindered = self.stopping or self.journal.lost or self.in_trash
        return quiet and not hindered and sink is self.slot.sink

    async def _begin_for(self, sink: AgentSink, why: str) -> bool:
        if self.turn or self.slot.agent is None or not self._may_begin(sink):
            return False
        asked = e.QueuedTurn(turn=new_id(), text=why, at=self.clock.now())
        try:
            await self.begin(asked, origin="agent")
        except TurnRunning:  # one that only the log knows
            return False
        return True

    def agent_died(self, sink: AgentSink, failure: Failure) -> None:
        """The agent is gone by itself. In a turn, the prompt's own failure tells it."""
        if self.slot.died(sink) and self.turn is None and not self.stopping:
            self.say(e.AgentFailed(failure=failure))

    # The agent

    @property
    def agent(self) -> Agent | None:
        """The agent, when one is there."""
        return self.slot.agent

    async def ready_agent(self) -> Agent:
        """The session's agent, started when there is none. Raises ProviderFailed."""
        return await self.slot.ready()

    async def close_agent(self) -> None:
        """End the agent, if there is one; what it still says is no longer heard."""
        await self.slot.close()

    async def warm(self) -> None:
        """Have the agent ready before it is asked. A failure is told once, unless a turn waits for it and tells it."""
        before = self.slot.failed
        try:
            await self.slot.ready()
        except GivenUp:
            return
        except ProviderFailed as failed:
            known = before and (before.failure.code, before.failure.message)
            told = known == (failed.failure.code, failed.failure.message)
            if self.turn is None and not self.stopping and not told:
                self.say(e.AgentFailed(failure=failed.failure))

    async def relaunch(self) -> None:
        """What the agent was started with is no longer so: end it, at once or after its turn."""
        self.slot.relaunch, self.slot.failed = True, None
        async with self.lock:
            if self.turn is None:
                await self.close_agent()

    # The turn

    async def begin(
        self,
        asked: e.QueuedTurn,
        *,
        draft: Draft | None = None,
        retry_of: str | None = None,
        origin: Literal["person", "agent"] = "person",
        carried: bool = False,
    ) -> int:
        """Claim the session and start the turn. Returns the seq of `turn-started`.

        The claim is the log's: it raises TurnRunning when another turn runs. The caller holds
        the lock, and there is nothing between the claim and the turn's own run that can fail.
        """
        started = e.TurnStarted(
            turn=asked.turn,
            at=self.clock.now(),
            text=asked.text,
            attachments=asked.attachments,
            command=asked.command,
            retry_of=retry_of,
            origin=origin,
            carried=carried,
        )
        seq = await self.journal.commit([started], draft)
        self.turn = Turn(self, replace(started, seq=seq))
        return seq

    async def finish(self, turn: Turn, end: e.TurnEnd) -> None:
        """Log the end of the turn, with all that it closes; then the next in the queue may start.

        Waits for storage as long as it takes: an end is never given up, only found at the next start.
        """
        if self.slot.sink:
            self.slot.sink.close_items()
        async with self.lock:
            await self._end(turn, replace(end, turn=turn.id))
            if isinstance(end, e.TurnFailed) and end.failure.code in GONE:
                self.slot.relaunch = True
            await self.next()
        if self.slot.relaunch and self.turn is None:
            await self.close_agent()
        self.chore(self._remember())

    async def _end(self, turn: Turn, end: e.TurnEnd) -> None:
        await self.journal.flushed()
        try:
            await self.journal.commit([replace(x, at=self.clock.now()) for x in closing(self.state, end)])
        except TurnEnded:
            _logger.error("turn-ended-twice", session=self.id, turn=turn.id)
        self.turn = None
        self.idle_since = self.clock.monotonic()
        self.state.turns.clear()  # all of it is in the log

    async def stop_turn(self) -> None:
        """Have the running turn cancelled, and wait for its end. Raises StorageFull when that cannot be logged (yet)."""
        if turn := self.turn:
            turn.stop("cancelled")
            while (await asyncio.wait({turn.task}, timeout=LOCK_SECONDS))[1]:
                self.journal.check_storage()

    async def next(self) -> None:
        """Start the first of the queue, when nothing hinders it. The caller holds the lock."""
        hindered = self.stopping or self.journal.lost or self.in_trash
        if self.turn or hindered or self.state.queue_held or not self.state.queue:
            return
        await self.begin(self.state.queue[0])

    # Its own end

    def chore(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something small beside; when it fails, the page is told."""
        task = asyncio.create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chore_done)

    def _chore_done(self, task: asyncio.Task[None]) -> None:
        self._chores.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, StorageFull):
            self.hub.tell(self.row.user, Notice(code="storage-full", message=str(error), session=self.id))
        elif error and not self.journal.lost:
            _logger.error("chore-failed", session=self.id, exc_info=error)
            self.say(e.AgentFailed(failure=failures.internal(self.row.provider, error)))

    async def close(self) -> None:
        """The server stops: end the turn (`turn-interrupted`), end the agent, write what is left."""
        self.stopping = True
        if self.turn:
            self.turn.stop("server-stopped")
            await asyncio.wait({self.turn.task})
        if self.follower:
            await self.follower.stop()
        await self.retire()
        await self.journal.flushed()

    async def retire(self) -> None:
        """End the idle agent and free memory; the session stays and can be continued."""
        await self.close_agent()
        self.journal.forget()

    async def retire_idle(self) -> None:
        """Retire, unless it has just been asked something."""
        async with self.lock:
            if self.turn is None and not self.state.tasks:
                await self.retire()

    def forget(self) -> None:
        """Free what an idle session keeps in memory, unless it is busy: the log has all of it."""
        if not self.busy:
            self.journal.forget()
            if self.follower:
                self.follower.forget()

    def changed(self, row: rows.Session, *, relaunch: bool) -> None:
        """Facts of the session changed (its project trusted, its model chosen)."""
        self.row = replace(row, generation=self.row.generation, native_session=self.row.native_session)
        self.slot.relaunch = self.slot.relaunch or relaunch

    def trashed(self, at: int) -> None:
        """It lies in the trash since then; its row says so already."""
        self.row = replace(self.row, trashed_at=at)

    def _lost(self, error: BaseException) -> None:
        _logger.error("log-lost", session=self.id, exc_info=error)
        self._on_lost(self)


def _name(conn: Connection, session: int, native: str | None) -> list[str]:
    """Note the conversation's id; returns the sessions that were imported of the same one meanwhile, and went."""
    rows.set_native(conn, session, native)
    return imports.claimed(conn, session) if native else []
