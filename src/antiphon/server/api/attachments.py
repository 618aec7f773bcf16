"""Attachments: uploaded once, named by the hash of their bytes, seen by their owner alone."""

import asyncio
import re
from typing import Annotated
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter, RawBody

from antiphon.log import attachments as log
from antiphon.server.connection import LIMITS
from antiphon.server.dependencies import AnyRequest, Caller, Parts
from antiphon.server.errors import ApiError, not_found, refusals
from antiphon.server.rest import Attachment, Attachments

MEDIA_TYPE = re.compile(r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$")

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show in its place; all else is only saved (an HTML page must not run as ours)."""

IDS_LIMIT = 100
"""Attachments that are told of in one answer."""

Ids = Annotated[str, QueryParameter(max_length=65 * IDS_LIMIT)]
FileName = Annotated[str, QueryParameter(name="name", min_length=1, max_length=255)]


@post(
    "/api/attachments",
    status_code=201,
    tags=["attachments"],
    request_max_body_size=LIMITS.attachment_bytes,
    responses=refusals(400, 413, 507),
)
async def add_attachment(
    request: AnyRequest, parts: Parts, caller: Caller, body: RawBody, name: FileName
) -> Attachment:
    """Upload a file: its bytes are the body, its Content-Type the header's."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not MEDIA_TYPE.match(media_type):
        raise ApiError(
            400, "invalid", "The header Content-Type must name the file's type, such as image/png."
        )
    try:
        id = await asyncio.to_thread(log.store, parts.log.folder, body)
    except OSError as error:
        message = f"The file cannot be stored: {error.strerror}. Free some space where the server runs."
        raise ApiError(507, "storage-full", message) from None
    row = await parts.log.write(
        lambda conn: log.add(
            conn,
            id=id,
            user=caller.user,
            name=_plain(name),
            media_type=media_type,
            size=len(body),
            at=parts.clock.now(),
        )
    )
    return _resource(row)


def _resource(row: log.Attachment) -> Attachment:
    return Attachment(id=row.id, name=row.name, media_type=row.media_type, size=row.size)


def _plain(name: str) -> str:
    """A file's name alone, without folders and control characters."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable()) or "file"


@get("/api/attachments", tags=["attachments"], responses=refusals(400))
async def list_attachments(parts: Parts, caller: Caller, ids: Ids) -> Attachments:
    """What these attachments are; `ids` with commas between. One that is not yours is left out."""
    wanted = list(dict.fromkeys(filter(None, ids.split(","))))
    if len(wanted) > IDS_LIMIT:
        raise ApiError(400, "invalid", f"ids: at most {IDS_LIMIT} at once.")
    rows = await parts.log.read(lambda conn: log.get_all(conn, caller.user, wanted))
    return Attachments(attachments=[_resource(row) for row in rows])


@get("/api/attachments/{attachment:str}", tags=["attachments"], responses=refusals(404))
async def get_attachment(parts: Parts, caller: Caller, attachment: FromPath[str]) -> Response[bytes]:
    """The bytes of an attachment."""
    row = await parts.log.read(lambda conn: log.get(conn, caller.user, attachment))
    path = log.path_of(parts.log.folder, row.id) if row else None
    if row is None or path is None or not await asyncio.to_thread(path.is_file):
        raise not_found("attachment", attachment)
    shown = row.media_type in SHOWN
    return Response(
        await asyncio.to_thread(path.read_bytes),
        media_type=row.media_type if shown else "application/octet-stream",
        headers={
            "content-disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(row.name)}",
            "content-security-policy": "sandbox; default-src 'none'",
            "cache-control": "private, max-age=31536000, immutable",
        },
    )


ROUTES = (add_attachment, list_attachments, get_attachment)
