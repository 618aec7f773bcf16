"""Who may come in by headers alone: DNS rebinding, cross-site requests, WebSocket hijacking."""

import pytest

from antiphon.server.config import public_url
from antiphon.server.gate import Gate, Headers

LOCAL = Gate(port=8420)
PUBLIC = Gate(port=8420, public_url=public_url("https://example.org/antiphon"))
EXPOSED = Gate(port=8420, expose=True, names=frozenset({"box", "box.local"}))


def refused(gate: Gate, method: str, **headers: str) -> str | None:
    """The refusal's code; headers by name with _ for -."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    refusal = gate.refuse(method, Headers.of(raw))
    return refusal.code if refusal else None


@pytest.mark.parametrize(
    ("gate", "host"),
    [
        (LOCAL, "127.0.0.1:8420"),
        (LOCAL, "localhost:8420"),
        (LOCAL, "LOCALHOST:8420"),
        (LOCAL, "[::1]:8420"),
        (PUBLIC, "example.org"),
        (PUBLIC, "127.0.0.1:8420"),
        (EXPOSED, "192.168.1.7:8420"),
        (EXPOSED, "[fe80::1]:8420"),
        (EXPOSED, "box.local:8420"),
        (Gate(port=80), "localhost"),
    ],
)
def test_our_own_names_come_in(gate: Gate, host: str) -> None:
    """The server answers to its loopback names with its port, and to its public name."""
    assert refused(gate, "GET", host=host) is None


@pytest.mark.parametrize(
    ("gate", "host"),
    [
        (LOCAL, "evil.example:8420"),
        (LOCAL, "127.0.0.1:8421"),
        (LOCAL, "127.0.0.1"),
        (LOCAL, "127.0.0.1:8420.evil.example"),
        (LOCAL, "localhost.evil.example:8420"),
        (LOCAL, "evil.example@127.0.0.1:8420"),
        (LOCAL, "127.0.0.1:08420x"),
        (LOCAL, "192.168.1.7:8420"),
        (LOCAL, ""),
        (PUBLIC, "example.org:8420"),
        (PUBLIC, "evil.example"),
        (EXPOSED, "evil.example:8420"),
        (EXPOSED, "192.168.1.7:80"),
    ],
)
def test_a_foreign_host_stays_out(gate: Gate, host: str) -> None:
    """DNS rebinding: a name of somebody else that points here is refused, whatever is asked."""
    assert refused(gate, "GET", host=host) == "unknown-host"
    assert refused(gate, "WEBSOCKET", host=host) == "unknown-host"


def test_a_request_needs_one_host() -> None:
    """Without Host, or with two of them, nothing can be checked."""
    assert refused(LOCAL, "GET") == "unknown-host"
    two = Headers.of([(b"host", b"127.0.0.1:8420"), (b"host", b"evil.example")])
    refusal = LOCAL.refuse("GET", two)
    assert refusal is not None
    assert refusal.code == "unknown-host"


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "WEBSOCKET"])
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://127.0.0.1:8421",
        "https://127.0.0.1:8420",
        "http://127.0.0.1:8420.evil.example",
        "null",
        "",
        "127.0.0.1:8420",
    ],
)
def test_another_site_stays_out(method: str, origin: str) -> None:
    """Cross-site requests and WebSocket hijacking: an Origin that is not exactly ours is refused."""
    headers = {"host": "127.0.0.1:8420", "origin": origin, "authorization": "Bearer x"}
    assert refused(LOCAL, method, **headers) == "foreign-origin"


@pytest.mark.parametrize("method", ["GET", "POST", "WEBSOCKET"])
def test_the_page_itself_comes_in(method: str) -> None:
    """The page's own Origin is ours, directly and behind the proxy."""
    assert refused(LOCAL, method, host="localhost:8420", origin="http://localhost:8420", cookie="a=b") is None
    assert refused(PUBLIC, method, host="example.org", origin="https://example.org", cookie="a=b") is None
    # A proxy may pass its own idea of Host on.
    assert refused(PUBLIC, method, host="127.0.0.1:8420", origin="https://example.org", cookie="a=b") is None


def test_the_public_name_is_not_trusted_in_the_clear() -> None:
    """http://example.org is not https://example.org: whoever sits on the wire could be it."""
    assert refused(PUBLIC, "POST", host="example.org", origin="http://example.org") == "foreign-origin"


def test_two_origins_are_a_foreign_one() -> None:
    """A doubled header must not slip through by its first value."""
    ours = (b"origin", b"http://127.0.0.1:8420")
    two = Headers.of([(b"host", b"127.0.0.1:8420"), ours, (b"origin", b"http://evil.example")])
    refusal = LOCAL.refuse("POST", two)
    assert refusal is not None
    assert refusal.code == "foreign-origin"


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "WEBSOCKET"])
def test_a_cookie_alone_changes_nothing(method: str) -> None:
    """Without Origin a cookie must come with Sec-Fetch-Site's word that the page itself asks."""
    host = "127.0.0.1:8420"
    assert refused(LOCAL, method, host=host, cookie="a=b") == "origin-missing"
    assert refused(LOCAL, method, host=host, cookie="a=b", sec_fetch_site="same-origin") is None
    assert refused(LOCAL, method, host=host, cookie="a=b", sec_fetch_site="none") is None
    assert refused(LOCAL, method, host=host, cookie="a=b", sec_fetch_site="cross-site") == "foreign-origin"
    # Another port of localhost is the same site, but another origin.
    assert refused(LOCAL, method, host=host, cookie="a=b", sec_fetch_site="same-site") == "foreign-origin"


@pytest.mark.parametrize("method", ["POST", "WEBSOCKET"])
def test_a_script_needs_no_origin(method: str) -> None:
    """An API token proves itself: no other site can make a browser send one."""
    assert refused(LOCAL, method, host="127.0.0.1:8420", authorization="Bearer x") is None
    assert refused(LOCAL, method, host="127.0.0.1:8420") is None


def test_reading_by_cookie_needs_no_origin() -> None:
    """Browsers send no Origin with a plain GET; SameSite=Strict keeps the cookie from other sites."""
    assert refused(LOCAL, "GET", host="127.0.0.1:8420", cookie="a=b") is None
