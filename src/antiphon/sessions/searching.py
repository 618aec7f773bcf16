"""Search in all that was said: the index is brought up to the log in the background, and asked.

1. Nothing of it delays the server: it is opened after the start, in threads of its own, a few events at a time
   with a breath between; the log is only read, and its writer never waits.
2. At a start all sessions are gone through, the latest first; what the index has, it does not get again.
3. Then what changed: a session is looked at when its row in the lists changes, and now and then while it runs.
4. Sessions of an agent's own record that nobody opened yet are read from their files.
5. What fails is told in the server's log and tried again.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog
from msgspec import Struct

from antiphon.clock import Clock
from antiphon.log import search, search_words, sessions, spoken
from antiphon.log.search import Hit, Said, SearchIndex
from antiphon.log.spoken import Speaker
from antiphon.log.store import Log
from antiphon.providers.archive import Archive
from antiphon.sessions.hub import Hub
from antiphon.sessions.importing_lines import Place, look_at, read_chunk

T = TypeVar("T")

PAGE = 200
"""Sessions that are compared with the index in one go."""
BREATH_SECONDS = 0.002
"""After each piece: whoever streams goes first."""
RUNNING_SECONDS = 5.0
"""How often a running session is looked at."""
AGAIN_SECONDS = 30.0
"""After something failed."""
ROUNDS = 10
"""Pages of hits that are read for one: those of sessions in the trash are passed over."""

_logger = structlog.get_logger(__name__)


class Found(Struct, frozen=True):
    """A page of hits, with their sessions."""

    hits: list[tuple[Hit, sessions.Session]]
    next: int | None
    """The next page's `before`; None: this was the last."""
    indexed: float
    """How much of the past is in the index, 0 to 1."""


