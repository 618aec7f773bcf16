"""Claude Code's own sessions in the lists of a real server: found, shown, followed, never touched."""

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers import RunningServer

RECORDED = Path(__file__).parents[1] / "transcripts" / "claude-history"
NATIVES = {"many": "2065d5eb-f03d-462f-8735-5fe045918a77", "resumed": "3fb1ed79-35b3-4602-947e-65406da3e003"}
WAIT_SECONDS = 20.0

Make = Callable[..., RunningServer]


class Home:
    """A user's home with Claude Code's transcripts, and a server that runs there."""

    def __init__(self, folder: Path, make_server: Make) -> None:
        self.folder, self._make = folder, make_server
        self.project = folder / "root" / "site"
        self.project.mkdir(parents=True)
        self.projects = folder / "home" / ".claude" / "projects"

    def record(
        self, name: str, native: str = "", *, lines: int | None = None, cwd: Path | None = None
    ) -> Path:
        """Put a recorded transcript into the home, as if it had taken place in `cwd`."""
        native = native or NATIVES[name]
        recorded = (RECORDED / f"{name}.jsonl").read_text().splitlines(keepends=True)[:lines]
        text = "".join(recorded).replace("/project", str(cwd or self.project)).replace(NATIVES[name], native)
        path = self.projects / "-site" / f"{native}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def serve(self) -> RunningServer:
        environment = {"HOME": str(self.folder / "home"), "ANTIPHON_NO_IMPORT": ""}
        return self._make(folder=self.folder, environment=environment)


@pytest.fixture
def home(tmp_path: Path, make_server: Make) -> Home:
    return Home(tmp_path, make_server)


def until(check: Callable[[], Any], what: str) -> Any:
    """Look again until it is so, with a limit."""
    end = time.monotonic() + WAIT_SECONDS
    while not (found := check()):
        assert time.monotonic() < end, f"not within {WAIT_SECONDS:g} s: {what}"
        time.sleep(0.05)
    return found


def imported(client: httpx.Client) -> dict[str, Any]:
    """The imports, once a pass is over."""

    def look() -> dict[str, Any] | None:
        page = client.get("/api/imports").json()
        return page if not page["running"] and page["imported"] + page["skippedCount"] else None

    return until(look, "the imports are done")


def sessions(client: httpx.Client) -> list[dict[str, Any]]:
    return client.get("/api/sessions").json()["sessions"]


def events(client: httpx.Client, session: str) -> list[dict[str, Any]]:
    return client.get(f"/api/sessions/{session}/events").json()["events"]


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p): (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns) for p in files}


def test_sessions_of_claude_code_are_in_the_lists_and_read(home: Home) -> None:
    """Each transcript is a session of its folder's project, untrusted, with its title and time; opened, it is there whole."""
    home.record("many")
    home.record("resumed")
    before = fingerprint(home.projects)
    server = home.serve()
    with server.client() as client:
        assert imported(client)["imported"] == 2
        rows = {row["title"]: row for row in sessions(client)}
        assert set(rows) == {"REJECT please", "SAY please"}
        row = rows["SAY please"]
        assert (row["provider"], row["imported"], row["projectName"]) == ("claude", True, "site")
        assert row["lastActivity"] == 1795373187248
        project = client.get("/api/projects").json()["projects"][0]
        assert (project["path"], project["trusted"]) == (str(home.project), False)
        found = events(client, row["id"])
        assert [event["text"] for event in found if event["type"] == "turn-started"] == [
            "SAY please", "BASH please", "EDIT please", "TODO please", "SAY please",
        ]  # fmt: skip
        assert events(client, row["id"]) == found
        after = {row["title"]: row for row in sessions(client)}["SAY please"]
        assert (after["lastActivity"], after.get("state", "idle"), after["title"]) == (
            row["lastActivity"],
            "idle",
            row["title"],
        )
    assert fingerprint(home.projects) == before


