"""Signing in to an agent from the page, on a real server: its own login in a real terminal, and nothing of it left."""

import asyncio
import contextlib
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests import login_program
from tests.servers import RunningServer

LIMIT_S = 20.0
WITHIN_S = 1.0
"""After its socket has closed: nothing of a login is left."""
PROGRAM = str(Path(login_program.__file__))
WORDS = ("paste", "device", "flood", "deaf", "mute", "look")

Make = Callable[..., RunningServer]


def agents(**more: str) -> str:
    """A catalog with an agent for each login that the scripted program knows."""
    tables = [
        f'[{word}]\nname = "The {word} agent"\ncommand = ["{{python}}"]\nsign-in = "{{python}} -IS {PROGRAM} {word}"'
        f'\nsign-in-hint = "Do as it says."\n[{word}.sign-in-environment]\nOF_LOGIN = "yes"\n'
        for word in WORDS
    ]
    return "\n".join([*tables, '[without]\nname = "No login"\ncommand = ["{python}"]', *more.values()])


@pytest.fixture
def server(make_server: Make, tmp_path: Path) -> RunningServer:
    """A server that knows the scripted logins."""
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data/agents.toml").write_text(
        agents(gone='[gone]\nname = "Gone"\ncommand = ["x"]\nsign-in = "no-such-program login"')
    )
    return make_server(
        folder=tmp_path, environment={"GROQ_API_KEY": "foreign", "LOGIN_STORE": "", "HERS": "1"}
    )


