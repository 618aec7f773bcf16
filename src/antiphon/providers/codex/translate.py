"""Codex's notifications as our events: pure, one `Translation` per agent.

1. An item starts, grows by deltas, and comes whole. Words open with their first delta; what says nothing
   is not shown.
2. A stream that was cut is sent again under another id, after an `error` that says so: what was
   streamed counts for nothing, and is taken back.
3. Words that are dropped because others were steered in were said: they are kept, as cut.
4. `finish` closes whatever is open: nothing stays open over a turn's end. A command that Codex lists
   as running beside its turns is told as that.
5. Of what other threads (sub-agents) say nothing is shown.
6. What we do not know changes nothing.
"""

from collections.abc import Callable, Collection, Mapping

from msgspec.structs import replace

from antiphon.model.events import (
    ItemCompleted,
    ItemDelta,
    ItemDiscarded,
    ItemStarted,
    ItemUpdated,
    Usage,
    UsageUpdated,
)
from antiphon.model.ids import new_id
from antiphon.model.items import Note, Plan, PlanEntry, ToolCall
from antiphon.providers.codex import errors, tools
from antiphon.providers.codex.texts import KINDS, Events, OpenText, words_of
from antiphon.providers.codex.usage import Meter
from antiphon.providers.loose import Json, table, tables, text

BESIDE = "It runs on in the background."
COMPACTING, COMPACTED = "Compacting the conversation…", "The conversation was compacted."
STEPS = {"inProgress": "running", "completed": "completed"}


class OpenCall:
    """A call that is not done."""

    def __init__(self, item: str, content: ToolCall, told: Json) -> None:
        self.item, self.content, self.told = item, content, told
        self.output: list[str] = []