def test_a_restart_imports_nothing_twice(home: Home) -> None:
    """What was imported is known by path, size and time; what was read stays as it is, what grew brings the rest."""
    path = home.record("resumed", lines=23)
    server = home.serve()
    with server.client() as client:
        imported(client)
        (row,) = sessions(client)
        first = events(client, row["id"])
    server.kill()
    home.record("resumed")
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1))
    server.restart()
    with server.client() as client:
        until(
            lambda: sessions(client)[0]["lastActivity"] == 1795373187248, "the row shows what was said since"
        )
        assert [each["id"] for each in sessions(client)] == [row["id"]]
        again = events(client, row["id"])
        assert again[: len(first)] == first
        seqs = [event["seq"] for event in again]
        assert seqs == list(range(1, len(seqs) + 1))
        ends = [
            event["turn"]
            for event in again
            if event["type"].startswith("turn-") and event["type"] != "turn-started"
        ]
        assert len(ends) == len(set(ends)) == 5


def test_what_is_skipped_is_told(home: Home) -> None:
    """Empty, of a sub-agent, without a conversation, with its folder gone, unreadable by name: each with its reason."""
    home.record("resumed")
    place = home.projects / "-site"
    (place / "0b9c5f62-6f1e-4a57-9d0e-5d1f2b3c4d5e.jsonl").write_text("")
    (place / "agent-a5a3117e6f53d89bf.jsonl").write_text("{}\n")
    (place / "notes.jsonl").write_text('{"type":"user"}\n')
    (place / "1b9c5f62-6f1e-4a57-9d0e-5d1f2b3c4d5e.jsonl").write_text('{"type":"mode","sessionId":"x"}\n')
    home.record("many", cwd=home.project.parent / "gone")
    server = home.serve()
    with server.client() as client:
        page = imported(client)
        reasons = {Path(each["path"]).name[:8]: each["reason"] for each in page["skipped"]}
        assert reasons == {
            "0b9c5f62": "empty", "agent-a5": "sub-agent", "notes.js": "not-a-session", "1b9c5f62": "empty",
            "2065d5eb": "folder-gone",
        }  # fmt: skip
        assert page["skippedCount"] == 5
        (home.project.parent / "gone").mkdir()
        client.post("/api/imports")
        until(lambda: len(sessions(client)) == 2, "the folder came back, and its session with it")


def test_a_file_that_goes_takes_only_what_nobody_opened(home: Home) -> None:
    """A session that was never opened goes with its file; one that was read stays."""
    unread, opened = home.record("many"), home.record("resumed")
    server = home.serve()
    with server.client() as client:
        imported(client)
        row = next(row for row in sessions(client) if row["title"] == "SAY please")
        assert events(client, row["id"])
        unread.unlink()
        opened.unlink()
        client.post("/api/imports")
        until(lambda: [each["id"] for each in sessions(client)] == [row["id"]], "the unread one is gone")
        assert events(client, row["id"])


def test_nobody_else_sees_them(home: Home) -> None:
    """Without signing in there is nothing to see of it."""
    home.record("resumed")
    server = home.serve()
    with server.client() as client:
        imported(client)
    assert httpx.get(f"{server.url}/api/imports").status_code == 401


def test_no_import_means_none(home: Home, make_server: Make) -> None:
    """`--no-import` leaves the agents' own records alone."""
    home.record("resumed")
    server = make_server("--no-import", folder=home.folder, environment={"HOME": str(home.folder / "home")})
    with server.client() as client:
        assert client.post("/api/imports").json()["total"] == 0
        assert sessions(client) == []


def test_live(home: Home) -> None:
    """What another program writes now is followed; a prompt is refused meanwhile, and says why."""
    path = home.record("resumed", lines=23)
    server = home.serve()
    with server.client() as client:
        imported(client)
        (row,) = sessions(client)
        client.post(f"/api/projects/{row['project']}/trust")
        assert events(client, row["id"])
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = {"type": "user", "uuid": "11111111-6f1e-4a57-9d0e-5d1f2b3c4d5e", "timestamp": now}
        line |= {"message": {"role": "user", "content": "from the terminal"}, "cwd": str(home.project)}
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        found = events(client, row["id"])
        assert [event.get("text") for event in found if event["type"] == "turn-started"][
            -1
        ] == "from the terminal"
        assert found[-1] == {**found[-1], "type": "session-updated", "elsewhere": True}
        answer = client.post(
            "/api/commands",
            json={"type": "prompt", "session": row["id"], "text": "hello"},
            headers={"Idempotency-Key": "c1"},
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "session-elsewhere")
