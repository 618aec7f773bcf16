"""Whether a server has a data directory, and where it is reached: read from its lock."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any, cast

from msgspec import Struct

from antiphon.log.lock import NAME


class Running(Struct, frozen=True, kw_only=True):
    """The server of a data directory."""

    pid: int | None
    url: str | None
    """None: it is still starting."""


def running(folder: Path) -> Running | None:
    """The server that has the data directory; None: no server has it."""
    try:
        handle = os.open(folder / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return _read(os.pread(handle, 4096, 0))
    finally:
        os.close(handle)


def _read(text: bytes) -> Running:
    try:
        found = cast(dict[str, Any], json.loads(text))
        return Running(pid=found.get("pid"), url=found.get("url"))
    except (ValueError, AttributeError):  # it is just being written
        return Running(pid=None, url=None)
