"""What can go wrong in the log. An exception's docstring is its message; its fields are in it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon.log.commands import CommandRow


class LogError(Exception):
    """The log refused."""

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)
        super().__init__(" ".join((type(self).__doc__ or "").split()).format(**fields))


# The data directory


class LogLocked(LogError):
    """Antiphon is already running on {folder} (process {pid}, {where}). Use that one, stop it, or give another --data-dir."""

    pid: int | None
    url: str | None
    folder: Path

    def __init__(self, pid: int | None, url: str | None, folder: Path) -> None:
        super().__init__(pid=pid, url=url, folder=folder, where=url or "still starting")


class LogNewer(LogError):
    """The log in {folder} was written by a newer Antiphon (schema {found}; this one knows up to {known}). Nothing was changed. Install the newer version again (pipx upgrade antiphon), or give another --data-dir."""

    folder: Path
    found: str
    known: str

    def __init__(self, folder: Path, found: str, known: str) -> None:
        super().__init__(folder=folder, found=found, known=known)


class LogOutdated(LogError):
    """The log in {folder} has schema {found}, this Antiphon needs {known}. Start `antiphon serve` once: it brings the log up to date."""

    folder: Path
    found: str
    known: str

    def __init__(self, folder: Path, found: str, known: str) -> None:
        super().__init__(folder=folder, found=found, known=known)


class LogCorrupt(LogError):
    """The log in {folder} is damaged: {detail}. Nothing was changed. Put a backup of antiphon.db in its place, save what is readable with `sqlite3 antiphon.db .recover`, or move antiphon.db, antiphon.db-wal and antiphon.db-shm away to start with an empty log."""

    folder: Path
    detail: str

    def __init__(self, folder: Path, detail: str) -> None:
        super().__init__(folder=folder, detail=detail)


class LogUnwritable(LogError):
    """The data directory {folder} cannot be written: {detail}. Nothing was changed. Free some space, mend its permissions, or give another --data-dir."""

    folder: Path
    detail: str

    def __init__(self, folder: Path, detail: str) -> None:
        super().__init__(folder=folder, detail=detail)


class LogClosed(LogError):
    """The log is closed: the server is stopping."""


class StorageFull(LogError):
    """The log cannot be written: {detail}. Free some space on the disk of {folder}, or close the program that holds antiphon.db; nothing already shown is lost."""

    folder: Path
    detail: str

    def __init__(self, folder: Path, detail: str) -> None:
        super().__init__(folder=folder, detail=detail)


# One append


class Fenced(LogError):
    """The session {session} has another writer by now, or its head is not where this writer left it."""

    session: int

    def __init__(self, session: int) -> None:
        super().__init__(session=session)


class CommandSeen(LogError):
    """The command {command} is in the log already."""

    stored: "CommandRow"

    def __init__(self, stored: "CommandRow") -> None:
        super().__init__(stored=stored, command=stored.command)


class TurnRunning(LogError):
    """A turn runs in the session {session} already."""

    session: int

    def __init__(self, session: int) -> None:
        super().__init__(session=session)


class TurnKnown(LogError):
    """The turn {turn} was queued or started before."""

    turn: str

    def __init__(self, turn: str) -> None:
        super().__init__(turn=turn)


class TurnEnded(LogError):
    """The turn {turn} has its end already."""

    turn: str

    def __init__(self, turn: str) -> None:
        super().__init__(turn=turn)


class UnknownTurn(LogError):
    """There is no turn {turn} in the session {session}."""

    session: int
    turn: str

    def __init__(self, session: int, turn: str) -> None:
        super().__init__(session=session, turn=turn)


class AlreadyResolved(LogError):
    """The approval {approval} is closed already, by {by}."""

    approval: str
    by: str
    option: str | None

    def __init__(self, approval: str, by: str, option: str | None) -> None:
        super().__init__(approval=approval, by=by, option=option)


class UnknownApproval(LogError):
    """There is no approval {approval} in the session {session}."""

    session: int
    approval: str

    def __init__(self, session: int, approval: str) -> None:
        super().__init__(session=session, approval=approval)


# Resources


class UnknownProject(LogError):
    """There is no project {project}."""

    project: str

    def __init__(self, project: str) -> None:
        super().__init__(project=project)


class UnknownSession(LogError):
    """There is no session {session}."""

    session: int | str

    def __init__(self, session: int | str) -> None:
        super().__init__(session=session)


class NameTaken(LogError):
    """Another project has the name {name}."""

    name: str

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
