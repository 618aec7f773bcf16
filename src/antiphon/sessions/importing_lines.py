"""Lines of an agent's file, read a piece at a time. Blocking: for threads.

A line counts once its end is written: another program may be in the middle of it.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from antiphon.model.events import AnyEvent
from antiphon.providers.archive import Archive, Reading

CHUNK_BYTES = 1024 * 1024
"""Read at once, and what the events of one chunk come from."""
LINE_BYTES = 64 * 1024 * 1024
"""A longer line is passed over."""


class Place(Struct, frozen=True):
    """A file as it is now."""

    path: Path
    size: int
    mtime: int
    """ns since the Unix epoch."""


class Chunk(Struct, frozen=True):
    """What some lines say."""

    lines: list[tuple[list[AnyEvent], int]]
    """Each line's events, and where the line ends in the file."""
    offset: int
    """Where the last line ends."""
    more: bool
    """There are whole lines behind it."""


def look_at(archive: Archive, native: str, folder: Path, known: Path | None) -> Place | None:
    """The conversation's file; `known`: where it was. Raises OSError, but for a file that is not there."""
    path = known if known and known.stem == native and known.exists() else archive.find(native, folder)
    if path is None:
        return None
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return Place(path, about.st_size, about.st_mtime_ns)


def read_chunk(reading: Reading, place: Place, offset: int) -> Chunk:
    """The events of the next lines. Raises OSError."""
    found: list[tuple[list[AnyEvent], int]] = []
    begin = offset
    for line, end in _lines(place.path, offset, place.size):
        found.append((reading.line(line), end))
        offset = end
        if offset - begin >= CHUNK_BYTES:
            return Chunk(found, offset, True)
    return Chunk(found, offset, False)


def replay(reading: Reading, path: Path, to: int) -> None:
    """Read up to an offset for what it leaves open; what it says is in the log already. Raises OSError."""
    for line, _ in _lines(path, 0, to):
        reading.line(line)


def _lines(path: Path, offset: int, size: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines between two offsets, each with where it ends; one that is too long is empty."""
    with path.open("rb") as file:
        file.seek(offset)
        long = False
        while offset < size:
            line = file.readline(LINE_BYTES)
            offset += len(line)
            whole = line.endswith(b"\n")
            if whole:
                yield (b"" if long else line), offset
                long = False
            elif len(line) < LINE_BYTES:
                return  # its end is not written yet
            else:
                long = True
