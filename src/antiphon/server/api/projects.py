"""Projects: named folders that agents work in, once a person trusts them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from litestar import get, patch, post
from litestar.params import FromPath, RequestBody

from antiphon.log import projects as log
from antiphon.presence import missing
from antiphon.server import folders
from antiphon.server.brings import brings
from antiphon.server.config import start_folder
from antiphon.server.context import Context
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import ApiError, not_found, refusals
from antiphon.server.rest import BringsList, NewProject, Project, ProjectChanges, Projects

PRACTICE = "antiphon-practice"
"""The folder to try things in."""


@get("/api/projects", tags=["projects"], responses=refusals())
async def list_projects(parts: Parts, caller: Caller) -> Projects:
    """All projects, the latest active first."""
    rows = await parts.log.read(lambda conn: log.list_projects(conn, caller.user))
    return Projects(projects=await shown(rows))


@post("/api/projects", status_code=200, tags=["projects"], responses=refusals(403, 404))
async def add_project(parts: Parts, caller: Caller, data: RequestBody[NewProject]) -> Project:
    """Make a folder a project. The same path again gives the same project."""
    path = await asyncio.to_thread(folders.allowed, data.path, parts.roots)
    now = parts.clock.now()
    row = await parts.log.write(
        lambda conn: log.add_project(
            conn,
            user=caller.user,
            path=str(path),
            name=data.name,
            at=now,
            trusted_at=now if data.trust else None,
        )
    )
    return _resource(row, missing=False)


@post("/api/projects/practice", status_code=200, tags=["projects"], responses=refusals(403, 404, 409))
async def practice_project(parts: Parts, caller: Caller) -> Project:
    """Make an empty folder to try things in a project; trusted, as long as it brings nothing that agents obey."""
    above = str(start_folder(parts.roots))
    path, harmless = await asyncio.to_thread(_practice_folder, above, parts.roots)
    now = parts.clock.now()
    row = await parts.log.write(
        lambda conn: log.add_project(
            conn, user=caller.user, path=str(path), at=now, trusted_at=now if harmless else None
        )
    )
    return _resource(row, missing=False)


def _practice_folder(above: str, roots: Sequence[Path]) -> tuple[Path, bool]:
    """The folder, made where it is not, and whether it brings nothing. Raises FolderError."""
    try:
        path = folders.make(above, PRACTICE, roots)
    except folders.FolderExists:
        path = folders.allowed(str(Path(above) / PRACTICE), roots)
    return path, not brings(path)


@patch("/api/projects/{project:str}", tags=["projects"], responses=refusals(404, 409))
async def change_project(
    parts: Parts, caller: Caller, project: FromPath[str], data: RequestBody[ProjectChanges]
) -> Project:
    """Rename a project."""
    row = await project_of(parts, caller.user, project)
    if data.name is not None:
        name = data.name
        row = await parts.log.write(lambda conn: log.rename(conn, caller.user, row.id, name))
    return (await shown([row]))[0]


@get("/api/projects/{project:str}/brings", tags=["projects"], responses=refusals(404, 409))
async def project_brings(parts: Parts, caller: Caller, project: FromPath[str]) -> BringsList:
    """What the folder brings along that agents obey: read this before you trust it."""
    row = await project_of(parts, caller.user, project)
    if why := await missing(Path(row.path)):
        raise ApiError(409, "workspace-missing", f"The project's folder {row.path} {why}.")
    return BringsList(brings=await asyncio.to_thread(brings, Path(row.path)))


@post("/api/projects/{project:str}/trust", status_code=200, tags=["projects"], responses=refusals(404))
async def trust_project(parts: Parts, caller: Caller, project: FromPath[str]) -> Project:
    """Let agents start in the folder."""
    row = await project_of(parts, caller.user, project)
    now = parts.clock.now()
    trusted = await parts.log.write(lambda conn: log.trust_project(conn, caller.user, row.id, now))
    return (await shown([trusted]))[0]


async def project_of(parts: Context, user: int, project: str) -> log.Project:
    """The user's project by id or name. Raises ApiError."""
    row = await parts.log.read(lambda conn: log.get_project(conn, user, project))
    if row is None:
        raise not_found("project", project)
    return row


async def shown(rows: Sequence[log.Project]) -> list[Project]:
    """Projects as they are told: with whether their folders are there, which a drive may never say."""
    why = await asyncio.gather(*(missing(Path(row.path)) for row in rows))
    return [_resource(row, missing=bool(gone)) for row, gone in zip(rows, why, strict=True)]


def _resource(row: log.Project, *, missing: bool) -> Project:
    return Project(
        id=row.id,
        name=row.name,
        path=row.path,
        trusted=row.trusted,
        missing=missing,
        created_at=row.created_at,
        last_activity=row.last_activity,
    )


ROUTES = (list_projects, add_project, practice_project, change_project, project_brings, trust_project)
