"""Processes that agents run as: noted before they are trusted to end, so that the next start can find what is left."""

from sqlalchemy import Connection, delete, insert, select

from antiphon.log import schema
from antiphon.log.record import Record


class ProcessRow(Record, frozen=True):
    """A process. Its pid alone means nothing after a reboot or much time: boot_id and start_time say which one it was."""

    node: str
    boot_id: str
    session: int | None
    """The session's key."""
    pid: int
    start_time: float
    """Seconds, as the system's process list tells it."""
    marker: str
    """What its environment holds, to find its descendants."""


_c = schema.process.c
_COLUMNS = (_c.node, _c.boot_id, _c.session, _c.pid, _c.start_time, _c.marker)


def add(conn: Connection, process: ProcessRow) -> None:
    """Note a process."""
    values = dict(zip((c.name for c in _COLUMNS), (getattr(process, c.name) for c in _COLUMNS), strict=True))
    conn.execute(insert(schema.process).values(values))


def remove(conn: Connection, pid: int, marker: str) -> None:
    """The process is gone."""
    conn.execute(delete(schema.process).where(_c.pid == pid, _c.marker == marker))


def left(conn: Connection, node: str) -> list[ProcessRow]:
    """Processes of the node that nobody removed."""
    return [
        ProcessRow.from_row(row)
        for row in conn.execute(select(*_COLUMNS).where(_c.node == node).order_by(_c.key))
    ]