class Login:
    """A client of one sign-in."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.printed = ""
        self.frames: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(LIMIT_S):
            frame = json.loads(await self.socket.recv())
        self.frames.append(frame)
        if frame["type"] == "login-output":
            self.printed += frame["text"]
        return frame

    async def until(self, pattern: str) -> re.Match[str]:
        """Wait until this has been printed."""
        while not (found := re.search(pattern, self.printed)):
            assert (await self.next())["type"] != "login-ended", self.frames[-1]
        return found

    async def ended(self) -> dict[str, Any]:
        """How it ended; after it the server closes."""
        while (frame := await self.next())["type"] != "login-ended":
            pass
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(self.socket.recv(), LIMIT_S)
        return frame


@asynccontextmanager
async def opened(
    server: RunningServer, provider: str, *, start: bool = True, **headers: str
) -> AsyncIterator[Login]:
    headers.setdefault("Authorization", f"Bearer {await asyncio.to_thread(lambda: server.token)}")
    url = f"{server.url.replace('http', 'ws')}/ws/sign-in/{provider}"
    async with connect(
        url,
        additional_headers={name: value for name, value in headers.items() if value},
        subprotocols=["antiphon.v1"],  # type: ignore[list-item]
        proxy=None,
        close_timeout=1,
    ) as socket:
        login = Login(socket)
        if start:
            with contextlib.suppress(ConnectionClosed):  # it may have been refused already
                await login.send(type="login-start", columns=100, rows=30)
        yield login


async def pid_of(login: Login) -> int:
    """Of the deaf program."""
    return int((await login.until(r"pid (\d+)\r"))[1])


def below(server: RunningServer) -> list[psutil.Process]:
    """All that runs below the server."""
    return psutil.Process(server.pid).children(recursive=True)


def is_there(folder: str) -> bool:
    """Whether it exists."""
    return Path(folder).exists()


async def gone(processes: list[psutil.Process]) -> None:
    """They end within the promised second."""
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, WITHIN_S)
    assert not [each for each in alive if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


async def test_a_code_is_pasted_and_it_ends_well(server: RunningServer) -> None:
    """The address comes, the code goes, the end is said, and whoever asks is told by a new look."""
    async with opened(server, "paste") as login:
        assert await login.next() == {
            "type": "login-started",
            "provider": "paste",
            "command": f"{sys.executable} -IS {PROGRAM} paste",
            "hint": "Do as it says.",
        }
        await login.until("Paste code here")
        assert login_program.ADDRESS in login.printed
        await login.send(type="login-input", text="good-code")
        await login.send(type="login-input", text="\r")
        ended = await login.ended()
        assert ended == {
            "type": "login-ended",
            "reason": "done",
            "message": "The paste agent's login has ended well.",
        }
        assert "Login successful." in login.printed


async def test_a_login_that_fails_says_what_to_do(server: RunningServer) -> None:
    """Its exit status, and the same command for a terminal."""
    async with opened(server, "paste") as login:
        await login.until("Paste code here")
        await login.send(type="login-input", text="wrong\r")
        ended = await login.ended()
    assert (ended["reason"], ended["action"]["kind"]) == ("failed", "sign-in")
    assert "exit status 1" in ended["message"] and ended["action"]["command"].endswith("paste")


async def test_it_runs_in_a_terminal_of_its_own(server: RunningServer) -> None:
    """The size that the page has, and its changes; an empty folder; no secret of ours or of other providers."""
    async with opened(server, "look") as login:
        seen = json.loads((await login.until(r"(\{.*\})\r\n"))[1])
        assert (seen["size"], seen["files"], seen["foreground"]) == ([100, 30], [], True)
        around = seen["environment"]
        assert (around["TERM"], around["OF_LOGIN"], around["HERS"]) == ("xterm-256color", "yes", "1")
        assert "GROQ_API_KEY" not in around and "DISPLAY" not in around
        assert [name for name in around if name.startswith("ANTIPHON_")] == ["ANTIPHON_MARKER"]
        login.printed = ""
        await login.send(type="login-resize", columns=44, rows=9)
        await login.send(type="login-input", text="?\r")
        again = json.loads((await login.until(r"(\{.*\})\r\n"))[1])
        assert again["size"] == [44, 9]
        await login.send(type="login-input", text="q\r")
        assert (await login.ended())["reason"] == "done"
    assert not is_there(seen["folder"])


async def test_ctrl_c_reaches_the_program(server: RunningServer) -> None:
    """As in any terminal; the end is told as a failure."""
    async with opened(server, "mute") as login:
        await login.until("ready")
        await login.send(type="login-input", text="\x03")
        ended = await login.ended()
    assert ended["reason"] == "failed" and ("SIGINT" in ended["message"] or "status" in ended["message"])


async def test_closing_the_socket_ends_it(server: RunningServer) -> None:
    """Within a second, with all below it, however deaf."""
    async with opened(server, "deaf") as login:
        await pid_of(login)
        running = below(server)
        assert len(running) >= 3
    await gone(running)


async def test_kill_9_of_the_server_leaves_nothing(server: RunningServer) -> None:
    """Nor does a server that has no time for a word (promise 7)."""
    async with opened(server, "deaf") as login:
        await pid_of(login)
        running = below(server)
        assert len(running) >= 3
        await asyncio.to_thread(server.kill)
        await gone(running)


async def test_a_server_that_stops_says_so(server: RunningServer) -> None:
    """SIGTERM: the login ends, the page is told, and the server is not held up."""
    async with opened(server, "mute") as login:
        await login.until("ready")
        running = below(server)
        stopping = asyncio.create_task(asyncio.to_thread(server.stop))
        assert (await login.ended())["reason"] == "stopping"
        assert await stopping == 0
    await gone(running)


async def test_begun_anew_elsewhere_it_is_taken_over(server: RunningServer) -> None:
    """At most one for each provider: the first is told, and is gone before the second starts."""
    async with opened(server, "deaf") as first:
        pid = await pid_of(first)
        async with opened(server, "deaf") as second, opened(server, "mute") as other:
            assert (await first.ended())["reason"] == "elsewhere"
            await pid_of(second)
            await other.until("ready")
            assert not psutil.pid_exists(pid)


async def test_a_flood_is_read_no_faster_than_it_is_taken(server: RunningServer) -> None:
    """A client that reads nothing costs the server a few hundred kB, and the program waits; then it goes on."""
    async with opened(server, "flood") as login:
        await login.until("flood")
        running, process = below(server), psutil.Process(server.pid)
        before = process.memory_info().rss
        login.socket.transport.pause_reading()
        await asyncio.to_thread(until_still, running[-1])
        assert process.memory_info().rss - before < 8_000_000
        assert (await asyncio.to_thread(httpx.get, f"{server.url}/health")).status_code == 200
        login.socket.transport.resume_reading()
        for _ in range(20):
            assert (await login.next())["type"] == "login-output"
    await gone(running)


def until_still(program: psutil.Process) -> None:
    """Until it has computed nothing for half a second: it waits for a reader."""
    limit = time.monotonic() + LIMIT_S
    while program.cpu_percent(interval=0.5):
        assert time.monotonic() < limit, "it writes on"


async def test_input_that_is_not_taken_has_a_bound(server: RunningServer) -> None:
    """A program that reads nothing, a client that types on: it ends with words."""
    async with opened(server, "mute") as login:
        await login.until("ready")
        with contextlib.suppress(ConnectionClosed):  # it has ended already
            for _ in range(40):
                await login.send(type="login-input", text="x\n" * 4000)
        assert (await login.ended())["reason"] == "too-much"


async def test_what_cannot_be_run_is_refused_in_words(server: RunningServer) -> None:
    """Before anything starts."""
    cases = {
        "without": "no login",
        "nobody": "no such agent",
        "%2e%2e%2f%2e%2e%2fapi%2fme": "no such agent",
        "gone": "no program no-such-program",
    }
    for provider, words in cases.items():
        async with opened(server, provider) as login:
            ended = await login.ended()
        assert ended["reason"] == "refused" and words in ended["message"], provider
    assert below(server) == []


async def test_nothing_of_the_command_comes_from_a_client(server: RunningServer) -> None:
    """A frame with anything more than the size starts nothing."""
    for frame in (
        {"type": "login-input", "text": "rm -rf"},
        {"type": "login-start", "columns": 80, "command": ["sh", "-c", "id"]},
        {"type": "login-start", "arguments": "--help"},
        {"type": "prompt", "id": "x"},
        [],
    ):
        async with opened(server, "look", start=False) as login:
            await login.socket.send(json.dumps(frame))
            assert (await login.ended())["reason"] == "invalid", frame
    assert below(server) == []


async def test_only_a_signed_in_page_of_our_own_comes_in(server: RunningServer) -> None:
    """Foreign Origin, foreign Host, no token, a wrong one: as at /ws; and it is no HTTP address."""
    page = await asyncio.to_thread(server.browser)
    name, value = next(iter(page.cookies.items()))
    cookie = f"{name}={value}"
    cases = [
        ({"Authorization": "", "Cookie": cookie, "Origin": "https://evil.example"}, 403),
        ({"Authorization": "", "Cookie": cookie}, 403),
        ({"Authorization": "", "Cookie": cookie, "Host": "evil.example"}, 403),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": ""}, 401),
    ]
    for headers, status in cases:
        with pytest.raises(InvalidStatus) as refused:
            async with opened(server, "look", **headers):
                pass
        assert refused.value.response.status_code == status, headers
    async with opened(server, "look", start=False, Authorization="", Origin=server.url) as login:
        assert (await login.next())["code"] == "signed-out"
    plain = await asyncio.to_thread(httpx.get, f"{server.url}/ws/sign-in/look")
    assert plain.status_code == 426
    assert below(server) == []
    async with opened(server, "look", Authorization="", Cookie=cookie, Origin=server.url) as login:
        await login.until("foreground")


async def test_signing_out_ends_it(server: RunningServer) -> None:
    """A cookie that is worth nothing any more holds no login open."""
    page = await asyncio.to_thread(server.browser)
    name, value = next(iter(page.cookies.items()))
    headers = {"Authorization": "", "Cookie": f"{name}={value}", "Origin": server.url}
    async with opened(server, "mute", **headers) as login:
        await login.until("ready")
        running = below(server)
        await asyncio.to_thread(page.post, "/api/sign-out")
        assert (await login.ended())["reason"] == "signed-out"
    await gone(running)


async def test_nothing_of_it_is_kept(server: RunningServer) -> None:
    """Neither what was printed nor what was pasted is in the server's log, its stdout or its data directory."""
    async with opened(server, "device") as login:
        await login.until(login_program.SECRET)
        await login.send(type="login-input", text="typed-secret\r")
        assert (await login.ended())["reason"] == "done"
    await asyncio.to_thread(server.stop)
    kept = server.log() + "".join(server.printed)
    kept += "".join(
        path.read_bytes().decode("latin-1") for path in server.data_dir.rglob("*") if path.is_file()
    )
    assert '"sign-in-started"' in server.log()
    assert login_program.SECRET not in kept and "typed-secret" not in kept


def test_who_can_be_signed_in_to_is_told(server: RunningServer) -> None:
    """`GET /api/providers`: the page offers a login where there is one."""
    with server.client() as client:
        told = client.get("/api/providers", params={"wait": False}).json()["providers"]
    offered = {each["id"]: each["signIn"] for each in told}
    assert offered["paste"] and offered["claude"] and not offered["without"] and not offered["practice"]
