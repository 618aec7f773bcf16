"""The page: the built files of web/, read once and kept compressed in memory.

Hashed files never change and are cached for ever; `index.html` is asked for anew each time.
It is given its `<base href>`, so that one build serves any `--public-url` path.
"""

import gzip
import hashlib
import html
import mimetypes
import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

STATIC = Path(__file__).parent.parent / "static"

NOT_BUILT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Antiphon</title>"
    "<h1>The page is not built</h1><p>The server runs, but this installation has no page. "
    "In a checkout, build it with <code>./dev run</code>.</p>"
)

HASHED = re.compile(r"^assets/.+-[A-Za-z0-9_-]{8,}\.\w+$")
"""File names that carry a hash of their content, as Vite makes them."""

TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml", "application/manifest+json")
GZIP_MIN_BYTES = 512

WORKER = "sw.js"
"""The page's offline worker (web/scripts/offline-worker.js)."""

RETIRED = b"""// serve --no-offline: takes the page's offline worker away again, with all that it kept.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  const own = `antiphon:${new URL(self.registration.scope).pathname}:`;
  const forget = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith(own)).map((name) => caches.delete(name))));
  event.waitUntil(forget.then(() => self.registration.unregister()));
});
"""

Headers = list[tuple[bytes, bytes]]


class File(Struct, frozen=True, kw_only=True):
    """One file as it is sent."""

    media_type: str
    body: bytes
    """Compressed where `zipped`: memory holds one of the two."""
    zipped: bool
    etag: str
    immutable: bool


class Reply(Struct, frozen=True, kw_only=True):
    """An HTTP answer."""

    status: int
    headers: Headers
    body: bytes


class Page:
    """All files of the page."""

    def __init__(self, folder: Path, base: str, *, offline: bool = True) -> None:
        """`offline`: browsers may keep the page; else those that did forget it."""
        self._folder, self._base, self._offline = folder, base, offline
        self._files: dict[str, File] = {}

    @property
    def built(self) -> bool:
        """Whether there is a page at all."""
        return (self._folder / "index.html").is_file()

    def answer(self, path: str, *, accepts_gzip: bool, known: str | None) -> Reply:
        """The file at `path` (without the base); an address of the page's own gets the page.

        `known` is the request's `If-None-Match`.
        """
        name = path.strip("/") or "index.html"
        if not self.built:
            return _unbuilt()
        file = self._file(name)
        if file is None and (name.startswith("sessions/") or "." not in name.rpartition("/")[2]):
            file = self._file("index.html")
        if file is None:
            return Reply(
                status=404, headers=[(b"content-type", b"text/plain; charset=utf-8")], body=b"Not found.\n"
            )
        if known is not None and file.etag in known:
            return Reply(status=304, headers=_headers(file), body=b"")
        return _whole(file, accepts_gzip)

    def _file(self, name: str) -> File | None:
        if name not in self._files:
            path = self._folder / name
            # Looked up among the files there are: a path that leads out is simply none of them.
            if name not in self._names():
                return None
            self._files[name] = _file(name, self._body(name, path.read_bytes()))
        return self._files[name]

    def _body(self, name: str, built: bytes) -> bytes:
        if name == "index.html":
            return _based(built, self._base)
        return RETIRED if name == WORKER and not self._offline else built

    def _names(self) -> Iterable[str]:
        return {
            path.relative_to(self._folder).as_posix() for path in self._folder.rglob("*") if path.is_file()
        }


def _based(page: bytes, base: str) -> bytes:
    tag = f'<base href="{html.escape(base)}/" />'.encode()
    return re.sub(rb"<head>", b"<head>" + tag.replace(b"\\", b"\\\\"), page, count=1)


def _file(name: str, body: bytes) -> File:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith((".js", ".mjs")):
        media_type = "text/javascript"
    compressible = media_type.startswith(TEXT) and len(body) >= GZIP_MIN_BYTES
    return File(
        media_type=f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type,
        body=gzip.compress(body, 9, mtime=0) if compressible else body,
        zipped=compressible,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        immutable=HASHED.match(name) is not None,
    )


def _unbuilt() -> Reply:
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    return Reply(status=503, headers=headers, body=NOT_BUILT.encode())


def _whole(file: File, accepts_gzip: bool) -> Reply:
    headers = [*_headers(file), (b"content-type", file.media_type.encode())]
    if not file.zipped:
        return Reply(status=200, headers=headers, body=file.body)
    if accepts_gzip:
        return Reply(status=200, headers=[*headers, (b"content-encoding", b"gzip")], body=file.body)
    return Reply(status=200, headers=headers, body=gzip.decompress(file.body))


def _headers(file: File) -> Headers:
    age = b"public, max-age=31536000, immutable" if file.immutable else b"no-cache"
    return [(b"cache-control", age), (b"etag", file.etag.encode()), (b"vary", b"accept-encoding")]
