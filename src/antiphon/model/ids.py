"""Identifiers: minted here, checked at every border.

Ids are UUIDv7 text (RFC 9562): unique without a coordinator and, sorted as text, in
order of creation to the millisecond.
"""

import os
import re
import time
import uuid

ID_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"
"""What a client may send as an id: short, and safe in a URL, a file name and a log line."""

_ID = re.compile(ID_PATTERN)


def new_id() -> str:
    """Mint a UUIDv7 as 36 characters of text."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def is_id(text: str) -> bool:
    """Whether `text` has the form of an id (`ID_PATTERN`)."""
    return _ID.match(text) is not None
