"""REST, asked over HTTP of a real server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from antiphon.model.events import AnyEvent
from antiphon.model.ids import new_id
from antiphon.server import rest
from tests.rest import command, events, prompt, refusal, wait_for
from tests.servers import RunningServer


@pytest.fixture
def api(running_server: RunningServer) -> Iterator[httpx.Client]:
    """A script's client."""
    with running_server.client() as client:
        yield client


# What anybody may ask


def test_health_is_told_to_anybody(running_server: RunningServer) -> None:
    """Monitoring needs no token, and learns nothing but that the server is up."""
    answer = httpx.get(f"{running_server.url}/health")
    assert answer.status_code == 200
    assert answer.json().keys() == {"status", "version"}


def test_docs_work_without_any_other_host(running_server: RunningServer) -> None:
    """The reference names no address elsewhere, and its parts are all here."""
    page = httpx.get(f"{running_server.url}/docs")
    assert page.status_code == 200
    assert "://" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for part in ("docs/reference.js", "docs/reference.css"):
        assert part in page.text
        assert httpx.get(f"{running_server.url}/{part}").status_code == 200


def test_openapi_names_every_resource(running_server: RunningServer) -> None:
    """The description is OpenAPI, of all that docs/protocol.md lists."""
    described = httpx.get(f"{running_server.url}/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    operations = {(method.upper(), path) for path, item in described["paths"].items() for method in item}
    assert operations == {
        ("POST", "/api/sign-in"),
        ("POST", "/api/sign-out"),
        ("GET", "/api/me"),
        ("GET", "/api/projects"),
        ("POST", "/api/projects"),
        ("PATCH", "/api/projects/{project}"),
        ("GET", "/api/projects/{project}/brings"),
        ("POST", "/api/projects/{project}/trust"),
        ("GET", "/api/folders"),
        ("POST", "/api/folders"),
        ("GET", "/api/sessions"),
        ("POST", "/api/sessions"),
        ("GET", "/api/sessions/{session}"),
        ("PATCH", "/api/sessions/{session}"),
        ("PUT", "/api/sessions/{session}/seen"),
        ("GET", "/api/search"),
        ("POST", "/api/projects/practice"),
        ("GET", "/api/sessions/{session}/events"),
        ("GET", "/api/sessions/{session}/export"),
        ("POST", "/api/commands"),
        ("POST", "/api/attachments"),
        ("GET", "/api/attachments"),
        ("GET", "/api/attachments/{attachment}"),
        ("GET", "/api/projects/{project}/file-names"),
        ("POST", "/api/sessions/{session}/turns/{turn}/restore"),
        ("GET", "/api/sessions/{session}/turns/{turn}/restore"),
        ("GET", "/api/sessions/{session}/turns/{turn}/changes"),
        ("POST", "/api/sessions/{session}/fork"),
        ("GET", "/api/projects/{project}/files"),
        ("GET", "/api/projects/{project}/files/content"),
        ("GET", "/api/projects/{project}/files/raw"),
        ("GET", "/api/projects/{project}/changes"),
        ("GET", "/api/projects/{project}/changes/patch"),
        ("GET", "/api/sign-in"),
        ("POST", "/api/sign-in/password"),
        ("PUT", "/api/password"),
        ("DELETE", "/api/password"),
        ("POST", "/api/sign-out/others"),
        ("GET", "/api/storage"),
        ("GET", "/api/projects/{project}/prompts"),
        ("GET", "/api/providers"),
        ("PUT", "/api/providers/{provider}/key"),
        ("DELETE", "/api/providers/{provider}/key"),
        ("GET", "/api/approvals"),
        ("GET", "/api/approvals/{session}/{approval}"),
        ("GET", "/api/imports"),
        ("POST", "/api/imports"),
        ("GET", "/api/rules"),
        ("DELETE", "/api/rules/{rule}"),
        ("GET", "/api/consents"),
        ("PUT", "/api/projects/{project}/consents/{provider}"),
        ("DELETE", "/api/projects/{project}/consents/{provider}"),
        ("GET", "/api/tokens"),
        ("POST", "/api/tokens"),
        ("DELETE", "/api/tokens/{token}"),
        ("GET", "/health"),
        ("GET", "/metrics"),
    }


# Projects and folders


def test_the_same_path_is_the_same_project(api: httpx.Client, running_server: RunningServer) -> None:
    """Asked twice, or by another spelling of the path: one project; `trust` is added and never taken."""
    folder = running_server.root / "site"
    folder.mkdir()
    (running_server.root / "alias").symlink_to(folder)
    first = api.post("/api/projects", json={"path": str(folder), "name": "Site"}).json()
    assert (first["name"], first["trusted"], first["missing"]) == ("Site", False, False)
    again = api.post("/api/projects", json={"path": str(running_server.root / "alias"), "trust": True}).json()
    assert (again["id"], again["name"], again["trusted"]) == (first["id"], "Site", True)
    assert api.post("/api/projects", json={"path": str(folder)}).json()["trusted"] is True
    assert [project["id"] for project in api.get("/api/projects").json()["projects"]] == [first["id"]]


def test_a_project_is_renamed_and_names_are_unique(api: httpx.Client, running_server: RunningServer) -> None:
    """A name says which project is meant, so two cannot have the same."""
    running_server.make_project("one")
    two = running_server.make_project("two")
    assert refusal(api.patch(f"/api/projects/{two['id']}", json={"name": "one"})) == (409, "name-taken")
    assert api.patch(f"/api/projects/{two['id']}", json={"name": "three"}).json()["name"] == "three"
    assert refusal(api.patch("/api/projects/nope", json={"name": "x"})) == (404, "unknown-project")


def test_a_project_whose_folder_is_gone_says_so(api: httpx.Client, running_server: RunningServer) -> None:
    """`missing` tells the page to say so before anybody writes a prompt."""
    running_server.make_project("site")
    (running_server.root / "site").rmdir()
    assert api.get("/api/projects").json()["projects"][0]["missing"] is True


def test_folders_outside_the_roots_are_closed(
    api: httpx.Client, running_server: RunningServer, tmp_path: Path
) -> None:
    """Neither seen nor made nor taken as a project, by link or by dots."""
    (running_server.root / "out").symlink_to(tmp_path)
    for path in (str(tmp_path), str(running_server.root / ".." / ".."), str(running_server.root / "out")):
        assert refusal(api.get("/api/folders", params={"path": path})) == (403, "outside-roots")
        assert refusal(api.post("/api/projects", json={"path": path})) == (403, "outside-roots")
        made = api.post("/api/folders", json={"parent": path, "name": "x"})
        assert refusal(made) == (403, "outside-roots")
    assert api.get("/api/folders").json()["folders"] == []


def test_a_folder_is_found_made_and_taken(api: httpx.Client, running_server: RunningServer) -> None:
    """The way of a person: look, make, take; then the folder shows its project."""
    root = str(running_server.root.resolve())
    assert api.get("/api/folders").json() == {"path": root, "roots": [root], "folders": [], "parent": None}
    made = api.post("/api/folders", json={"parent": root, "name": "new"}).json()
    project = api.post("/api/projects", json=made).json()
    (found,) = api.get("/api/folders").json()["folders"]
    assert found == {"name": "new", "path": made["path"], "git": False, "project": project["id"]}
    assert api.get("/api/folders", params={"path": made["path"]}).json()["parent"] == root
    assert refusal(api.post("/api/folders", json={"parent": root, "name": "new"})) == (409, "folder-exists")
    assert refusal(api.post("/api/folders", json={"parent": root, "name": "a/b"})) == (400, "invalid")


def test_a_folder_to_practise_in(api: httpx.Client, running_server: RunningServer) -> None:
    """It is made empty and trusted; once something in it is obeyed by agents, asking again trusts nothing."""
    first = api.post("/api/projects/practice").raise_for_status().json()
    folder = running_server.root / "antiphon-practice"
    assert (first["path"], first["trusted"], list(folder.iterdir())) == (str(folder), True, [])
    assert api.post("/api/projects/practice").json()["id"] == first["id"]


def test_a_folder_that_brings_something_is_not_trusted_unseen(
    api: httpx.Client, running_server: RunningServer
) -> None:
    """A folder of that name that was there, and brings instructions, waits for a person."""
    folder = running_server.root / "antiphon-practice"
    folder.mkdir()
    (folder / "AGENTS.md").write_text("Obey.")
    assert api.post("/api/projects/practice").raise_for_status().json()["trusted"] is False


def test_what_a_folder_brings_is_told_before_it_is_trusted(
    api: httpx.Client, running_server: RunningServer
) -> None:
    """A prompt in an untrusted folder is refused; what the folder brings can be read; trust lets it run."""
    project = running_server.make_project("site", trust=False)
    (running_server.root / "site" / "CLAUDE.md").write_text("# Obey me")
    (brought,) = api.get(f"/api/projects/{project['id']}/brings").json()["brings"]
    assert brought == {"kind": "instructions", "file": "CLAUDE.md", "name": "Obey me", "text": "# Obey me"}
    session = running_server.make_session()
    key = new_id()
    answer = prompt(api, session["id"], "say hi", key)
    assert (answer.status_code, answer.json()["code"]) == (403, "untrusted-folder")
    assert events(api, session["id"]) == []
    assert api.post(f"/api/projects/{project['id']}/trust").json()["trusted"] is True
    assert prompt(api, session["id"], "say hi", key).json()["type"] == "accepted"


# Sessions


def test_sessions_are_found_by_their_title(api: httpx.Client, running_server: RunningServer) -> None:
    """What is looked for may hold anything: it is words, not a pattern."""
    folder = running_server.root / "titles"
    folder.mkdir()
    api.post("/api/projects", json={"path": str(folder), "trust": True}).raise_for_status()
    for title in ("Mend the Parser", "50% faster", "under_score", "back\\slash"):
        body = {"project": "titles", "provider": "practice", "title": title}
        api.post("/api/sessions", json=body).raise_for_status()

    def found(words: str) -> list[str]:
        answer = api.get("/api/sessions", params={"project": "titles", "title": words})
        return [row["title"] for row in answer.raise_for_status().json()["sessions"]]

    assert found("the parser") == ["Mend the Parser"]
    assert (
        found("0%") == ["50% faster"] and found("r_s") == ["under_score"] and found("k\\s") == ["back\\slash"]
    )
    assert found("%") == ["50% faster"] and found("nothing like it") == []
    assert api.get("/api/sessions", params={"title": "x" * 201}).status_code == 400


def test_sessions_are_listed_in_pages(api: httpx.Client, running_server: RunningServer) -> None:
    """Newest first, each once, over any page size; `next` is null at the end."""
    running_server.make_project("site")
    running_server.make_project("other")
    made = [running_server.make_session()["id"] for _ in range(5)]
    other = running_server.make_session("other")["id"]
    seen: list[str] = []
    before: str | None = None
    while True:
        query = {"project": "site", "limit": 2} | ({"before": before} if before else {})
        page = api.get("/api/sessions", params=query).json()
        seen += [session["id"] for session in page["sessions"]]
        before = page["next"]
        if before is None:
            break
    assert seen == made[::-1]
    everything = api.get("/api/sessions").json()["sessions"]
    assert [session["id"] for session in everything] == [other, *made[::-1]]
    assert api.get("/api/sessions", params={"provider": "gemini"}).json()["sessions"] == []


def test_a_sessions_facts_change_and_are_logged(api: httpx.Client, running_server: RunningServer) -> None:
    """Title and star are events, so every open page sees them; the trash hides a session from the list."""
    running_server.make_project()
    session = running_server.make_session()
    changed = api.patch(f"/api/sessions/{session['id']}", json={"title": "Better", "starred": True}).json()
    assert (changed["title"], changed["starred"]) == ("Better", True)
    assert [event["type"] for event in events(api, session["id"])] == ["session-updated"]
    assert api.patch(f"/api/sessions/{session['id']}", json={"trashed": True}).json()["trashed"] is True
    assert api.get("/api/sessions").json()["sessions"] == []
    (trashed,) = api.get("/api/sessions", params={"trashed": True}).json()["sessions"]
    assert trashed["id"] == session["id"]
    answer = prompt(api, session["id"], "say hi")
    assert (answer.status_code, answer.json()["code"]) == (409, "session-trashed")
    assert "trashed" not in api.patch(f"/api/sessions/{session['id']}", json={"trashed": False}).json()
    assert len(api.get("/api/sessions").json()["sessions"]) == 1


def test_a_session_that_cannot_be_is_refused(api: httpx.Client, running_server: RunningServer) -> None:
    """Each mistake is told by its code, and nothing is made."""
    running_server.make_project()
    table: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"project": "nope", "provider": "practice"}, (404, "unknown-project")),
        ({"project": "site", "provider": "nope"}, (404, "unknown-provider")),
        ({"project": "site", "provider": "practice", "mode": "nope"}, (400, "invalid")),
        ({"project": "site", "provider": "practice", "mode": "bypass"}, (403, "bypass-not-allowed")),
        ({"project": "site"}, (400, "invalid")),
        ({"project": "site", "provider": "../x"}, (400, "invalid")),
        ({"project": "site", "provider": "practice", "extra": 1}, (400, "invalid")),
    ]
    for body, expected in table:
        assert refusal(api.post("/api/sessions", json=body)) == expected, body
    assert api.get("/api/sessions").json()["sessions"] == []


