"""Changes and files over REST: a real server, the real git, and the practice agent that writes."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.rest import prompt, refusal, wait_for
from tests.servers import RunningServer
from tests.unit.workspace.repo import Repo


@pytest.fixture
def server(make_server) -> RunningServer:
    return make_server()


@pytest.fixture
def repo(server: RunningServer) -> Repo:
    """The project's folder, with one commit."""
    repo = Repo(server.root / "site")
    repo.write("a.py", "one\ntwo\n")
    repo.commit()
    return repo


@pytest.fixture
def project(server: RunningServer, repo: Repo) -> str:
    return server.make_project()["id"]


@pytest.fixture
def api(server: RunningServer, project: str) -> Iterator[httpx.Client]:
    with server.client() as api:
        yield api


def get(api: httpx.Client, address: str, **query: Any) -> Any:
    return api.get(address, params=query).raise_for_status().json()


def do(api: httpx.Client, session: str, text: str) -> str:
    """Have the practice agent do something that it asks about; returns the turn."""
    turn = prompt(api, session, text).raise_for_status().json()["turn"]
    asked = wait_for(api, session, "approval-requested")
    option = next(each["id"] for each in asked["options"] if each["kind"] == "allow-once")
    body = {"type": "answer", "session": session, "approval": asked["approval"], "option": option}
    api.post("/api/commands", json=body, headers={"idempotency-key": asked["approval"]}).raise_for_status()
    wait_for(api, session, "turn-completed")
    return turn


def test_since_the_last_commit_and_by_a_turn(
    server: RunningServer, repo: Repo, api: httpx.Client, project: str
) -> None:
    """What the person changed is told apart from what the turn did, also after a restart."""
    repo.write("mine.py", "mine\n")
    session = server.make_session()["id"]
    turn = do(api, session, "write new.py: hello")
    now = get(api, f"/api/projects/{project}/changes")
    assert [(file["path"], file["kind"], file["untracked"]) for file in now["files"]] == [
        ("mine.py", "added", True),
        ("new.py", "added", True),
    ]
    assert (now["branch"], now["total"], now["added"], now["inside"]) == ("main", 2, 2, "")
    path = f"/api/sessions/{session}/turns/{turn}/changes"
    told = get(api, path)
    assert [file["path"] for file in told["files"]] == ["new.py"]
    states = {"before": told["before"], "after": told["after"]}
    patch = get(api, f"/api/projects/{project}/changes/patch", **states, path="new.py")
    assert "+hello\n" in patch["text"]
    server.restart()
    assert get(api, path) == told
    assert refusal(api.get(f"/api/sessions/{session}/turns/nothing/changes")) == (404, "unknown-turn")


def test_turns_beside_each_other_say_so(
    server: RunningServer, repo: Repo, api: httpx.Client, project: str
) -> None:
    """Two sessions in one folder: neither turn's changes are told as its own alone."""
    one, other = (server.make_session()["id"] for _ in range(2))
    prompt(api, one, "ask").raise_for_status()
    wait_for(api, one, "approval-requested")
    turn = do(api, other, "write new.py: hello")
    assert get(api, f"/api/sessions/{other}/turns/{turn}/changes")["beside"] == 1


def test_a_folder_without_git_says_so(server: RunningServer, api: httpx.Client) -> None:
    """In words, with what to do; its files are there all the same."""
    plain = server.make_project("plain")["id"]
    (server.root / "plain/notes.txt").write_text("hello\n")
    answer = api.get(f"/api/projects/{plain}/changes")
    assert refusal(answer) == (409, "not-a-repository")
    assert "git init" in answer.json()["message"]
    page = get(api, f"/api/projects/{plain}/files")
    assert [(each["name"], each["kind"], each["ignored"]) for each in page["entries"]] == [
        ("notes.txt", "file", False)
    ]


def test_without_git_it_says_what_to_install(make_server, tmp_path) -> None:
    """A PATH that has no git."""
    server = make_server(environment={"PATH": str(tmp_path)})
    Repo(server.root / "site").commit()
    project = server.make_project()["id"]
    with server.client() as api:
        answer = api.get(f"/api/projects/{project}/changes")
        assert refusal(answer) == (409, "git-missing")
        assert "Install it" in answer.json()["message"]


