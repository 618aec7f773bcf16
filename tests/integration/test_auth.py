"""Only its owner comes in: sign-in, cookies, tokens, Host and Origin, on a real server (promise 10)."""

import re
import sqlite3
from collections.abc import Callable

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.rest import refusal
from tests.servers import RunningServer

OPEN = {
    ("GET", "/health"),
    ("GET", "/api/sign-in"),
    ("POST", "/api/sign-in"),
    ("POST", "/api/sign-in/password"),
}
"""The only routes that answer strangers."""


def test_no_route_answers_strangers(running_server: RunningServer) -> None:
    """Every route of the description, with no token, a wrong one and a wrong cookie: signed-out."""
    described = httpx.get(f"{running_server.url}/api/openapi.json").json()
    cookie = next(iter(running_server.browser().cookies))
    for path, item in described["paths"].items():
        for method in item:
            if (method.upper(), path) in OPEN:
                continue
            url = running_server.url + re.sub(r"\{\w+\}", "x", path)
            own = {"origin": running_server.url}
            for headers in ({}, {"authorization": "Bearer x"}, own | {"cookie": f"{cookie}=x"}):
                assert refusal(httpx.request(method, url, headers=headers)) == (401, "signed-out"), (
                    method,
                    path,
                )


def test_a_link_is_traded_for_a_cookie_once(running_server: RunningServer) -> None:
    """The cookie is closed to scripts and other sites; the link's second use is refused."""
    client = httpx.Client(base_url=running_server.url, headers={"origin": running_server.url})
    link = running_server.secret
    answer = client.post("/api/sign-in", json={"token": link})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert re.match(r"antiphon-[0-9a-f]{8}=[\w-]{43}; ", cookie)
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"):
        assert part in cookie
    assert "Secure" not in cookie
    assert client.get("/api/me").json()["user"] == answer.json()["user"]
    assert refusal(client.post("/api/sign-in", json={"token": link})) == (401, "link-unknown")


def test_the_cookie_survives_a_restart(running_server: RunningServer) -> None:
    """kill -9 and a new start: the page is still signed in."""
    client = running_server.browser()
    running_server.kill()
    running_server.restart()
    assert client.get("/api/me").status_code == 200


def test_the_cookie_is_renewed_when_the_page_loads(running_server: RunningServer) -> None:
    """30 days from the last load, in the browser and in the log."""
    client = running_server.browser()
    with sqlite3.connect(running_server.data_dir / "antiphon.db") as database:
        database.execute("UPDATE api_token SET expires_at = expires_at - 86400000 WHERE kind = 'cookie'")
    database.close()
    before = client.get("/api/tokens").json()["tokens"][0]["expiresAt"]
    assert "Max-Age=2592000" in client.get("/api/me").headers["set-cookie"]
    after = client.get("/api/tokens").json()["tokens"][0]["expiresAt"]
    assert after - before > 86_000_000


