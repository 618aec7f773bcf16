"""The newest events of one session, already encoded: encoded once, sent to all who are live."""

from bisect import bisect_right

TAIL_BYTES = 2 * 1024 * 1024
"""What one session keeps in memory; older events are read from the log."""

Encoded = tuple[int, bytes]
"""(seq, the event's JSON)"""


class Tail:
    """Events (start, head], without holes. Everything in it has been committed."""

    def __init__(self, head: int) -> None:
        self._start = head
        self._seqs: list[int] = []
        self._bodies: list[bytes] = []
        self._bytes = 0

    def add(self, seq: int, body: bytes) -> None:
        """Add the newest event."""
        self._seqs.append(seq)
        self._bodies.append(body)
        self._bytes += len(body)
        if self._bytes > 2 * TAIL_BYTES:
            self._trim()

    def read(self, cursor: int, limit: int) -> list[Encoded] | None:
        """The events after `cursor`: at least one, at most `limit` bytes. None: older than the tail."""
        if cursor < self._start:
            return None
        first = bisect_right(self._seqs, cursor)
        found: list[Encoded] = []
        size = 0
        for at in range(first, len(self._seqs)):  # by index: an islice walks through all that comes before
            size += len(self._bodies[at])
            if found and size > limit:
                break
            found.append((self._seqs[at], self._bodies[at]))
        return found

    def _trim(self) -> None:
        """Drop the older part. Done seldom, so that dropping costs little per event."""
        drop = 0
        while self._bytes > TAIL_BYTES and drop < len(self._seqs) - 1:
            self._bytes -= len(self._bodies[drop])
            drop += 1
        if drop:
            self._start = self._seqs[drop - 1]
            del self._seqs[:drop], self._bodies[:drop]
