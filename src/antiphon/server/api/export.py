"""A session to take along: as Markdown for people, as JSON for programs; read and sent page by page."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Literal

import msgspec
from litestar import get
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream
from msgspec import Struct

from antiphon.log import events as log
from antiphon.log.sessions import Session
from antiphon.model.events import AnyEvent
from antiphon.model.state import State, apply
from antiphon.server import markdown
from antiphon.server.api.sessions import session_of
from antiphon.server.context import Context
from antiphon.server.dependencies import Caller, Parts
from antiphon.server.errors import refusals
from antiphon.server.rows import session_row
from antiphon.server.saved_names import disposition

PAGE_BYTES = 256 * 1024
"""Events in memory at a time, unless one event alone is larger."""

Format = Annotated[Literal["markdown", "json"], QueryParameter()]


class _Glance(Struct, frozen=True):
    """As much of an event as its place in the file depends on."""

    type: str
    item: str | None = None
    text: str = ""


_decode = msgspec.json.Decoder(AnyEvent).decode
_glance = msgspec.json.Decoder(_Glance).decode
_encode = msgspec.json.encode


@get("/api/sessions/{session:str}/export", tags=["sessions"], responses=refusals(404))
async def export_session(
    parts: Parts, caller: Caller, session: FromPath[str], format: Format = "markdown"
) -> Stream:
    """The whole conversation as a file: Markdown for people, or JSON with all events but the deltas.

    What an item says stands in its `item-completed`, whole; `open` holds what is not completed yet.
    """
    row = await session_of(parts, caller.user, session)
    if row.provider in parts.importing.archives:  # another program may have gone on with it
        await (await parts.supervisor.get(caller.user, session)).caught_up()
        row = await session_of(parts, caller.user, session)
    write, media_type, ending = _FORMATS[format]
    headers = {
        "content-disposition": disposition(f"{row.title or 'session'}.{ending}"),
        "cache-control": "no-store",
    }
    return Stream(write(parts, row), media_type=media_type, headers=headers)


async def _pages(parts: Context, row: Session) -> AsyncIterator[list[bytes]]:
    """All events up to the head of now, in order."""
    cursor = 0
    while cursor < row.head:
        read = partial(log.read_after, session=row.key, cursor=cursor, limit_bytes=PAGE_BYTES, to=row.head)
        rows = await parts.log.read(read)
        if not rows:
            return  # the log's last numbers may be holes
        cursor = rows[-1][0]
        yield [body for _, body in rows]


async def _json(parts: Context, row: Session) -> AsyncIterator[bytes]:
    head = {"format": "antiphon.session.v1", "epoch": row.epoch, "session": session_row(row)}
    yield _encode(head)[:-1] + b',"events":['
    separator = b"\n"
    items = OpenItems()
    async for page in _pages(parts, row):
        if kept := [body for body in page if items.keeps(body)]:
            yield separator + b",\n".join(kept)
            separator = b",\n"
    yield b'\n],"open":' + _encode(items.texts()) + b"}\n"


class OpenItems:
    """What the deltas of items say that are not completed."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}

    def keeps(self, body: bytes) -> bool:
        """Whether the event stands in the file; a delta is remembered instead."""
        event = _glance(body)
        if event.type == "item-delta" and event.item:
            self._texts.setdefault(event.item, []).append(event.text)
            return False
        if event.type in ("item-completed", "item-discarded", "item-updated"):
            self._texts.pop(event.item or "", None)
        return True

    def texts(self) -> dict[str, str]:
        """By item: what was said since its last event that stands in the file."""
        return {item: "".join(pieces) for item, pieces in self._texts.items()}


async def _markdown(parts: Context, row: Session) -> AsyncIterator[bytes]:
    """Turn by turn, each as soon as a later one has begun."""
    yield markdown.heading(row).encode()
    state = State(turns=[])
    async for page in _pages(parts, row):
        for body in page:
            apply(state, _decode(body))
        while len(state.turns) > 1 and state.turns[0].status != "running":
            yield markdown.turn(state.turns.pop(0)).encode()
    for turn in state.turns:
        yield markdown.turn(turn).encode()


_FORMATS = {
    "markdown": (_markdown, "text/markdown", "md"),
    "json": (_json, "application/json", "json"),
}

ROUTES = (export_session,)
