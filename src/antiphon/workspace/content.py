"""What a file is, told from its bytes and its name, and a part of its text."""

import os
from typing import Literal

from msgspec import Struct

from antiphon.workspace.folder import Opened

PART_BYTES = 256 * 1024
"""Of a text at a time."""
PICTURE_BYTES = 32 * 1024 * 1024
HEAD_BYTES = 8192

ContentKind = Literal["text", "image", "pdf", "binary"]

_PICTURES: dict[bytes, str] = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"\0\0\1\0": "image/x-icon",
    b"BM": "image/bmp",
}
SVG = "image/svg+xml"
PDF = "application/pdf"
PLAIN = "application/octet-stream"


class Part(Struct, frozen=True, kw_only=True):
    """A piece of a text file."""

    text: str
    next: int | None
    """Where the next part begins, in bytes; None: this is the end."""


def media_type(head: bytes, name: str) -> str:
    """What the bytes are; a type that a browser draws only where the bytes are that."""
    if name.lower().endswith(".svg") and b"\0" not in head and b"<svg" in head:
        return SVG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:12] in {b"ftypavif", b"ftypavis"}:
        return "image/avif"
    if head.startswith(b"%PDF-"):
        return PDF
    return next((kind for magic, kind in _PICTURES.items() if head.startswith(magic)), PLAIN)


def kind_of(media_type: str, head: bytes) -> ContentKind:
    """How it can be shown."""
    if media_type.startswith("image/"):
        return "image"
    if media_type == PDF:
        return "pdf"
    return "binary" if _binary(head) else "text"


def _binary(head: bytes) -> bool:
    """As git tells it: a NUL among the first bytes. UTF-16 with its mark is text."""
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))


def head_of(file: Opened) -> bytes:
    """The first bytes."""
    return os.pread(file.handle, HEAD_BYTES, 0)


def part_of(file: Opened, at: int, head: bytes) -> Part:
    """The text from a byte on, cut after a line where there is one."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _utf16(file)
    raw = os.pread(file.handle, PART_BYTES, at)
    if at + len(raw) >= file.size:
        return Part(text=raw.decode("utf-8-sig" if at == 0 else "utf-8", "replace"), next=None)
    end = raw.rfind(b"\n") + 1 or _whole_characters(raw)
    return Part(text=raw[:end].decode("utf-8-sig" if at == 0 else "utf-8", "replace"), next=at + end)


def _utf16(file: Opened) -> Part:
    raw = os.pread(file.handle, PART_BYTES, 0)
    more = "" if len(raw) == file.size else "\n…"
    return Part(text=raw[: len(raw) // 2 * 2].decode("utf-16", "replace") + more, next=None)


def _whole_characters(raw: bytes) -> int:
    """The length without a character that was cut at the end."""
    for back in range(1, min(4, len(raw)) + 1):
        if raw[-back] >= 0xC0:
            return len(raw) - back
        if raw[-back] < 0x80:
            break
    return len(raw)
