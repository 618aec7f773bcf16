"""`./dev check packaging`: what a person installs, really built and installed.

It takes about a minute and uses the network, so it does not run by itself.
"""

import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from pathlib import Path

from tools import ROOT, node, uv
from tools.environment import DEVELOP, RUN
from tools.page import WEB
from tools.steps import Stop

LIMIT_SECONDS = 600

START_SECONDS = 30


def problem() -> str:
    """Builds sdist, and the wheel from it; installs the wheel where there is no Node. Empty: all is well."""
    with tempfile.TemporaryDirectory(prefix="antiphon-packaging-") as folder:
        try:
            _try_all(Path(folder))
        except subprocess.CalledProcessError as error:
            return (
                f"{' '.join(map(str, error.cmd))}\nended with exit code {error.returncode}:\n{error.stdout}"
            )
    return ""


def _try_all(folder: Path) -> None:
    tool = uv.find()
    # The wheel is made from the sdist: so both are tried.
    _call(tool, "build", "--quiet", "--build-constraints", DEVELOP, "--out-dir", folder / "dist", ROOT)
    _sdist_needs_no_node(folder)
    venv = folder / "venv"
    _call(tool, "venv", "--python", sys.executable, venv)
    wheel = next((folder / "dist").glob("*.whl"))
    _call(tool, "pip", "install", "--python", venv, "--require-hashes", "--requirements", RUN)
    _call(tool, "pip", "install", "--python", venv, "--no-deps", wheel)
    _serves_its_page(venv / "bin/antiphon", folder)
    _lock_serves_other_systems(folder)


def _sdist_needs_no_node(folder: Path) -> None:
    with tarfile.open(next((folder / "dist").glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "sdist", filter="data")
    tree = next((folder / "sdist").iterdir())
    _call(sys.executable, "-c", "from tools import page; assert page.is_fresh()", cwd=tree)


def _serves_its_page(antiphon: Path, folder: Path) -> None:
    """Starts the installed server as a person would, with nothing of this checkout or of Node on the PATH."""
    port = _free_port()
    words = [
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--data-dir",
        str(folder / "data"),
        "--no-open",
    ]
    with (folder / "server.log").open("w+") as log:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
        server = subprocess.Popen([antiphon, *words], cwd=folder, env=env, stdout=log, stderr=log)
        try:
            page = _first_answer(f"http://127.0.0.1:{port}/", server)
        finally:
            server.terminate()
            server.wait(timeout=START_SECONDS)
        if '<div id="root">' not in page:
            log.seek(0)
            raise Stop(f"the installed server gives no page, but: {page[:500]}\nIts log:\n{log.read()}")


def _first_answer(url: str, server: subprocess.Popen[bytes]) -> str:
    """What the server answers as soon as it answers; the reason why not, where it does not."""
    end = time.monotonic() + START_SECONDS
    reason = ""
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (our own address)
                return answer.read().decode()
        except OSError as error:
            reason = str(error)
            time.sleep(0.1)
    return f"exit code {server.poll()}, {reason}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lock_serves_other_systems(folder: Path) -> None:
    found = node.of_venv()
    mac = folder / "mac"
    mac.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(WEB / name, mac)
    words = found.npm("ci", "--os=darwin", "--cpu=arm64", "--ignore-scripts", "--no-progress")
    _call(*words, cwd=mac, env=found.environment())
    _call("test", "-d", mac / "node_modules/@tailwindcss/oxide-darwin-arm64")


def _call(*words: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    argv = [str(word) for word in words]
    subprocess.run(
        argv, cwd=cwd, env=env or uv.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=LIMIT_SECONDS, check=True,
    )  # fmt: skip
