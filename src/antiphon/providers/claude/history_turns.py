"""A transcript's lines as our turns: pure. What the lines of a turn hold is `translate`'s to say.

1. A person's prompt begins a turn, whose id is the line's uuid; so does what the agent began with
   by itself. The lines up to the next are its.
2. A turn ends when the next begins, when its last line says that the model stopped (`rest`), or
   when no more will come (`close`). Of a turn whose record just breaks off that is `truncated`.
3. Turns that the log knows are passed over with all their lines: what Antiphon ran itself, and
   what a fork copied.
4. Lines are taken in the order in which they were written. Where a person took the conversation
   back to an earlier point, what had been said stays, and a note says so.
5. Ids are made of the lines' uuids: reading again gives the same ones.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from antiphon.model import events as e
from antiphon.model.ids import is_id
from antiphon.model.items import Message, Note
from antiphon.providers.base import AgentEvent
from antiphon.providers.claude import facts
from antiphon.providers.claude import history_ending as ending
from antiphon.providers.claude import history_entries as entries
from antiphon.providers.claude.history_ending import OpenTurn
from antiphon.providers.claude.history_entries import Entry
from antiphon.providers.claude.translate import Translation
from antiphon.providers.loose import Json, table, tables, text

Events = list[e.AnyEvent]

STOPPED = frozenset({"end_turn", "stop_sequence", "max_tokens", "refusal", "model_context_window_exceeded"})
"""The model's `stop_reason`s after which it is not asked again."""
CONTINUED = "Continued from an earlier session."
TAKEN_BACK = "The conversation was taken back to an earlier point; what follows goes on from there."


