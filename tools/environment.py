"""The virtual environment and the page's packages, brought to what the locks say.

Stamps tell what was done, so a second start does nothing. One `./dev` at a time sets up.
"""

import contextlib
import fcntl
import hashlib
import shutil
import sys
from collections.abc import Generator
from pathlib import Path

from tools import ROOT, additions, node, page, uv
from tools.steps import Stop, run, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"

RUN = ROOT / "requirements.lock"
"""What the server needs."""
DEVELOP = ROOT / "requirements-dev.lock"
"""What the server needs (the same versions), and all that tests and checks need."""

AGENTS = ROOT / "tests/agents"
AGENTS_PYTHON = AGENTS / "python"
"""The agents that come as Python packages, a folder each: beside .venv, since tests need a machine without them."""

LOCK_STAMP = VENV / ".antiphon-lock"
PACKAGE_STAMP = VENV / ".antiphon-package"


def prepare(lock: Path = DEVELOP) -> None:
    """Makes ready to run the server (`RUN`), or also to work on it (`DEVELOP`)."""
    prepare_tools(lock)
    prepare_package()


def prepare_tools(lock: Path = DEVELOP) -> None:
    """Installs what others wrote. It does not look at our own code, which may be broken at the moment."""
    with _alone():
        if not _holds(lock):
            _install_lock(lock)
        if lock == DEVELOP and not page.packages_are_fresh():
            say("installing the page's packages (npm ci) …")
            page.install_packages(node.of_venv())


def prepare_package() -> None:
    """Installs antiphon from this checkout, with its page."""
    with _alone():
        if not _package_is_fresh():
            _install_package()


def prepare_agents() -> None:
    """Installs the real agents that tests/agents runs."""
    with _alone():
        if not page.packages_are_fresh(AGENTS):
            say("installing the agents for tests/agents (npm ci, about 250 MB) …")
            page.install_packages(node.of_venv(), AGENTS)
        for name, lock in additions.LOCKS.items():
            if _read(AGENTS_PYTHON / name / ".stamp") != _digest(lock):
                _install_python_agent(name, lock)


def add(name: str) -> None:
    """Puts what `additions` calls so into .venv, and keeps it there."""
    before = additions.added()
    lock = DEVELOP if _holds(DEVELOP) else RUN
    additions.record([*before, *([] if name in before else [name])])
    try:
        prepare(lock)
    except Stop as stop:
        additions.record(before)  # else each ./dev would try, and fail, before it does what it is asked
        raise Stop(f"{name} was not added, all is as it was: {stop}") from stop


def _install_python_agent(name: str, lock: Path) -> None:
    say(f"installing {name} for tests/agents ({lock.name}, about 170 MB to fetch) …")
    folder = AGENTS_PYTHON / name
    shutil.rmtree(folder, ignore_errors=True)
    words = ["pip", "install", "--quiet", "--python", PYTHON, "--target", folder]
    run([uv.find(), *words, "--require-hashes", "--requirements", lock], env=uv.environment())
    (folder / ".stamp").write_text(_digest(lock))


def _install_lock(lock: Path) -> None:
    tool = uv.find()
    if not PYTHON.exists() or not _read(LOCK_STAMP).endswith(f" {VENV}"):
        # New, cut off in the middle, or moved with its folder: a venv's scripts name their place.
        say(f"making .venv with Python {sys.version.split()[0]} …")
        run([tool, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], env=uv.environment())
    locks = [lock, *additions.locks()]
    say(f"installing {' and '.join(each.name for each in locks)} …")
    for stamp in (LOCK_STAMP, PACKAGE_STAMP):  # gone first: a set-up cut in the middle is not taken for whole
        stamp.unlink(missing_ok=True)
    # Byte-code now, once: else the first start pays for it (and each, where Python may not write it).
    words = ["pip", "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", *locks]
    run([tool, *words], env=uv.environment())
    LOCK_STAMP.write_text(_lock_stamp(lock))


def _install_package() -> None:
    patience = "" if page.packages_are_fresh() else " (about 20 s)"
    built = "" if page.is_fresh() else f" and building its page{patience}"
    say(f"installing antiphon from this checkout{built} …")
    PACKAGE_STAMP.unlink(missing_ok=True)
    # --no-deps: the lock has brought them. The build's own packages are held to the lock as well.
    words = ["pip", "install", "--python", PYTHON, "--no-deps", "--reinstall-package", "antiphon"]
    run([uv.find(), *words, "--build-constraints", DEVELOP, "--editable", ROOT], env=uv.environment())
    PACKAGE_STAMP.write_text(_package_digest())


def _holds(lock: Path) -> bool:
    # The larger lock has everything of the smaller: going from tests back to running installs nothing.
    return PYTHON.exists() and _read(LOCK_STAMP) in {_lock_stamp(lock), _lock_stamp(DEVELOP)}


def _package_is_fresh() -> bool:
    return page.is_fresh() and _read(PACKAGE_STAMP) == _package_digest()


def _lock_stamp(lock: Path) -> str:
    return f"{_digest(lock, *additions.locks())} {VENV}"


def _package_digest() -> str:
    return _digest(ROOT / "pyproject.toml", ROOT / "hatch_build.py", ROOT / "src/antiphon/__init__.py")


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@contextlib.contextmanager
def _alone() -> Generator[None, None, None]:
    folder = ROOT / ".tools"
    folder.mkdir(exist_ok=True)
    with (folder / "set-up.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another ./dev is setting up; waiting for it …")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
