"""A real server in a process of its own, and a client with nothing around its WebSocket."""

import asyncio
import contextlib
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from antiphon.client import Client
from antiphon.model.commands import AnyCommand, Prompt, Subscribe
from antiphon.model.events import TURN_ENDS, AnyEvent, ItemCompleted, ItemDelta, TurnCompleted
from antiphon.model.ids import new_id
from antiphon.model.replies import AnyFrame, Events, Subscribed, Welcome

HERE = Path(__file__).parent
AGENT = [sys.executable, "-P", "-IS", str(HERE / "agent.py")]
LIMIT_S = 120.0
"""For anything that is waited for."""

_frame = msgspec.json.Decoder(AnyFrame).decode
_event = msgspec.json.Decoder(AnyEvent).decode
_encode = msgspec.json.Encoder().encode


class Wrong(Exception):
    """What was measured is not what should have happened: the figures would say nothing."""


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
    async def connect(self) -> AsyncIterator["Wire"]:
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


class Stamped(ClientConnection):
    """A WebSocket that notes when bytes come, before anything is made of them."""

    came = 0

    def data_received(self, data: bytes) -> None:
        self.came = time.monotonic_ns()
        super().data_received(data)


class Wire:
    """The client's side of one WebSocket."""

    def __init__(self, socket: Stamped) -> None:
        self._socket = socket
        self.arrived = 0
        """When the last frame came, or later bytes, if they came before it was taken (monotonic ns)."""

    async def send(self, command: AnyCommand) -> None:
        await self._socket.send(_encode(command).decode())

    async def receive(self) -> AnyFrame:
        raw = await self._socket.recv(decode=False)
        self.arrived = self._socket.came
        return _frame(raw)

    async def follow(self, session: str, **start: int) -> Subscribed:
        """Subscribe; the reply. What other frames come before it are passed over."""
        await self.send(Subscribe(id=new_id(), session=session, **(start or {"after": 0})))
        while not isinstance(frame := await self.receive(), Subscribed):
            pass
        return frame

    async def ask(self, session: str, text: str) -> None:
        await self.send(Prompt(id=new_id(), session=session, text=text))


class Transcript:
    """What a client was sent of one session: each frame continues the one before, each event comes once."""

    def __init__(self) -> None:
        self.bodies: list[tuple[int, bytes]] = []
        self.chunks: list[str] = []
        """The words of the deltas, in order."""
        self.ended: AnyEvent | None = None
        self.arrived = 0
        """When the last of them came (monotonic ns)."""

    @property
    def cursor(self) -> int:
        return self.bodies[-1][0] if self.bodies else 0

    def take(self, frame: Events, arrived: int) -> list[str]:
        """The words that the frame brings. Raises Wrong."""
        if frame.after != self.cursor:
            raise Wrong(f"a frame continues {frame.after}, and the one before ended at {self.cursor}")
        words: list[str] = []
        for body in frame.events:
            event = _event(body)
            if event.seq != self.cursor + 1:
                raise Wrong(f"event {event.seq} came after event {self.cursor}")
            self.bodies.append((event.seq, bytes(body)))
            if isinstance(event, ItemDelta):
                words += event.text.split()
            elif isinstance(event, TURN_ENDS):
                self.ended = event
        if words:
            self.arrived = arrived
        self.chunks += words
        return words

    def check(self, numbers: Sequence[int], rows: Sequence[tuple[int, bytes]]) -> None:
        """That all chunks came, in order and once, and that the log holds what was sent. Raises Wrong."""
        if not isinstance(self.ended, TurnCompleted):
            raise Wrong(f"the turn ended otherwise: {self.ended}")
        found = [int(chunk.partition(":")[0]) for chunk in self.chunks]
        if found != list(numbers):
            raise Wrong(f"{len(found)} chunks came of {len(numbers)}, or in another order")
        held = set(rows)
        missing = [_event(body) for seq, body in self.bodies if (seq, body) not in held]
        if not held <= set(self.bodies) or not all(isinstance(event, ItemDelta) for event in missing):
            raise Wrong(f"the log holds {len(rows)} events, the client got {len(self.bodies)}, or others")
        self._check_whole({event.item for event in missing if isinstance(event, ItemDelta)}, rows)

    def _check_whole(self, items: set[str], rows: Sequence[tuple[int, bytes]]) -> None:
        """Deltas may be gone (compaction) where `item-completed` holds all that they said. Raises Wrong."""
        said: dict[str, str] = dict.fromkeys(items, "")
        for _, body in self.bodies:
            if isinstance(event := _event(body), ItemDelta) and event.item in said:
                said[event.item] += event.text
        whole = {
            event.item: event.content for _, body in rows if isinstance(event := _event(body), ItemCompleted)
        }
        if any(getattr(whole.get(item), "text", None) != text for item, text in said.items()):
            raise Wrong("the log lost deltas that no item holds")


async def turn(wire: Wire, session: str, text: str, transcript: Transcript) -> None:
    """Ask, and take all that comes until the turn has ended. The session is followed already."""
    transcript.ended = None
    await wire.ask(session, text)
    async with asyncio.timeout(LIMIT_S):
        while transcript.ended is None:
            frame = await wire.receive()
            if isinstance(frame, Events):
                transcript.take(frame, wire.arrived)


@contextlib.contextmanager
def temporary() -> Iterator[Path]:
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
async def served(folder: Path, command: Sequence[str] = ()) -> AsyncIterator[Server]:
    """A running server; `command` starts another than `antiphon serve`, which prints the same first line."""
    async with started(folder, command or serve_command(folder)) as (process, url):
        yield Server(process, folder, url, await _token(folder))


@contextlib.asynccontextmanager
async def started(
    folder: Path, command: Sequence[str]
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
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
