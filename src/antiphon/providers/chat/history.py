"""What was said before, as the model is told it: the session's own events as messages. Pure.

The log is the only memory: a process that starts anew, after a restart or a kill -9, is given the events
and goes on. What a turn has said while it runs is kept by the process itself until then.

1. A turn counts once it has ended, however it ended; the one that is about to be asked does not.
2. Text and tool calls come in the order of the log; each call is followed by its result.
3. Reasoning is for people: it is not told again. Nor is what Antiphon itself did.
4. An end that was none is told, before the next prompt.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserContent,
    UserPromptPart,
)

from antiphon.model import events as e
from antiphon.model.items import Message, ToolCall
from antiphon.providers.loose import table

Shown = Callable[[Sequence[str]], list[UserContent]]
"""What the model is shown of attachments, by their ids."""

STOPPED = "[The person stopped the turn before.]"
FAILED = "[The turn before broke off: {message}]"
CUT = "(It was stopped here.)"


def messages(events: Sequence[e.AnyEvent], shown: Shown) -> list[ModelMessage]:
    """The conversation, oldest first."""
    past = _Past(shown)
    for event in events:
        past.add(event)
    return past.settled


class _Past:
    """What is told so far."""

    def __init__(self, shown: Shown) -> None:
        self.settled: list[ModelMessage] = []
        """Of the turns that have ended."""
        self._shown = shown
        self._turn: list[ModelMessage] = []
        self._note = ""

    def add(self, event: e.AnyEvent) -> None:
        match event:
            case e.TurnStarted(text=text, attachments=ids):
                self._turn = []
                self._said(text, ids)
            case e.TurnSteered(text=text, attachments=ids):
                self._said(text, ids)
            case e.ItemCompleted(content=Message(role="agent", text=text)) if text:
                self._answered(TextPart(text))
            case e.ItemCompleted(item=item, content=ToolCall(name=str(name)) as call):
                self._called(item, name, call)
            case e.TurnCompleted():
                self._ended("")
            case e.TurnFailed(failure=failure):
                self._ended(FAILED.format(message=failure.message))
            case e.TurnCancelled(dequeued=False) | e.TurnInterrupted():
                self._ended(STOPPED)
            case _:
                pass

    def _said(self, text: str, ids: Sequence[str]) -> None:
        words = "\n\n".join(filter(None, (self._note, text)))
        content: list[UserContent] = [words, *self._shown(ids)] if ids else []
        self._request(UserPromptPart(content or words))

    def _called(self, item: str, name: str, call: ToolCall) -> None:
        self._answered(ToolCallPart(name, table(call.input), tool_call_id=item))
        output = call.output if call.status in ("completed", "failed") else f"{call.output}\n{CUT}"
        if call.exit_code:
            output = f"{output.rstrip()}\n[exit code: {call.exit_code}]"
        self._request(ToolReturnPart(name, output.strip() or "(no output)", tool_call_id=item))

    def _request(self, part: ModelRequestPart) -> None:
        last = self._turn[-1] if self._turn else None
        if isinstance(last, ModelRequest):
            last.parts = [*last.parts, part]
        else:
            self._turn.append(ModelRequest(parts=[part]))

    def _answered(self, part: ModelResponsePart) -> None:
        last = self._turn[-1] if self._turn else None
        if isinstance(last, ModelResponse):  # never after a call: its result has been told
            last.parts = [*last.parts, part]
        else:
            self._turn.append(ModelResponse(parts=[part]))

    def _ended(self, note: str) -> None:
        if self._turn:
            self.settled += self._turn
            self._turn, self._note = [], note


def settled(said: Sequence[ModelMessage], partial: str) -> list[ModelMessage]:
    """The messages of a turn that broke off, so that they can be gone on from.

    Calls without a result get one; `partial` is what the model said of the answer that was cut.
    """
    found = list(said)
    last = found[-1] if found else None
    if isinstance(last, ModelResponse) and last.tool_calls:
        results: list[Any] = [
            ToolReturnPart(call.tool_name, CUT, tool_call_id=call.tool_call_id) for call in last.tool_calls
        ]
        found.append(ModelRequest(parts=results))
    if partial and not isinstance(last, ModelResponse):
        found.append(ModelResponse(parts=[TextPart(partial)]))
    return found
