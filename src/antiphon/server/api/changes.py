"""What changed in a project's folder: since the last commit, and by a turn."""

from pathlib import Path
from typing import Annotated

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from antiphon.log import projects
from antiphon.log import turns as turn_rows
from antiphon.presence import missing
from antiphon.server import rest_changes as rest
from antiphon.server.api.projects import project_of
from antiphon.server.api.sessions import session_of
from antiphon.server.context import Context
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import ApiError, not_found, refusals
from antiphon.workspace import parse
from antiphon.workspace.snapshot import Skipped
from antiphon.workspace.workspaces import Changes

FILES_LIMIT = 5000
"""Files listed at most."""

EXECUTABLE = "100755"

Object = Annotated[str, QueryParameter(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
PathText = Annotated[str, QueryParameter(max_length=4096)]


@get("/api/projects/{project:str}/changes", tags=["changes"], responses=refusals(404, 409, 502, 504))
async def list_changes(parts: Parts, caller: Caller, project: FromPath[str]) -> rest.Changes:
    """The working tree against the last commit, by file."""
    row = await trusted_project(parts, caller.user, project)
    found = await parts.workspaces.now(row.id, Path(row.path))
    return _resource(found)


@get(
    "/api/projects/{project:str}/changes/patch", tags=["changes"], responses=refusals(404, 409, 410, 502, 504)
)
async def get_patch(
    parts: Parts,
    caller: Caller,
    project: FromPath[str],
    before: Object,
    after: Object,
    path: PathText,
    old_path: PathText = "",
    whole: FromQuery[bool] = False,
) -> rest.Patch:
    """One file's lines between two states that a list of changes named; 256 KiB of them, or (`whole`) 4 MiB."""
    row = await trusted_project(parts, caller.user, project)
    paths = [old_path, path] if old_path else [path]
    found = await parts.workspaces.patch(row.id, Path(row.path), before, after, paths, whole=whole)
    return rest.Patch(text=found.text, cut=found.cut)


@get(
    "/api/sessions/{session:str}/turns/{turn:str}/changes",
    tags=["changes"],
    responses=refusals(404, 409, 502, 504),
)
async def list_turn_changes(
    parts: Parts, caller: Caller, session: FromPath[str], turn: FromPath[str]
) -> rest.Changes:
    """What a turn changed in the folder; of a running one, so far."""
    row = await session_of(parts, caller.user, session)
    found = await parts.log.read(lambda conn: turn_rows.get_turn(conn, row.key, turn))
    if found is None:
        raise not_found("turn", turn)
    project = await trusted_project(parts, caller.user, row.project)
    running = found.state == "running"
    told = await parts.workspaces.of_turn(project.id, Path(project.path), row.id, found.id, running=running)
    beside = await parts.log.read(lambda conn: turn_rows.beside(conn, row.key, found, parts.clock.now()))
    return _resource(told, beside)


async def trusted_project(parts: Context, user: int, project: str) -> projects.Project:
    """The user's project, if its folder may be looked at. Raises ApiError."""
    row = await project_of(parts, user, project)
    if not row.trusted:
        message = f"Nobody has said yet that {row.path} can be trusted. Trust it to see what is in it."
        raise ApiError(403, "untrusted-folder", message)
    if why := await missing(Path(row.path)):
        raise ApiError(409, "workspace-missing", f"The project's folder {row.path} {why}.")
    return row


def _resource(found: Changes, beside: int = 0) -> rest.Changes:
    prefix = found.repository.prefix
    entries = found.snapshot.entries if found.snapshot else {}
    files = [_file(change, prefix, entries.get(change.path)) for change in found.files]
    compared = {change.path for change in found.files}
    files += [_skipped(each, prefix) for each in found.skipped if each.path not in compared]
    files.sort(key=lambda file: file.path)
    return rest.Changes(
        before=found.before,
        after=found.after,
        branch=found.repository.branch,
        commit=found.repository.head,
        inside=prefix.rstrip("/"),
        files=files[:FILES_LIMIT],
        total=len(files),
        added=sum(file.added or 0 for file in files),
        deleted=sum(file.deleted or 0 for file in files),
        beside=beside,
    )


def _file(change: parse.Change, prefix: str, entry: parse.Entry | None) -> rest.ChangedFile:
    entry = entry or parse.Entry(path=change.path)
    modes = change.mode_before, change.mode_after
    return rest.ChangedFile(
        path=_below(change.path, prefix),
        kind=change.kind,
        version=change.version,
        old_path=_below(change.before, prefix) if change.before else None,
        added=change.added,
        deleted=change.deleted,
        staged=("part" if entry.unstaged else "all") if entry.staged else "none",
        untracked=entry.untracked,
        conflicted=entry.conflicted,
        submodule=change.submodule,
        executable=modes[1] == EXECUTABLE if EXECUTABLE in modes and _both_files(modes) else None,
    )


def _both_files(modes: tuple[str, str]) -> bool:
    return modes[0] != modes[1] and all(mode.startswith("100") for mode in modes)


def _skipped(skipped: Skipped, prefix: str) -> rest.ChangedFile:
    return rest.ChangedFile(
        path=_below(skipped.path, prefix),
        kind="added" if skipped.untracked else "modified",
        version=str(skipped.size),
        untracked=skipped.untracked,
        not_shown=skipped.reason,
        size=skipped.size,
    )


def _below(path: str, prefix: str) -> str:
    return shown(path.removeprefix(prefix))


def shown(path: str) -> str:
    """A name as people read it: what is no UTF-8 in it becomes U+FFFD, and cannot be asked for by name."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


ROUTES = (list_changes, get_patch, list_turn_changes)