def test_a_session_of_an_agent_that_is_gone_can_still_be_put_away(make_server: Any) -> None:
    """An agent taken out of the user's catalog leaves its sessions readable, renamable and removable."""
    server = make_server()
    server.make_project()
    catalog = server.data_dir / "agents.toml"
    catalog.write_text('[mine]\nname = "Mine"\ncommand = ["mine"]\n')
    server.restart()
    session = server.make_session(provider="mine")["id"]
    catalog.unlink()
    server.restart()
    with server.client() as api:
        answer = api.patch(f"/api/sessions/{session}", json={"title": "Old", "trashed": True})
        assert (answer.status_code, answer.json().get("trashed")) == (200, True)
        mode = api.patch(f"/api/sessions/{session}", json={"mode": "ask"})
        assert refusal(mode) == (404, "unknown-provider")


def test_a_broken_file_of_agents_takes_no_agent_away(make_server: Any) -> None:
    """The server starts; among the agents stands what is wrong with the file, and a prompt is told the same."""
    server = make_server()
    server.make_project()
    file = server.data_dir / "agents.toml"
    file.write_text("= broken")
    server.restart()
    with server.client() as api:
        found = {each["id"]: each for each in api.get("/api/providers").json()["providers"]}
        assert found["practice"]["readiness"]["found"]
        broken = found["agents-toml-1"]["readiness"]
        assert not broken["found"] and str(file) in broken["message"]
        assert broken["action"]["label"] == "Mend the file, then restart Antiphon"


