"""Names of files that a browser saves: safe on every system, whatever a person called the thing."""

import re
from urllib.parse import quote

LONGEST = 80
"""Characters of a name without its ending."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff<>:"/\\|?*]+')
"""What a file system refuses, what would lead into another folder, and what hides how a name ends."""
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def safe(name: str) -> str:
    """`Fix: the "parser" / tests.md` → `Fix the parser tests.md`."""
    stem, dot, ending = name.rpartition(".")
    stem = " ".join(_UNSAFE.sub(" ", stem).split()).strip(". ")[:LONGEST].rstrip(". ")
    if not stem or _RESERVED.match(stem):
        stem = f"session {stem}".strip()
    return f"{stem}{dot}{ending}"


def disposition(name: str) -> str:
    """The header Content-Disposition that has a browser save a file by this name (RFC 6266)."""
    name = safe(name)
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
