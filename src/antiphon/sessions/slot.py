"""The session's agent: none, starting, or there.

1. There is one at most. Whoever needs it while it starts waits for that same start.
2. Whoever gives up waiting for the start ends it: a start that hangs must not outlive a stop.
3. What an agent that was given up still says is not heard, and what it ran in the background is
   over: an event says so.
4. One conversation is run by one process, over all of a user's servers: it is claimed before its
   agent starts, and let go when that agent has ended.
5. An agent that cannot go on with its conversation has lost it. That is told, and nothing begins
   anew until a person has chosen how.
6. None starts in a mode that skips approvals unless the server was started to allow that.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from antiphon.clock import within
from antiphon.log import consents, rules
from antiphon.model import events as e
from antiphon.model.failures import Failure
from antiphon.providers.base import Agent, Launch, ProviderFailed
from antiphon.sessions import failures, past
from antiphon.sessions.native import Claim, Claims, NativeTaken
from antiphon.sessions.sink import AgentSink, give_up

if TYPE_CHECKING:
    from antiphon.sessions.session import Session

CLOSE_SECONDS = 5.0
"""The longest that ending an agent may take before we go on without it (the keeper ends it)."""

_logger = structlog.get_logger(__name__)


def _allowed(conn: Connection, session: int) -> tuple[list[str], bool]:
    """The rules that the session's agent is told, and whether a person agreed to it."""
    return rules.rules_of_session(conn, session), consents.given(conn, session)


class GivenUp(ProviderFailed):
    """The start was ended before the agent was ready."""


class Failed(Struct, frozen=True, kw_only=True):
    """A start that failed."""

    at: float
    """Monotonic seconds."""
    failure: Failure