def test_modes_without_approvals_need_allow_bypass(make_server: Any) -> None:
    """With the flag the mode is offered, and the page is told to say so; started anew without it, nothing runs there."""
    server = make_server("--allow-bypass")
    server.make_project()
    session = server.make_session(mode="bypass")
    assert session["mode"] == "bypass"
    prompt = {"type": "prompt", "session": session["id"], "text": "hello"}
    with server.client() as client:
        assert client.get("/api/me").json()["allowBypass"] is True
        answer = client.post("/api/commands", json=prompt, headers={"Idempotency-Key": "c1"})
        assert (answer.status_code, answer.json()["type"]) == (200, "accepted")
    server.stop()
    with make_server(folder=server.data_dir.parent).client() as client:
        answer = client.post("/api/commands", json=prompt, headers={"Idempotency-Key": "c2"})
        assert (answer.status_code, answer.json()["code"]) == (403, "bypass-not-allowed")


def test_body_and_query_that_do_not_fit_are_told(api: httpx.Client) -> None:
    """Broken JSON, a wrong type, a number out of range: 400, with the place."""
    broken = api.post("/api/sessions", content=b"{", headers={"content-type": "application/json"})
    assert refusal(broken) == (400, "invalid")
    assert refusal(api.post("/api/projects", json={"path": 7})) == (400, "invalid")
    limit = api.get("/api/sessions", params={"limit": 0})
    assert refusal(limit) == (400, "invalid")
    assert "limit" in limit.json()["message"]
    assert refusal(api.get("/api/sessions", params={"before": "x"})) == (400, "invalid")
    assert refusal(api.get("/api/nope")) == (404, "not-found")
    assert refusal(api.put("/api/sessions")) == (405, "method-not-allowed")
    assert refusal(api.post("/", json={})) == (405, "method-not-allowed")