def test_failed_sign_ins_are_slowed_down(running_server: RunningServer) -> None:
    """After ten failures 429 with Retry-After, also for a good link; whoever is signed in notices nothing."""
    client = running_server.browser()
    link = running_server.link()
    stranger = httpx.Client(base_url=running_server.url)
    answers = [stranger.post("/api/sign-in", json={"token": f"wrong-{n}"}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 7
    assert refusal(stranger.post("/api/sign-in", json={"token": link})) == (429, "too-many-tries")
    assert client.get("/api/me").status_code == 200


def test_signing_out_ends_the_cookie_and_its_sockets(running_server: RunningServer) -> None:
    """The cookie is worth nothing any more, and an open socket by it is closed with a word."""
    client = running_server.browser()
    name, value = next(iter(client.cookies.items()))
    headers = {"cookie": f"{name}={value}"}
    with connect(ws(running_server), additional_headers=headers, origin=running_server.url) as socket:  # type: ignore[arg-type]
        assert '"welcome"' in socket.recv(timeout=5)
        answer = client.post("/api/sign-out")
        assert answer.status_code == 204
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert '"goodbye"' in socket.recv(timeout=5)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    again = httpx.get(f"{running_server.url}/api/me", headers=headers)
    assert refusal(again) == (401, "signed-out")


def test_a_revoked_token_is_let_in_no_more(running_server: RunningServer) -> None:
    """Over REST, at once; its socket ends as well."""
    page = running_server.browser()
    made = page.post("/api/tokens", json={"name": "script"}).json()
    headers = {"authorization": f"Bearer {made['secret']}"}
    listed = page.get("/api/tokens").json()["tokens"]
    assert {token["kind"]: token["current"] for token in listed} == {"cookie": True, "api": False}
    assert made["secret"] not in page.get("/api/tokens").text
    with connect(ws(running_server), additional_headers=headers) as socket:
        assert '"welcome"' in socket.recv(timeout=5)
        assert page.delete(f"/api/tokens/{made['id']}").status_code == 204
        assert refusal(page.delete(f"/api/tokens/{made['id']}")) == (404, "unknown-token")
        assert '"signed-out"' in socket.recv(timeout=5)
    assert httpx.get(f"{running_server.url}/api/me", headers=headers).status_code == 401


def ws(server: RunningServer) -> str:
    """The WebSocket's address."""
    return server.url.replace("http", "ws", 1) + "/ws"


@pytest.mark.parametrize("path", ["/", "/health", "/api/me", "/api/openapi.json", "/docs"])
def test_dns_rebinding_finds_nobody(running_server: RunningServer, path: str) -> None:
    """A foreign name that points to this machine gets nothing, not even the page."""
    answer = httpx.get(running_server.url + path, headers={"host": f"evil.example:{running_server.port}"})
    assert refusal(answer) == (403, "unknown-host")


def test_another_site_can_do_nothing(running_server: RunningServer) -> None:
    """A foreign Origin is refused before anything happens, with the owner's cookie, too."""
    client = running_server.browser()
    for origin in ("http://evil.example", "null", running_server.url.replace("127.0.0.1", "127.0.0.2")):
        refused = client.post("/api/tokens", json={"name": "stolen"}, headers={"origin": origin})
        assert refusal(refused) == (403, "foreign-origin")
    del client.headers["origin"]
    assert refusal(client.post("/api/tokens", json={"name": "stolen"})) == (403, "origin-missing")
    crossed = client.post("/api/tokens", json={"name": "stolen"}, headers={"sec-fetch-site": "cross-site"})
    assert refusal(crossed) == (403, "foreign-origin")
    assert len(client.get("/api/tokens").json()["tokens"]) == 1
    allowed = client.get("/api/me", headers={"origin": running_server.url}).headers
    assert not [name for name in allowed if name.startswith("access-control-")]


def test_a_websocket_cannot_be_hijacked(running_server: RunningServer) -> None:
    """Another site's page with the owner's cookie: the handshake is refused."""
    client = running_server.browser()
    name, value = next(iter(client.cookies.items()))
    headers = {"cookie": f"{name}={value}"}
    with pytest.raises(InvalidStatus) as foreign:
        connect(ws(running_server), additional_headers=headers, origin="http://evil.example")  # type: ignore[arg-type]
    assert foreign.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as missing:
        connect(ws(running_server), additional_headers=headers)
    assert missing.value.response.status_code == 403
    with pytest.raises(InvalidStatus) as nobody:
        connect(ws(running_server))
    assert nobody.value.response.status_code == 401


def test_a_public_url_names_origin_cookie_and_path(make_server: Callable[..., RunningServer]) -> None:
    """Behind https://example.org/antiphon: its Host and Origin, a Secure cookie of that path, all below the base."""
    server = make_server("--public-url", "https://example.org/antiphon")
    assert server.url == "https://example.org/antiphon"
    local = next(line for line in server.log().splitlines() if '"ready"' in line)
    port = re.search(r'"port": (\d+)', local)
    assert port is not None
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port[1]}/antiphon/",
        headers={"host": "example.org", "origin": "https://example.org"},
    )
    answer = client.post("api/sign-in", json={"token": server.secret})
    assert answer.status_code == 200
    assert "Secure" in answer.headers["set-cookie"]
    assert "Path=/antiphon;" in answer.headers["set-cookie"]
    value = answer.headers["set-cookie"].partition(";")[0]
    assert client.get("api/me", headers={"cookie": value}).status_code == 200
    assert '<base href="/antiphon/" />' in client.get("sessions/x").text
    # A proxy that takes the path away is served as well; another Host or plain http is not.
    bare = httpx.get(f"http://127.0.0.1:{port[1]}/health", headers={"host": "example.org"})
    assert bare.status_code == 200
    assert refusal(client.get("health", headers={"host": "example.net"})) == (403, "unknown-host")
    assert refusal(client.get("health", headers={"origin": "http://example.org"})) == (403, "foreign-origin")


def test_every_answer_carries_the_security_headers(running_server: RunningServer) -> None:
    """No sniffing, no referrer, no framing, and scripts only from the page's own files."""
    for path in ("/", "/health", "/api/nope", "/docs", "/nope.js"):
        headers = httpx.get(running_server.url + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers
    policy = httpx.get(running_server.url).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == "'self'"
    assert rules["connect-src"] == "'self'"
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
