"""A run's events as ACP's session updates: pure, one `Updates` a run.

1. Keep-alives of the bridge are no sign of life: they come while the model is silent, too.
2. The run is over with its `result`. FINISHED without the model's own `turn-ended` is no success: the answer was cut.
3. Words after a call without a result mean that it is not waited for any more: the model's stream broke and began again.
   Until then its call stands open, and an open call stops the clocks that name a silence.
4. What a command prints as it runs names no call: it belongs to the only command that runs, or is left for the result.
"""

from collections.abc import Callable

from antiphon.providers.cursor import errors, tools
from antiphon.providers.loose import Json, count, table, tables, text
from antiphon.providers.peer import INTERNAL_ERROR, RpcError

ABANDONED = "No result of it was told: the connection to Cursor's model broke off, and it began again."
CUT = "The stream was cut: Cursor's model ended its answer without saying that it is done."


class Updates:
    """What is known of the run."""

    def __init__(self) -> None:
        self.run = ""
        """Its id, once it is told."""
        self._ended = False
        self._usage: Json = {}
        self._result: Json | None = None
        self._open: dict[str, Json] = {}
        """Calls that run."""
        self._shells: set[str] = set()

    def of(self, event: Json) -> list[Json]:
        """The `session/update`s of one event."""
        if result := table(event, "result"):
            self._result = result
        if message := table(event, "sdk_message"):
            self.run = text(message.get("run_id")) or self.run
            return MESSAGES.get(text(message.get("type")), _nothing)(self, message)
        if update := table(event, "interaction_update"):
            return INTERACTIONS.get(text(update.get("type")), _nothing)(self, update)
        return []

    def outcome(self, cancelled: bool) -> Json:
        """What answers `session/prompt`, after the last event. Raises RpcError."""
        result = self._result
        if result is None:
            raise RpcError(INTERNAL_ERROR, CUT)
        status = text(result.get("status")).removeprefix("RUN_LIFECYCLE_STATUS_").lower()
        if status == "cancelled" or cancelled:
            return {"stopReason": "cancelled", "usage": self._usage}
        if status != "finished":
            raise errors.of_result(result)
        if not self._ended:
            raise RpcError(INTERNAL_ERROR, CUT)
        return {"stopReason": "end_turn", "usage": self._usage}

    # Messages

    def assistant(self, message: Json) -> list[Json]:
        """Words of the answer."""
        blocks = tables(_items(table(message, "message").get("content")))
        said = [_chunk("agent_message_chunk", words) for each in blocks if (words := text(each.get("text")))]
        return [*self._abandoned(), *said] if said else []

    def thinking(self, message: Json) -> list[Json]:
        """Thoughts."""
        words = text(message.get("text"))
        return [*self._abandoned(), _chunk("agent_thought_chunk", words)] if words else []

    def _abandoned(self) -> list[Json]:
        left, self._open = self._open, {}
        self._shells.clear()
        told = {"status": "error", "result": {"status": "error", "error": ABANDONED}}
        return [
            {"sessionUpdate": "tool_call_update", **tools.call({**each, **told})} for each in left.values()
        ]

    def tool_call(self, message: Json) -> list[Json]:
        """A call began, or ended."""
        entries = tools.entries(message)
        if entries is not None:
            return [{"sessionUpdate": "plan", "entries": entries}]
        id, running = text(message.get("call_id")), text(message.get("status")) == "running"
        self._open.pop(id, None)
        if running:
            self._open[id] = message
        if text(message.get("name")) == "shell":
            (self._shells.add if running else self._shells.discard)(id)
        return [{"sessionUpdate": "tool_call_update", **tools.call(message)}]

    def usage(self, message: Json) -> list[Json]:
        """Tokens; a run of several steps tells them step by step."""
        told = table(message, "usage")
        for key, name in USAGE.items():
            self._usage[name] = self._usage.get(name, 0) + (count(told.get(key)) or 0)
        return []

    # Interactions

    def turn_ended(self, update: Json) -> list[Json]:
        """The model said that it is done."""
        self._ended = True
        return []

    def shell_output(self, update: Json) -> list[Json]:
        """More of what a command prints."""
        if len(self._shells) != 1:
            return []
        event = table(update, "event")
        value = table(event, "value") or table(event, "stdout") or table(event, "stderr")
        data = text(value.get("data"))
        meta = {"terminal_output": {"data": data}}
        [call] = self._shells
        return [{"sessionUpdate": "tool_call_update", "toolCallId": call, "_meta": meta}] if data else []


def _items(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]


def _chunk(kind: str, words: str) -> Json:
    return {"sessionUpdate": kind, "content": {"type": "text", "text": words}}


def _nothing(updates: Updates, message: Json) -> list[Json]:
    return []


USAGE = {
    "input_tokens": "inputTokens",
    "output_tokens": "outputTokens",
    "cache_read_tokens": "cachedReadTokens",
}
MESSAGES: dict[str, Callable[[Updates, Json], list[Json]]] = {
    "assistant": Updates.assistant,
    "thinking": Updates.thinking,
    "tool_call": Updates.tool_call,
    "usage": Updates.usage,
}
INTERACTIONS: dict[str, Callable[[Updates, Json], list[Json]]] = {
    "turn-ended": Updates.turn_ended,
    "shell-output-delta": Updates.shell_output,
}
