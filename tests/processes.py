"""What another process runs, asked of one that may end at any moment."""

import contextlib

import psutil


def command_of(process: psutil.Process) -> list[str]:
    """Its command line; empty when it is gone: one that was just listed may have ended since."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.cmdline()
    return []
