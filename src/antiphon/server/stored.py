"""What the data directory holds, by kind, and what room is left beside it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from antiphon.server.rest import Storage, Stored

Kind = Literal["history", "attachments", "other"]

DATABASE = "antiphon.db"
"""With its `-wal` and `-shm` beside it."""


def measured(folder: Path) -> Storage:
    """Looks through the directory: for a thread, as it may be large. Files that vanish meanwhile count as nothing."""
    sizes: dict[Kind, int] = {"history": 0, "attachments": 0, "other": 0}
    for path in _files(folder):
        try:
            sizes[_kind(path.relative_to(folder))] += path.lstat().st_size
        except FileNotFoundError:
            continue
    usage = shutil.disk_usage(folder)
    return Storage(
        path=str(folder),
        kinds=[Stored(kind=kind, bytes=size) for kind, size in sizes.items()],
        free=usage.free,
        total=usage.total,
    )


def _files(folder: Path) -> Iterator[Path]:
    for top, _, names in os.walk(folder):
        yield from (Path(top, name) for name in names)


def _kind(path: Path) -> Kind:
    if path.parts[0] == "attachments":
        return "attachments"
    return "history" if path.name.startswith(DATABASE) else "other"
