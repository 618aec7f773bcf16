"""Which requests may come in at all, told from their headers alone.

Three attacks are met here, before anything else looks at a request:

1. DNS rebinding: a foreign name made to point at this machine. `Host` must be one of ours.
2. Cross-site requests and WebSocket hijacking: another site's page making the person's
   browser act. A request with an `Origin` must have one of ours, whatever its method.
3. The same without `Origin` (old browsers, odd clients): what changes something, or opens a
   WebSocket, by cookie must show by `Sec-Fetch-Site` that it is the page's own. An API token
   needs no such proof: no other site can make a browser send one.
"""

import ipaddress
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from antiphon.server.config import PublicUrl

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

OWN_FETCH = frozenset({"same-origin", "none"})
"""`Sec-Fetch-Site` of the page's own requests, and of the person's own navigation."""

RefusalCode = Literal["unknown-host", "foreign-origin", "origin-missing"]


class Refusal(Struct, frozen=True):
    """Why a request does not come in."""

    code: RefusalCode
    message: str


class Headers(Struct, frozen=True, kw_only=True):
    """The headers that the gate looks at; None: absent, or there more than once."""

    host: str | None = None
    origin: str | None = None
    fetch_site: str | None = None
    authorization: bool = False
    cookie: bool = False

    @classmethod
    def of(cls, raw: Iterable[tuple[bytes, bytes]]) -> "Headers":
        """Pick them out of ASGI's raw headers."""
        found: dict[bytes, list[str]] = {}
        for name, value in raw:
            found.setdefault(name, []).append(value.decode("latin-1"))

        def one(name: bytes) -> str | None:
            values = found.get(name, [])
            return values[0] if len(values) == 1 else None

        return cls(
            host=one(b"host"),
            # Two Origins are a foreign one: neither can be believed.
            origin=one(b"origin") if len(found.get(b"origin", [])) < 2 else "null",
            fetch_site=one(b"sec-fetch-site"),
            authorization=b"authorization" in found,
            cookie=b"cookie" in found,
        )


class Gate(Struct, frozen=True, kw_only=True):
    """What this server answers to."""

    port: int
    public_url: PublicUrl | None = None
    expose: bool = False
    names: frozenset[str] = frozenset()
    """With `expose`: what this machine is called by its neighbours."""

    def refuse(self, method: str, headers: Headers) -> Refusal | None:
        """None: come in. `method` is the HTTP method, or "WEBSOCKET"."""
        if headers.host is None or not self._ours(headers.host):
            return Refusal(
                "unknown-host",
                "The server does not answer to this name. Use the address it printed at its start; "
                "where a proxy stands before it, start it with --public-url and the proxy's address.",
            )
        if headers.origin is not None:
            return None if self._origin_ours(headers.origin) else _FOREIGN
        if method in SAFE_METHODS or headers.fetch_site in OWN_FETCH:
            return None
        if headers.fetch_site is not None:
            return _FOREIGN
        return None if headers.authorization or not headers.cookie else _MISSING

    def _ours(self, authority: str) -> bool:
        authority = authority.lower()
        if self.public_url and authority == self.public_url.authority:
            return True
        name, port = _split(authority)
        return port == self.port and (name in LOOPBACK_NAMES or (self.expose and self._neighbour(name)))

    def _origin_ours(self, origin: str) -> bool:
        scheme, separator, authority = origin.lower().partition("://")
        if self.public_url and origin.lower() == self.public_url.origin:
            return True
        name, port = _split(authority)
        known = name in LOOPBACK_NAMES or (self.expose and self._neighbour(name))
        return bool(separator) and scheme == "http" and port == self.port and known

    def _neighbour(self, name: str) -> bool:
        # An address, unlike a name, cannot be made to point elsewhere: no rebinding.
        return name in self.names or _is_address(name)


def _split(authority: str) -> tuple[str, int]:
    """("name", port); the port of http where none is named; -1: no port at all."""
    name, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority, 80
    return name, int(port) if port.isascii() and port.isdecimal() else -1


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


_FOREIGN = Refusal(
    "foreign-origin",
    "The request comes from another site. Open the page by the address that the server printed; "
    "where a proxy stands before it, start the server with --public-url and the proxy's address.",
)
_MISSING = Refusal(
    "origin-missing",
    "A request signed by cookie must carry Origin or Sec-Fetch-Site. Scripts use an API token: antiphon token create.",
)
