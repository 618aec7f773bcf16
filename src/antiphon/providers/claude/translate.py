"""Claude Code's messages as our events: pure, one `Translation` per agent.

1. The model's words come twice: as `stream_event` deltas (stream.py), and whole in an `assistant`
   message per block, which comes before the block's stop. The whole one ends the item.
2. A message that was never streamed (a sub-agent's, an answer fetched whole) makes its items whole.
3. Tool calls are known by `tool_use_id`; what a sub-agent does has its call's item as `parent`.
4. A call whose stream was cut after it was whole stands: the tool runs all the same.
5. `finish` closes whatever is open: nothing stays open over a turn's end. What a sub-agent in the
   background still does is taken back then, and told whole when it is done.
6. A list of steps (steps.py) is one plan per turn; only a call of its tools that failed is shown.
7. What we do not know changes nothing.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from antiphon.model.events import (
    BackgroundTask,
    ItemCompleted,
    ItemDiscarded,
    ItemStarted,
    ItemUpdated,
    SessionUpdated,
)
from antiphon.model.ids import new_id
from antiphon.model.items import ItemContent, Message, Note, Plan, ToolCall
from antiphon.providers.claude import errors, facts, tools
from antiphon.providers.claude import steps as planned
from antiphon.providers.claude.stream import TEXTS, Events, Stream
from antiphon.providers.loose import Json, count, table, tables, text

SYNTHETIC = "<synthetic>"
"""The `model` of what the CLI says in the model's place: errors (the result tells them) and fillers."""
FILLER = "No response requested."
USAGE = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


class OpenCall:
    """A tool call whose result has not come."""

    def __init__(self, item: str, content: ToolCall, parent: str | None) -> None:
        self.item, self.content, self.parent = item, content, parent


