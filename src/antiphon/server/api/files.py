"""A project's files, to be read: folders, texts by parts, and bytes that a browser cannot run."""

import asyncio
import os
from collections.abc import AsyncIterator
from io import FileIO
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from antiphon.server import rest_changes as rest
from antiphon.server.api.changes import PathText, shown, trusted_project
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import refusals
from antiphon.workspace import content, folder

CHUNK_BYTES = 256 * 1024

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""For whatever of a project is opened by itself: no script, no request, an origin of its own."""

Offset = Annotated[int, QueryParameter(ge=0)]


@get("/api/projects/{project:str}/files", tags=["files"], responses=refusals(404, 409))
async def list_files(
    parts: Parts, caller: Caller, project: FromPath[str], path: PathText = "", offset: Offset = 0
) -> rest.FilesPage:
    """What is in a folder of the project, 1,000 entries at a time; `offset` is the `next` of the page before."""
    row = await trusted_project(parts, caller.user, project)
    root = Path(row.path)
    found = await asyncio.to_thread(folder.listing, root, path, offset)
    names = [entry.name for entry in found.entries]
    ignored = await parts.workspaces.ignored(row.id, root, path, names)
    end = offset + len(found.entries)
    return rest.FilesPage(
        path=path,
        entries=[
            rest.FileEntry(
                name=shown(each.name), kind=each.kind, size=each.size, ignored=each.name in ignored
            )
            for each in found.entries
        ],
        total=found.total,
        next=end if end < found.total else None,
    )


@get("/api/projects/{project:str}/files/content", tags=["files"], responses=refusals(404, 409))
async def get_content(
    parts: Parts, caller: Caller, project: FromPath[str], path: PathText, at: Offset = 0
) -> rest.FilePart:
    """A file, and 256 KiB of its text; `at` is the `next` of the part before."""
    row = await trusted_project(parts, caller.user, project)
    return await asyncio.to_thread(_part, Path(row.path), path, at)


def _part(root: Path, path: str, at: int) -> rest.FilePart:
    with folder.opened(root, path) as file:
        head = content.head_of(file)
        media_type = content.media_type(head, path)
        kind = content.kind_of(media_type, head)
        readable = kind == "text" or media_type == content.SVG
        part = content.part_of(file, at, head) if readable else None
        return rest.FilePart(
            path=path,
            kind=kind,
            media_type=media_type,
            size=file.size,
            modified=file.modified,
            text=part.text if part else None,
            next=part.next if part else None,
        )


@get("/api/projects/{project:str}/files/raw", tags=["files"], responses=refusals(404, 409))
async def get_raw(
    parts: Parts, caller: Caller, project: FromPath[str], path: PathText, download: FromQuery[bool] = False
) -> Stream:
    """A file's bytes. Pictures and PDFs may be shown in their place, in a sandbox; all else is only saved."""
    row = await trusted_project(parts, caller.user, project)
    file, size, media_type = await asyncio.to_thread(_open, Path(row.path), path)
    inline = media_type != content.PLAIN and not download
    name = quote(path.rpartition("/")[2])
    return Stream(
        _bytes(file, size),
        media_type=media_type,
        headers={
            "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}",
            "content-security-policy": SANDBOX,
            "content-length": str(size),
            "cache-control": "private, no-cache",
        },
    )


def _open(root: Path, path: str) -> tuple[FileIO, int, str]:
    """The file, its size, and what it is."""
    with folder.opened(root, path) as file:
        media_type = content.media_type(content.head_of(file), path)
        return FileIO(os.dup(file.handle)), file.size, media_type


async def _bytes(file: FileIO, size: int) -> AsyncIterator[bytes]:
    """As many as were promised: the file may grow meanwhile."""
    with file:
        while size and (chunk := await asyncio.to_thread(file.read, min(size, CHUNK_BYTES))):
            size -= len(chunk)
            yield chunk


ROUTES = (list_files, get_content, get_raw)
