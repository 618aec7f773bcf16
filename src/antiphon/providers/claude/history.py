"""Claude Code's own transcripts as an archive: `projects/FOLDER/SESSION.jsonl` in its config folder.

    history          the files (this)
    history_ends     a file's head and tail: title, folder, times (pure)
    history_entries  a line of a file
    history_turns    lines → our events (pure)
    history_ending   how a turn of it ended (pure)

Nothing here writes. A folder's name is its path with dashes for all but letters and digits, which
cannot be undone, so the path is read from the file itself.
"""

import io
import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.providers.archive import Found, Skipped, TranscriptFile
from antiphon.providers.base import Launch
from antiphon.providers.loose import text

if TYPE_CHECKING:
    from antiphon.providers.claude.history_ends import Ends
    from antiphon.providers.claude.history_turns import Transcript

END_BYTES = 64 * 1024
"""Of each end of a file that a look reads."""
SIZE_LIMIT = 512 * 1024 * 1024
"""A larger file is no conversation that anybody would read."""
FOLDER_LENGTH = 200
"""Of a longer name Claude cuts the rest and adds a hash."""

_DASHED = re.compile(r"[^a-zA-Z0-9]")


def config_folder(environment: Mapping[str, str]) -> Path | None:
    """Where Claude Code keeps what is its own; None: the environment names neither it nor a home."""
    if named := environment.get("CLAUDE_CONFIG_DIR"):
        return Path(named)
    home = environment.get("HOME")
    return Path(home) / ".claude" if home else None


class ClaudeHistory:
    """The transcripts in one config folder."""

    provider = "claude"

    def __init__(self, config: Path) -> None:
        self._projects = config / "projects"

    def files(self) -> list[TranscriptFile]:
        """See Archive: every `.jsonl` that lies directly in a project's folder."""
        found = [file for folder in _folders(self._projects) for file in _transcripts(folder)]
        return sorted(found, key=lambda file: (file.mtime, str(file.path)), reverse=True)

    def look(self, file: TranscriptFile) -> Found | Skipped:
        """See Archive."""
        native = file.path.stem
        if native.startswith("agent-"):
            return Skipped(reason="sub-agent")
        if not _is_native(native):
            return Skipped(reason="not-a-session", detail="its name is no session id")
        if file.size == 0:
            return Skipped(reason="empty")
        if file.size > SIZE_LIMIT:
            return Skipped(reason="too-large", detail=f"{file.size >> 20} MiB")
        from antiphon.providers.claude.history_ends import describe

        try:
            ends = _ends(file.path)
        except OSError as error:
            return Skipped(reason="unreadable", detail=error.strerror or type(error).__name__)
        return describe(native, ends, file.mtime // 1_000_000)

    def find(self, native: str, folder: Path) -> Path | None:
        """See Archive."""
        if not _is_native(native):
            return None
        dashed = _DASHED.sub("-", str(folder))
        expected = self._projects / dashed[:FOLDER_LENGTH] / f"{native}.jsonl"
        if len(dashed) <= FOLDER_LENGTH and expected.is_file():
            return expected
        # A long name's hash, a folder reached by a link, a worktree: look everywhere.
        places = (project / f"{native}.jsonl" for project in _folders(self._projects))
        return next((path for path in places if path.is_file()), None)

    def reading(self, path: Path, known: Callable[[str], bool]) -> "Transcript":
        """See Archive."""
        from antiphon.providers.claude.history_turns import Transcript

        return Transcript(known)


def before(environment: Mapping[str, str], launch: Launch) -> str | None:
    """The last line of the conversation before the first of the turns that a fork is without; None: it has all.

    Our prompts' lines are named like their turns.
    """
    config = config_folder(environment)
    if not launch.fork or not launch.fork_without or not launch.native_session or config is None:
        return None
    path = ClaudeHistory(config).find(launch.native_session, launch.folder)
    from antiphon.providers.claude.history_entries import read

    parents: dict[str, str] = {}
    with path.open("rb") if path else io.BytesIO() as lines:
        for line in lines:
            if (entry := read(line)) and entry.uuid:
                parents[entry.uuid] = text(entry.parent_uuid)
    return next((parents[turn] for turn in launch.fork_without if parents.get(turn)), None)


def _is_native(word: str) -> bool:
    from antiphon.providers.claude.command import NATIVE  # a start need not wait for it

    return NATIVE.match(word) is not None


def _folders(projects: Path) -> list[Path]:
    try:
        with os.scandir(projects) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir()]
    except OSError:
        return []


def _transcripts(folder: Path) -> list[TranscriptFile]:
    found: list[TranscriptFile] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(".jsonl") and (file := _file(entry)):
                    found.append(file)
    except OSError:
        pass  # it went away, or is not ours to read: what was found of it counts
    return found


def _file(entry: os.DirEntry[str]) -> TranscriptFile | None:
    try:
        about = entry.stat()
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return None
    return TranscriptFile(Path(entry.path), about.st_size, about.st_mtime_ns)


def _ends(path: Path) -> "Ends":
    """The first and the last bytes. Raises OSError."""
    from antiphon.providers.claude.history_ends import Ends

    with path.open("rb") as file:
        head = file.read(END_BYTES)
        size = os.fstat(file.fileno()).st_size
        if size <= END_BYTES:
            return Ends(head=head, tail=head, whole=True)
        file.seek(max(size - END_BYTES, 0))
        return Ends(head=head, tail=file.read(END_BYTES), whole=False)
