"""A password beside the links: set, used, guessed at and taken away, on a real server."""

import sqlite3

import httpx
import pytest

from tests.rest import refusal
from tests.servers import RunningServer

pytestmark = pytest.mark.timeout(240)
"""Hashing is meant to be slow, and a busy machine makes it slower."""

GOOD = "correct horse battery"


def stranger(server: RunningServer) -> httpx.Client:
    """A browser that nobody is signed in with."""
    return httpx.Client(base_url=server.url, headers={"origin": server.url}, timeout=120)


def tried(client: httpx.Client, password: str) -> httpx.Response:
    return client.post("/api/sign-in/password", json={"password": password})


def test_a_password_signs_in_until_it_is_taken_away(running_server: RunningServer) -> None:
    """None at first; what is set works over a restart; its text is nowhere; without it links still do."""
    owner, other = running_server.browser(), stranger(running_server)
    assert other.get("/api/sign-in").json() == {"password": False}
    assert refusal(tried(other, "")) == (401, "password-wrong")
    assert refusal(owner.put("/api/password", json={"password": "short"})) == (400, "invalid")
    assert owner.put("/api/password", json={"password": GOOD}).status_code == 204
    running_server.restart()
    assert other.get("/api/sign-in").json() == {"password": True}
    answer = tried(other, GOOD)
    assert answer.status_code == 200
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert other.get("/api/me").json()["user"] == owner.get("/api/me").json()["user"]
    for path in running_server.data_dir.rglob("*"):
        assert not path.is_file() or GOOD.encode() not in path.read_bytes()
    assert GOOD not in running_server.log()
    with sqlite3.connect(running_server.data_dir / "antiphon.db") as database:
        (kept,) = database.execute("SELECT hash FROM password").fetchone()
    database.close()
    assert kept.startswith("$argon2id$")
    assert owner.delete("/api/password").status_code == 204
    assert refusal(tried(stranger(running_server), GOOD)) == (401, "password-wrong")
    assert other.get("/api/me").status_code == 200


def test_it_is_set_where_the_server_runs(running_server: RunningServer) -> None:
    """`antiphon password`, from stdin, beside the running server; never as an argument."""
    assert running_server.command("password", "set", typed="short\n").returncode == 2
    made = running_server.command("password", "set", typed=f"{GOOD}\n")
    assert made.returncode == 0, made.stderr
    assert GOOD not in made.stdout + made.stderr
    assert tried(stranger(running_server), GOOD).status_code == 200
    assert running_server.command("password", "remove").returncode == 0
    assert refusal(tried(stranger(running_server), GOOD)) == (401, "password-wrong")
