"""Agents' own records, looked through in the background: what is there becomes sessions in the lists.

1. Nothing of it delays the server: one thread, a bounded look at each file, and a breath between
   two; the log gets a few rows at a time.
2. Only what is new or has changed (path, size, time) is looked at, the newest first.
3. The files are read, never written, moved or locked.
4. What cannot be a session is noted with its reason, and looked at again when it changes.
5. A pass that fails is told in the server's log and tried again; it takes nothing back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import structlog
from msgspec import Struct
from msgspec.structs import replace

from antiphon.clock import Clock
from antiphon.log import imports as rows
from antiphon.log.imports_note import note
from antiphon.log.store import Log
from antiphon.model.replies import Imports, Notice
from antiphon.presence import MISSING, presence_now
from antiphon.providers.archive import Archive, Skipped, TranscriptFile
from antiphon.sessions.hub import Hub

T = TypeVar("T")

AGAIN_SECONDS = 30.0
"""Between two passes while somebody is connected."""
BATCH = 10
"""Files that are looked at, and written to the log, in one go."""
BREATH_SECONDS = 0.002
"""After each file: whoever streams goes first. (A thread of low priority would hold the interpreter's lock all the longer.)"""
TOLD_SECONDS = 0.25
"""Between two frames of progress."""
LISTED = 200
"""Of a pass, the newest sessions that are told to the lists one by one; the rest is there when a list is fetched."""

_logger = structlog.get_logger(__name__)


class _Work(Struct, frozen=True):
    """What one pass found to do in one archive."""

    archive: Archive
    changed: list[TranscriptFile]
    gone: list[str]


class Importing:
    """All imports of this server. All methods belong to the event loop."""

    def __init__(
        self,
        *,
        log: Log,
        hub: Hub,
        clock: Clock,
        archives: Sequence[Archive] = (),
        user: int,
        allowed: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`user` gets what is imported. `allowed`: whether a folder lies where projects may."""
        self.archives = {archive.provider: archive for archive in archives}
        self._log, self._hub, self._clock = log, hub, clock
        self._user, self._allowed = user, allowed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="importing")
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._told_at = 0.0
        self._failed = ""
        """What broke the last look, which was told."""
        self.progress = Imports(running=False, done=0, total=0, imported=0, skipped=0)

    def start(self) -> None:
        """Begin to look, in the background."""
        if self.archives and self._task is None:
            self._task = asyncio.create_task(self._run(), name="importing")

    async def stop(self) -> None:
        """Stop. What is under way is finished at the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})
        self._thread.shutdown(wait=False, cancel_futures=True)

    def look_again(self) -> None:
        """Begin the next pass now."""
        self._asked.set()

    async def _run(self) -> None:
        while True:
            self._asked.clear()
            try:
                await self.look()
                self._failed = ""
            except Exception as error:
                _logger.exception("import-failed")
                self.progress = replace(self.progress, running=False)
                self._hub.tell(self._user, self.progress)
                self._tell(f"{type(error).__name__}: {error}")
            await self._rest()

    def _tell(self, why: str) -> None:
        """Say what broke a look: once, not at every try."""
        if why == self._failed:
            return
        self._failed = why
        message = f"Antiphon could not look through the sessions that agents keep ({why}). It tries again."
        self._hub.tell(self._user, Notice(code="import-failed", message=message))

    async def _rest(self) -> None:
        """Until the next pass: asked for, or after a while if somebody is there to see it."""
        asked = asyncio.create_task(self._asked.wait())
        try:
            while not asked.done():
                pause = asyncio.ensure_future(self._clock.sleep(AGAIN_SECONDS))
                await asyncio.wait({asked, pause}, return_when=asyncio.FIRST_COMPLETED)
                pause.cancel()
                if self._hub.watched(self._user):
                    return
        finally:
            asked.cancel()

    async def look(self) -> None:
        """One pass over all archives."""
        work = [await self._compare(archive) for archive in self.archives.values()]
        total = sum(len(each.changed) for each in work)
        self.progress = replace(self.progress, running=total > 0, done=0, total=total)
        await self._count()
        listed = LISTED
        for each in work:
            await self._forget(each)
            for at in range(0, len(each.changed), BATCH):
                listed = await self._batch(each.archive, each.changed[at : at + BATCH], listed)
        if total:
            await self._count(running=False)

    async def _compare(self, archive: Archive) -> _Work:
        """What is new, what has changed, what is gone since it was last looked at."""
        user, provider = self._user, archive.provider
        files = await self._aside(archive.files)
        known = await self._log.read(lambda conn: rows.known(conn, user, provider))
        return await self._aside(lambda: self._compared(archive, files, known))

    def _compared(
        self, archive: Archive, files: list[TranscriptFile], known: dict[str, rows.Imported]
    ) -> _Work:
        """On the thread."""
        here = {str(file.path): file for file in files}
        changed = [file for path, file in here.items() if self._is_new(file, known.get(path))]
        return _Work(archive, changed, [path for path in known if path not in here])

    def _is_new(self, file: TranscriptFile, before: rows.Imported | None) -> bool:
        if before is None or (before.size, before.mtime) != (file.size, file.mtime):
            return True
        if before.reason == "folder-gone":
            return presence_now(Path(before.detail)) not in MISSING
        return before.reason == "outside-roots" and self._may_lie(before.detail)

    def _may_lie(self, folder: str) -> bool:
        """Links are followed to tell: not on a drive that does not answer."""
        return presence_now(Path(folder)) != "silent" and self._allowed(folder)

    async def _forget(self, work: _Work) -> None:
        user, provider = self._user, work.archive.provider
        for at in range(0, len(work.gone), BATCH):
            some = work.gone[at : at + BATCH]
            for id in await self._log.write(lambda conn, some=some: rows.gone(conn, user, provider, some)):
                self._hub.changed(user, id)

    async def _batch(self, archive: Archive, files: list[TranscriptFile], listed: int) -> int:
        """Look at some files and write down what they are. Returns how many more may be told to the lists."""
        user, provider, node = self._user, archive.provider, self._log.node
        seen = await self._aside(lambda: [self._look(archive, file) for file in files])
        changed = await self._log.write(lambda conn: note(conn, user, provider, node, seen))
        for id in changed[:listed]:
            self._hub.changed(user, id)
        await self._advance(len(files))
        return listed - len(changed[:listed])

    def _look(self, archive: Archive, file: TranscriptFile) -> rows.Seen:
        """On the thread."""
        time.sleep(BREATH_SECONDS)
        found = archive.look(file)
        seen = rows.Seen(path=str(file.path), size=file.size, mtime=file.mtime)
        if isinstance(found, Skipped):
            return replace(seen, reason=found.reason, detail=found.detail)
        if presence_now(Path(found.folder)) in MISSING:
            return replace(seen, reason="folder-gone", detail=found.folder)
        if not self._allowed(found.folder):
            return replace(seen, reason="outside-roots", detail=found.folder)
        return replace(
            seen,
            native=found.native,
            folder=found.folder,
            title=found.title,
            created_at=found.created_at,
            last_activity=found.last_activity,
        )

    async def _advance(self, files: int) -> None:
        """Note the progress, and tell it a few times a second."""
        self.progress = replace(self.progress, done=self.progress.done + files)
        now = self._clock.monotonic()
        if now - self._told_at >= TOLD_SECONDS:
            self._told_at = now
            await self._count()

    async def _count(self, **more: bool) -> None:
        """Count what there is, and tell it."""
        imported, skipped = await self._log.read(lambda conn: rows.counts(conn, self._user))
        self.progress = replace(self.progress, imported=imported, skipped=skipped, **more)
        self._hub.tell(self._user, self.progress)

    def _aside(self, work: Callable[[], T]) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work)