def test_a_body_that_is_too_large_is_refused(api: httpx.Client, running_server: RunningServer) -> None:
    """413 and clear words, where a route takes less than was sent."""
    running_server.make_project()
    session = running_server.make_session()
    large = api.post("/api/sessions", json={"project": "x" * 2_000_000, "provider": "practice"})
    assert refusal(large) == (413, "too-large")
    assert refusal(prompt(api, session["id"], "x" * 9_000_000)) == (413, "too-large")
    assert refusal(prompt(api, session["id"], "x" * 1_000_001)) == (400, "invalid")


# Commands and events


def test_a_command_has_one_effect_and_one_reply(api: httpx.Client, running_server: RunningServer) -> None:
    """Sent three times with one key: one turn, thrice the same reply; another body is rejected."""
    running_server.make_project()
    session = running_server.make_session()["id"]
    key = new_id()
    replies = [prompt(api, session, "say hello", key) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 200]
    assert replies[0].json() == replies[1].json() == replies[2].json()
    assert (replies[0].json()["id"], replies[0].json()["outcome"]) == (key, "started")
    wait_for(api, session, "turn-completed")
    assert [event["type"] for event in events(api, session)].count("turn-started") == 1
    other = prompt(api, session, "say something else", key)
    assert (other.status_code, other.json()["code"]) == (409, "id-reused")


