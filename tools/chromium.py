"""The Chromium that the browser tests drive: the system's own, not one that a package fetches."""

import os
import shutil
from pathlib import Path

from tools import debian

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")


def find() -> Path | None:
    """CHROME_PATH, else what the PATH or macOS has; None: there is none."""
    named = os.environ.get("CHROME_PATH")
    if named:
        return Path(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return Path(found)
    return next((path for path in map(Path, APPLICATIONS) if path.exists()), None)


def require() -> None:
    """Sees to it that there is one: installs Debian's as root, otherwise says what to do."""
    if find() is None:
        debian.install(["chromium", "fonts-liberation"], "The browser tests need Chromium, which is missing.")


def arguments() -> list[str]:
    """What to start it with: no talk with the world; as root without its sandbox, else it would not start."""
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
