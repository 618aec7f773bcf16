"""Attachments: the bytes once per content, in a file named by their sha256; a row per owner."""

import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, select

from antiphon.log import schema
from antiphon.log.record import Record
from antiphon.log.sqlite import insert_or_ignore


class Attachment(Record, frozen=True):
    """A file that a prompt may name."""

    id: str
    """sha256 of its bytes, as hex."""
    user: int
    name: str
    media_type: str
    size: int
    """Bytes."""
    created_at: int


_c = schema.attachment.c
_COLUMNS = (_c.id, _c.user_id, _c.name, _c.media_type, _c.size, _c.created_at)


def path_of(folder: Path, id: str) -> Path:
    """Where the bytes lie in the data directory. Raises ValueError for what is no sha256."""
    if len(id) != 64 or not set(id) <= set("0123456789abcdef"):
        raise ValueError("an attachment's id is 64 hex digits")
    return folder / "attachments" / id[:2] / id


def store(folder: Path, content: bytes) -> str:
    """Write the bytes durably, once; returns their id. Blocking: call it off the event loop. Raises OSError."""
    id = hashlib.sha256(content).hexdigest()
    path = path_of(folder, id)
    if path.exists():
        return id
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return id


def add(
    conn: Connection, *, id: str, user: int, name: str, media_type: str, size: int, at: int | None = None
) -> Attachment:
    """Let the user's prompts name the stored bytes; the same bytes again keep their first name."""
    values = {"id": id, "user_id": user, "name": name, "media_type": media_type, "size": size}
    at = at or time.time_ns() // 1_000_000
    conn.execute(insert_or_ignore(schema.attachment).values(values | {"created_at": at}))
    found = get(conn, user, id)
    assert found is not None
    return found


def get_all(conn: Connection, user: int, ids: Sequence[str]) -> list[Attachment]:
    """Those of the user's attachments that have these ids, in their order."""
    rows = conn.execute(select(*_COLUMNS).where(_c.user_id == user, _c.id.in_(ids)))
    found = {row.id: Attachment.from_row(row) for row in rows}
    return [found[id] for id in ids if id in found]


def get(conn: Connection, user: int, id: str) -> Attachment | None:
    """The user's attachment by its id."""
    row = conn.execute(select(*_COLUMNS).where(_c.user_id == user, _c.id == id)).first()
    return Attachment.from_row(row) if row else None