class Transcript:
    """One file read forward (`archive.Reading`)."""

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        self._open: OpenTurn | None = None
        self._passing = False
        self._order: dict[int, int] = {}
        """Line → its place, by the uuid's hash: a file may have a million."""
        self._begun = 0
        """The place of the last turn's first line: a prompt that follows a line before it takes the conversation back."""
        self._line, self._made, self._at = "", 0, 0
        self._translation = Translation(self._mint, lambda: self._at)
        self.foreign = False

    @property
    def turn(self) -> str | None:
        """See Reading."""
        return self._open.id if self._open and not self._open.over else None

    @property
    def last(self) -> int:
        """See Reading."""
        return self._at

    def line(self, line: bytes) -> Events:
        """See Reading."""
        entry = entries.read(line)
        if entry is None or entry.is_sidechain or entry.is_meta or not is_id(entry.uuid):
            return []
        if hash(entry.uuid) in self._order:
            return []  # the line stands there twice
        self._order[hash(entry.uuid)] = len(self._order)
        self._line, self._made = entry.uuid, 0
        self._at = entries.at(entry.timestamp) or self._at
        events = _ENTRIES[entry.type](self, entry)
        if self._open:
            self._open.last = self._at
        return events

    def rest(self) -> Events:
        """See Reading."""
        open = self._open
        return self._end() if open and (open.stopped or open.interrupted) else []

    def close(self) -> Events:
        """See Reading."""
        return self._end()

    def forget_turn(self) -> None:
        """See Reading."""
        if self._open:
            self._open.over = True

    # What people say

    def _user(self, entry: Entry) -> Events:
        if entry.is_compact_summary:
            return []
        if entries.has_results(entry):
            return self._results(entry)
        said = entries.words(entry)
        if said.startswith(entries.INTERRUPTED):
            return self._interrupted()
        if said.startswith(entries.PRINTS):
            return self._printed(entries.printed(said) or facts.local_output(said))
        why = entries.notified(entry, said)
        return self._begin(entry, why) if why else self._prompted(entry, entries.prompt(said))

    def _prompted(self, entry: Entry, prompt: str) -> Events:
        if not prompt:
            return []
        if self._known(entry.uuid):
            return self._pass()
        self._passing, self.foreign = False, True
        back = self._order.get(hash(entry.parent_uuid), self._begun) < self._begun
        started = self._begin(entry, None, prompt)
        return [*started, *self._noted(TAKEN_BACK)] if back else started

    def _pass(self) -> Events:
        """From here on it is what the log has already."""
        ended = self._end()
        self._open, self._passing, self.foreign = None, True, False
        self._translation = Translation(self._mint, lambda: self._at)
        return ended

    def _begin(self, entry: Entry, why: str | None, prompt: str = "") -> Events:
        if self._passing or self._known(entry.uuid):
            return []
        ended = self._end()
        self._open = OpenTurn(entry.uuid)
        self._open.stopped = prompt.startswith("/")  # done by the CLI itself, unless the model says something
        self._begun = self._order[hash(entry.uuid)]
        origin = "agent" if why else "person"
        return [*ended, *self._in_turn([e.TurnStarted(text=why or prompt, origin=origin)])]

    def _results(self, entry: Entry) -> Events:
        if self._open:
            self._open.stopped = False
        message = {"type": "user", "message": entry.message, "tool_use_result": entry.tool_use_result}
        return self._translated(message)

    def _interrupted(self) -> Events:
        if self._open:
            self._open.interrupted = True
        return []

    def _printed(self, words: str) -> Events:
        if self._open:
            self._open.stopped = True
        return (
            self._in_turn([e.ItemCompleted(item=self._mint(), content=Message(text=words))]) if words else []
        )

    # What the model says

    def _assistant(self, entry: Entry) -> Events:
        if self._passing:
            return []
        begun = [] if self._open else self._begin(entry, CONTINUED)
        return [*begun, *self._spoken(entry, self._open)] if self._open else []

    def _spoken(self, entry: Entry, open: OpenTurn) -> Events:
        if entry.is_api_error_message:
            open.failure, open.stopped = ending.failure(entry), True
            return []
        message = table(entry.message)
        open.failure, open.interrupted = None, False
        blocks = tables(message.get("content"))
        open.stop_reason = text(message.get("stop_reason"))
        # The thinking comes in a line before the words, and tells the same reason.
        open.stopped = open.stop_reason in STOPPED and bool(blocks) and blocks[-1].get("type") == "text"
        if id := text(message.get("id")):
            open.usage[id] = table(message, "usage")
        return self._translated({"type": "assistant", "message": message})

    # What the CLI says

    def _system(self, entry: Entry) -> Events:
        if entry.subtype == "api_error":
            told = self._in_turn([ending.retrying(entry, self._at)])
            return told if self._open else []
        if entry.subtype == "compact_boundary":
            return self._noted(facts.compacted(ending.compaction(entry)))
        if entry.subtype == "local_command":
            said = facts.local_output(text(entry.content))
            return self._printed(said) if said else []
        return []

    def _attachment(self, entry: Entry) -> Events:
        said = entries.queued(entry)
        return self._in_turn([e.TurnSteered(text=said)]) if said and self._open else []

    # Events

    def _noted(self, words: str) -> Events:
        return self._in_turn([e.ItemCompleted(item=self._mint(), content=Note(text=words))])

    def _translated(self, message: Json) -> Events:
        return self._in_turn(self._translation.message(message))

    def _in_turn(self, events: "list[AgentEvent] | list[e.AnyEvent] | list[Any]") -> Events:
        """The events as of this line, in the open turn."""
        if self._passing or self._open is None:
            return []
        turn = self._open.id
        return [replace(event, turn=turn, at=self._at) for event in events]

    def _end(self) -> Events:
        open = self._open
        if open is None or open.over:
            return []
        whole = open.failure is None and not open.interrupted and open.stopped
        self._at, at = open.last, self._at
        events = self._in_turn([*self._translation.finish(cut=not whole), ending.end_of(open)])
        self._at, open.over = at, True
        return events

    def _mint(self) -> str:
        """An item's id: its line's, numbered."""
        self._made += 1
        return f"{self._line}-{self._made}"


_ENTRIES: dict[str, Callable[[Transcript, Entry], Events]] = {
    "user": Transcript._user,  # pyright: ignore[reportPrivateUsage]
    "assistant": Transcript._assistant,  # pyright: ignore[reportPrivateUsage]
    "system": Transcript._system,  # pyright: ignore[reportPrivateUsage]
    "attachment": Transcript._attachment,  # pyright: ignore[reportPrivateUsage]
}
