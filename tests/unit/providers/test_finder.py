"""What a program prints of itself. (Which program is used: claude/test_program.py, codex/test_program.py.)"""

import os
import time
from pathlib import Path

import psutil
import pytest

from antiphon.providers.finder import printed
from antiphon.providers.programs import Program


def script(folder: Path, source: str) -> Program:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{source}\n")
    path.chmod(0o755)
    return Program(provider="p", name="P", command=[str(path), "--version"])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("printf 'one\\ntwo'", "one\ntwo"),
        ("echo one; exit 3", "one\n"),
        ("echo no >&2", ""),
        ("printf '\\377'", "\ufffd"),
    ],
)
async def test_what_a_program_prints(tmp_path: Path, source: str, expected: str) -> None:
    """To its end, whether that is a line's end or not, and however it leaves."""
    assert await printed(script(tmp_path, source), os.environ, 10) == expected


async def test_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    """It prints nothing: a look is no failure."""
    program = Program(provider="p", name="P", command=[str(tmp_path / "none")])
    assert await printed(program, os.environ, 10) == ""


async def test_a_program_that_does_not_end(tmp_path: Path) -> None:
    """What it printed is not believed, and it is ended."""
    pid = tmp_path / "pid"
    began = time.monotonic()
    program = script(tmp_path, f"echo $$ > {pid}; echo 1.2.3; exec sleep 1000")
    assert await printed(program, os.environ, 1) is None
    assert time.monotonic() - began < 10
    assert not psutil.pid_exists(int(pid.read_text()))
