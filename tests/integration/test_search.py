"""Search and what was seen, asked over HTTP of a real server."""

import time
from typing import Any

import httpx

from tests.rest import prompt, refusal, wait_for
from tests.servers import RunningServer


def started(server: RunningServer, api: httpx.Client, name: str = "site") -> str:
    """A session in a trusted project."""
    folder = server.root / name
    folder.mkdir(exist_ok=True)
    api.post("/api/projects", json={"path": str(folder), "trust": True}).raise_for_status()
    made = api.post("/api/sessions", json={"project": name, "provider": "practice"})
    return made.raise_for_status().json()["id"]


def found(api: httpx.Client, typed: str, count: int, **more: Any) -> dict[str, Any]:
    """The results, once there are so many."""
    until = time.monotonic() + 20
    while True:
        page = api.get("/api/search", params={"q": typed, **more}).raise_for_status().json()
        if len(page["hits"]) == count:
            return page
        assert time.monotonic() < until, page
        time.sleep(0.05)


def test_what_was_said_is_found_after_kill_9(running_server: RunningServer) -> None:
    """A prompt and its answer are found with where they stand, in Chinese too, also after kill -9, and not in the trash."""
    with running_server.client() as api:
        session = started(running_server, api)
        prompt(api, session, "say radish 修复测试 radish")
        wait_for(api, session, "turn-completed")
        page = found(api, "radish", 2)
        answer, asked = page["hits"]
        assert (asked["role"], asked["item"], answer["role"], answer["turn"]) == (
            "person",
            None,
            "agent",
            asked["turn"],
        )
        assert asked["parts"] == ["say ", "radish", " 修复测试 ", "radish", ""]
        assert (asked["session"]["id"], page["next"], page["indexed"]) == (session, None, 1.0)
        assert len(found(api, "测试", 2)["hits"]) == 2
        first = found(api, "radish", 1, limit=1)
        assert found(api, "radish", 1, before=first["next"])["hits"][0]["seq"] == asked["seq"]
        assert found(api, "radish", 2, project="site", provider="practice")["indexed"] == 1.0
        assert found(api, "radish", 0, provider="codex")["next"] is None
        assert refusal(api.get("/api/search", params={"q": "x", "project": "nowhere"})) == (
            404,
            "unknown-project",
        )
        for odd in ('"', "NEAR(", "* ^ : -", "", "\0"):
            assert api.get("/api/search", params={"q": odd}).status_code == 200
    running_server.kill()
    running_server.restart()
    with running_server.client() as api:
        found(api, "radish", 2)
        api.patch(f"/api/sessions/{session}", json={"trashed": True}).raise_for_status()
        found(api, "radish", 0)
    (running_server.data_dir / "search.db").write_bytes(b"no database")
    running_server.restart()
    with running_server.client() as api:
        api.patch(f"/api/sessions/{session}", json={"trashed": False}).raise_for_status()
        found(api, "radish", 2)


def test_what_ended_unseen_is_unread(running_server: RunningServer) -> None:
    """A turn that ends makes its session unread until its owner has seen it up to there; older news change nothing."""
    with running_server.client() as api:
        session = started(running_server, api)

        def row() -> dict[str, Any]:
            return api.get(f"/api/sessions/{session}").json()

        def unread() -> list[str]:
            listed = api.get("/api/sessions", params={"only": "unread"}).raise_for_status().json()
            return [one["id"] for one in listed["sessions"]]

        assert "unread" not in row()
        prompt(api, session, "say hello")
        end = wait_for(api, session, "turn-completed")
        assert row()["unread"] is True
        assert unread() == [session]
        seen = (
            api.put(f"/api/sessions/{session}/seen", json={"seq": end["seq"] - 1}).raise_for_status().json()
        )
        assert seen["unread"] is True
        seen = api.put(f"/api/sessions/{session}/seen", json={"seq": 2**50}).raise_for_status().json()
        assert "unread" not in seen
        assert unread() == []
        prompt(api, session, "say more")
        until = time.monotonic() + 20
        while not row().get("unread"):
            assert time.monotonic() < until
            time.sleep(0.02)
        assert refusal(api.put("/api/sessions/nobody/seen", json={"seq": 1})) == (404, "unknown-session")
        assert refusal(api.get("/api/sessions", params={"only": "purple"}))[0] == 400
