"""Folders to pick a project from, within the allowed roots."""

import asyncio

from litestar import get, post
from litestar.params import FromQuery, RequestBody

from antiphon.log import projects as log
from antiphon.server import folders
from antiphon.server.config import start_folder
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import refusals
from antiphon.server.rest import Folder, Folders, MadeFolder, NewFolder


@get("/api/folders", tags=["projects"], responses=refusals(403, 404))
async def list_folders(parts: Parts, caller: Caller, path: FromQuery[str | None] = None) -> Folders:
    """A folder and the folders in it; without `path` the home folder, where that is allowed."""
    roots = parts.roots
    here = await asyncio.to_thread(folders.allowed, path or str(start_folder(roots)), roots)
    found = await asyncio.to_thread(folders.inside, here, roots)
    rows = await parts.log.read(lambda conn: log.list_projects(conn, caller.user))
    known = {row.path: row.id for row in rows}
    above = folders.parent(here, roots)
    return Folders(
        path=str(here),
        parent=str(above) if above else None,
        roots=[str(root) for root in roots],
        folders=[Folder(name=f.name, path=f.path, git=f.git, project=known.get(f.path)) for f in found],
    )


@post("/api/folders", status_code=200, tags=["projects"], responses=refusals(403, 404, 409))
async def make_folder(parts: Parts, caller: Caller, data: RequestBody[NewFolder]) -> MadeFolder:
    """Make a folder in a folder."""
    made = await asyncio.to_thread(folders.make, data.parent, data.name, parts.roots)
    return MadeFolder(path=str(made))


ROUTES = (list_folders, make_folder)