class Searching:
    """The search of one server. All methods belong to the event loop."""

    def __init__(
        self, *, log: Log, hub: Hub, clock: Clock, user: int, archives: Mapping[str, Archive]
    ) -> None:
        """`user`: whose sessions are watched. `archives`: agents' own records, by provider."""
        self._log, self._hub, self._clock, self._archives = log, hub, clock, archives
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="search")
        self._index: SearchIndex | None = None
        self._opening = asyncio.Lock()
        self._changed: set[str] = set()
        self._running: set[str] = set()
        self._woken = asyncio.Event()
        self._stopping = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._leave = hub.watch(user, self._on_changed)
        self._done, self._total = 0, -1

    def start(self) -> None:
        """Begin to bring the index up to the log, in the background."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="searching")

    async def stop(self) -> None:
        """Stop; what is missing is added after the next start."""
        self._leave()
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})
        self._stopping.set()
        if self._index:
            self._index.interrupt()
        # Whatever a thread still does with the file must be over before it is closed: SQLite would crash the server.
        await asyncio.to_thread(partial(self._pool.shutdown, wait=True, cancel_futures=True))
        if self._index:
            self._index.close()

    @property
    def under_way(self) -> bool:
        """The index is being kept up to the log."""
        return self._task is not None and not self._task.done()

    @property
    def indexed(self) -> float:
        """How much of the past is in the index, 0 to 1."""
        return 0.0 if self._total < 0 else 1.0 if self._done >= self._total else self._done / self._total

    async def find(
        self,
        user: int,
        typed: str,
        *,
        project: int | None = None,
        provider: str | None = None,
        before: int | None = None,
        limit: int = 20,
    ) -> Found:
        """What holds all that was typed, the newest first. Raises sqlite3.Error, OSError."""
        query = search_words.query(typed)
        if query is None:
            return Found([], None, self.indexed)
        index = await self._opened()
        found: list[tuple[Hit, sessions.Session]] = []
        ask = partial(index.find, user, query, project=project, provider=provider, limit=limit + 1)
        for _ in range(ROUNDS):
            page = await self._aside(partial(ask, before=before))
            found += await self._of_sessions(user, page[:limit])
            before = page[limit - 1].key if len(page) > limit else None
            if len(found) >= limit or before is None:
                break
        if len(found) > limit:
            found, before = found[:limit], found[limit - 1][0].key
        return Found(found, before, self.indexed)

    async def _of_sessions(self, user: int, hits: Sequence[Hit]) -> list[tuple[Hit, sessions.Session]]:
        """Those whose session is the user's and in no trash."""
        keys = {hit.session for hit in hits}
        rows = await self._log.read(lambda conn: sessions.by_keys(conn, user, keys))
        return [(hit, rows[hit.session]) for hit in hits if hit.session in rows]

    # In the background

    def _on_changed(self, session: str, _ended: bool) -> None:
        self._changed.add(session)
        self._woken.set()

    async def _run(self) -> None:
        while True:
            try:
                await self._past()
                while True:
                    await self._catch_up()
                    await self._rest()
            except Exception:
                _logger.exception("search-index-failed")
                await self._clock.sleep(AGAIN_SECONDS)

    async def _past(self) -> None:
        """All sessions, and what changes meanwhile."""
        self._done, self._total = 0, await self._log.read(sessions.count)
        async for page in self._pages():
            await self._compare(page)
            self._done = min(self._done + len(page), self._total)
            await self._catch_up()
        self._done = self._total

    async def _pages(self) -> AsyncIterator[list[Speaker]]:
        before: tuple[int, int] | None = None
        while True:
            page = await self._log.read(lambda conn, place=before: spoken.speakers(conn, place, PAGE))
            yield page
            if len(page) < PAGE:
                return
            before = page[-1].last_activity, page[-1].key

    async def _rest(self) -> None:
        """Until something changes, or what runs is to be looked at again."""
        woken = asyncio.create_task(self._woken.wait())
        pause = asyncio.create_task(self._clock.sleep(RUNNING_SECONDS if self._running else AGAIN_SECONDS))
        try:
            await asyncio.wait({woken, pause}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            pause.cancel()
        self._woken.clear()
        self._changed |= self._running

    async def _catch_up(self) -> None:
        """The sessions that changed."""
        while self._changed:
            id = self._changed.pop()
            self._running.discard(id)
            found = await self._log.read(lambda conn, id=id: spoken.speaker(conn, id))
            if found:
                await self._compare([found])
                if found.running:
                    self._running.add(id)

    async def _compare(self, page: Sequence[Speaker]) -> None:
        """Bring these sessions up to their logs."""
        index = await self._opened()
        known = await self._aside(lambda: index.progress([each.key for each in page]))
        for each in page:
            was = known.get(each.key)
            if was and was.epoch != each.epoch:
                was = None
            if each.head:
                if was is None or was.mark or was.seq < each.head:
                    await self._read_log(each, was.seq if was else 0)
            elif each.imported and each.native:
                await self._read_file(each, was.mark if was else "")

    async def _read_log(self, session: Speaker, after: int) -> None:
        index = await self._opened()
        while True:
            said, to = await self._log.read(partial(spoken.spoken_after, session=session.key, after=after))
            await self._add(index, session, said, to)
            if to >= session.head or to <= after:
                return
            after = to

    async def _add(
        self, index: SearchIndex, session: Speaker, said: list[Said], to: int, mark: str = ""
    ) -> None:
        def work() -> None:
            index.add(session.whose, said, to, mark)
            time.sleep(BREATH_SECONDS)

        await self._aside(work)

    async def _read_file(self, session: Speaker, known: str) -> None:
        """What the agent's own record says, until the log holds it."""
        archive = self._archives.get(session.provider)
        if archive is None:
            return
        found = await self._aside(lambda: _of_file(archive, session, known, self._stopping))
        if found:
            mark, said = found
            await self._add(await self._opened(), session, said, 0, mark)

    async def _opened(self) -> SearchIndex:
        async with self._opening:
            if self._index is None:
                self._index = await self._aside(lambda: search.SearchIndex(self._log.folder))
            return self._index

    def _aside(self, work: Callable[[], T]) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._pool, work)


def _of_file(
    archive: Archive, session: Speaker, known: str, stopping: threading.Event
) -> tuple[str, list[Said]] | None:
    """(how the file is now, what it says). None: there is no such file, or it is as `known`."""
    place = look_at(archive, session.native or "", Path(session.folder or ""), None)
    if place is None:
        return None
    mark = f"{place.size} {place.mtime} {place.path}"
    return None if mark == known else (mark, _read(archive, place, stopping))


def _read(archive: Archive, place: Place, stopping: threading.Event) -> list[Said]:
    """To its end, unless nobody waits for it any more."""
    reading = archive.reading(place.path, lambda _: False)
    said: list[Said] = []
    offset, more = 0, True
    while more and not stopping.is_set():
        chunk = read_chunk(reading, place, offset)
        for events, _ in chunk.lines:
            said += spoken.spoken(events)
        offset, more = chunk.offset, chunk.more
        time.sleep(BREATH_SECONDS)
    return said + spoken.spoken(reading.rest())
