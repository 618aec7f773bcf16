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

OFF = (
    *(
        "HttpsUpgrades",
        "LensOverlay",
        "MediaRouter",
        "OptimizationHints",
        "PaintHolding",
        "PreconnectToSearch",
    ),
    *(
        "AvoidUnnecessaryBeforeUnloadCheckSync",
        "DestroyProfileOnBrowserClose",
        "ThirdPartyStoragePartitioning",
    ),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
)
"""What it does without: what Playwright turns off, since the last such list counts, and two pages of the address
bar's that each window would load unseen, a seventh of what a window costs."""

QUIET = (
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    f"--disable-features={','.join(OFF)}",
)


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