def test_a_busy_session_says_so(api: httpx.Client, running_server: RunningServer) -> None:
    """409 with the turn that runs; then the prompt may be queued."""
    running_server.make_project()
    session = running_server.make_session()["id"]
    first = prompt(api, session, "slow 20/s for 30 s").json()
    busy = prompt(api, session, "say hi")
    assert busy.status_code == 409
    assert (busy.json()["type"], busy.json()["turn"]) == ("session-busy", first["turn"])
    queued = prompt(api, session, "say hi", ifBusy="queue")
    assert queued.json()["outcome"] == "queued"
    cancel = {"type": "cancel", "session": session, "turn": first["turn"]}
    assert command(api, cancel).status_code == 200
    wait_for(api, session, "turn-cancelled")
    wait_for(api, session, "turn-completed")


def test_what_is_no_command_is_refused(api: httpx.Client) -> None:
    """No key, no effect, no object: 400."""
    table: list[tuple[Any, str | None]] = [
        ({"type": "prompt", "session": "s", "text": "x"}, None),
        ({"type": "prompt", "session": "s", "text": "x"}, "not an id"),
        ({"type": "prompt", "session": "s", "text": "x", "id": "other"}, "k"),
        ({"type": "prompt", "session": "s"}, "k"),
        ({"type": "subscribe", "session": "s"}, "k"),
        ({"type": "ping"}, "k"),
        ([], "k"),
        ("text", "k"),
    ]
    for body, key in table:
        headers = {"idempotency-key": key} if key else {}
        assert refusal(api.post("/api/commands", json=body, headers=headers)) == (400, "invalid"), body


