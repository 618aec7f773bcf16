"""The real agents' logins, in a terminal as the page runs them, offline: up to the address that a person opens."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from msgspec.structs import replace

from antiphon.model.ids import new_id
from antiphon.providers import catalog, processes
from antiphon.providers.claude.provider import ClaudeProvider
from antiphon.providers.codex.provider import CodexProvider
from antiphon.providers.login import Prepared, SignsIn
from antiphon.providers.terminal import Size, Terminal
from tests.agents.mock_model import BINARIES, NODE
from tests.agents.real_claude import CLAUDE

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]

LIMIT_S = 60.0
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: no test goes out, wherever it runs."""


class Seen:
    """A login that runs."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.printed = ""

    async def until(self, pattern: str) -> re.Match[str]:
        """Wait until it has printed this (colours taken out)."""
        async with asyncio.timeout(LIMIT_S):
            while not (found := re.search(pattern, self.printed)):
                data = await self.terminal.read()
                assert data, f"it has ended:\n{self.printed}"
                self.printed += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data.decode(errors="replace"))
        return found


@asynccontextmanager
async def running(prepared: Prepared, folder: Path) -> AsyncIterator[Seen]:
    """Run it; nothing is left after."""
    marker = new_id()
    terminal = await Terminal.start(
        prepared.program,
        folder=folder,
        environment=prepared.environment,
        marker=marker,
        size=Size(columns=100, rows=40),
    )
    try:
        yield Seen(terminal)
    finally:
        await terminal.close()
    assert processes.marked([marker]) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and around it a machine of nobody's with the agents on its PATH."""
    programs = tmp_path / "bin"
    for made in (programs, tmp_path / "home/.codex", tmp_path / "empty"):
        made.mkdir(parents=True)
    (programs / "claude").symlink_to(CLAUDE)
    path = os.pathsep.join([str(programs), str(BINARIES), str(NODE.parent), "/usr/bin", "/bin"])
    for name in os.environ:
        if name.startswith(
            ("ANTHROPIC_", "CLAUDE", "GEMINI_", "GOOGLE_", "OPENAI_", "CODEX_", "DISPLAY", "SSH_")
        ):
            monkeypatch.delenv(name)
    set_to = {"HOME": str(tmp_path / "home"), "CODEX_HOME": str(tmp_path / "home/.codex"), "PATH": path}
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), NOWHERE)
    quiet = {"DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1"}
    unattended = {"CI": "true", "CI_JOB": "1"}  # A person signs in all the same.
    for name, value in {**set_to, **proxies, **quiet, **unattended}.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "empty"


async def test_claude_shows_an_address_and_takes_a_code(folder: Path) -> None:
    """`claude auth login`: no browser on the server is waited for."""
    async with running(await ClaudeProvider().prepare_login(), folder) as login:
        await login.until(r"https://claude\.(ai|com)/\S*authorize\S+")
        await login.until("Paste code here")
        login.terminal.write(b"\x03")
        async with asyncio.timeout(LIMIT_S):
            while await login.terminal.read():
                pass
            assert (await login.terminal.exited).status != 0


async def test_gemini_shows_an_address_and_takes_a_code(folder: Path) -> None:
    """Its own screen; *Sign in with Google* is the first choice, and by our environment it wants a pasted code."""
    gemini = catalog.load()["gemini"]
    assert isinstance(gemini, SignsIn)
    async with running(await gemini.prepare_login(), folder) as login:
        await login.until("Sign in with Google")
        await login.until(r"Use Enter to select")
        login.terminal.write(b"\r")
        await login.until(r"https://accounts\.google\.com/\S+codeassist\.google\.com\S+authcode")
        await login.until("Enter the authorization code")


class Issuer(BaseHTTPRequestHandler):
    """Gives one device code, and never says that it was entered."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        given = {"device_auth_id": "one", "user_code": "ABCD-12345", "interval": "5"}
        body = json.dumps(given).encode()
        self.send_response(200 if self.path.endswith("usercode") else 403)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def issuer() -> Iterator[str]:
    """The address of one that gives device codes."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Issuer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def test_codex_shows_a_device_code(folder: Path, issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`codex login --device-auth`, with an issuer on loopback in the place of the real one."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    prepared = await CodexProvider().prepare_login()
    assert list(prepared.program.command[1:]) == ["login", "--device-auth"]
    elsewhere = [*prepared.program.command, "--experimental_issuer", issuer]
    async with running(
        replace(prepared, program=replace(prepared.program, command=elsewhere)), folder
    ) as login:
        await login.until(rf"{issuer}/codex/device")
        await login.until(r"one-time code[^\n]*\r\n\s+ABCD-12345\r\n")


async def test_codex_without_a_network_says_so_and_ends(folder: Path) -> None:
    """As it is run: its own words, and an exit status that is no success."""
    async with running(await CodexProvider().prepare_login(), folder) as login:
        await login.until("Error logging in")
        async with asyncio.timeout(LIMIT_S):
            while await login.terminal.read():
                pass
            assert (await login.terminal.exited).status == 1
