"""From the log's rows to what REST and the `sessions` frames show of them."""

import re
from typing import Literal

from antiphon.log import sessions
from antiphon.model.replies import SessionRow

SessionState = Literal["idle", "running", "waiting", "stalled", "failed", "interrupted"]

CURSOR = re.compile(r"^(\d{1,15})-(\d{1,15})$")


def session_row(row: sessions.Session) -> SessionRow:
    """A session as the lists show it."""
    return SessionRow(
        id=row.id,
        project=row.project,
        project_name=row.project_name,
        provider=row.provider,
        title=row.title,
        last_activity=row.last_activity,
        created_at=row.created_at,
        message_count=row.message_count,
        starred=row.starred,
        state=_state(row),
        queued=row.queued,
        head=row.head,
        model=row.model,
        mode=row.mode,
        effort=row.effort,
        trashed=row.trashed_at is not None,
        imported=row.imported,
        unread=row.ended > row.seen,
    )


def _state(row: sessions.Session) -> SessionState:
    if row.running:
        return "waiting" if row.waiting else "stalled" if row.stalled else "running"
    return _ENDS.get(row.last_end or "", "idle")


_ENDS: dict[str, SessionState] = {"turn-failed": "failed", "turn-interrupted": "interrupted"}


def page_cursor(row: sessions.Session) -> str:
    """What the next page of a list is `before`."""
    return f"{row.last_activity}-{row.key}"


def read_cursor(text: str) -> tuple[int, int]:
    """(last_activity, key). Raises ValueError."""
    found = CURSOR.match(text)
    if not found:
        raise ValueError(f"{text[:50]!r} is no `next` of a list")
    return int(found[1]), int(found[2])
