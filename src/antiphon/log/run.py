"""One run on a data directory: who it is, and whether the log it finds is the one it left."""

import json
import os
import secrets
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from antiphon.log import schema
from antiphon.log.sessions import new_epochs
from antiphon.model.ids import new_id

NAME = "run.json"
_n = schema.node.c


class Run(Struct, frozen=True, kw_only=True):
    """This run's names."""

    node: str
    """Of the data directory, for ever."""
    instance: str
    """A short name of it, safe in a cookie's name."""
    boot_id: str
    starts: int
    forked: bool
    """Commits may be missing that clients have seen: the sessions have new epochs."""


def boot_id() -> str:
    """What differs after each start of the machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        import psutil  # where there is no /proc

        return f"boot-{int(psutil.boot_time())}"


def begin(conn: Connection, folder: Path) -> Run:
    """Count this start.

    The sessions get new epochs when commits may be missing: after a power loss (the run before
    did not end cleanly and the machine has started anew; synchronous=NORMAL), or when the
    database is a restored one (its count of starts is not the one in run.json beside it).
    """
    row = conn.execute(select(_n.node, _n.instance, _n.boot_id, _n.starts, _n.clean)).first()
    if row is None:
        return _first(conn, folder)
    boot = boot_id()
    lost_power = not row.clean and row.boot_id != boot
    forked = lost_power or _counted(folder) != row.starts
    if forked:
        new_epochs(conn, row.node)
    starts = row.starts + 1
    _count(folder, starts)
    conn.execute(
        update(schema.node).where(_n.node == row.node).values(boot_id=boot, starts=starts, clean=False)
    )
    return Run(node=row.node, instance=row.instance, boot_id=boot, starts=starts, forked=forked)


def _first(conn: Connection, folder: Path) -> Run:
    run = Run(node=new_id(), instance=secrets.token_hex(4), boot_id=boot_id(), starts=1, forked=False)
    _count(folder, run.starts)
    values = {"node": run.node, "instance": run.instance, "boot_id": run.boot_id, "starts": 1, "clean": False}
    conn.execute(insert(schema.node).values(values))
    return run


def read(conn: Connection) -> Run | None:
    """The run under way, for a second process beside it."""
    row = conn.execute(select(_n.node, _n.instance, _n.boot_id, _n.starts)).first()
    return Run(node=row[0], instance=row[1], boot_id=row[2], starts=row[3], forked=False) if row else None


def is_as_left(conn: Connection, folder: Path) -> bool:
    """Whether the last run ended in good order, and this is the database it left."""
    row = conn.execute(select(_n.starts, _n.clean)).first()
    return row is not None and row.clean and _counted(folder) == row.starts


def end(conn: Connection, node: str) -> None:
    """Note that this run ended in good order."""
    conn.execute(update(schema.node).where(_n.node == node).values(clean=True))


def _counted(folder: Path) -> int | None:
    try:
        return json.loads((folder / NAME).read_text())["starts"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _count(folder: Path, starts: int) -> None:
    temporary = folder / f"{NAME}.new"
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps({"starts": starts}))
    os.replace(temporary, folder / NAME)
