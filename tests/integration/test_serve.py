"""Starting and stopping: quickly, at a free port, in good order."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.rest import events, prompt, wait_for
from tests.servers import RunningServer

MakeServer = Callable[..., RunningServer]


def test_a_busy_port_falls_to_the_next_free_one_and_says_so(make_server: MakeServer) -> None:
    """Whoever has our port keeps it; the printed address is the one that works."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = make_server(port=port)
        assert port < server.port < port + 50
        assert f"Port {port} is taken; using {server.port} instead." in "".join(server.printed)
        assert httpx.get(f"{server.url}/health").status_code == 200


def test_behind_a_proxy_a_busy_port_is_an_error(running_server: RunningServer) -> None:
    """A proxy would look in vain at another port, so the server does not start."""
    words = ["serve", "--port", str(running_server.port), "--public-url", "https://example.org"]
    folder = running_server.data_dir.parent / "other"
    command = [sys.executable, "-m", "antiphon", *words, "--data-dir", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "taken" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", ["terminate", "interrupt"])
def test_a_signal_stops_it_in_good_order(running_server: RunningServer, how: str) -> None:
    """TERM and Ctrl+C with a turn running: the end is seen, goodbye said, 1012, exit code 0, all within 5 s."""
    running_server.make_project()
    session = running_server.make_session()["id"]
    headers = {"authorization": f"Bearer {running_server.token}"}
    with running_server.client() as api:
        prompt(api, session, "slow 10/s for 60 s")
        wait_for(api, session, "item-started")
    with connect(running_server.url.replace("http", "ws", 1) + "/ws", additional_headers=headers) as client:
        client.send(f'{{"type":"subscribe","id":"sub","session":"{session}","tail":0}}')
        began = time.monotonic()
        if how == "terminate":
            running_server.process.terminate()
        else:
            running_server.process.send_signal(2)
        frames, closed = read_to_end(client)
    assert running_server.process.wait(10) == 0
    assert time.monotonic() - began < 5
    assert closed == 1012
    assert any('"turn-interrupted"' in frame for frame in frames)
    assert '"goodbye"' in frames[-1]
    assert '"retry":true' in frames[-1]
    running_server.restart()
    with running_server.client() as api:
        ends = [event for event in events(api, session) if event["type"] == "turn-interrupted"]
    assert [end.get("reason") for end in ends] == ["server-stopped"]


def read_to_end(client: ClientConnection) -> tuple[list[str], int | None]:
    """All frames until the socket is closed, and its close code."""
    frames: list[str] = []
    while True:
        try:
            frames.append(str(client.recv(timeout=10)))
        except ConnectionClosed as closed:
            return frames, closed.rcvd.code if closed.rcvd else None


def test_a_client_that_does_not_listen_does_not_hold_it_up(running_server: RunningServer) -> None:
    """Open requests and sockets that never read: gone within 5 s all the same."""
    headers = {"authorization": f"Bearer {running_server.token}"}
    with (
        connect(running_server.url.replace("http", "ws", 1) + "/ws", additional_headers=headers) as silent,
        socket.create_connection(("127.0.0.1", running_server.port)) as half,
    ):
        silent.recv(timeout=5)
        half.sendall(b"POST /api/attachments?name=x HTTP/1.1\r\nhost: 127.0.0.1\r\n")
        began = time.monotonic()
        assert running_server.stop() == 0
        assert time.monotonic() - began < 5


def test_it_is_ready_soon_and_small(running_server: RunningServer) -> None:
    """Idle it takes at most 80 MB; its start costs less than 2 s of processor time on a slow machine."""
    process = psutil.Process(running_server.pid)
    assert process.memory_info().rss < 80e6
    used = process.cpu_times()
    assert used.user + used.system < 2.0
    loaded = [path for path in (m.path for m in process.memory_maps()) if "pydantic" in path]
    assert loaded == [], "what the server does not need has been imported"


def test_the_link_is_printed_and_not_logged(make_server: MakeServer) -> None:
    """The link is for whoever started the server; at level warning the log of a good start is empty."""
    server = make_server("--log-level", "warning")
    assert server.log() == ""
    assert sum("#token=" in line for line in server.printed) == 1
