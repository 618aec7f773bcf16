"""One session and the agent's own record of its conversation: what others wrote there comes into the log.

1. What is new in the file is appended to the session's log: at its opening, while somebody looks,
   before a prompt. What the log has, it never gets again: events and the place in the file up to
   which they go are one transaction.
2. Turns that Antiphon ran itself are in the log already and are passed over (`Reading`).
3. While another program writes (its last line is younger than a minute), the session says
   `elsewhere`. A turn of its is open as long; one that falls silent ends as its record does.
4. While a turn of ours runs the file is ours, and not looked at.
5. On a full disk nothing waits for space: what did not come into the log is read again from the file.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from msgspec.structs import replace

from antiphon.log import imports as rows
from antiphon.log import turns as turn_rows
from antiphon.log.errors import StorageFull
from antiphon.model import events as e
from antiphon.model.replies import Notice
from antiphon.providers.archive import Archive, Reading
from antiphon.sessions import failures
from antiphon.sessions.ending import closing
from antiphon.sessions.importing_lines import Chunk, Place, look_at, read_chunk, replay
from antiphon.sessions.journal import REFUSALS, Change

if TYPE_CHECKING:
    from antiphon.sessions.session import Session

ELSEWHERE_SECONDS = 60.0
"""After another program's last line the conversation counts as its own for so long."""
EVENTS = 25
"""Events in one commit: the writer is held for some ms, and others' streams go on between."""

_logger = structlog.get_logger(__name__)