def test_nothing_is_shown_of_what_nobody_trusts(server: RunningServer, api: httpx.Client) -> None:
    """Nor of another's, nor of what is gone."""
    wary = server.make_project("wary", trust=False)["id"]
    (server.root / "wary/a.txt").write_text("a")
    gone = server.make_project("gone")["id"]
    (server.root / "gone").rmdir()
    states = {"before": "0" * 40, "after": "0" * 40}
    for path, query in (
        ("changes", {}),
        ("changes/patch", {**states, "path": "a.txt"}),
        ("files", {}),
        ("files/content", {"path": "a.txt"}),
        ("files/raw", {"path": "a.txt"}),
    ):
        assert refusal(api.get(f"/api/projects/{wary}/{path}", params=query)) == (403, "untrusted-folder")
        assert refusal(api.get(f"/api/projects/{gone}/{path}", params=query)) == (409, "workspace-missing")
        assert refusal(api.get(f"/api/projects/nobodys/{path}", params=query)) == (404, "unknown-project")
        bare = httpx.get(f"{server.url}/api/projects/{wary}/{path}", params=query)
        assert refusal(bare) == (401, "signed-out")


def test_lines_of_the_folder_alone(server: RunningServer, repo: Repo, api: httpx.Client) -> None:
    """A project inside a repository: no path, old or new, leads to what lies beside it."""
    repo.write("inside/a.py", "mine\n")
    repo.write("secret.env", "KEY=1\n")
    after = repo.commit()
    inside = server.make_project("site/inside")["id"]
    asked = {"before": "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "after": after}
    get(api, f"/api/projects/{inside}/changes")
    for paths in (
        {"path": "../secret.env"},
        {"path": "a.py", "old_path": "../secret.env"},
        {"path": "/secret.env"},
        {"path": ""},
    ):
        answer = api.get(f"/api/projects/{inside}/changes/patch", params={**asked, **paths})
        assert refusal(answer) == (404, "unknown-file")
    patch = get(api, f"/api/projects/{inside}/changes/patch", **asked, path="a.py")
    assert "+mine\n" in patch["text"]


def test_files_by_parts(repo: Repo, api: httpx.Client, project: str) -> None:
    """A folder with what git ignores marked, a text by parts, what is no text named."""
    repo.write(".gitignore", "*.log\nbuild/\n")
    repo.write("noise.log", "x")
    repo.write("build/out.js", "x")
    repo.write("big.txt", "".join(f"line {number}\n" for number in range(60_000)))
    repo.write("data.bin", b"\0\1")
    page = get(api, f"/api/projects/{project}/files")
    ignored = {each["name"]: each["ignored"] for each in page["entries"]}
    assert ignored == {
        "build": True,
        "noise.log": True,
        ".gitignore": False,
        "a.py": False,
        "big.txt": False,
        "data.bin": False,
    }
    assert [
        each["ignored"] for each in get(api, f"/api/projects/{project}/files", path="build")["entries"]
    ] == [True]
    content = f"/api/projects/{project}/files/content"
    first = get(api, content, path="big.txt")
    rest = get(api, content, path="big.txt", at=first["next"])
    whole = first["text"]
    while rest["next"] is not None:
        whole += rest["text"]
        rest = get(api, content, path="big.txt", at=rest["next"])
    assert (whole + rest["text"]).splitlines()[-1] == "line 59999"
    binary = get(api, content, path="data.bin")
    assert (binary["kind"], binary["text"], binary["size"]) == ("binary", None, 2)
    for path in ("../a", "/etc/passwd", "nothing", "build"):
        assert refusal(api.get(content, params={"path": path})) == (404, "unknown-file")


HOSTILE = {
    "page.html": b"<!doctype html><script>parent.pwned=1</script>",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>parent.pwned=1</script></svg>",
    "script.js": b"parent.pwned=1",
    "style.css": b"*{display:none}",
    "page.xhtml": b"<html xmlns='http://www.w3.org/1999/xhtml'><script>parent.pwned=1</script></html>",
    "fake.png": b"<!doctype html><script>parent.pwned=1</script>",
    "polyglot.pdf": b"%PDF-1.7\n<script>parent.pwned=1</script>",
}


def test_no_file_can_be_a_page_of_ours(repo: Repo, api: httpx.Client, project: str) -> None:
    """No type that runs, no guess at a type, a sandbox; what is neither picture nor PDF is only saved."""
    for name, body in HOSTILE.items():
        repo.write(name, body)
        answer = api.get(f"/api/projects/{project}/files/raw", params={"path": name})
        assert answer.content == body
        kind, saved = answer.headers["content-type"], answer.headers["content-disposition"]
        assert kind in {"application/octet-stream", "image/svg+xml", "application/pdf"}, name
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox; default-src 'none'") and "script" not in policy
        assert saved.startswith("attachment") == (kind == "application/octet-stream"), name
        whole = api.get(f"/api/projects/{project}/files/raw", params={"path": name, "download": True})
        assert whole.headers["content-disposition"].startswith("attachment")
