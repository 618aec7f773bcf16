"""Who may sign in to an agent, for how long, and what a client that takes nothing costs: without a server around it."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from antiphon.model.login import LoginEnded, LoginFrame, LoginOutput
from antiphon.providers import catalog
from antiphon.providers.acp.provider import AcpProvider
from antiphon.server.logins import LIMIT_SECONDS, START_SECONDS, Logins
from antiphon.testing.clock import ManualClock
from antiphon.testing.scripted import ScriptedProvider
from tests import login_program
from tests.processes import command_of

LIMIT_S = 10.0
PROGRAM = str(Path(login_program.__file__))
START = '{"type":"login-start"}'


class Caller(msgspec.Struct, frozen=True):
    """Who is signed in."""

    user: int = 1
    token: str = "t"


class Socket:
    """A client as ASGI sees it; `taking` is whether it takes what it is sent."""

    def __init__(self, *sends: str) -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.inbox.put_nowait({"type": "websocket.connect"})
        for text in sends:
            self.says(text)
        self.frames: list[Any] = []
        self.taking = asyncio.Event()
        self.taking.set()
        self.came = asyncio.Event()
        self.closed = self.aborted = False

    def says(self, text: str) -> None:
        self.inbox.put_nowait({"type": "websocket.receive", "text": text})

    async def send(self, message: Any) -> None:
        await self.taking.wait()
        if message["type"] == "websocket.send":
            self.frames.append(msgspec.json.decode(message["text"], type=LoginFrame))
            self.came.set()
        self.closed |= message["type"] == "websocket.close"

    def abort(self) -> None:
        self.aborted = True
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def until(self, kind: type) -> Any:
        """The first frame of this kind."""
        async with asyncio.timeout(LIMIT_S):
            while not (found := [frame for frame in self.frames if isinstance(frame, kind)]):
                self.came.clear()
                await self.came.wait()
        return found[0]


class Counted:
    """What was looked at anew."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def __call__(self, provider: Any) -> None:
        self.ids.append(provider.id)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def anew() -> Counted:
    return Counted()


def logins(clock: ManualClock, anew: Counted, caller: Caller | None = None) -> Logins:
    entries = catalog.parse(
        "\n".join(
            f'[{word}]\nname = "{word}"\ncommand = ["x"]\nsign-in = "{{python}} -IS {PROGRAM} {word}"'
            for word in ("mute", "flood", "paste")
        ),
        "test",
    )

    async def identify(headers: Any) -> Caller:
        return caller or Caller()

    providers: Any = {id: AcpProvider(entry) for id, entry in entries.items()}
    providers["scripted"] = ScriptedProvider()
    return Logins(identify=identify, owner=1, providers=providers, clock=clock, over=anew)


def serve(end: Logins, socket: Socket, provider: str) -> asyncio.Task[None]:
    scope = {
        "type": "websocket",
        "headers": [],
        "path": f"/ws/sign-in/{provider}",
        "antiphon.abort": socket.abort,
    }
    return asyncio.create_task(end(scope, socket.inbox.get, socket.send))


def below() -> list[psutil.Process]:
    """Logins' keepers."""
    return [one for one in psutil.Process().children() if PROGRAM in command_of(one)]


async def test_another_user_signs_in_to_nothing(clock: ManualClock, anew: Counted) -> None:
    """Agents are signed in for the server's system user: that is its owner's to do, and nothing was started."""
    socket = Socket(START)
    await serve(logins(clock, anew, Caller(user=2)), socket, "mute")
    assert [frame.reason for frame in socket.frames] == ["refused"]
    assert "owner" in socket.frames[0].message and socket.closed
    assert anew.ids == [] and below() == []


async def test_a_provider_without_a_login_is_refused(clock: ManualClock, anew: Counted) -> None:
    """One that says nothing of a login at all is none that can be run."""
    socket = Socket(START)
    await serve(logins(clock, anew), socket, "scripted")
    assert [frame.reason for frame in socket.frames] == ["refused"]


async def test_it_ends_after_ten_minutes(clock: ManualClock, anew: Counted) -> None:
    """A forgotten dialog holds no login open."""
    socket = Socket(START)
    served = serve(logins(clock, anew), socket, "mute")
    await socket.until(LoginOutput)
    await clock.advance(LIMIT_SECONDS - 1)
    assert not any(isinstance(frame, LoginEnded) for frame in socket.frames)
    await clock.advance(1)
    assert (await socket.until(LoginEnded)).reason == "time-limit"
    await served
    assert below() == [] and anew.ids == ["mute"]


async def test_a_client_that_takes_nothing_is_cut_off(
    clock: ManualClock, anew: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One frame waits for it, no more; after its limit it is gone, and the login with it."""
    monkeypatch.setattr("antiphon.server.logins.DRAIN_SECONDS", 0.3)
    socket = Socket(START)
    served = serve(logins(clock, anew), socket, "flood")
    await socket.until(LoginOutput)
    socket.taking.clear()
    await clock.advance(1)
    async with asyncio.timeout(LIMIT_S):
        await served
    assert socket.aborted and below() == []


async def test_a_flood_is_held_to_a_rate(clock: ManualClock, anew: Counted) -> None:
    """While the clock stands still, no second frame of it comes."""
    socket = Socket(START)
    served = serve(logins(clock, anew), socket, "flood")
    await socket.until(LoginOutput)
    await asyncio.to_thread(psutil.cpu_percent, 0.2)  # time for as many frames as it likes
    assert sum(isinstance(frame, LoginOutput) for frame in socket.frames) == 1
    socket.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await served
    assert below() == []


async def test_a_client_that_says_nothing_is_not_waited_for(
    clock: ManualClock, anew: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must begin within seconds."""
    assert START_SECONDS <= 10
    monkeypatch.setattr("antiphon.server.logins.START_SECONDS", 0.05)
    socket = Socket()
    await serve(logins(clock, anew), socket, "mute")
    assert [frame.reason for frame in socket.frames] == ["invalid"]


async def test_a_server_that_stops_starts_no_more(clock: ManualClock, anew: Counted) -> None:
    """Nor does one that waited for its first frame."""
    end, waiting, late = logins(clock, anew), Socket(), Socket(START)
    served = serve(end, waiting, "mute")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await end.stop()
    await served
    await serve(end, late, "mute")
    assert [socket.frames[0].reason for socket in (waiting, late)] == ["stopping", "stopping"]
    assert below() == []


def test_the_program_is_this_python() -> None:
    """`{python}` in a catalog's sign-in is the Python that runs Antiphon; its words are told as they are typed."""
    entry = catalog.parse(
        f'[x]\nname = "X"\ncommand = ["x"]\nsign-in = "{{python}} {PROGRAM} \'two words\'"', "f"
    )["x"]
    assert entry.login is not None and entry.login.command == (sys.executable, PROGRAM, "two words")
    assert entry.names.sign_in == entry.login.action
    assert entry.login.action.command == f"{sys.executable} {PROGRAM} 'two words'"
