"""What a turn cost, out of `thread/tokenUsage/updated`: pure.

It tells the whole thread's tokens, and those of the last request; a turn's are what came since it began.
"""

from antiphon.model.events import Usage
from antiphon.providers.loose import Json, count, table

COUNTED = ("inputTokens", "outputTokens", "cachedInputTokens")


class Meter:
    """Reads them."""

    def __init__(self) -> None:
        self._total: dict[str, int] | None = None
        """As last told; None: the thread was resumed, and its past is not known."""
        self._turn = dict.fromkeys(COUNTED, 0)
        self.usage: Usage | None = None

    def turn(self) -> None:
        """A turn begins."""
        self._turn, self.usage = dict.fromkeys(COUNTED, 0), None

    def read(self, told: Json) -> Usage | None:
        """The turn's usage after this; None when it tells nothing new."""
        total, last = _counts(table(told, "total")), _counts(table(told, "last"))
        before, self._total = self._total, total
        if before == total or not any(total.values()):
            return None
        for name in COUNTED:
            self._turn[name] += total[name] - before[name] if before else last[name]
        self.usage = Usage(
            input_tokens=self._turn["inputTokens"],
            output_tokens=self._turn["outputTokens"],
            cached_tokens=self._turn["cachedInputTokens"],
            context_tokens=count(table(told, "last").get("totalTokens")),
            context_limit=count(told.get("modelContextWindow")),
        )
        return self.usage


def _counts(told: Json) -> dict[str, int]:
    return {name: count(told.get(name)) or 0 for name in COUNTED}
