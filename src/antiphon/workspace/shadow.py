"""A git directory of our own beside the repository's: it reads the repository's objects, and writes only itself.

Its index is a copy, its objects are ours, and the repository's configuration is not read: no hook, filter, diff
driver or monitor that somebody (an agent, say) wrote there is run by the server (docs/decisions/0013).
"""

import asyncio
import os
import shutil
from pathlib import Path

from antiphon.workspace.git import LIMIT_SECONDS, OUTPUT_BYTES, git
from antiphon.workspace.repository import Repository

PRUNE_SECONDS = 60.0
LOOSE_LIMIT = 24
"""Objects in one of 256 folders above which what nothing leads to is deleted: some 6,000 in all."""


class Shadow:
    """The git directory at `place`, for one folder. One command that writes at a time: hold `lock`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.lock = asyncio.Lock()

    async def prepare(self, repository: Repository) -> None:
        """Be what the repository is now. The caller holds the lock."""
        if not await asyncio.to_thread(self._fits, repository):
            await self._make(repository)
        await asyncio.to_thread(self._copy, repository)

    async def git(
        self,
        repository: Repository,
        *arguments: str,
        given: bytes = b"",
        limit: float = LIMIT_SECONDS,
        output: int = OUTPUT_BYTES,
    ) -> bytes:
        """What `git …` prints about the repository's working tree, from its top. Raises GitError."""
        own = {"GIT_DIR": str(self.place), "GIT_WORK_TREE": str(repository.top)}
        return await git(
            *arguments,
            cwd=repository.top,
            environment=own,
            settings=repository.settings,
            given=given,
            limit=limit,
            output=output,
        )

    async def prune(self, repository: Repository) -> None:
        """Delete objects of an hour ago that nothing leads to, when there are many."""
        if await asyncio.to_thread(self._many):
            await self.git(repository, "prune", "--expire=1.hour.ago", limit=PRUNE_SECONDS)

    def _fits(self, repository: Repository) -> bool:
        try:
            return (self.place / "antiphon-format").read_text() == repository.format
        except OSError:
            return False

    async def _make(self, repository: Repository) -> None:
        await asyncio.to_thread(shutil.rmtree, self.place, ignore_errors=True)
        await asyncio.to_thread(self.place.mkdir, parents=True, mode=0o700)
        form = () if repository.format == "sha1" else (f"--object-format={repository.format}",)
        arguments = ("init", "--quiet", "--bare", "--template=", *form, str(self.place))
        await git(*arguments, cwd=self.place)
        (self.place / "antiphon-format").write_text(repository.format)

    def _copy(self, repository: Repository) -> None:
        info = self.place / "info"
        for folder in (info, self.place / "objects/info"):
            folder.mkdir(exist_ok=True)
        _write(self.place / "objects/info/alternates", os.fsencode(repository.objects) + b"\n")
        _write(self.place / "HEAD", f"{repository.head or 'ref: refs/heads/none'}\n".encode())
        (self.place / "index.lock").unlink(missing_ok=True)  # of a git that was ended: the lock is ours alone
        _mirror(repository.index, self.place / "index")
        _mirror(repository.exclude, info / "exclude")
        _mirror(repository.attributes, info / "attributes")
        for shared in repository.index.parent.glob("sharedindex.*"):
            _mirror(shared, self.place / shared.name)

    def _many(self) -> bool:
        try:
            return len(os.listdir(self.place / "objects/17")) > LOOSE_LIMIT
        except OSError:
            return False


def _write(target: Path, content: bytes) -> None:
    """In one step, and only where it is another: who compares trees beside holds no lock, and must never find it half."""
    if target.is_file() and target.read_bytes() == content:
        return
    fresh = target.with_name(f"{target.name}.new")
    fresh.write_bytes(content)
    fresh.replace(target)


def _mirror(source: Path, target: Path) -> None:
    """The file with its time (git trusts an entry only when it is older than the index), or no file; in one step."""
    if source.is_file():
        fresh = target.with_name(f"{target.name}.new")
        shutil.copy2(source, fresh)
        fresh.replace(target)
    else:
        target.unlink(missing_ok=True)
