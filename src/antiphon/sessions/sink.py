"""The session as its agent sees it: where the agent's words go (`providers.base.Sink`).

One sink per agent: when the agent is given up, its sink is cut, and nothing that a dying
process still says can reach a later turn.
"""

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from antiphon.log import processes
from antiphon.model import events as e
from antiphon.model.failures import Failure
from antiphon.model.items import ToolCall
from antiphon.providers.base import AgentEvent, Answered, ProcessStarted

if TYPE_CHECKING:
    from antiphon.sessions.session import Session

_OF_ITEMS = (e.ItemDelta, e.ItemUpdated, e.ItemCompleted, e.ItemDiscarded)


class AgentSink:
    """The sink of one agent of one session."""

    def __init__(self, session: "Session", marker: str) -> None:
        self._session, self._marker = session, marker
        self._open: dict[str, str | None] = {}
        self._closed: set[str] = set()
        self.cut = False
        self.tasks = False
        """The agent runs something in the background."""

    def emit(self, event: AgentEvent) -> None:
        """See Sink. What comes of an item that is closed is dropped: its turn has ended."""
        if self.cut:
            return
        if isinstance(event, e.SessionUpdated) and self._session.slot.relaunch:
            event = replace(
                event, model=None, mode=None
            )  # of one that is about to be replaced by another choice
            if event == e.SessionUpdated():
                return
        turn = self._session.running
        if isinstance(event, e.ItemStarted):
            self._open[event.item] = turn
        elif isinstance(event, _OF_ITEMS):
            if event.item in self._closed or (
                event.item not in self._open and not isinstance(event, e.ItemCompleted)
            ):
                return
            turn = self._open.get(event.item, turn)
        elif isinstance(event, e.SessionUpdated) and event.tasks is not None:
            self.tasks = bool(event.tasks)
        self._watch(event)
        self._session.say(event, turn=turn)

    async def drained(self) -> None:
        """See Sink."""
        await self._session.drained()

    def alive(self) -> None:
        """See Sink."""
        if not self.cut:
            self._session.alive()

    async def ask(self, request: e.ApprovalRequested) -> Answered:
        """See Sink."""
        if self.cut:
            return Answered(option=None)
        return await self._session.ask(request)

    async def began(self, why: str) -> bool:
        """See Sink."""
        return await self._session.agent_began(self, why)

    def native(self, native_session: str) -> None:
        """See Sink."""
        if not self.cut:
            self._session.remember(native_session)

    async def process_started(self, process: ProcessStarted) -> None:
        """See Sink."""
        log, key = self._session.log, self._session.row.key
        row = processes.ProcessRow(
            node=log.node,
            boot_id=log.boot_id,
            session=key,
            pid=process.pid,
            start_time=process.start_time,
            marker=process.marker,
        )
        await log.write(lambda conn: processes.add(conn, row))

    async def process_ended(self, pid: int) -> None:
        """See Sink."""
        marker = self._marker
        await self._session.log.write(lambda conn: processes.remove(conn, pid, marker))

    def died(self, failure: Failure) -> None:
        """See Sink."""
        if not self.cut:
            self._session.agent_died(self, failure)

    def close_items(self) -> None:
        """The turn ends: what the agent still says of its items is dropped from now on."""
        self._closed.update(self._open)
        self._open.clear()

    def _watch(self, event: AgentEvent) -> None:
        """Tell the watchdog: a sign of life, and tools that open and close."""
        self._session.alive()
        match event:
            case e.ItemStarted(content=ToolCall(status=s)) | e.ItemUpdated(content=ToolCall(status=s)):
                if s != "preparing":
                    self._session.opened(event.item)
            case e.ProviderRetrying(next_at=int(due)):
                self._session.patient(due)
            case e.ItemCompleted() | e.ItemDiscarded():
                self._open.pop(event.item, None)
                self._closed.add(event.item)
                self._session.closed(event.item)
            case _:
                pass


async def give_up(task: "asyncio.Task[object]") -> None:
    """Cancel the task and wait until it has ended, whatever it raises."""
    task.cancel()
    await asyncio.wait({task})
