"""Where a folder stands in a git repository. Only what cannot run anything is asked of the repository itself."""

import asyncio
from pathlib import Path

from msgspec import Struct

from antiphon.workspace.git import GitError, GitFailed, git

FORMATS = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""How objects are named → the empty tree, which git knows without having it."""

OBEYED = "autocrlf|eol|filemode|ignorecase|precomposeunicode|symlinks|excludesfile"
"""Of a repository's `core.…` what says how files are read; nothing of it runs a program."""


class NotARepository(GitError):
    """The folder is in no git repository."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is in no git repository, so there is nothing to compare with. "
            "To have one, run `git init` there and commit."
        )


class Foreign(GitError):
    """git does not trust the repository, which is another user's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The repository of {folder} belongs to another user of this machine, so git does not open it. If you trust it, "
            f"run: git config --global --add safe.directory {folder}"
        )


class Repository(Struct, frozen=True, kw_only=True):
    """A repository as seen from a folder in it."""

    folder: Path
    top: Path
    """Of the working tree."""
    prefix: str
    """The folder below the top: `""` or `a/b/`."""
    git_dir: Path
    objects: Path
    index: Path
    exclude: Path
    attributes: Path
    format: str
    settings: tuple[str, ...]
    head: str | None
    """The commit; None: there is none yet."""
    branch: str | None
    """None: HEAD is a commit, not a branch."""

    @property
    def base(self) -> str:
        """What changes are told against: the last commit, or nothing at all."""
        return self.head or FORMATS[self.format]


def marked(folder: Path) -> bool:
    """Whether the folder may be in a repository, told without asking git."""
    return any((above / ".git").exists() for above in (folder, *folder.parents))


async def find(folder: Path) -> Repository:
    """The repository that the folder is in. Raises GitError."""
    if not await asyncio.to_thread(marked, folder):
        raise NotARepository(folder)
    places = ("objects", "index", "info/exclude", "info/attributes")
    wanted = [word for place in places for word in ("--git-path", place)]
    where, head, branch, settings = await asyncio.gather(
        _ask(
            folder,
            "rev-parse",
            "--show-toplevel",
            "--show-prefix",
            "--absolute-git-dir",
            "--show-object-format",
            *wanted,
        ),
        _maybe(folder, "rev-parse", "--quiet", "--verify", "HEAD^{commit}"),
        _maybe(folder, "symbolic-ref", "--quiet", "--short", "HEAD"),
        _maybe(folder, "config", "-z", "--get-regexp", rf"^core\.({OBEYED})$"),
    )
    lines = where.split("\n")
    if len(lines) < 8 or not lines[0]:
        raise GitFailed("rev-parse", "there is no working tree here")
    top, prefix, git_dir, format, *paths = lines
    objects, index, exclude, attributes = (folder / path for path in paths[:4])
    return Repository(
        folder=folder,
        top=Path(top),
        prefix=prefix,
        git_dir=Path(git_dir),
        objects=objects.resolve(),
        index=index,
        exclude=exclude,
        attributes=attributes,
        format=format if format in FORMATS else "sha1",
        settings=tuple(each.replace("\n", "=", 1) for each in (settings or "").split("\0") if "\n" in each),
        head=(head or "").strip() or None,
        branch=(branch or "").strip() or None,
    )


async def _ask(folder: Path, *arguments: str) -> str:
    try:
        return (await git(*arguments, cwd=folder)).decode(errors="surrogateescape")
    except GitFailed as failed:
        if "not a git repository" in failed.said:
            raise NotARepository(folder) from None
        if "dubious ownership" in failed.said:
            raise Foreign(folder) from None
        raise


async def _maybe(folder: Path, *arguments: str) -> str | None:
    """None: git says that there is none."""
    try:
        return (await git(*arguments, cwd=folder)).decode(errors="surrogateescape")
    except GitFailed:
        return None
