"""Files as they were before a turn: the agent that changed them brings them back, between its turns."""

import contextlib
from pathlib import Path

from antiphon.clock import within
from antiphon.log.errors import StorageFull
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.items import Note
from antiphon.providers.base import NotRestorable, Restored, RestoresFiles
from antiphon.sessions.session import Session

RESTORE_SECONDS = 30.0
"""For the agent to bring them back."""
NAMED = 8
"""Files named in the note; of more it tells how many."""


class Hindered(Exception):
    """Nothing can be brought back now: {why}"""


async def restore(session: Session, turn: str, *, dry: bool) -> Restored:
    """Bring them back, and note it in the log; `dry`: only say which.

    Raises Hindered, NotRestorable, ProviderFailed, StorageFull.
    """
    if not session.provider.capabilities.restore:
        raise Hindered(f"{session.provider.name} keeps no earlier states of files.")
    if not session.row.project_trusted or session.row.trashed_at is not None:
        raise Hindered("Restore the session, and trust its folder, first.")
    await session.acquire()
    try:
        if session.turn:
            raise Hindered("A turn runs; wait for its end, or stop it.")
        if not dry:
            session.journal.check_storage()  # before: files that are back cannot be taken back
        agent = await session.ready_agent()
        if not isinstance(agent, RestoresFiles):
            raise NotRestorable("the agent that runs here cannot")
        try:
            restored = await within(session.clock, RESTORE_SECONDS, agent.restore(turn, dry=dry))
        except TimeoutError:
            raise NotRestorable("the agent did not answer") from None
        if not dry and restored.files:
            note = Note(text=_told(restored, Path(session.row.project_path)))
            session.say(e.ItemCompleted(item=new_id(), content=note))
            with contextlib.suppress(StorageFull):  # they are back, and the note is kept until there is space
                await session.journal.flushed(at_once=True)
        return restored
    finally:
        session.lock.release()


def _told(restored: Restored, folder: Path) -> str:
    names = [_short(Path(file), folder) for file in restored.files]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"Files were brought back to an earlier state: {', '.join(names[:NAMED])}{more}."


def _short(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder) if file.is_relative_to(folder) else file)
