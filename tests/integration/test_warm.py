"""A warm start with a real server, a real WebSocket and a real agent process."""

import asyncio
from collections.abc import Callable

import psutil

from antiphon.model.ids import new_id
from tests.processes import command_of
from tests.rest import events, prompt, wait_for
from tests.servers import RunningServer

from .test_websocket import LIMIT, wire

WARM = """
[keen]
name = "Keen agent"
command = ["{python}", "-P", "-m", "antiphon.providers.practice"]
warm = true
"""


def keen(server: RunningServer) -> list[psutil.Process]:
    """The server's agent processes."""
    below = psutil.Process(server.pid).children(recursive=True)
    return [each for each in below if "antiphon.providers.practice" in command_of(each)]


async def until(holds: Callable[[], object]) -> None:
    """Look until it holds: processes tell nobody."""
    async with asyncio.timeout(LIMIT):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)


async def test_following_a_session_makes_its_agent_ready(make_server: Callable[..., RunningServer]) -> None:
    """Subscribed: the agent's process is there before the prompt, answers it, and ends with the server."""
    server = make_server()
    (server.data_dir / "agents.toml").write_text(WARM)
    server.restart()
    server.make_project()
    session = server.make_session(provider="keen")["id"]
    assert keen(server) == []
    async with wire(server) as client:
        assert (await client.ask(type="subscribe", session=session, tail=10))["type"] == "subscribed"
        await until(lambda: keen(server))
        [agent] = [each.pid for each in keen(server)][-1:]
        with server.client() as api:
            assert events(api, session) == []
            assert prompt(api, session, "say hello", new_id()).status_code == 200
            wait_for(api, session, "turn-completed")
        assert agent in [each.pid for each in keen(server)], "another agent answered"
    left = keen(server)
    server.kill()
    _, alive = psutil.wait_procs(left, timeout=LIMIT)
    assert alive == []


async def test_nothing_starts_in_a_folder_that_nobody_trusts(
    make_server: Callable[..., RunningServer],
) -> None:
    """A look at a session is no trust: its agent starts when a person has given that, and looks again."""
    server = make_server()
    (server.data_dir / "agents.toml").write_text(WARM)
    server.restart()
    project = server.make_project(trust=False)["id"]
    first, second = (server.make_session(provider="keen")["id"] for _ in range(2))
    async with wire(server) as client:
        await client.ask(type="subscribe", session=first, tail=10)
        # Another session that is warmed later: when its agent is there, the first had all the time it needed.
        with server.client() as api:
            assert api.post(f"/api/projects/{project}/trust").status_code == 200
        await client.ask(type="subscribe", session=second, tail=10)
        await until(lambda: keen(server))
        markers = {each.environ().get("ANTIPHON_MARKER", "") for each in keen(server)}
        assert all(second in marker for marker in markers), "an untrusted session was warmed"


async def test_what_is_subscribed_ahead_starts_nothing(make_server: Callable[..., RunningServer]) -> None:
    """A pointer that rests on a session's row is no look at it."""
    server = make_server()
    (server.data_dir / "agents.toml").write_text(WARM)
    server.restart()
    server.make_project()
    near, looked = (server.make_session(provider="keen")["id"] for _ in range(2))
    async with wire(server) as client:
        reply = await client.ask(type="subscribe", session=near, tail=10, ahead=True)
        assert reply["type"] == "subscribed"
        # Another one that is looked at later: when its agent is there, the first had all the time it needed.
        await client.ask(type="subscribe", session=looked, tail=10)
        await until(lambda: keen(server))
        markers = {each.environ().get("ANTIPHON_MARKER", "") for each in keen(server)}
        assert all(looked in marker for marker in markers), "a session that nobody looks at was warmed"
        await client.ask(type="subscribe", session=near, tail=10)
        await until(lambda: any(near in each.environ().get("ANTIPHON_MARKER", "") for each in keen(server)))
