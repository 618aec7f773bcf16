"""uv: the one on the PATH, or a pinned one put into .tools/ by pip."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import ROOT, debian, pip_config
from tools.steps import Stop, run, say

PINNED = "0.13.9"
OLDEST = (0, 9)
"""Older ones are passed over: they lack options that are used here."""

OWN = ROOT / ".tools" / "uv"


def find() -> Path:
    """A uv that will do; made if there is none."""
    for candidate in _candidates():
        if _version(candidate) >= OLDEST:
            return candidate
    return _install()


def environment(extras: bool = True) -> dict[str, str]:
    """The variables uv runs with: this process's, and what pip's configuration says."""
    # No Python is fetched: the one that runs `./dev` is the one that is used.
    fixed = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "0" if sys.stderr.isatty() else "1"}
    return {**os.environ, **fixed, **pip_config.uv_variables(os.environ, extras)}


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("uv")
    if on_path:
        yield Path(on_path)
    own = OWN / "bin/uv"
    if own.exists():
        yield own


def _version(uv: Path) -> tuple[int, ...]:
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, timeout=30).stdout
    except OSError:  # a file that cannot run here is not a uv: the next candidate is asked
        return (0,)
    found = re.search(r"(\d+)\.(\d+)", answer)
    return tuple(map(int, found.groups())) if found else (0,)


def _install() -> Path:
    if not _can_make_venv():
        debian.install(["python3-venv"], "Python's venv module is missing.")
    say(f"installing uv {PINNED} into .tools/ (about 20 MB) …")
    shutil.rmtree(OWN, ignore_errors=True)
    run([sys.executable, "-m", "venv", OWN])
    run(
        [
            OWN / "bin/python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            f"uv=={PINNED}",
        ]
    )
    uv = OWN / "bin/uv"
    if not uv.exists():
        raise Stop(f"pip installed uv {PINNED}, but there is no {uv}. Remove .tools/ and try again.")
    return uv


def _can_make_venv() -> bool:
    # Debian splits ensurepip off into python3-venv, and leaves the venv module itself behind.
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
