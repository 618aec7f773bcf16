"""Every road into every agent: its failure is logged and told, and a second one on it is busy or joins (docs/protocol.md).

The agent is killed with -9 on each road, while it starts or works: the one fault that no agent can answer for itself.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from antiphon.model.ids import new_id
from tests.agents.matrix import Subject
from tests.agents.road import TOLD_S, Road
from tests.agents.subjects import SUBJECTS
from tests.rest import agree
from tests.servers import RunningServer

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]

PROTOCOL = Subprotocol("antiphon.v1")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(each, id=each.name, marks=pytest.mark.xdist_group(f"roads {each.name}"))
        for each in SUBJECTS
    ],
)
def subject(request: pytest.FixtureRequest) -> Subject:
    """The agent."""
    return request.param


@pytest.fixture(scope="module")
def server(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on a machine that has this agent, and a fake model for it."""
    folder = tmp_path_factory.mktemp("agent")
    with subject.serve(subject.fixtures, tmp_path_factory.mktemp("model")) as model:
        server = RunningServer(folder, subject.options, subject.at_home(folder, model)).start()
        server.make_project()
        if subject.consents:
            with server.client() as api:
                agree(api, subject.provider)
        try:
            yield server
        finally:
            server.close()


@pytest.fixture
def road(server: RunningServer, subject: Subject) -> Iterator[Road]:
    """A new session."""
    with server.client() as api:
        road = Road(server, api, subject)
        yield road
        api.patch(f"/api/sessions/{road.session}", json={"trashed": True}).raise_for_status()


@contextmanager
def looked_at(road: Road) -> Iterator[None]:
    """Somebody follows the session, so that its agent is made ready."""
    found = road.api.get("/api/providers", params={"wait": "false"}).json()["providers"]
    if not next(each for each in found if each["id"] == road.subject.provider)["capabilities"]["warm"]:
        pytest.skip(f"not applicable to {road.subject.name}: it is not started before a prompt")
    url = road.server.url.replace("http", "ws") + "/ws"
    token = {"Authorization": f"Bearer {road.server.token}"}
    with connect(url, additional_headers=token, subprotocols=[PROTOCOL], proxy=None, max_size=None) as socket:
        socket.send(json.dumps({"type": "subscribe", "id": new_id(), "session": road.session, "tail": 10}))
        yield


def dies_unasked(road: Road) -> None:
    """The agent dies outside of any turn, and that is told."""
    at = road.kill()
    road.is_told(road.wait("agent-failed"), at)


def test_a_prompt(road: Road) -> None:
    """The agent dies at a prompt: its turn fails; while it ran, a second prompt was busy."""
    turn = road.begin()
    road.is_busy(turn)
    at = road.kill()
    failed = road.wait("turn-failed")
    assert failed["turn"] == turn
    road.is_told(failed, at)
    road.done("NEXT one")


def test_a_prompt_from_the_queue(road: Road) -> None:
    """A queued prompt starts by itself, is busy for others like any, and fails as one."""
    first = road.begin()
    waits = road.ask("LONG again", ifBusy="queue").json()
    assert waits["outcome"] == "queued"
    road.cancel(first)
    assert road.wait("turn-started")["turn"] == waits["turn"]
    road.is_busy(waits["turn"])
    at = road.kill()
    failed = road.wait("turn-failed")
    assert failed["turn"] == waits["turn"]
    road.is_told(failed, at)


def test_a_steer(road: Road) -> None:
    """Words for a turn whose agent dies: the turn fails, the words stand in the log, in it or as a turn of their own."""
    turn = road.begin()
    road.wait("item-started")
    agent = road.frozen()
    steered = road.ask("NEXT one", ifBusy="steer").json()
    assert steered["outcome"] in ("steered", "queued")
    at = time.time() * 1000
    agent.kill()
    if steered["outcome"] == "steered":
        assert road.wait("turn-steered")["text"] == "NEXT one"
    failed = road.wait("turn-failed")
    assert failed["turn"] == turn and failed["failure"]["code"] == "provider-crashed"
    assert failed["at"] - at < TOLD_S * 1000
    if steered["outcome"] == "queued":
        assert road.wait("turn-started")["turn"] == steered["turn"]
        road.wait("turn-completed")


def test_a_resume_without_a_prompt(road: Road) -> None:
    """A look at an old session starts its agent again; that dies, and this is told, outside of any turn."""
    with looked_at(road):
        road.done()
        dies_unasked(road)
    with looked_at(road):
        dies_unasked(road)
    road.done("NEXT one")


def test_a_warm_start(road: Road) -> None:
    """A start ahead of the prompt fails: told, outside of any turn."""
    with looked_at(road):
        dies_unasked(road)


def test_a_warm_start_is_joined(road: Road) -> None:
    """A prompt that comes while the agent starts gets that one, not a second; its death then fails the turn."""
    with looked_at(road):
        first = road.agent()
        turn = road.begin()
        road.wait("item-started")
        assert road.agent().pid == first.pid
        at = road.kill()
        failed = road.wait("turn-failed")
        assert failed["turn"] == turn
        road.is_told(failed, at)
    assert "agent-failed" not in road.told()


def test_try_again(road: Road) -> None:
    """The failed turn again: a turn that names it, busy for others, and its failure told as the first one's."""
    failed = road.begin()
    road.kill()
    road.wait("turn-failed")
    turn = road.begin(retryOf=failed)
    assert road.wait("turn-started")["retryOf"] == failed
    road.is_busy(turn)
    at = road.kill()
    again = road.wait("turn-failed")
    assert again["turn"] == turn
    road.is_told(again, at)


def test_an_answer(road: Road) -> None:
    """The agent dies at the answer to its question: the first answer counts, a second is told so, the turn fails."""
    if not road.subject.asks:
        pytest.skip(f"not applicable to {road.subject.name}: it asks nobody")
    turn = road.begin("WRITE it")
    asked = road.wait("approval-requested")
    agent = road.frozen()
    option = next(each["id"] for each in asked["options"] if each["kind"] == "allow-once")
    assert road.answer(asked["approval"], option).json()["outcome"] == "answered"
    late = road.answer(asked["approval"], option)
    assert (late.status_code, late.json()["code"]) == (409, "already-answered")
    road.is_busy(turn)
    at = time.time() * 1000
    agent.kill()
    failed = road.wait("turn-failed")
    assert failed["turn"] == turn
    road.is_told(failed, at)
    road.done("NEXT one")
