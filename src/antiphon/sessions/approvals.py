"""Approvals: durable questions from the agent to a person. The first answer wins."""

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from antiphon.model import events as e
from antiphon.providers.base import Answered

if TYPE_CHECKING:
    from antiphon.sessions.session import Session

CLOSED = Answered(option=None)


class Approvals:
    """The approvals that the running turn's agent waits for."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._waiting: dict[str, asyncio.Future[Answered]] = {}

    async def ask(self, turn: str, request: e.ApprovalRequested) -> Answered:
        """Log the question and wait. The clocks of the turn stand still meanwhile (promise 6)."""
        answer: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting[request.approval] = answer
        self._session.opened(request.approval)
        self._session.say(replace(request, turn=turn))
        try:
            return await answer
        except asyncio.CancelledError:  # the agent itself no longer asks
            if not answer.done() or answer.cancelled():
                self._session.withdraw(turn, request.approval)
            raise
        finally:
            self._waiting.pop(request.approval, None)
            self._session.closed(request.approval)

    def give(self, approval: str, answered: Answered) -> None:
        """Hand a logged answer to the agent."""
        waiting = self._waiting.get(approval)
        if waiting and not waiting.done():
            waiting.set_result(answered)

    def close(self) -> None:
        """The turn stops: whoever waits is told that no answer comes. The end logs it."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(CLOSED)
