"""A session taken along: as Markdown and as JSON, by its owner alone."""

import time

import httpx
import pytest

from tests.rest import command, events, prompt, refusal, wait_for
from tests.servers import RunningServer

ENDS = ("turn-completed", "turn-failed")
SCENE = ["say # Not a heading of ours\n```js\nlet open = 1", "think about the sea", "plan"]


@pytest.fixture
def told(running_server: RunningServer) -> str:
    """A session with an answer, a thought, a plan, a file that was written and a turn that failed."""
    running_server.make_project("site")
    session = running_server.make_session()["id"]
    with running_server.client() as api:
        for number, text in enumerate([*SCENE, "write a.txt: ```\nfenced", "fail network"]):
            assert prompt(api, session, text).status_code == 200
            if text.startswith("write"):
                approval = wait_for(api, session, "approval-requested")["approval"]
                answer = {"type": "answer", "session": session, "approval": approval, "option": "allow"}
                assert command(api, answer).status_code == 200
            _ended(api, session, number + 1)
    return session


def _ended(api: httpx.Client, session: str, turns: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if sum(event["type"] in ENDS for event in events(api, session)) == turns:
            return
        time.sleep(0.02)
    raise AssertionError("the turn did not end")


def test_as_markdown(running_server: RunningServer, told: str) -> None:
    """People read it: prompts, answers, thoughts, the plan, the change, who allowed it, and why it failed."""
    with running_server.client() as api:
        answer = api.get(f"/api/sessions/{told}/export")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    text = answer.text
    assert text.startswith("# say # Not a heading of ours\n")
    assert text.count("\n## You · ") == 5
    assert "> say # Not a heading of ours\n> ```js" in text, "a prompt is quoted, line by line"
    assert "let open = 1\n```\n" in text, "a fence left open is closed"
    assert "**Thought:**" in text and "**Plan:**\n\n- [x] " in text
    assert "````diff\n" in text and "+```\n+fenced" in text, "a diff with a fence in it has a longer one"
    assert "→ Allow" in text
    assert "**Failed:** " in text and "(practice-error, network)" in text


def test_as_json(running_server: RunningServer, told: str) -> None:
    """Programs read it: the session, and each event as the log has it."""
    with running_server.client() as api:
        answer = api.get(f"/api/sessions/{told}/export", params={"format": "json"})
        logged = [event for event in events(api, told) if event["type"] != "item-delta"]
    found = answer.json()
    assert found["format"] == "antiphon.session.v1"
    assert found["session"]["id"] == told
    assert found["events"] == logged
    assert found["open"] == {}


def test_while_it_works(running_server: RunningServer) -> None:
    """What is not finished yet is in both, as far as it has come."""
    running_server.make_project("site")
    session = running_server.make_session()["id"]
    with running_server.client() as api:
        prompt(api, session, "slow 200/s for 60 s")
        wait_for(api, session, "item-delta")
        text = api.get(f"/api/sessions/{session}/export").text
        whole = api.get(f"/api/sessions/{session}/export", params={"format": "json"}).json()
    assert "\n1 " in text
    (said,) = whole["open"].values()
    assert said.startswith("1 ")


def test_the_file_has_a_safe_name(running_server: RunningServer) -> None:
    """A title can be anything; the name leads nowhere, runs nothing, and keeps its ending."""
    running_server.make_project("site")
    title = '../..\\evil"\r\nx: y\u202e漢字 <b>' + "a" * 150
    session = running_server.make_session(title=title)["id"]
    with running_server.client() as api:
        header = api.get(f"/api/sessions/{session}/export", params={"format": "json"}).headers
    said = header["content-disposition"]
    assert said.startswith('attachment; filename="evil x y __ b aaa')
    assert said.count('"') == 2 and "\n" not in said
    assert "/" not in said and "\\" not in said and "%E2%80%AE" not in said
    assert "%E6%BC%A2%E5%AD%97" in said and said.endswith(".json")


def test_only_its_owner(running_server: RunningServer, told: str) -> None:
    """A stranger gets nothing, and a name that is none is told so."""
    assert httpx.get(f"{running_server.url}/api/sessions/{told}/export").status_code == 401
    with running_server.client() as api:
        assert refusal(api.get("/api/sessions/nope/export")) == (404, "unknown-session")
        assert refusal(api.get(f"/api/sessions/{told}/export", params={"format": "pdf"}))[0] == 400
