"""The Gemini CLI's own files of its conversations, at `~/.gemini/tmp/PROJECT/chats/session-MINUTE-ID.jsonl`.

The CLI (seen with 0.61.0) begins a new file before it loads a conversation, named by the minute and by the first
eight characters of the conversation's id. In the minute in which that conversation was last opened this is its
own file, which is then taken for empty: the conversation is lost to it.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

NATIVE = re.compile(r"\A[0-9a-f]{8}-[0-9a-f-]{27}\Z")
"""Its id of a conversation."""
MINUTE = "%Y-%m-%dT%H-%M"
TRIES = 30


def set_back(home: Path, native: str, now: datetime) -> None:
    """Name the conversation's file by an earlier minute, so that it can be loaded now. Raises OSError."""
    if not NATIVE.match(native):
        return
    for file in home.glob(f".gemini/tmp/*/chats/session-{now.strftime(MINUTE)}-{native[:8]}.jsonl"):
        _rename(file, native, now)


def _rename(file: Path, native: str, now: datetime) -> None:
    for back in range(1, TRIES):
        minute = (now - timedelta(minutes=back)).strftime(MINUTE)
        earlier = file.with_name(f"session-{minute}-{native[:8]}.jsonl")
        if not earlier.exists():
            file.rename(earlier)
            return
    raise FileExistsError(f"no earlier name is free for {file}")


def utc_now() -> datetime:
    """As the CLI names its files."""
    return datetime.now(UTC)
