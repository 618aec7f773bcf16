"""The one writer of one session's log: what is said becomes numbered, committed, then seen.

Rules:

1. Units are committed in the order they came; seq is given at the commit.
2. Nothing is applied, kept in the tail or woken for before its transaction has committed (promise 3).
3. A delta that finds one of the same item still waiting joins it: while a commit is under way
   what follows gathers, so a flood costs few commits and one word at a time costs no wait.
4. When the log cannot be written, what was said waits and is tried again; a unit that somebody
   waits for (`at_once`, and all with a command) fails at once, so that they are told; a turn's
   end waits like everything said.
5. A log that another run has taken over, or that refuses what it must take, is lost to us:
   `on_lost` is called once and nothing more is written.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from antiphon.clock import Clock
from antiphon.log.append import Append, Encoded, NewCommand, append
from antiphon.log.errors import (
    AlreadyResolved,
    CommandSeen,
    StorageFull,
    TurnEnded,
    TurnKnown,
    TurnRunning,
    UnknownApproval,
    UnknownTurn,
)
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.model.replies import Notice, Reply
from antiphon.model.state import State, apply
from antiphon.sessions.hub import Hub
from antiphon.sessions.tail import Tail

RETRY_SECONDS = 1.0
"""Between two tries to write while the storage is full."""
DELTA_BYTES = 64 * 1024
"""Deltas join up to about this size."""
BACKLOG_BYTES = 1024 * 1024
"""What may wait for the log before agents are asked to pause."""

REFUSALS = (CommandSeen, TurnRunning, TurnKnown, TurnEnded, UnknownTurn, AlreadyResolved, UnknownApproval)
"""What a unit may be refused for; nothing of it was written."""

LISTED = (
    e.TurnQueued, e.TurnEdited, e.TurnStarted, e.TurnSteered, *e.TURN_ENDS, e.TurnStalled, e.TurnAlive,
    e.ApprovalRequested, e.ApprovalResolved, e.SessionUpdated,
)  # fmt: skip
"""Events that change the session's row in the lists."""

NEWS_MS = 60_000
"""From the end of a turn, for as long as it is told as one that ended."""

_encode = msgspec.json.Encoder().encode
_logger = structlog.get_logger(__name__)


class Draft(Struct, kw_only=True):
    """A command on its way into the log together with its effect."""

    user: int
    command: str
    hash: bytes
    reply: Callable[[int], Reply]
    """The reply, given the seq of the unit's first event."""


Change = Callable[[Connection], object]
"""A change of rows that belongs to a unit: there with its events, or not at all."""


class _Joining(Struct, kw_only=True):
    """Deltas of one item that wait together."""

    event: e.ItemDelta
    parts: list[str]
    size: int


class _Unit(Struct, kw_only=True):
    """What is committed together or not at all."""

    events: list[e.AnyEvent | _Joining]
    draft: Draft | None = None
    also: Change | None = None
    done: asyncio.Future[int] | None = None
    at_once: bool = False
    """It is refused, rather than kept, when the log cannot be written."""
    size: int = 0