class Slot:
    """Where a session has its agent."""

    def __init__(
        self,
        session: "Session",
        environment: Callable[[str], Awaitable[Mapping[str, str]]],
        claims: Claims | None = None,
    ) -> None:
        self._session, self._environment, self._claims = session, environment, claims
        self._claim: Claim | None = None
        self.agent: Agent | None = None
        self.sink: AgentSink | None = None
        self.relaunch = False
        """The agent must not be asked again: another one with other settings, or after a failure."""
        row = session.row
        self.native_session = row.native_session or row.fork_of
        self.fork = row.native_session is None and row.fork_of is not None
        """The next agent goes on in a copy of the conversation."""
        self.lost = session.row.lost
        """It has lost the conversation, and nothing was begun since."""
        self.failed: Failed | None = None
        """The last start, if it failed."""
        self._launches = 0
        self._opening: asyncio.Task[Agent] | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def taken(self) -> bool:
        """Whether an agent is there or starting."""
        return self.agent is not None or self._opening is not None

    async def ready(self) -> Agent:
        """The agent, started when there is none. Raises ProviderFailed."""
        while self.agent is None or self.relaunch:
            opening = self._opening or self._begin()
            try:
                await asyncio.wait({opening})
            except asyncio.CancelledError:
                await give_up(opening)
                raise
            if opening.cancelled():
                raise GivenUp(failures.start_given_up(self._session.provider))
            agent = opening.result()
            if not self.relaunch:
                return agent  # else it began with settings that are others now
        return self.agent

    def _begin(self) -> "asyncio.Task[Agent]":
        self._opening = asyncio.create_task(self._open(), name=f"open {self._session.id}")
        self._opening.add_done_callback(self._opened)
        return self._opening

    def _opened(self, opening: "asyncio.Task[Agent]") -> None:
        self._opening = None
        self.failed = None
        error = None if opening.cancelled() else opening.exception()
        if isinstance(error, ProviderFailed):
            self.failed = Failed(at=self._session.clock.monotonic(), failure=error.failure)

    async def _open(self) -> Agent:
        await self._end()
        self.relaunch = False
        if mode := self._session.forbidden_mode:
            raise ProviderFailed(failures.mode_forbidden(self._session.provider, mode))
        try:
            self.claim()
        except NativeTaken as taken:
            raise ProviderFailed(failures.taken(self._session.provider, taken.where)) from taken
        try:
            agent = self.agent = await self._launch()
        except ProviderFailed as failed:
            if self.native_session is None or failed.failure.code != "invalid-request":
                raise
            raise ProviderFailed(self._lose(failed.failure)) from failed
        finally:
            if self.agent is None:
                self._let_go()
                self._release()
        if self.lost:
            self.lost = False
            self._session.say(e.SessionUpdated(lost=False))
        return agent

    async def _launch(self) -> Agent:
        session, provider = self._session, self._session.provider
        self._launches += 1
        marker = f"{session.log.instance}.{session.id}.{session.row.generation}.{self._launches}"
        sink = self.sink = AgentSink(session, marker)
        try:
            return await within(session.clock, provider.limits.start, self._start(marker, sink))
        except TimeoutError:
            raise ProviderFailed(failures.slow_start(provider)) from None

    async def _start(self, marker: str, sink: AgentSink) -> Agent:
        row = self._session.row
        allowed, consented = await self._session.log.read(lambda conn: _allowed(conn, row.key))
        if self._session.provider.capabilities.consent and not consented:
            raise ProviderFailed(failures.not_agreed(self._session.provider))
        launch = Launch(
            session=row.id,
            folder=Path(row.project_path),
            marker=marker,
            environment=await self._environment(self._session.provider.id),
            native_session=self.native_session,
            fork=self.fork,
            fork_without=tuple((row.fork_before or "").split()) if self.fork else (),
            model=row.model,
            mode=row.mode,
            effort=row.effort,
            rules=tuple(allowed),
            past=partial(past.read, self._session.log, row.key, row.user),
            consented=consented,
        )
        return await self._session.provider.open(launch, sink)

    def _lose(self, cause: Failure) -> Failure:
        """Forget the conversation (the log does so with the event), and say what can be done."""
        self.native_session, self.lost = None, True
        self._session.row = replace(self._session.row, native_session=None, fork_of=None)
        self._session.say(e.SessionUpdated(lost=True))
        return failures.conversation_lost(self._session.provider, cause)

    def died(self, sink: AgentSink) -> bool:
        """The agent of this sink is gone by itself. False: it was not the session's any more."""
        if sink is not self.sink:
            return False
        self._let_go()
        self._release()
        return True

    async def close(self) -> None:
        """End the agent, if there is one, or its start; what it still says is no longer heard."""
        if self._opening:
            await give_up(self._opening)
        await self._end()

    async def _end(self) -> None:
        if agent := self._let_go():
            self._closing = asyncio.create_task(agent.close())
        if self._closing:
            _, slow = await asyncio.wait({self._closing}, timeout=CLOSE_SECONDS)
            if slow:
                _logger.error(
                    "agent-close-slow", session=self._session.id, provider=self._session.provider.id
                )
        self._release()

    # The conversation

    def named(self, native_session: str) -> bool:
        """The agent tells its own id of the conversation. False: it is the one that is known."""
        if native_session == self.native_session:
            return False
        self.native_session, self.fork = native_session, False
        self._release()
        try:
            self.claim()
        except NativeTaken as taken:  # just minted, and there already: an agent whose ids tell nothing apart
            _logger.warning("native-not-unique", session=self._session.id, where=taken.where)
            self._claims = None
        return True

    def claim(self) -> None:
        """Be the one who runs the conversation. Raises NativeTaken."""
        if self._claim is None and self._claims and self.native_session and not self.fork:
            row = self._session.row
            try:
                self._claim = self._claims.take(row.provider, self.native_session, row.title or row.id)
            except OSError as error:  # no place for locks: agents run all the same
                _logger.warning("claim-failed", session=row.id, error=str(error))

    def unclaim(self) -> None:
        """Let go of the conversation, unless an agent has it: one that is there, starts or ends."""
        ending = self._closing is not None and not self._closing.done()
        if not self.taken and not ending:
            self._release()

    def branch(self) -> None:
        """Go on in a copy of the conversation, if there is one, with another agent."""
        if self.native_session:
            self.fork = self.relaunch = True

    def _release(self) -> None:
        claim, self._claim = self._claim, None
        if claim:
            claim.release()

    def _let_go(self) -> Agent | None:
        agent, sink = self.agent, self.sink
        self.agent = self.sink = None
        if sink and not sink.cut:
            sink.cut = True
            if sink.tasks:
                self._session.say(e.SessionUpdated(tasks=[]))
        return agent
