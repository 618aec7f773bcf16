"""ACP's session updates as our events: pure, one `Translation` per agent.

1. Chunks of one kind in a row are one item; another kind, another `messageId`, a tool call or
   the turn's end closes it. A closed item comes whole.
2. Tool calls are known by the agent's `toolCallId`; their items have ids of ours.
3. `finish` closes whatever is open: nothing stays open over a turn's end.
4. What we do not know changes nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from antiphon.model.events import (
    AgentCommand,
    ItemCompleted,
    ItemDelta,
    ItemStarted,
    ItemUpdated,
    ProviderRetrying,
    SessionUpdated,
    Usage,
    UsageUpdated,
)
from antiphon.model.ids import new_id
from antiphon.model.items import Message, Plan, PlanEntry, Reasoning, ToolCall
from antiphon.providers.acp import config, tools
from antiphon.providers.acp.tools import block_text
from antiphon.providers.base import AgentEvent
from antiphon.providers.loose import Json, count, table, tables, text
from antiphon.providers.surrogates import Halves, mend

Events = list[AgentEvent]
TextContent = type[Message] | type[Reasoning]

PLAN_STATUSES: dict[str, Literal["pending", "running", "completed"]] = {
    "pending": "pending",
    "in_progress": "running",
    "completed": "completed",
}


class OpenText:
    """A message or reasoning whose end has not come."""

    def __init__(self, item: str, content: TextContent, message: Any) -> None:
        self.item = item
        self.content = content
        self.message = message
        """The agent's `messageId`, where it gives one."""
        self.parts: list[str] = []
        self.halves = Halves()


class OpenCall:
    """A tool call of the turn; once closed it may be corrected, but not opened again."""

    def __init__(self, item: str, content: ToolCall) -> None:
        self.item = item
        self.open = True
        self.declined = False
        """A person said no: whatever the agent says of its end, it was not done."""
        self.parts: list[str] = []
        """Output streamed since (joining each part would be quadratic)."""
        self._content = content

    def settled(self) -> ToolCall:
        """The content, with what was streamed."""
        if self.parts:
            self._content = replace(self._content, output=self._content.output + "".join(self.parts))
            self.parts = []
        return self._content

    def become(self, now: ToolCall) -> Events:
        """The events of a change."""
        was, self._content = self.settled(), now
        if now == was:
            return []
        if closed := self.close():
            return closed
        if not self.open:
            return []
        if now.output.startswith(was.output) and replace(now, output=was.output) == was:
            return [ItemDelta(item=self.item, text=now.output[len(was.output) :])]
        return [ItemUpdated(item=self.item, content=now)]

    def close(self) -> Events:
        """The end, when the content says so."""
        if self._content.status not in tools.DONE:
            return []
        self.open = False
        return [ItemCompleted(item=self.item, content=self._content)]