class Translation:
    """What is open in one agent's conversation."""

    def __init__(self, mint: Callable[[], str] = new_id, now: Callable[[], int] = lambda: 0) -> None:
        self._mint, self._now = mint, now
        self._stream: Stream | None = None
        self._calls: dict[str, OpenCall] = {}
        self._items: dict[str, str] = {}
        """Tool use id → item, also of calls that are done: a sub-agent may outlive its call."""
        self._steps = planned.Steps()
        self._writing: dict[str, tuple[str, Json]] = {}
        """Tool use id → tool and input of a call that writes steps."""
        self._plan: tuple[str, Plan] | None = None
        self._compacting: str | None = None
        self.tasks: dict[str, BackgroundTask] = {}
        """What runs in the background, by Claude's id of it."""
        self.context_tokens: int | None = None
        """How full the model's context was at its last message."""
        self._messages: dict[str, Callable[[Json], Events]] = {
            "stream_event": self._streamed,
            "assistant": self._assistant,
            "user": self._user,
            "system": self._system,
        }
        self._systems: dict[str, Callable[[Json], Events]] = {
            "api_retry": self._retrying,
            "status": self._status,
            "compact_boundary": self._compacted,
            "background_tasks_changed": self._tasks_changed,
            "task_started": self._task_started,
            "commands_changed": lambda message: [SessionUpdated(commands=facts.commands(message))],
            "informational": self._told,
            "model_fallback": self._told,
            "model_refusal_fallback": self._told,
            "local_command": self._told,
        }

    def message(self, message: Json) -> Events:
        """The events of one message."""
        translate = self._messages.get(text(message.get("type")))
        return translate(message) if translate else []

    def finish(self, cut: bool = True) -> Events:
        """Close what is open: the turn is over."""
        events = self._stream.finish(cut=cut) if self._stream else []
        self._stream = None
        for use, call in list(self._calls.items()):
            events.append(self._leave(use, call, goes_on=not cut and self._in_background(call)))
        self._writing.clear()
        if self._plan:
            events.append(ItemCompleted(item=self._plan[0], content=self._plan[1]))
            self._plan = None
        if self._compacting:
            note = Note(text="Compacting the conversation was cut off.")
            events.append(ItemCompleted(item=self._compacting, content=note, cut=True))
            self._compacting = None
        return events

    def _in_background(self, call: OpenCall) -> bool:
        return call.parent is not None and any(task.item == call.parent for task in self.tasks.values())

    def _leave(self, use: str, call: OpenCall, goes_on: bool) -> ItemCompleted | ItemDiscarded:
        """The turn ends without the call's result."""
        if goes_on:
            self._calls[use] = OpenCall(self._mint(), call.content, call.parent)
            return ItemDiscarded(item=call.item)
        del self._calls[use]
        content = replace(call.content, status="failed")
        return ItemCompleted(item=call.item, content=content, parent=call.parent, cut=True)

    @property
    def cut_off(self) -> bool:
        """The last message's stream ended without a word of why, and nothing came in its place."""
        return self._stream is not None and not self._stream.finished and bool(self._stream.unsaid)

    def call_of(self, use: str) -> OpenCall | None:
        """The open call by Claude's id of it."""
        return self._calls.get(use)

    def show(self, use: str, content: ToolCall) -> Events:
        """More is known of an open call (what the file holds that it would change)."""
        call = self._calls.get(use)
        if call is None or call.content == content:
            return []
        call.content = content
        return [ItemUpdated(item=call.item, content=content)]

    # What the model says

    def _streamed(self, message: Json) -> Events:
        if message.get("parent_tool_use_id"):
            return []
        event = table(message, "event")
        begun: Events = []
        if event.get("type") == "message_start":
            begun = self._again()
            self._stream = Stream(text(table(event, "message").get("id")), self._mint)
            self._measure(table(event, "message", "usage"))
        return [*begun, *(self._stream.event(event) if self._stream else [])]

    def _again(self) -> Events:
        """The model speaks anew."""
        stream, self._stream = self._stream, None
        return stream.superseded() if stream else []

    def _measure(self, usage: Json) -> None:
        """What a message was made from is what the context holds."""
        if total := sum(count(usage.get(key)) or 0 for key in USAGE):
            self.context_tokens = total

    def _assistant(self, message: Json) -> Events:
        body, within = table(message, "message"), text(message.get("parent_tool_use_id"))
        if body.get("model") == SYNTHETIC and (message.get("error") or message.get("is_api_error_message")):
            return []
        events: Events = []
        if not within and self._stream and self._stream.id != body.get("id"):
            events = self._again()
        if body.get("model") == SYNTHETIC:
            return [*events, *self._printed(body)]
        cut = message.get("aborted") is True
        for block in tables(body.get("content")):
            events += self._block(block, within, cut)
        return events

    def _block(self, block: Json, within: str, cut: bool) -> Events:
        kind, parent = text(block.get("type")), self._items.get(within)
        if kind == "tool_use":
            if not within and (name := text(block.get("name"))) in planned.TOOLS:
                self._writing[text(block.get("id"))] = name, table(block, "input")
                return []
            return self._tool_use(block, parent)
        if kind not in TEXTS:
            return []
        content, words = TEXTS[kind], text(block.get(kind))
        streamed = self._stream.whole(content, cut=cut) if self._stream and not within else None
        if streamed is not None:
            return streamed
        if not words:
            return []
        return [ItemCompleted(item=self._mint(), content=content(text=words), parent=parent, cut=cut)]

    def _printed(self, body: Json) -> Events:
        """What the CLI says in the model's place: mostly what a slash command printed."""
        words = [facts.printed(text(block.get("text"))) for block in tables(body.get("content"))]
        return [
            event for said in words if said and said != FILLER for event in self._whole(Message(text=said))
        ]

    def _tool_use(self, block: Json, parent: str | None) -> Events:
        use, name, given = text(block.get("id")), text(block.get("name")), table(block, "input")
        content = tools.started(name, given)
        written = self._stream.written(use) if self._stream else None
        item = self._items[use] = written or self._mint()
        self._calls[use] = OpenCall(item, content, parent)
        if written:
            return [ItemUpdated(item=item, content=content)]
        return [ItemStarted(item=item, content=content, parent=parent)]

    def _planned(self, plan: Plan) -> Events:
        known, item = self._plan is not None, self._plan[0] if self._plan else self._mint()
        self._plan = item, plan
        return [ItemUpdated(item=item, content=plan) if known else ItemStarted(item=item, content=plan)]

    def _user(self, message: Json) -> Events:
        content = table(message, "message").get("content")
        if isinstance(content, str):  # what a slash command printed, that the CLI did by itself
            said = facts.local_output(content)
            return self._whole(Message(text=said)) if said else []
        if facts.continues(content):
            return [
                *self._again(),
                *self._whole(Note(text="The answer was cut off; Claude goes on from there.")),
            ]
        results = [block for block in tables(content) if block.get("type") == "tool_result"]
        return [event for block in results for event in self._result(block, message.get("tool_use_result"))]

    def _result(self, block: Json, result: Any) -> Events:
        use = text(block.get("tool_use_id"))
        if use in self._writing:
            return self._written(*self._writing.pop(use), block, result)
        call = self._calls.pop(use, None)
        if call is None:
            return []
        content = tools.ended(call.content, block, result)
        return [ItemCompleted(item=call.item, content=content, parent=call.parent)]

    def _written(self, name: str, given: Json, block: Json, result: Any) -> Events:
        if block.get("is_error") is True:
            return self._whole(tools.ended(tools.started(name, given), block, result))
        plan = self._steps.done(name, given, result)
        return self._planned(plan) if plan else []

    def _whole(self, content: ItemContent) -> Events:
        return [ItemCompleted(item=self._mint(), content=content)]

    # What the CLI says of itself

    def _system(self, message: Json) -> Events:
        translate = self._systems.get(text(message.get("subtype")))
        return translate(message) if translate else []

    def _retrying(self, message: Json) -> Events:
        discarded = self._again() if self._stream and not self._stream.finished else []
        return [*discarded, errors.retrying(message, self._now())]

    def _status(self, message: Json) -> Events:
        if message.get("status") == "compacting" and not self._compacting:
            self._compacting = self._mint()
            return [ItemStarted(item=self._compacting, content=Note(text="Compacting the conversation…"))]
        mode = text(message.get("permissionMode"))
        return [SessionUpdated(mode=mode)] if mode else []

    def _compacted(self, message: Json) -> Events:
        item, self._compacting = self._compacting or self._mint(), None
        return [ItemCompleted(item=item, content=Note(text=facts.compacted(message)))]

    def _told(self, message: Json) -> Events:
        words = next((w for key in ("content", "text", "message") if (w := text(message.get(key)))), "")
        return self._whole(Note(text=words)) if words else []

    def _tasks_changed(self, message: Json) -> Events:
        known = self.tasks
        self.tasks = {task.id: known.get(task.id, task) for task in facts.tasks(message, self._now())}
        return self._tasks_now() if self.tasks != known else []

    def _task_started(self, message: Json) -> Events:
        """Says which call started it."""
        task = self.tasks.get(text(message.get("task_id")))
        item = self._items.get(text(message.get("tool_use_id")))
        if task is None or item is None or task.item == item:
            return []
        self.tasks[task.id] = replace(task, item=item)
        return self._tasks_now()

    def _tasks_now(self) -> Events:
        return [SessionUpdated(tasks=list(self.tasks.values()))]
