"""A real server for tests: `antiphon serve` as a child process on a data directory of its own.

    def test_it(running_server):
        with running_server.client() as client:
            assert client.get("/api/me").status_code == 200

The fixtures `running_server` and `make_server` (for other flags) are in tests/conftest.py.
"""

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import httpx

from antiphon.providers.keys import KEYED

START_SECONDS = 30.0
"""A generous limit: the machine may be busy with other tests."""
STOP_SECONDS = 10.0

LINK = re.compile(r"^\s*(http\S*)/#token=(\S+)\s*$")


class RunningServer:
    """One data directory and the server on it; `restart` serves the same directory at the same address."""

    def __init__(
        self,
        folder: Path,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        module: str = "antiphon",
    ):
        self.data_dir = folder / "data"
        self.root = folder / "root"
        """Projects may lie here."""
        self.root.mkdir(exist_ok=True)
        self.log_path = folder / "server.log"
        self.url = ""
        self.secret = ""
        """The link's secret, as printed at the last start; empty once `browser` has used it."""
        self._arguments, self._environment = list(arguments), dict(environment or {})
        self._folder, self._module = folder, module
        self._process: subprocess.Popen[str] | None = None
        self._lines: Queue[str | None] = Queue()
        self._token = ""
        self.printed: list[str] = []
        """All that it printed since its last start."""

    # The process

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None, "the server was not started"
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port or 80

    def environment(self) -> dict[str, str]:
        """The child's environment: the test's own, without settings of Antiphon's and a developer's keys."""
        foreign = ("ANTIPHON_", *(name for keyed in KEYED.values() for name in keyed.variables))
        around = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        own = {
            "XDG_STATE_HOME": str(self._folder / "state"),
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "ANTIPHON_NO_IMPORT": "1",
        }
        own["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # nothing into a developer's own
        return around | own | self._environment

    def start(self, port: int = 0) -> "RunningServer":
        """Start it and wait until it is ready."""
        command = [sys.executable, "-m", self._module, "serve", "--no-open", "--port", str(port)]
        command += ["--data-dir", str(self.data_dir), "--root", str(self.root), *self._arguments]
        with self.log_path.open("a") as log:
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment()
            )
        self.printed, self._lines = [], Queue()
        threading.Thread(target=self._drain, args=(self._process, self._lines), daemon=True).start()
        self._await_link()
        return self

    def _drain(self, process: subprocess.Popen[str], lines: Queue[str | None]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.printed.append(line)
            lines.put(line)
        lines.put(None)

    def _await_link(self) -> None:
        while True:
            try:
                line = self._lines.get(timeout=START_SECONDS)
            except Empty:
                line = None
            if line is None:
                raise AssertionError(f"the server did not start; it said:\n{self.log()}")
            if found := LINK.match(line):
                self.url, self.secret = found.groups()
                return

    def restart(self) -> "RunningServer":
        """Start it again (after `kill` or `stop`, or stopping it now) at the same port."""
        if self.process.poll() is None:
            self.stop()
        return self.start(self.port)

    def kill(self) -> None:
        """kill -9, and wait for it."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS)

    def close(self) -> None:
        """End it, whatever state it is in."""
        if self._process is None or self._process.poll() is not None:
            return
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.kill()

    def log(self) -> str:
        """What it wrote to stderr over all its starts."""
        return self.log_path.read_text() if self.log_path.exists() else ""

    def command(self, *words: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run another `antiphon` command on the same data directory; `typed` comes on its stdin."""
        command = [sys.executable, "-m", "antiphon", *words, "--data-dir", str(self.data_dir)]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=self.environment(), input=typed
        )

    # Talking to it

    @property
    def token(self) -> str:
        """An API token, made once."""
        if not self._token:
            with contextlib.closing(self.browser()) as client:
                answer = client.post("/api/tokens", json={"name": "tests"})
            assert answer.status_code == 201, answer.text
            self._token = answer.json()["secret"]
        return self._token

    def client(self, **options: Any) -> httpx.Client:
        """A script's client: signed in by an API token."""
        headers = {"authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, **options)

    def browser(self) -> httpx.Client:
        """A page's client: signed in by a fresh link, with cookie and Origin."""
        client = httpx.Client(base_url=self.url, headers={"origin": self.url}, timeout=30)
        link, self.secret = self.secret or self.link(), ""
        answer = client.post("/api/sign-in", json={"token": link})
        assert answer.status_code == 200, answer.text
        return client

    def link(self) -> str:
        """A fresh link's secret."""
        made = self.command("link", "--no-qr")
        assert made.returncode == 0, made.stderr
        found = LINK.match(made.stdout.splitlines()[-1])
        assert found is not None, made.stdout
        return found[2]

    def make_project(self, name: str = "site", *, trust: bool = True) -> dict[str, Any]:
        """A project in a new folder below the root."""
        folder = self.root / name
        folder.mkdir(exist_ok=True)
        with self.client() as client:
            answer = client.post("/api/projects", json={"path": str(folder), "name": name, "trust": trust})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def make_session(
        self, project: str = "site", provider: str = "practice", **fields: Any
    ) -> dict[str, Any]:
        """A session in a project."""
        with self.client() as client:
            answer = client.post("/api/sessions", json={"project": project, "provider": provider, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()
