"""The model's message as it is streamed: pure.

A stream that ends without a `stop_reason` was cut. What it left unfinished counts for nothing as soon
as the agent speaks again (a retry, another message); if the turn ends first, it is kept.
"""

from collections.abc import Callable

from msgspec.structs import replace

from antiphon.model.events import ItemCompleted, ItemDelta, ItemDiscarded, ItemStarted
from antiphon.model.items import Message, Reasoning, ToolCall
from antiphon.providers.base import AgentEvent
from antiphon.providers.claude import steps, tools
from antiphon.providers.loose import Json, count, table, text
from antiphon.providers.surrogates import Halves

Events = list[AgentEvent]
TextContent = type[Message] | type[Reasoning]

TEXTS: dict[str, TextContent] = {"text": Message, "thinking": Reasoning}


class OpenText:
    """A block of text or thinking that is being streamed."""

    def __init__(self, item: str, content: TextContent) -> None:
        self.item = item
        self.content = content
        self.parts: list[str] = []
        self._halves = Halves()

    def more(self, chunk: str) -> Events:
        """More text; the first opens the item."""
        if not (words := self._halves.feed(chunk)):
            return []
        opened: Events = [] if self.parts else [ItemStarted(item=self.item, content=self.content())]
        self.parts.append(words)
        return [*opened, ItemDelta(item=self.item, text=words)]

    def close(self, *, cut: bool) -> Events:
        """The end; nothing for a block that said nothing."""
        if not self.parts:
            return []
        rest = self._halves.finish()
        more: Events = [ItemDelta(item=self.item, text=rest)] if rest else []
        content = self.content(text="".join(self.parts) + rest)
        return [*more, ItemCompleted(item=self.item, content=content, cut=cut)]


class Stream:
    """One message of the model."""

    def __init__(self, id: str, mint: Callable[[], str]) -> None:
        self.id = id
        self.finished = False
        """The model said why it stopped."""
        self._mint = mint
        self._texts: dict[int, OpenText] = {}
        self._calls: dict[str, tuple[str, ToolCall]] = {}
        """Tool use id → item of a call that the model is still writing."""

    @property
    def unsaid(self) -> list[str]:
        """The items whose whole has not come: what the conversation does not hold yet."""
        open = [block.item for block in self._texts.values() if block.parts]
        return [*open, *(item for item, _ in self._calls.values())]

    def event(self, event: Json) -> Events:
        """The events of one stream event."""
        kind, index = text(event.get("type")), count(event.get("index"))
        if kind == "content_block_start" and index is not None:
            return self._start(index, table(event, "content_block"))
        if kind == "content_block_delta" and index in self._texts:
            delta = table(event, "delta")
            return self._texts[index].more(text(delta.get("text")) or text(delta.get("thinking")))
        if kind == "message_delta" and table(event, "delta").get("stop_reason"):
            self.finished = True
        return []

    def _start(self, index: int, block: Json) -> Events:
        kind, name = text(block.get("type")), text(block.get("name"))
        if kind in TEXTS:
            self._texts[index] = OpenText(self._mint(), TEXTS[kind])
            return self._texts[index].more(text(block.get(kind)))
        if kind != "tool_use" or name in steps.TOOLS:
            return []
        item, content = self._mint(), tools.preparing(name)
        self._calls[text(block.get("id"))] = item, content
        return [ItemStarted(item=item, content=content)]

    def whole(self, kind: TextContent, *, cut: bool) -> Events | None:
        """The block came whole: its end. None when none of this kind is being streamed."""
        found = next((i for i, b in self._texts.items() if b.content is kind and b.parts), None)
        if found is None:
            return None
        return self._texts.pop(found).close(cut=cut)

    def written(self, use: str) -> str | None:
        """The call came whole: its item, where it was being written."""
        return self._calls.pop(use, (None, None))[0]

    def finish(self, *, cut: bool) -> Events:
        """Close what is open, keeping what was said."""
        events = [event for block in self._texts.values() for event in block.close(cut=cut)]
        for item, content in self._calls.values():
            events.append(ItemCompleted(item=item, content=replace(content, status="failed"), cut=True))
        return events

    def superseded(self) -> Events:
        """The agent speaks anew: what a stream that was cut did not finish counts for nothing."""
        if self.finished:
            return self.finish(cut=False)
        return [ItemDiscarded(item=item) for item in self.unsaid]