class Translation:
    """What is open in one agent's conversation."""

    def __init__(self, mint: Callable[[], str] = new_id) -> None:
        self._mint = mint
        self.thread = ""
        """The conversation's own thread."""
        self._texts: dict[str, OpenText] = {}
        self._calls: dict[str, OpenCall] = {}
        self._notes: dict[str, str] = {}
        self._plan: tuple[str, Plan] | None = None
        self._retries = 0
        self._meter = Meter()
        self._take: Mapping[str, Callable[[Json], Events]] = {
            "item/started": self._started,
            "item/completed": self._completed,
            "item/agentMessage/delta": self._delta,
            "item/plan/delta": self._delta,
            "item/reasoning/summaryTextDelta": self._delta,
            "item/reasoning/textDelta": self._delta,
            "item/reasoning/summaryPartAdded": self._part,
            "item/commandExecution/outputDelta": self._output,
            "turn/plan/updated": self._planned,
            "thread/tokenUsage/updated": self._used,
            "error": self._error,
            "warning": self._warned,
            "guardianWarning": self._warned,
            "model/rerouted": self._rerouted,
        }

    def message(self, method: str, params: Json) -> Events:
        """The events of one notification."""
        if params.get("threadId") not in (None, self.thread):
            return []
        take = self._take.get(method)
        return take(params) if take else []

    def finish(self, cut: bool = True, beside: Collection[str] = ()) -> Events:
        """Close what is open: the turn is over. `beside`: ids of commands that go on beside the turns."""
        events = [event for words in self._texts.values() for event in words.close(cut=cut)]
        for id, call in self._calls.items():
            events.append(self._leave(call, id in beside))
        for item in self._notes.values():
            events.append(ItemCompleted(item=item, content=Note(text=COMPACTING), cut=True))
        if self._plan:
            events.append(ItemCompleted(item=self._plan[0], content=self._plan[1]))
        self._texts, self._calls, self._notes, self._plan, self._retries = {}, {}, {}, None, 0
        return events

    def _leave(self, call: OpenCall, beside: bool) -> ItemCompleted:
        """The turn ends before the call."""
        output = "".join(call.output)
        if beside:
            said = "\n".join(filter(None, (output.rstrip("\n"), BESIDE)))
            return ItemCompleted(
                item=call.item, content=replace(call.content, status="completed", output=said)
            )
        content = replace(call.content, status="failed", output=output or call.content.output)
        return ItemCompleted(item=call.item, content=content, cut=True)

    def turn(self) -> None:
        """A turn begins."""
        self._meter.turn()

    @property
    def usage(self) -> Usage | None:
        """What the turn cost so far."""
        return self._meter.usage

    @property
    def commands(self) -> tuple[str, ...]:
        """Codex's ids of the commands that are not done: after a turn that is, they run beside it."""
        return tuple(id for id, call in self._calls.items() if call.content.tool == "execute")

    def call_of(self, id: str) -> OpenCall | None:
        """The open call by Codex's id of it."""
        return self._calls.get(id)

    def show(self, id: str, content: ToolCall) -> Events:
        """More is known of an open call."""
        call = self._calls.get(id)
        if call is None or call.content == content:
            return []
        call.content = content
        return [ItemUpdated(item=call.item, content=replace(content, output="".join(call.output)))]

    # Items

    def _started(self, params: Json) -> Events:
        item = table(params, "item")
        id, kind = text(item.get("id")), text(item.get("type"))
        if kind in KINDS:
            return self._speaks(id, kind)
        if kind == "contextCompaction":
            self._notes[id] = self._mint()
            return [ItemStarted(item=self._notes[id], content=Note(text=COMPACTING))]
        content = tools.call(item)
        if content is None:
            return []
        call = self._calls[id] = OpenCall(self._mint(), content, item)
        return [ItemStarted(item=call.item, content=content)]

    def _speaks(self, id: str, kind: str) -> Events:
        left = [event for words in self._texts.values() for event in words.close(cut=True)]
        self._texts = {id: OpenText(self._mint(), KINDS[kind])}
        return left

    def _delta(self, params: Json) -> Events:
        words = self._texts.get(text(params.get("itemId")))
        return words.more(text(params.get("delta"))) if words else []

    def _part(self, params: Json) -> Events:
        words = self._texts.get(text(params.get("itemId")))
        return words.gap() if words else []

    def _output(self, params: Json) -> Events:
        call, words = self._calls.get(text(params.get("itemId"))), text(params.get("delta"))
        if call is None or not words:
            return []
        call.output.append(words)
        return [ItemDelta(item=call.item, text=words)]

    def _completed(self, params: Json) -> Events:
        item = table(params, "item")
        id, kind = text(item.get("id")), text(item.get("type"))
        if kind in KINDS:
            words = self._texts.pop(id, None) or OpenText(self._mint(), KINDS[kind])
            return words.whole(words_of(item))
        if kind == "contextCompaction":
            return self._whole(Note(text=COMPACTED), self._notes.pop(id, None))
        return self._done(id, item)

    def _done(self, id: str, item: Json) -> Events:
        call = self._calls.pop(id, None)
        known = replace(call.content, output="".join(call.output)) if call else None
        content = tools.call(item, known)
        if content is None or (call is None and not self._news(item)):
            return []
        if content.status == "running":
            content = replace(content, status="completed")
        return self._whole(content, call.item if call else None)

    @staticmethod
    def _news(item: Json) -> bool:
        """Whether an item that comes only whole is to be shown: not the end of a command of an earlier turn."""
        return item.get("type") != "commandExecution"

    def _whole(self, content: Note | ToolCall, item: str | None = None) -> Events:
        return [ItemCompleted(item=item or self._mint(), content=content)]

    # The turn

    def _planned(self, params: Json) -> Events:
        plan = Plan(
            entries=[
                PlanEntry(text=text(step.get("step")), status=STEPS.get(text(step.get("status")), "pending"))  # type: ignore[arg-type]
                for step in tables(params.get("plan"))
            ]
        )
        known, item = self._plan is not None, self._plan[0] if self._plan else self._mint()
        self._plan = item, plan
        return [ItemUpdated(item=item, content=plan) if known else ItemStarted(item=item, content=plan)]

    def _used(self, params: Json) -> Events:
        usage = self._meter.read(table(params, "tokenUsage"))
        return [UsageUpdated(usage=usage)] if usage else []

    def _error(self, params: Json) -> Events:
        """A failure that is tried again; of any other the turn's end tells."""
        if params.get("willRetry") is not True:
            return []
        self._retries += 1
        back: Events = [ItemDiscarded(item=words.item) for words in self._texts.values() if words.said]
        self._texts = {}
        return [*back, errors.retrying(table(params, "error"), self._retries)]

    def _warned(self, params: Json) -> Events:
        words = text(params.get("message"))
        return self._whole(Note(text=words)) if words else []

    def _rerouted(self, params: Json) -> Events:
        was, now = text(params.get("fromModel")), text(params.get("toModel"))
        return self._whole(Note(text=f"{now} answers in the place of {was}.")) if now else []