def test_an_approval_is_listed_and_answered(api: httpx.Client, running_server: RunningServer) -> None:
    """What waits for a person is found, and answering it over REST lets the agent go on; late is too late."""
    running_server.make_project()
    session = running_server.make_session()["id"]
    prompt(api, session, "write notes.txt: hello")
    asked = wait_for(api, session, "approval-requested")
    (waiting,) = api.get("/api/approvals").json()["approvals"]
    assert (waiting["session"], waiting["request"]["approval"]) == (session, asked["approval"])
    assert (waiting["provider"], waiting["projectName"]) == ("practice", "site")
    one = f"/api/approvals/{session}/{asked['approval']}"
    assert api.get(one).json() == {
        "request": waiting["request"],
        "resolvedAt": None,
        "by": None,
        "option": None,
    }
    allow = next(option["id"] for option in asked["options"] if option["kind"] == "allow-once")
    answer = {"type": "answer", "session": session, "approval": asked["approval"], "option": allow}
    replied = command(api, answer)
    assert replied.json()["outcome"] == "answered"
    wait_for(api, session, "turn-completed")
    assert (running_server.root / "site" / "notes.txt").read_text().strip() == "hello"
    assert api.get("/api/approvals").json() == {"approvals": []}
    closed = api.get(one).json()
    assert (closed["by"], closed["option"], closed["resolvedAt"] > waiting["request"]["at"]) == (
        "person",
        allow,
        True,
    )
    assert refusal(api.get(f"/api/approvals/{session}/none")) == (404, "unknown-approval")
    assert refusal(api.get(f"/api/approvals/none/{asked['approval']}")) == (404, "unknown-approval")
    late = command(api, answer)
    assert (late.status_code, late.json()["code"], late.json()["option"]) == (409, "already-answered", allow)


def test_events_are_read_forward_and_backward(api: httpx.Client, running_server: RunningServer) -> None:
    """`after` and `before` page through the log: in order, each once, as it was sent."""
    running_server.make_project()
    session = running_server.make_session()["id"]
    prompt(api, session, "say one two three")
    wait_for(api, session, "turn-completed")
    whole = api.get(f"/api/sessions/{session}/events").json()
    seqs = [event["seq"] for event in whole["events"]]
    assert seqs == sorted(set(seqs))
    assert (whole["first"], whole["head"], whole["more"]) == (seqs[0], seqs[-1], False)
    assert msgspec.convert(whole["events"], list[AnyEvent])
    forward: list[Any] = []
    cursor = 0
    while True:
        page = api.get(f"/api/sessions/{session}/events", params={"after": cursor, "limit": 3}).json()
        forward += page["events"]
        cursor = page["events"][-1]["seq"]
        if not page["more"]:
            break
    assert forward == whole["events"]
    backward: list[Any] = []
    cursor = whole["head"] + 1
    while True:
        page = api.get(f"/api/sessions/{session}/events", params={"before": cursor, "limit": 2}).json()
        backward = page["events"] + backward
        cursor = page["first"]
        if not page["more"]:
            break
    assert backward == [event for event in whole["events"] if event["type"] != "item-delta"]
    both = api.get(f"/api/sessions/{session}/events", params={"before": 1, "after": 1})
    assert refusal(both) == (400, "invalid")
    assert refusal(api.get("/api/sessions/nope/events")) == (404, "unknown-session")


# Attachments


def test_an_attachment_is_kept_by_its_content(api: httpx.Client) -> None:
    """The same bytes are the same attachment; pictures are shown, all else is only saved."""
    png = {"content-type": "image/png"}
    made = api.post("/api/attachments", params={"name": "../../a.png"}, content=b"picture", headers=png)
    assert made.status_code == 201
    attachment = made.json()
    assert (attachment["name"], attachment["mediaType"], attachment["size"]) == ("a.png", "image/png", 7)
    again = api.post("/api/attachments", params={"name": "b.png"}, content=b"picture", headers=png)
    assert again.json()["id"] == attachment["id"]
    found = api.get(f"/api/attachments/{attachment['id']}")
    assert (found.content, found.headers["content-type"]) == (b"picture", "image/png")
    page = api.post(
        "/api/attachments",
        params={"name": 'x"\n.html'},
        content=b"<script>alert(1)</script>",
        headers={"content-type": "text/html; charset=utf-8"},
    ).json()
    given = api.get(f"/api/attachments/{page['id']}")
    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["content-disposition"].startswith("attachment;")
    assert given.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in given.headers["content-security-policy"]