class Journal:
    """The writer. All methods belong to the event loop."""

    def __init__(
        self,
        *,
        log: Log,
        hub: Hub,
        clock: Clock,
        session: str,
        key: int,
        user: int,
        generation: int,
        state: State,
        on_lost: Callable[[BaseException], None],
    ) -> None:
        self._log, self._hub, self._clock = log, hub, clock
        self._session, self._key, self._user, self._generation = session, key, user, generation
        self._on_lost = on_lost
        self._units: deque[_Unit] = deque()
        self._waiting = 0
        self._writer: asyncio.Task[None] | None = None
        self._calm = asyncio.Event()
        self._calm.set()
        self.state = state
        self.tail = Tail(state.head)
        self.full: StorageFull | None = None
        self._told_full = False
        self.lost: BaseException | None = None

    def add(self, event: e.AnyEvent) -> None:
        """Log an event, soon, in order."""
        if self.lost:
            return
        unit = self._units[-1] if self._units else None
        if unit is None or unit.done is not None:
            unit = _Unit(events=[])
            self._units.append(unit)
        if isinstance(event, e.ItemDelta):
            self._join(unit, event)
        else:
            unit.events.append(event)
            self._weigh(unit, 1000)
        self._start()

    async def commit(
        self,
        events: Sequence[e.AnyEvent],
        draft: Draft | None = None,
        *,
        also: Change | None = None,
        at_once: bool = False,
    ) -> int:
        """Log these events (and change rows) together, after all that was said before, and wait until they are.

        Returns the seq of the first. Raises one of REFUSALS; StorageFull, when there is a draft or
        it is to be `at_once` (somebody is to be told); what `lost` holds when the log is lost.
        """
        at_once = at_once or draft is not None
        if self.lost:
            raise self.lost
        if at_once:
            self.check_storage()
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        unit = _Unit(events=list(events), draft=draft, also=also, done=done, at_once=at_once)
        self._units.append(unit)
        self._start()
        return await asyncio.shield(done)

    async def flushed(self, *, at_once: bool = False) -> None:
        """Wait until all that was said so far is in the log. `at_once`: raises StorageFull when it cannot be."""
        if not self.lost:
            await self.commit([], at_once=at_once)

    def check_storage(self) -> None:
        """Raises StorageFull while something that was said waits for storage."""
        if self.full:
            raise self.full

    def forget(self) -> None:
        """Free the tail; readers find the events in the log."""
        self.tail = Tail(self.state.head)

    async def drained(self) -> None:
        """Wait until the backlog is small."""
        await self._calm.wait()

    def _join(self, unit: _Unit, event: e.ItemDelta) -> None:
        self._weigh(unit, len(event.text) + 100)
        last = unit.events[-1] if unit.events else None
        if isinstance(last, _Joining) and last.event.item == event.item and last.size < DELTA_BYTES:
            last.parts.append(event.text)
            last.size += len(event.text)
        else:
            unit.events.append(_Joining(event=event, parts=[event.text], size=len(event.text)))

    def _weigh(self, unit: _Unit, size: int) -> None:
        unit.size += size
        self._waiting += size
        if self._waiting > BACKLOG_BYTES:
            self._calm.clear()

    def _start(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name=f"journal {self._session}")

    async def _write(self) -> None:
        while self._units:
            unit = self._units.popleft()
            try:
                await self._settle(unit)
            except StorageFull as error:
                await self._wait_for_storage(unit, error)
            except REFUSALS as refusal:
                self._refuse(unit, refusal)
            except asyncio.CancelledError as error:
                self._lose(unit, error)
                raise
            except Exception as error:
                self._lose(unit, error)
                return

    async def _settle(self, unit: _Unit) -> None:
        first = self.state.head + 1
        events = [_numbered(event, first + at) for at, event in enumerate(unit.events)]
        encoded = [Encoded(event=event, body=_encode(event)) for event in events]
        batch = Append(
            session=self._key,
            generation=self._generation,
            head=self.state.head,
            events=encoded,
            command=_stored(unit.draft, first) if unit.draft else None,
        )
        if encoded or unit.draft or unit.also:
            await self._log.write(partial(_append, batch=batch, also=unit.also))
            self._committed(encoded)
            if self._told_full:
                self._storage_back()
        self._waiting -= unit.size
        if self._waiting <= BACKLOG_BYTES:
            self._calm.set()
        if unit.done and not unit.done.done():
            unit.done.set_result(first)

    def _committed(self, encoded: list[Encoded]) -> None:
        listed = ended = False
        for one in encoded:
            ended = ended or self._is_news(one.event)
            apply(self.state, one.event)
            self.tail.add(one.event.seq, one.body)
            listed = listed or isinstance(one.event, LISTED)
        if encoded:
            self._hub.wake(self._session)
        if listed:
            self._hub.changed(self._user, self._session, ended=ended)

    def _is_news(self, event: e.AnyEvent) -> bool:
        """Whether the running turn ends by it, and now: what is imported may have ended long ago."""
        ends = isinstance(event, e.TURN_ENDS) and event.turn == self.state.running
        return ends and self._clock.now() - event.at < NEWS_MS

    async def _wait_for_storage(self, unit: _Unit, error: StorageFull) -> None:
        if unit.at_once and unit.done:
            unit.done.set_exception(error)
        else:
            self._units.appendleft(unit)
        self.full = error
        if not self._told_full:
            self._told_full = True
            _logger.error("storage-full", session=self._session)
            self._hub.tell(self._user, _FULL)
        if self._units:
            self._refuse_behind(error)
            await self._clock.sleep(RETRY_SECONDS)
        else:
            self.full = None  # nothing waits: the next write finds out for itself

    def _refuse_behind(self, error: StorageFull) -> None:
        """Who waits behind what cannot be written is told now, not when storage returns."""
        kept: deque[_Unit] = deque()
        for unit in self._units:
            if unit.at_once and unit.done:
                unit.done.set_exception(error)
            else:
                kept.append(unit)
        self._units = kept

    def _storage_back(self) -> None:
        self.full, self._told_full = None, False
        _logger.info("storage-back", session=self._session)
        self._hub.tell(self._user, _BACK)

    def _refuse(self, unit: _Unit, refusal: Exception) -> None:
        self._waiting -= unit.size
        if unit.done:
            if not unit.done.done():
                unit.done.set_exception(refusal)
        else:  # said by nobody who waits for it: a rule of ours is broken, and it must show
            _logger.error("refused", session=self._session, refusal=repr(refusal))

    def _lose(self, unit: _Unit, error: BaseException) -> None:
        if isinstance(error, asyncio.CancelledError):
            error = RuntimeError("the session's writer was cancelled")
        self.lost = error
        self._calm.set()
        for waiting in (unit, *self._units):
            if waiting.done and not waiting.done.done():
                waiting.done.set_exception(error)
        self._units.clear()
        self._on_lost(error)


_FULL = Notice(
    code="storage-full",
    message="The disk is full: nothing can be saved at the moment. Free some space; what is under way is kept and saved then.",
)
_BACK = Notice(code="storage-back", message="There is space again: everything has been saved.")


def _append(conn: Connection, batch: Append, also: Change | None) -> None:
    append(conn, batch)
    if also:
        also(conn)


def _numbered(event: e.AnyEvent | _Joining, seq: int) -> e.AnyEvent:
    if isinstance(event, _Joining):
        text = event.parts[0] if len(event.parts) == 1 else "".join(event.parts)
        return replace(event.event, seq=seq, text=text)
    return replace(event, seq=seq)


def _stored(draft: Draft, first: int) -> NewCommand:
    return NewCommand(
        user=draft.user, command=draft.command, hash=draft.hash, reply=_encode(draft.reply(first))
    )
