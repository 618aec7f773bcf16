"""`python -m tests.browser.other_version serve …`: the real server with another build of the page.

The build is the present one with its first script under another name, as a change to it would have it.
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

from antiphon.server import app, page

ENTRY = re.compile(r"index-[\w-]{8}\.js")
TEXT = {".js", ".html"}


def renamed(built: Path, folder: Path) -> None:
    """Copy the build; its first script is called otherwise, wherever it is named, and so is the worker's version."""
    shutil.copytree(built, folder)
    found = ENTRY.search((built / "index.html").read_text())
    assert found is not None, "index.html names no first script"
    old, new = found[0], "index-0therBld.js"
    (folder / "assets" / old).rename(folder / "assets" / new)
    for path in folder.rglob("*"):
        if path.suffix in TEXT:
            path.write_text(path.read_text().replace(old, new))
    worker = folder / "sw.js"
    worker.write_text(re.sub(r'VERSION = "\w+"', 'VERSION = "another"', worker.read_text()))


if __name__ == "__main__":
    from antiphon.cli import main

    with tempfile.TemporaryDirectory() as place:
        renamed(page.STATIC, Path(place, "static"))
        app.STATIC = Path(place, "static")
        sys.exit(main())
