"""One turn, from its claim to its one end.

`Turn.run` is the one place where a turn ends, and it cannot be left without an end: whatever
happens inside becomes one of the four (promise 2). The log's unique index holds it besides.

    the agent's own word        → turn-completed, turn-cancelled
    ProviderFailed              → turn-failed
    no sign of life up to limit → interrupt, TERM, KILL → turn-failed (stalled)
    a person's stop             → interrupt, TERM, KILL → turn-cancelled
    the server stops            → interrupt, TERM, KILL → turn-interrupted
    anything else               → turn-failed (internal): our mistake, shown

A turn that the agent began by itself (`Sink.began`) is a turn like any other.
"""

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from antiphon.clock import within
from antiphon.log.errors import StorageFull
from antiphon.model import events as e
from antiphon.providers.base import Prompt, ProviderFailed
from antiphon.sessions import carry, failures
from antiphon.sessions.attachments import UnknownAttachment, find
from antiphon.sessions.sink import give_up
from antiphon.sessions.watchdog import Silence, watch

if TYPE_CHECKING:
    from antiphon.sessions.session import Session

Stop = Literal["cancelled", "stalled", "server-stopped"]

SHUTDOWN_PATIENCE = 1.0
"""Seconds for an agent to end its turn by itself when the server stops."""

GONE = frozenset({"provider-crashed", "truncated", "stalled", "internal"})
"""Failures after which the agent's process is not to be trusted with another prompt."""


class Turn:
    """The running turn of a session."""

    def __init__(self, session: "Session", started: e.TurnStarted) -> None:
        """`started` is as the log has it."""
        self._session, self._started = session, started
        self._provider = provider = session.provider
        self._clock = session.clock
        self._stopping: asyncio.Future[Stop] = asyncio.get_running_loop().create_future()
        self.at_work = False
        """The agent has it."""
        self.ending = False
        """Its end is about to be logged."""
        self._noted = False
        """It is noted what the folder was before."""
        self.silence = Silence(self._clock.monotonic(), provider.limits.silence, provider.limits.stall)
        self.task: asyncio.Task[None] = asyncio.create_task(self.run(), name=f"turn {started.turn}")

    @property
    def id(self) -> str:
        return self._started.turn or ""

    @property
    def stopping(self) -> bool:
        """Whether the turn is being stopped: no new questions then."""
        return self._stopping.done()

    def stop(self, why: Stop) -> None:
        """Have the turn ended; the first reason counts."""
        if not self._stopping.done():
            self._stopping.set_result(why)

    async def run(self) -> None:
        """Run to the end, and log it."""
        end: e.TurnEnd = e.TurnInterrupted(reason="server-stopped")
        try:
            end = await self._attempt()
        except ProviderFailed as failed:
            end = e.TurnFailed(failure=failed.failure)
        except UnknownAttachment as unknown:
            end = e.TurnFailed(failure=failures.no_attachment(self._provider, str(unknown)))
        except StorageFull as full:
            end = e.TurnFailed(failure=failures.storage(self._provider, full))
        except Exception as error:
            end = e.TurnFailed(failure=failures.internal(self._provider.id, error))
        finally:
            await asyncio.shield(asyncio.ensure_future(self._finish(end)))

    async def _finish(self, end: e.TurnEnd) -> None:
        """Log the end. A log that was lost is opened anew, and the end is found missing there."""
        self.ending = True
        if (workspaces := self._session.workspaces) and self._noted:
            workspaces.turn_ends(*self._place())
        try:
            await self._session.finish(self, end)
        except Exception:
            if not self._session.journal.lost:
                raise

    async def _look(self) -> None:
        """Have it noted what the folder is, before the agent can change it."""
        if workspaces := self._session.workspaces:
            self._noted = True
            await workspaces.turn_begins(*self._place())

    def _place(self) -> tuple[str, Path, str, str]:
        """Where this turn works: project, folder, session, turn."""
        row = self._session.row
        return row.project, Path(row.project_path), row.id, self.id

    async def _attempt(self) -> e.TurnEnd:
        work = asyncio.create_task(self._work(), name=f"prompt {self.id}")
        guard = asyncio.create_task(watch(self._clock, self.silence, self._tell_stalled))
        try:
            await asyncio.wait({work, guard, self._stopping}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            why: Stop = self._stopping.result() if self._stopping.done() else "stalled"
            self.stop(why)
            return await self._stop(work, why)
        finally:
            await give_up(guard)
            await give_up(work)

    async def _work(self) -> e.TurnEnd:
        looking = asyncio.create_task(self._look())
        try:
            return await self._told(looking)
        finally:
            await give_up(looking)

    async def _told(self, looking: asyncio.Task[None]) -> e.TurnEnd:
        """The agent's answer; it is asked once `looking` is done."""
        if self._started.origin == "agent":
            return await self._carry_on()
        attachments = await find(self._session.log, self._session.row.user, self._started.attachments)
        text = await self._text()
        agent = await self._session.ready_agent()
        await looking
        self.at_work = True
        return await agent.prompt(Prompt(turn=self.id, text=text, attachments=attachments))

    async def _text(self) -> str:
        """What the agent is told: the prompt, after the transcript where it is to be carried over."""
        started, session = self._started, self._session
        if not started.carried:
            return started.text
        before = await carry.transcript(session.log, session.row.key, started.seq, started.retry_of)
        return carry.told(before, started.text)

    async def _carry_on(self) -> e.TurnEnd:
        agent = self._session.agent
        if agent is None:
            raise ProviderFailed(failures.gone(self._provider))
        self.at_work = True
        return await agent.carry_on()

    async def _stop(self, work: asyncio.Task[e.TurnEnd], why: Stop) -> e.TurnEnd:
        """Interrupt; when that does not help, end the agent. Then say how the turn ended."""
        self._session.approvals.close()
        patience = SHUTDOWN_PATIENCE if why == "server-stopped" else self._provider.limits.interrupt
        with contextlib.suppress(TimeoutError, ProviderFailed):
            await within(self._clock, patience, self._interrupt(work))
        if not work.done():
            await self._session.close_agent()
            await give_up(work)
        return self._stopped(work, why)

    async def _interrupt(self, work: asyncio.Task[e.TurnEnd]) -> None:
        agent = self._session.agent
        if agent is None:  # still starting: nothing to ask
            await give_up(work)
        else:
            await agent.cancel()
            await asyncio.wait({work})

    def _stopped(self, work: asyncio.Task[e.TurnEnd], why: Stop) -> e.TurnEnd:
        ended = None if work.cancelled() or work.exception() else work.result()
        if isinstance(ended, e.TurnCompleted) and why != "stalled":
            return ended  # it was done before it heard of the stop
        usage = ended.usage if isinstance(ended, e.TurnCompleted | e.TurnCancelled) else None
        if why == "cancelled":
            return e.TurnCancelled(usage=usage)
        if why == "server-stopped":
            return e.TurnInterrupted(reason="server-stopped")
        return e.TurnFailed(failure=failures.stalled(self._provider), usage=usage)

    def _tell_stalled(self) -> None:
        silent = self._clock.monotonic() - self.silence.since
        since = self._clock.now() - int(silent * 1000)
        limit = since + int(self._provider.limits.stall * 1000)
        self._session.say(e.TurnStalled(turn=self.id, since=since, limit=limit))
