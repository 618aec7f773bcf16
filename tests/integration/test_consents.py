"""Consents over REST: a real server, and a practice agent that does not ask."""

import httpx
import pytest

from tests.rest import prompt
from tests.servers import RunningServer

FREE = """
[free]
name = "Free agent"
command = ["{python}", "-P", "-m", "antiphon.providers.practice"]
approvals = false
consent = "It does what it wants."
"""


@pytest.fixture
def server(make_server, tmp_path) -> RunningServer:
    """One with an agent that wants consent."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/agents.toml").write_text(FREE)
    server: RunningServer = make_server(folder=tmp_path)
    server.make_project()
    return server


def path(api: httpx.Client, provider: str = "free") -> str:
    [project] = api.get("/api/projects").json()["projects"]
    return f"/api/projects/{project['id']}/consents/{provider}"


def listed(api: httpx.Client) -> list[str]:
    return [each["provider"] for each in api.get("/api/consents").raise_for_status().json()["consents"]]


def test_a_consent_is_given_once_seen_and_taken_back(server: RunningServer) -> None:
    """Until then a prompt is refused by a code that says so, and nothing of the agent starts; it lasts over a restart."""
    session = server.make_session(provider="free")["id"]
    with server.client() as api:
        refused = prompt(api, session, "say hi")
        assert (refused.status_code, refused.json()["code"]) == (403, "consent-needed")
        assert refused.json()["message"] == "It does what it wants."
        given = api.put(path(api)).raise_for_status().json()
        assert api.put(path(api)).json() == given
        assert given["provider"] == "free"
    server.restart()
    with server.client() as api:
        assert listed(api) == ["free"]
        assert prompt(api, session, "say hi").json()["outcome"] == "started"
        assert api.delete(path(api)).status_code == 204
        assert listed(api) == []
        assert prompt(api, session, "again", ifBusy="queue").json()["code"] == "consent-needed"
        gone = api.delete(path(api))
        assert (gone.status_code, gone.json()["code"]) == (404, "unknown-consent")


def test_nothing_is_agreed_to_for_an_agent_that_asks(server: RunningServer) -> None:
    """Nor for one that is not there, nor in a project that is not."""
    with server.client() as api:
        assert api.put(path(api, "practice")).json()["code"] == "invalid"
        assert api.put(path(api, "nobody")).json()["code"] == "unknown-provider"
        assert api.put("/api/projects/nope/consents/free").json()["code"] == "unknown-project"
        assert listed(api) == []


def test_the_words_stand_with_the_agent(server: RunningServer) -> None:
    """A client can say them before anybody writes a prompt."""
    with server.client() as api:
        found = {each["id"]: each for each in api.get("/api/providers").json()["providers"]}
    assert found["free"]["capabilities"]["consent"] == "It does what it wants."
    assert found["free"]["capabilities"]["approvals"] is False
    assert found["practice"]["capabilities"]["consent"] == ""
