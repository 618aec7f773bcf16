"""Lines out of a stream of bytes: without I/O, and linear in the length of a line."""

from collections import deque

LINE_LIMIT = 64 * 1024 * 1024
"""Bytes in one line: an agent that never ends its line must not take all memory."""


class LineTooLong(Exception):
    """A line was longer than 64 MiB."""


class Lines:
    """Collects bytes, gives whole lines."""

    def __init__(self) -> None:
        self._whole: deque[bytes] = deque()
        self._part: list[bytes] = []
        self._part_size = 0
        self.waiting = 0
        """Bytes in whole lines not yet taken."""

    def feed(self, chunk: bytes) -> None:
        """Add what was read. Raises LineTooLong."""
        head, *rest = chunk.split(b"\n")
        self._part.append(head)
        self._part_size += len(head)
        if self._part_size > LINE_LIMIT:
            raise LineTooLong
        if not rest:
            return
        self._add(b"".join(self._part))
        for line in rest[:-1]:
            self._add(line)
        self._part, self._part_size = [rest[-1]], len(rest[-1])

    def _add(self, line: bytes) -> None:
        self._whole.append(line)
        self.waiting += len(line) + 1

    def take(self) -> bytes | None:
        """The next whole line without its end; None: there is none yet."""
        if not self._whole:
            return None
        line = self._whole.popleft()
        self.waiting -= len(line) + 1
        return line

    @property
    def part(self) -> bytes:
        """The beginning of a line whose end has not come."""
        return b"".join(self._part)
