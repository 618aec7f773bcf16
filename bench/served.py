"""A real server in a process of its own."""

import asyncio
import contextlib
import os
import sqlite3
import sys
import tempfile
from collections.abc import AsyncGenerator, Generator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import connect

from antiphon.client import Client
from antiphon.model.replies import Welcome
from bench.wire import LIMIT_S, Stamped, Wire, Wrong

AGENT = [sys.executable, "-P", "-IS", str(Path(__file__).with_name("agent.py"))]


class Server:
    """One server, its data directory and an API token."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, url: str, token: str) -> None:
        self.process, self.folder, self.url, self._token = process, folder, url, token
        self._rest = Client(url, token)

    async def session(self, provider: str) -> str:
        """A new session in the one project."""
        work = self.folder / "work"
        await self._rest.post("/api/projects", {"path": str(work), "trust": True})
        return (await self._rest.post("/api/sessions", {"project": "work", "provider": provider}))["id"]

    async def get(self, path: str) -> Any:
        return await self._rest.get(path)

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncGenerator["Wire"]:
        """A WebSocket that has been welcomed."""
        async with connect(
            self.url.replace("http", "ws", 1) + "/ws",
            additional_headers={"Authorization": f"Bearer {self._token}"},
            compression=None,
            max_size=None,
            ping_interval=None,
            proxy=None,
            create_connection=Stamped,
        ) as socket:
            assert isinstance(socket, Stamped)
            wire = Wire(socket)
            if not isinstance(await wire.receive(), Welcome):
                raise Wrong("no welcome")
            yield wire

    def rows(self, session: str) -> list[tuple[int, bytes]]:
        """(seq, body) of all events of the session, out of the database itself."""
        query = "SELECT seq, body FROM event JOIN session_metadata s ON s.key = session WHERE s.id = ? ORDER BY seq"
        with contextlib.closing(
            sqlite3.connect(f"file:{database(self.folder)}?mode=ro", uri=True)
        ) as connection:
            return connection.execute(query, (session,)).fetchall()


@contextlib.contextmanager
def temporary() -> Generator[Path]:
    """A folder for one server, with the project's folder and the measuring agent in its catalog."""
    with tempfile.TemporaryDirectory(prefix="antiphon-bench-") as name:
        folder = Path(name)
        (folder / "work").mkdir()
        (folder / "data").mkdir()
        agents = f'[bench]\nname = "The measuring agent"\ncommand = {msgspec.json.encode(AGENT).decode()}\n'
        (folder / "data/agents.toml").write_text(agents)
        yield folder


def database(folder: Path) -> Path:
    """The server's database."""
    return folder / "data/antiphon.db"


def serve_command(folder: Path) -> list[str]:
    """As a person starts it; on any free port."""
    words = ["serve", "--host", "127.0.0.1", "--port", "0", "--no-open"]
    return [
        sys.executable,
        "-m",
        "antiphon",
        *words,
        "--data-dir",
        str(folder / "data"),
        "--root",
        str(folder),
    ]


@contextlib.asynccontextmanager
async def served(folder: Path, command: Sequence[str] = ()) -> AsyncGenerator[Server]:
    """A running server; `command` starts another than `antiphon serve`, which prints the same first line."""
    async with started(folder, command or serve_command(folder)) as (process, url):
        yield Server(process, folder, url, await _token(folder))


@contextlib.asynccontextmanager
async def started(
    folder: Path, command: Sequence[str]
) -> AsyncGenerator[tuple[asyncio.subprocess.Process, str]]:
    """A server's process, as soon as it says its address; ended at the end."""
    pipe, environment = asyncio.subprocess.PIPE, {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
    with (folder / "stderr").open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=stderr, env=environment)
    assert process.stdout
    try:
        async with asyncio.timeout(LIMIT_S):
            line = (await process.stdout.readline()).decode()
        if " runs at " not in line:
            raise Wrong(f"the server did not start: {(folder / 'stderr').read_text()[-2000:]}")
        yield process, line.split()[-1]
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.communicate(), LIMIT_S)


async def ended(agent: asyncio.subprocess.Process) -> None:
    """Have an agent of ours leave: it does when its stdin ends."""
    assert agent.stdin
    agent.stdin.close()
    await asyncio.wait_for(agent.communicate(), LIMIT_S)


async def _token(folder: Path) -> str:
    words = ["token", "create", "bench", "--data-dir", str(folder / "data")]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "antiphon", *words, stdout=pipe)
    out, _ = await process.communicate()
    return out.decode().split()[-1]
