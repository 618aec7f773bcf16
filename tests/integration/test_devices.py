"""What is signed in, and where the data lies: told to the owner, and put in order, on a real server."""

import httpx
from websockets.sync.client import connect

from tests.rest import refusal
from tests.servers import RunningServer

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(server: RunningServer, user_agent: str = LINUX) -> httpx.Client:
    """Another browser."""
    client = httpx.Client(base_url=server.url, headers={"origin": server.url, "user-agent": user_agent})
    client.post("/api/sign-in", json={"token": server.link()}).raise_for_status()
    return client


def test_all_other_browsers_are_signed_out_at_once(running_server: RunningServer) -> None:
    """Their sockets end, unused links sign nobody in; this one and the API tokens stay. Browsers have names."""
    here, there = running_server.browser(), signed_in(running_server)
    script, unused = running_server.client(), running_server.link()
    names = [token["name"] for token in here.get("/api/tokens").json()["tokens"]]
    assert "Firefox on Linux" in names
    name, value = next(iter(there.cookies.items()))
    address = running_server.url.replace("http", "ws", 1) + "/ws"
    with connect(
        address,
        additional_headers={"cookie": f"{name}={value}"},
        origin=running_server.url,  # type: ignore[arg-type]
    ) as socket:
        assert '"welcome"' in socket.recv(timeout=5)
        assert here.post("/api/sign-out/others").status_code == 204
        assert '"signed-out"' in socket.recv(timeout=5)
    assert refusal(there.get("/api/me")) == (401, "signed-out")
    assert refusal(there.post("/api/sign-in", json={"token": unused})) == (401, "link-unknown")
    left = here.get("/api/tokens").json()["tokens"]
    assert sorted((token["kind"], token["current"]) for token in left) == [("api", False), ("cookie", True)]
    assert script.get("/api/me").status_code == 200


def test_what_the_data_takes_is_told(running_server: RunningServer) -> None:
    """By kind, as the files are; an attachment is counted where it belongs."""
    with running_server.client() as client:
        before = client.get("/api/storage").json()
        picture = b"\x89PNG\r\n\x1a\n" + bytes(5000)
        client.post(
            "/api/attachments?name=a.png", content=picture, headers={"content-type": "image/png"}
        ).raise_for_status()
        after = client.get("/api/storage").json()
    sizes = [{kind["kind"]: kind["bytes"] for kind in one["kinds"]} for one in (before, after)]
    assert before["path"] == str(running_server.data_dir)
    assert sizes[0]["history"] >= (running_server.data_dir / "antiphon.db").stat().st_size > 0
    assert sizes[1]["attachments"] - sizes[0]["attachments"] == len(picture)
    assert 0 < before["free"] <= before["total"]
