"""Codex's words as they are streamed: pure."""

from antiphon.model.events import ItemCompleted, ItemDelta, ItemStarted
from antiphon.model.items import Message, Reasoning
from antiphon.providers.base import AgentEvent
from antiphon.providers.loose import Json, text, texts

Events = list[AgentEvent]
TextContent = type[Message] | type[Reasoning]

KINDS: dict[str, TextContent] = {"agentMessage": Message, "plan": Message, "reasoning": Reasoning}


class OpenText:
    """A message or reasoning that is being streamed; opened by its first word."""

    def __init__(self, item: str, content: TextContent) -> None:
        self.item, self._content = item, content
        self._parts: list[str] = []

    @property
    def said(self) -> bool:
        """Whether there was a word."""
        return bool(self._parts)

    def more(self, chunk: str) -> Events:
        """More text."""
        if not chunk:
            return []
        opened: Events = [] if self._parts else [ItemStarted(item=self.item, content=self._content())]
        self._parts.append(chunk)
        return [*opened, ItemDelta(item=self.item, text=chunk)]

    def gap(self) -> Events:
        """Another part begins."""
        return self.more("\n\n") if self._parts else []

    def whole(self, words: str) -> Events:
        """The end, as Codex tells it; nothing for one that said nothing."""
        if not words:
            return self.close(cut=False)
        return [ItemCompleted(item=self.item, content=self._content(text=words))]

    def close(self, *, cut: bool) -> Events:
        """The end of what was streamed."""
        if not self._parts:
            return []
        return [ItemCompleted(item=self.item, content=self._content(text="".join(self._parts)), cut=cut)]


def words_of(item: Json) -> str:
    """The text of a message, or of reasoning: its summary, else all of it."""
    if said := text(item.get("text")):
        return said
    return "\n\n".join(texts(item.get("summary")) or texts(item.get("content")))