class Follower:
    """Reads one session's file. The session's lock is held by whoever calls `catch_up` or `leave`."""

    def __init__(self, session: "Session", archive: Archive) -> None:
        self._session, self._archive = session, archive
        self._place: Place | None = None
        """The file as it was when it was read to its end."""
        self._path: Path | None = None
        self._reading: Reading | None = None
        self._row = 0
        self._offset = 0
        self._turns: dict[str, bool] = {}
        """The session's turns, and whether they were asked for here."""
        self._replaying = False
        self._broken = False
        self._unread = ""
        """Why the record could not be read when it was last tried, which was told."""
        """The log refused what the file says: a mistake of ours, told once."""

    @property
    def session(self) -> "Session":
        """Whose file it is."""
        return self._session

    @property
    def following(self) -> bool:
        """Another program's turn is open, or was a moment ago: it must be looked at until it is over."""
        session = self._session
        theirs = bool(session.state.running) and session.turn is None  # its reading may have been given up
        return session.state.elsewhere or theirs or bool(self._reading and self._reading.turn)

    async def look(self) -> None:
        """Catch up, unless something of ours is under way. A full disk is told, and tried again at the next look."""
        session = self._session
        if session.turn or session.stopping or session.journal.lost or session.journal.full:
            return
        try:
            await session.acquire()
            try:
                await self.catch_up()
            finally:
                session.lock.release()
        except StorageFull as full:
            self.tell(str(full))

    async def catch_up(self) -> None:
        """Bring the log up to what the file says now. Raises StorageFull; what else hinders it is told, and hinders nothing."""
        if self._broken or self._session.turn or self._session.slot.fork:
            return
        try:
            await self._catch_up()
            self._unread = ""
        except OSError as error:
            _logger.warning("transcript-not-read", session=self._session.id, error=str(error))
            self.tell(str(error))
        except REFUSALS as error:
            self._broken = True
            _logger.exception("transcript-refused", session=self._session.id)
            self._session.say(e.AgentFailed(failure=failures.internal(self._session.row.provider, error)))

    def tell(self, why: str) -> None:
        """Say that the agent's own record cannot be followed: once, not at every look."""
        if why == self._unread:
            return
        self._unread = why
        session = self._session
        message = f"What {session.provider.name} has kept of this conversation could not be read: {why}."
        session.hub.tell(session.row.user, Notice(code="import-failed", message=message, session=session.id))

    async def _catch_up(self) -> None:
        session = self._session
        native = session.slot.native_session
        if native is None:
            return
        place = await asyncio.to_thread(
            look_at, self._archive, native, Path(session.row.project_path), self._path
        )
        if place is None:
            return
        if self._place is None or place != self._place:
            await self._read(place)
        if self._reading:
            await self._settle(self._reading)

    async def leave(self) -> None:
        """The session goes on without this file (a fork): another program's open turn ends here as far as it came.

        Raises StorageFull.
        """
        if self._reading:
            await self._commit(self._reading.close())
        await self._tell(elsewhere=False)
        self._path = self._place = self._reading = None

    async def stop(self) -> None:
        """The server stops following: another program's open turn ends here as interrupted."""
        if self._reading and (turn := self._reading.turn):
            end = e.TurnInterrupted(turn=turn, reason="server-stopped", at=self._session.clock.now())
            with contextlib.suppress(StorageFull):  # the next start finds it open, and ends it
                await self._commit([replace(x, at=end.at) for x in closing(self._session.state, end)])
                self._reading.forget_turn()

    def forget(self) -> None:
        """Free what was read, unless it is followed: once the file has grown it is read anew. Nobody has the session's lock."""
        if not self.following:
            self._reading, self._turns = None, {}

    # Reading

    async def _read(self, place: Place) -> None:
        session = self._session
        key = session.row.key
        self._turns = await session.log.read(lambda conn: rows.turns(conn, key))
        if self._reading is None or place.path != self._path or place.size < self._offset:
            await self._begin(place)
        if self._reading is None:
            return
        more, grew = True, False
        while more:
            chunk = await asyncio.to_thread(read_chunk, self._reading, place, self._offset)
            grew = await self._take(chunk) or grew
            more = chunk.more
        grew = await self._commit(self._reading.rest()) or grew
        self._place = place
        if grew and session.slot.taken:
            session.slot.relaunch = True  # our agent does not know what the other program said

    async def _begin(self, place: Place) -> None:
        """Start where the log ends: with what the lines before it leave open."""
        session = self._session
        self._reading, self._place, self._path = None, None, place.path
        row = await session.log.write(
            lambda conn: rows.attach(conn, session.row.key, str(place.path), place.size, place.mtime)
        )
        if row is None:
            return  # another session reads this file
        self._row, self._offset = row.key, row.offset if row.offset <= place.size else 0
        self._replaying = True
        reading = self._archive.reading(place.path, self._known)
        await asyncio.to_thread(replay, reading, place.path, self._offset)
        self._replaying = False
        if reading.turn and await self._is_over(reading.turn):
            reading.forget_turn()
        self._reading = reading

    def _known(self, turn: str) -> bool:
        """Whether the log has the turn otherwise. What was read before is read again as another program's."""
        return self._turns.get(turn, False) if self._replaying else turn in self._turns

    async def _is_over(self, turn: str) -> bool:
        key = self._session.row.key
        row = await self._session.log.read(lambda conn: turn_rows.get_turn(conn, key, turn))
        return row is None or row.ended_at is not None

    async def _take(self, chunk: Chunk) -> bool:
        """Log what the lines say, together with how far they go. True: they said something."""
        batch: list[e.AnyEvent] = []
        said = False
        for events, offset in chunk.lines:
            batch += events
            if len(batch) >= EVENTS:
                said = await self._commit(batch, offset) or said
                batch = []
        return await self._commit(batch, chunk.offset) or said

    async def _commit(self, events: Sequence[e.AnyEvent], offset: int | None = None) -> bool:
        session = self._session
        if not events and (offset is None or offset == self._offset):
            return False
        also = None if offset is None else partial(rows.advance, key=self._row, offset=offset)
        await self._write(events, also)
        self._offset = self._offset if offset is None else offset
        session.state.turns = [turn for turn in session.state.turns if turn.id == session.state.running]
        return bool(events)

    async def _write(self, events: Sequence[e.AnyEvent], also: Change | None = None) -> None:
        try:
            await self._session.journal.commit(events, also=also, at_once=True)
        except StorageFull:
            # It is ahead of the log now: the next one begins where the log ends.
            self._reading = self._place = None
            raise

    # What it means for the session

    async def _settle(self, reading: Reading) -> None:
        """Whether another program is at it now; if not, its open turn is over."""
        silent = self._session.clock.now() - reading.last
        elsewhere = reading.foreign and silent < ELSEWHERE_SECONDS * 1000
        if not elsewhere:
            await self._commit(reading.close())
        await self._tell(elsewhere=elsewhere)

    async def _tell(self, *, elsewhere: bool) -> None:
        session = self._session
        if elsewhere != session.state.elsewhere:
            await self._write([e.SessionUpdated(elsewhere=elsewhere, at=session.clock.now())])
