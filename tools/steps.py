"""Telling what happens, running a step, and stopping with words that help."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools import ROOT


class Stop(Exception):
    """`./dev` cannot go on; the message says why, and what to do."""


def say(text: str) -> None:
    """Tells the person what happens now; on stderr, since stdout is the command's own."""
    print(f"dev: {text}", file=sys.stderr, flush=True)


def run(argv: Sequence[str | Path], cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
    """Runs one step of the set-up with its output in sight; Stop where it fails."""
    words = [str(word) for word in argv]
    # The step's stdout is not the command's: `./dev run token create` prints a token there, and nothing else.
    code = subprocess.run(words, cwd=cwd, env=env, stdout=sys.stderr, stdin=subprocess.DEVNULL).returncode
    if code:
        raise Stop(f"this failed with exit code {code} (its own words are above):\n  {' '.join(words)}")


def replace(argv: Sequence[str | Path], env: Mapping[str, str]) -> None:
    """Becomes the program: signals and the exit code are then its own."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(str(argv[0]), [str(word) for word in argv], dict(env))
