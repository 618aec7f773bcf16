"""A `Sink` that records what an agent says, and plays the person who answers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from antiphon.model.events import (
    ApprovalRequested,
    ItemCompleted,
    ItemDelta,
    ItemDiscarded,
    ItemStarted,
    ItemUpdated,
)
from antiphon.model.failures import Failure
from antiphon.model.items import Message, Reasoning, ToolCall
from antiphon.providers.base import AgentEvent, Answered, ProcessStarted

T = TypeVar("T")
Answer = Callable[[ApprovalRequested], Awaitable[Answered]]


async def allow(request: ApprovalRequested) -> Answered:
    """Choose the first option that allows; fill in nothing."""
    for option in request.options:
        if option.kind in ("allow-once", "answer"):
            return Answered(option=option.id)
    return Answered(option=request.options[0].id)


async def reject(request: ApprovalRequested) -> Answered:
    """Choose the first option that rejects."""
    return Answered(option=next(option.id for option in request.options if option.kind == "reject-once"))


async def never(request: ApprovalRequested) -> Answered:
    """Leave the question open."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


class RecordingSink:
    """Records; waits with `until`."""

    def __init__(self, answer: Answer = allow) -> None:
        self.answer = answer
        self.events: list[AgentEvent] = []
        self.asked: list[ApprovalRequested] = []
        self.processes: list[ProcessStarted] = []
        self.ended: list[int] = []
        self.failures: list[Failure] = []
        self.begun: list[str] = []
        self.native_session: str | None = None
        self.signs_of_life = 0
        self._changed = asyncio.Event()

    def emit(self, event: AgentEvent) -> None:
        """See Sink."""
        self.events.append(event)
        self._change()

    async def drained(self) -> None:
        """See Sink."""

    def alive(self) -> None:
        """See Sink."""
        self.signs_of_life += 1
        self._change()

    async def ask(self, request: ApprovalRequested) -> Answered:
        """See Sink."""
        self.asked.append(request)
        self._change()
        return await self.answer(request)

    async def began(self, why: str) -> bool:
        """See Sink. A check that wants the rest of it calls `Agent.carry_on` itself."""
        self.begun.append(why)
        self._change()
        return True

    def native(self, native_session: str) -> None:
        """See Sink."""
        self.native_session = native_session

    async def process_started(self, process: ProcessStarted) -> None:
        """See Sink."""
        self.processes.append(process)
        self._change()

    async def process_ended(self, pid: int) -> None:
        """See Sink."""
        self.ended.append(pid)
        self._change()

    def died(self, failure: Failure) -> None:
        """See Sink."""
        self.failures.append(failure)
        self._change()

    def _change(self) -> None:
        self._changed.set()

    async def until(self, true: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until it is true; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    # What was said

    def of(self, kind: type[T]) -> list[T]:
        """The events of one type."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def text(self) -> str:
        """The text of all messages, by their deltas."""
        messages = {event.item for event in self.of(ItemStarted) if isinstance(event.content, Message)}
        return "".join(event.text for event in self.of(ItemDelta) if event.item in messages)

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The completed tool calls."""
        return [event.content for event in self.of(ItemCompleted) if isinstance(event.content, ToolCall)]

    def check_items(self) -> None:
        """Every item opened once, grew by its deltas, and came whole at its end; raises AssertionError."""
        texts: dict[str, str] = {}
        for event in self.events:
            if isinstance(event, ItemStarted):
                assert event.item not in texts, f"{event.item} was opened twice"
                texts[event.item] = ""
            elif isinstance(event, ItemDelta):
                texts[event.item] += event.text
            elif isinstance(event, ItemDiscarded):
                assert texts.pop(event.item, None) is not None, f"{event.item} was never opened"
            elif isinstance(event, ItemUpdated):
                assert event.item in texts, f"{event.item} was never opened"
            elif isinstance(event, ItemCompleted):
                text = texts.pop(event.item, None)
                if text is not None and isinstance(event.content, Message | Reasoning):
                    assert event.content.text == text, f"{event.item} is not the sum of its deltas"
        assert not texts, f"left open: {list(texts)}"
