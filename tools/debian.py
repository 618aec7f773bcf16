"""Debian packages: installed where that is possible, named where it is not."""

import os
import shutil

from tools.steps import Stop, run, say


def install(packages: list[str], why: str) -> None:
    """Installs the packages by apt as root; otherwise Stop, with the command to give."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        raise Stop(f"{why} Install it with your system's package tool (in Debian: {' '.join(packages)}).")
    if os.geteuid() != 0:
        raise Stop(f"{why} Give this command, then try again:\n  sudo {' '.join(command)}")
    say(f"{why} Installing {' '.join(packages)} …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], env=env)
    run(command, env=env)