class Translation:
    """What is open in one agent's conversation."""

    def __init__(self, noise: Sequence[str] = (), mint: Callable[[], str] = new_id) -> None:
        self._noise = tuple(noise)
        self._mint = mint
        self._text: OpenText | None = None
        self._calls: dict[str, OpenCall] = {}
        self._past: set[str] = set()
        """Calls of the turn before: what is still said of them is too late."""
        self._plan: tuple[str, Plan] | None = None
        self.answered = False
        """The turn, or the one that has just ended, had words for the person, or a deed."""

    def begin(self) -> None:
        """A turn begins."""
        self.answered = False

    def update(self, update: Json) -> Events:
        """The events of one `session/update`."""
        kind = text(update.get("sessionUpdate"))
        if kind == "agent_message_chunk":
            return self._chunk(update, Message)
        if kind == "agent_thought_chunk":
            return self._chunk(update, Reasoning)
        translate = _OTHERS.get(kind)
        return translate(self, mend(update)) if translate else []

    def finish(self, cut: bool = False) -> Events:
        """Close what is open. `cut`: the turn ended before the agent was done."""
        events = self._close_text(cut)
        for call in self._calls.values():
            if call.open:
                events.append(ItemCompleted(item=call.item, content=call.settled(), cut=True))
        if self._plan:
            events.append(ItemCompleted(item=self._plan[0], content=self._plan[1], cut=cut))
        self._past, self._calls, self._plan = set(self._calls), {}, None
        return events

    # Words

    def _chunk(self, update: Json, content: TextContent) -> Events:
        words = block_text(table(update, "content"))
        if not words or (self._noise and words.startswith(self._noise)):
            return []
        now, message = self._text, update.get("messageId")
        self.answered = self.answered or (content is Message and not words.isspace())
        if now and now.content is content and now.message == message:
            return self._more(now, words)
        events = self._close_text()
        self._text = now = OpenText(self._mint(), content, message)
        return [*events, ItemStarted(item=now.item, content=content()), *self._more(now, words)]

    def _more(self, now: OpenText, words: str) -> Events:
        whole = now.halves.feed(words)
        if not whole:
            return []
        now.parts.append(whole)
        return [ItemDelta(item=now.item, text=whole)]

    def _close_text(self, cut: bool = False) -> Events:
        now, self._text = self._text, None
        if now is None:
            return []
        now.parts.append(now.halves.finish())
        return [ItemCompleted(item=now.item, content=now.content(text="".join(now.parts)), cut=cut)]

    # Tools

    def tool_call(self, update: Json) -> Events:
        """A tool call or its update, wherever it comes from (permission requests bring them too)."""
        key = text(update.get("toolCallId"))
        if key in self._past:
            return []
        self.answered = True
        known = self._calls.get(key)
        if known is None:
            known = self._calls[key] = OpenCall(self._mint(), tools.merge(None, update))
            opened = ItemStarted(item=known.item, content=known.settled())
            return [*self._close_text(), *(known.close() or [opened])]
        if known.declined:
            update = {**update, "status": "failed"}
        if known.open and (streamed := tools.only_output(update)):
            known.parts.append(streamed)
            return [ItemDelta(item=known.item, text=streamed)]
        return known.become(tools.merge(known.settled(), update))

    def item_of(self, tool_call: str) -> str | None:
        """Our item of the agent's tool call."""
        known = self._calls.get(tool_call)
        return known.item if known else None

    def content_of(self, tool_call: str) -> ToolCall | None:
        """What is known of the agent's tool call."""
        known = self._calls.get(tool_call)
        return known.settled() if known else None

    def declined(self, tool_call: str) -> Events:
        """A person said no: some agents never speak of the call again."""
        call = self._calls.get(tool_call)
        if call is None or not call.open:
            return []
        call.declined = True
        content = call.settled()
        return call.become(replace(content, status="failed", output=content.output or "Declined."))

    # The rest

    def plan(self, update: Json) -> Events:
        """The plan, whole each time: one item a turn."""
        plan = Plan(entries=[_plan_entry(entry) for entry in tables(update.get("entries"))])
        self.answered = True
        if self._plan:
            self._plan = (self._plan[0], plan)
            return [ItemUpdated(item=self._plan[0], content=plan)]
        self._plan = (self._mint(), plan)
        return [*self._close_text(), ItemStarted(item=self._plan[0], content=plan)]

    def commands(self, update: Json) -> Events:
        """The slash commands that it offers."""
        commands = [
            AgentCommand(name=text(each.get("name")), description=text(each.get("description")))
            for each in tables(update.get("availableCommands"))
        ]
        return [SessionUpdated(commands=commands)]

    def mode(self, update: Json) -> Events:
        """It changed its mode."""
        mode = text(update.get("currentModeId"))
        return [SessionUpdated(mode=mode)] if mode else []

    def config_options(self, update: Json) -> Events:
        """It changed a model or a mode."""
        return config.facts({"configOptions": update.get("configOptions")})

    def usage(self, update: Json) -> Events:
        """How full the context is, and what the session cost."""
        return [UsageUpdated(usage=context_usage(update))]

    def session_info(self, update: Json) -> Events:
        """ACP has no word for a model call tried again; ours rides on an update that changes nothing."""
        retrying = table(update, "_meta", "antiphon", "retrying")
        if not retrying:
            return []
        return [msgspec.convert({**retrying, "type": "provider-retrying"}, ProviderRetrying)]


def _plan_entry(entry: Json) -> PlanEntry:
    return PlanEntry(
        text=text(entry.get("content")), status=PLAN_STATUSES.get(text(entry.get("status")), "pending")
    )


def context_usage(update: Json) -> Usage:
    """`usage_update`: how full the context is, and the cost so far."""
    cost = table(update, "cost")
    amount = cost.get("amount") if cost.get("currency") == "USD" else None
    return Usage(
        context_tokens=count(update.get("used")),
        context_limit=count(update.get("size")),
        cost_usd=float(amount) if isinstance(amount, int | float) else None,
    )


_OTHERS: dict[str, Callable[[Translation, Json], Events]] = {
    "tool_call": Translation.tool_call,
    "tool_call_update": Translation.tool_call,
    "plan": Translation.plan,
    "available_commands_update": Translation.commands,
    "current_mode_update": Translation.mode,
    "config_option_update": Translation.config_options,
    "usage_update": Translation.usage,
    "session_info_update": Translation.session_info,
}
