"""How often one address may fail to sign in: a bucket of tries that fills up again.

Secrets are 256 random bits, so nobody guesses one; this keeps guessing from costing
anything. A bucket belongs to an address, so that nobody locks the owner out from elsewhere.
"""

from collections import OrderedDict

from antiphon.clock import Clock

TRIES = 10
"""Failures in a row before an address must wait."""

REFILL_SECONDS = 6.0
"""After which one more try is allowed."""

ADDRESSES = 4096
"""Buckets kept; the longest unused is dropped."""


class Limiter:
    """Failed tries by address."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """address → (failures not yet forgiven, as of when in monotonic seconds)"""

    def wait(self, address: str) -> float:
        """Seconds until `address` may try; 0: now."""
        return max(0.0, (self._failures(address) - TRIES + 1) * REFILL_SECONDS)

    def failed(self, address: str) -> None:
        """Count a failure."""
        self._buckets[address] = (min(self._failures(address) + 1, TRIES), self._clock.monotonic())
        self._buckets.move_to_end(address)
        while len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)

    @property
    def addresses(self) -> int:
        """How many are remembered."""
        return len(self._buckets)

    def _failures(self, address: str) -> float:
        count, since = self._buckets.get(address, (0.0, 0.0))
        return max(0.0, count - (self._clock.monotonic() - since) / REFILL_SECONDS)
