"""All projects' folders as the server looks at them: one shadow each, one look at a time.

Whoever asks while a look is under way waits for the next one, which they share: a page that refreshes often, in many
tabs, costs two looks at most.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import structlog
from msgspec import Struct

from antiphon.presence import missing
from antiphon.workspace import changes, parse, repository, snapshot, turns
from antiphon.workspace.changes import Patch, UnknownTree
from antiphon.workspace.folder import plain
from antiphon.workspace.git import GitError, GitFailed
from antiphon.workspace.repository import Repository
from antiphon.workspace.shadow import Shadow
from antiphon.workspace.snapshot import Skipped, Snapshot

TURN_SECONDS = 2.0
"""A prompt does not wait longer for the look at its folder."""

_logger = structlog.get_logger(__name__)


class Changes(Struct, frozen=True, kw_only=True):
    """What differs, and where git stands."""

    repository: Repository
    before: str
    after: str
    """Trees (`before` may be a commit)."""
    files: list[parse.Change]
    snapshot: Snapshot | None
    """Of now; None: `after` is of another time."""

    @property
    def skipped(self) -> Sequence[Skipped]:
        """Changed files that were not compared."""
        return self.snapshot.skipped if self.snapshot else ()


class UnknownTurn(Exception):
    """Nobody noted what the folder was when this turn began, or when it ended."""

    def __init__(self) -> None:
        super().__init__(
            "What the folder was before or after this turn was not noted: it was not a git repository then, "
            "looking through it took too long, the server was ended in mid-turn, or it is too long ago."
        )


class Workspaces:
    """The shadows below `place`. All methods belong to the event loop."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._shadows: dict[str, Shadow] = {}
        self._looks: dict[str, asyncio.Task[tuple[Repository, Snapshot]]] = {}
        self._background: set[asyncio.Task[None]] = set()

    # Now

    async def now(self, project: str, folder: Path) -> Changes:
        """The working tree against the last commit. Raises GitError."""
        found, taken = await self._look(project, folder)
        files = await changes.compare(self._shadow(project), found, taken.base, taken.tree)
        return Changes(repository=found, before=taken.base, after=taken.tree, files=files, snapshot=taken)

    async def patch(
        self, project: str, folder: Path, before: str, after: str, paths: Sequence[str], *, whole: bool
    ) -> Patch:
        """One file's lines (`paths` are relative to the folder). Raises Unreachable, UnknownTree, GitError."""
        named = [plain(path) for path in paths]
        if not changes.OBJECT.match(before) or not changes.OBJECT.match(after):
            raise UnknownTree
        found, shadow = await repository.find(folder), self._shadow(project)
        if not await asyncio.to_thread(shadow.place.is_dir):
            raise UnknownTree
        below = [found.prefix + path for path in named]
        return await changes.patch(shadow, found, before, after, below, whole=whole)

    async def ignored(self, project: str, folder: Path, path: str, names: Sequence[str]) -> set[str]:
        """Which of a folder's entries git leaves alone; none where there is no git."""
        if not names:
            return set()
        try:
            found, shadow = await repository.find(folder), self._shadow(project)
            async with shadow.lock:
                await shadow.prepare(found)
            # ./ as no name must begin with a colon, which means something to git.
            below = [os.path.join("./", found.prefix + path, name) for name in names]
            given = b"".join(os.fsencode(each) + b"\0" for each in below)
            printed = await shadow.git(found, "check-ignore", "-z", "--stdin", given=given)
        except GitError:  # it says so by failing, too, when there are none
            return set()
        return {os.path.basename(parse.text(each)) for each in printed.split(b"\0") if each}

    # Turns

    async def turn_begins(self, project: str, folder: Path, session: str, turn: str) -> None:
        """Note what the folder is before the turn; gives up after TURN_SECONDS. Never raises."""
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._note(project, folder, turns.ref(session, turn, "before"))
        except (GitError, OSError, TimeoutError) as error:
            _logger.info("turn-not-noted", session=session, reason=type(error).__name__)
        except Exception:  # our own mistake, which is no reason to leave a prompt without its answer
            _logger.exception("turn-not-noted", session=session)

    def turn_ends(self, project: str, folder: Path, session: str, turn: str) -> None:
        """Note what the folder is after the turn, beside."""
        task = asyncio.create_task(self._end(project, folder, session, turn))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _end(self, project: str, folder: Path, session: str, turn: str) -> None:
        try:
            found = await self._note(project, folder, turns.ref(session, turn, "after"))
            if found is None:
                return
            shadow = self._shadow(project)
            async with shadow.lock:
                await turns.forget_old(shadow, found)
                await shadow.prune(found)
        except (GitError, OSError) as error:
            _logger.info("turn-not-noted", session=session, reason=type(error).__name__)
        except Exception:
            _logger.exception("turn-not-noted", session=session)

    async def of_turn(self, project: str, folder: Path, session: str, turn: str, *, running: bool) -> Changes:
        """What a turn changed; of a running one, so far. Raises UnknownTurn, GitError."""
        found, shadow = await repository.find(folder), self._shadow(project)
        async with shadow.lock:  # its end may just be noted
            there = await asyncio.to_thread(shadow.place.is_dir)
            noted = await turns.noted(shadow, found, session, turn) if there else {}
        before, after, taken = noted.get("before"), noted.get("after"), None
        if before is None or (after is None and not running):
            raise UnknownTurn
        if after is None:
            found, taken = await self._look(project, folder)
            after = taken.tree
        files = await changes.compare(shadow, found, before, after)
        return Changes(repository=found, before=before, after=after, files=files, snapshot=taken)

    async def stop(self) -> None:
        """Wait until what ends has been noted."""
        if self._background:
            await asyncio.wait(self._background, timeout=TURN_SECONDS)
        for task in (*self._background, *self._looks.values()):
            task.cancel()

    # Looks

    def _shadow(self, project: str) -> Shadow:
        if project not in self._shadows:
            self._shadows[project] = Shadow(self._place / project)
        return self._shadows[project]

    async def _note(self, project: str, folder: Path, name: str) -> Repository | None:
        shadow = self._shadow(project)
        async with shadow.lock:  # first of all: turns are noted in their order
            if await missing(folder) or not await asyncio.to_thread(repository.marked, folder):
                return None
            found = await repository.find(folder)
            taken = await snapshot.take(shadow, found)
            await turns.note(shadow, found, name, taken.tree)
        return found

    async def _look(self, project: str, folder: Path) -> tuple[Repository, Snapshot]:
        """A look that begins from now on, shared by all who wait for it."""
        waiting = self._looks.get(project)
        if waiting is None:
            waiting = self._looks[project] = asyncio.create_task(self._take(project, folder))
            waiting.add_done_callback(_heard)
        return await asyncio.shield(waiting)

    async def _take(self, project: str, folder: Path) -> tuple[Repository, Snapshot]:
        shadow = self._shadow(project)
        async with shadow.lock:
            self._looks.pop(project, None)  # whoever comes now comes too late for this one
            try:
                found = await repository.find(folder)
                return found, await snapshot.take(shadow, found)
            except OSError as error:
                raise GitFailed("look", f"{error.strerror}: {error.filename}") from None


def _heard(look: "asyncio.Task[tuple[Repository, Snapshot]]") -> None:
    """An error is told to those who wait; perhaps nobody does any more."""
    if not look.cancelled():
        look.exception()
