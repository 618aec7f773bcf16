"""`./dev check packaging`: what a person installs, really built and installed.

It takes about a minute and uses the network, so it does not run by itself.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools import ROOT, node, uv
from tools.environment import DEVELOP, RUN
from tools.page import WEB

LIMIT_SECONDS = 600

ASK_THE_PACKAGE = """
import pathlib, antiphon
page = pathlib.Path(antiphon.__file__).parent / "static/index.html"
assert "site-packages" in str(page), page
assert '<div id="root">' in page.read_text(), page
"""


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
    _call(venv / "bin/python", "-c", ASK_THE_PACKAGE, cwd=folder)
    _call(venv / "bin/antiphon", "--help", cwd=folder)
    _lock_serves_other_systems(folder)


def _sdist_needs_no_node(folder: Path) -> None:
    with tarfile.open(next((folder / "dist").glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "sdist", filter="data")
    tree = next((folder / "sdist").iterdir())
    _call(sys.executable, "-c", "from tools import page; assert page.is_fresh()", cwd=tree)


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
