"""One turn of a transcript, how it ended, and what its lines say of failures: pure."""

from antiphon.model import events as e
from antiphon.model.failures import Action, Failure
from antiphon.providers.claude import errors
from antiphon.providers.claude import history_entries as entries
from antiphon.providers.claude.history_entries import Entry
from antiphon.providers.loose import Json, count, table

BROKEN_OFF = Failure(
    provider=errors.PROVIDER,
    code="truncated",
    message="Claude Code's own record of this turn breaks off here: the program was ended, or went on without writing it down.",
    action=Action(kind="retry", label="Ask again"),
)


class OpenTurn:
    """The turn whose lines are being read."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.last = 0
        """The time of its last line."""
        self.over = False
        """It has its end; what still comes is its own all the same."""
        self.stopped = False
        """Its last line says that the model is done."""
        self.stop_reason = ""
        self.interrupted = False
        self.failure: Failure | None = None
        self.usage: dict[str, Json] = {}
        """What each of the model's messages cost."""


def end_of(open: OpenTurn) -> e.TurnEnd:
    usage = _usage(open)
    if open.interrupted:
        return e.TurnCancelled(usage=usage)
    if open.failure:
        return e.TurnFailed(failure=open.failure, usage=usage)
    if open.stopped:
        told = open.stop_reason.replace("_", "-")
        return e.TurnCompleted(
            usage=usage, stop_reason=None if told in ("", "end-turn", "stop-sequence") else told
        )
    return e.TurnFailed(failure=BROKEN_OFF, usage=usage)


def _usage(open: OpenTurn) -> e.Usage | None:
    """The turn's own: all that its messages wrote, and the context of the last of them."""
    told = [found for each in open.usage.values() if (found := errors.usage({"usage": each}))]
    if not told:
        return None
    written = sum(each.output_tokens or 0 for each in told)
    return e.Usage(
        input_tokens=told[-1].input_tokens, output_tokens=written, cached_tokens=told[-1].cached_tokens
    )


def failure(entry: Entry) -> Failure:
    words = entries.words(entry)
    return errors.of_result(
        {"api_error_status": entry.api_error_status, "api_error": entry.error, "result": words}
    )


def retrying(entry: Entry, at: int) -> e.ProviderRetrying:
    told = {
        "error_status": table(entry.error).get("status"),
        "attempt": count(entry.retry_attempt),
        "max_retries": count(entry.max_retries),
        "retry_delay_ms": count(entry.retry_in_ms),
    }
    return errors.retrying(told, at)


def compaction(entry: Entry) -> Json:
    """As the CLI's own messages have it."""
    about = table(entry.compact_metadata)
    names = {"trigger": "trigger", "preTokens": "pre_tokens", "postTokens": "post_tokens"}
    return {"compact_metadata": {new: about.get(old) for old, new in names.items()}}