def test_what_attachments_are_is_told_of_many_at_once(api: httpx.Client) -> None:
    """In the order that was asked for; what is not there is left out."""
    made = [
        api.post(
            "/api/attachments",
            params={"name": name},
            content=name.encode(),
            headers={"content-type": "text/plain"},
        ).json()
        for name in ("one.txt", "two.txt")
    ]
    ids = ",".join([made[1]["id"], "0" * 64, made[0]["id"], made[1]["id"]])
    assert api.get("/api/attachments", params={"ids": ids}).json()["attachments"] == [made[1], made[0]]
    many = api.get("/api/attachments", params={"ids": "a," * 60 + ",".join(map(str, range(101)))})
    assert refusal(many) == (400, "invalid")


def test_files_and_earlier_prompts_of_a_project_are_found(
    api: httpx.Client, running_server: RunningServer
) -> None:
    """For whoever writes: names that fit, and what was asked before, each text once."""
    project = running_server.make_project("site")
    (running_server.root / "site" / "main.c").write_text("int main;")
    found = api.get(f"/api/projects/{project['id']}/file-names", params={"match": "mai"}).json()
    assert found == {"files": ["main.c"], "more": False}
    session = running_server.make_session()["id"]
    for text in ("say one", "say two", "say one"):
        assert prompt(api, session, text, ifBusy="queue").json()["type"] == "accepted"
    told = api.get(f"/api/projects/{project['id']}/prompts").json()["prompts"]
    assert [each["text"] for each in told] == ["say one", "say two"]
    assert refusal(api.get("/api/projects/nope/prompts")) == (404, "unknown-project")


def test_an_attachment_that_cannot_be_is_refused(api: httpx.Client) -> None:
    """No type, no name, too large, not there."""
    assert refusal(api.post("/api/attachments", params={"name": "a"}, content=b"x")) == (400, "invalid")
    png = {"content-type": "image/png"}
    assert refusal(api.post("/api/attachments", content=b"x", headers=png)) == (400, "invalid")
    large = api.post("/api/attachments", params={"name": "a"}, content=bytes(65 * 1024 * 1024), headers=png)
    assert refusal(large) == (413, "too-large")
    assert refusal(api.get("/api/attachments/" + "0" * 64)) == (404, "unknown-attachment")
    assert refusal(api.get("/api/attachments/..%2f..%2fantiphon.db"))[0] in {400, 404}


# Watching


def test_metrics_count_what_happened(api: httpx.Client, running_server: RunningServer) -> None:
    """Turns by end, events and commits, in Prometheus' text format."""
    running_server.make_project()
    session = running_server.make_session()["id"]
    prompt(api, session, "say hi")
    wait_for(api, session, "turn-completed")
    lines = api.get("/metrics").text.splitlines()
    found = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[0] != "#"}
    assert found['antiphon_turns_total{end="completed"}'] == 1
    assert found['antiphon_turns_total{end="failed"}'] == 0
    assert found["antiphon_events_total"] == len(events(api, session))
    assert found["antiphon_turns_running"] == 0
    assert found["antiphon_connections"] == 0
    assert found["antiphon_commit_seconds_count"] > 3
    assert found["antiphon_commit_seconds_sum"] > 0


def test_providers_say_what_they_can_and_whether_they_are_ready(api: httpx.Client) -> None:
    """The practice agent is always ready; the answer has the documented shape."""
    answer = api.get("/api/providers")
    found = msgspec.json.decode(answer.content, type=rest.Providers).providers
    practice = next(provider for provider in found if provider.id == "practice")
    assert practice.readiness.found
    assert practice.capabilities.approvals
    assert "bypass" in practice.capabilities.bypass_modes
    assert api.get("/api/providers", params={"fresh": True}).status_code == 200
