"""The page's road from web/ to src/antiphon/static, where the server and the wheel find it.

Used by hatch_build.py (in a build of its own, perhaps from an sdist) and by `./dev`.
Stamps hold the digest of what was built, so that nothing is built twice.
"""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools import ROOT
from tools.node import Node
from tools.steps import Stop, run

WEB = ROOT / "web"
STATIC = ROOT / "src/antiphon/static"
STAMP = STATIC / ".stamp"

PACKAGES_STAMP = "node_modules/.stamp"

MADE = {"node_modules", "dist", "coverage"}
"""Folders of web/ that are made from the rest."""


def is_fresh() -> bool:
    """Whether the built page is that of web/ as it stands."""
    return (STATIC / "index.html").exists() and _read(STAMP) == digest(sources())


def build(node: Node) -> None:
    """Builds the page, and puts it in place whole."""
    wanted = digest(sources())
    install_packages(node)
    run(node.npm("run", "build"), cwd=WEB, env=node.environment())
    if not (WEB / "dist/index.html").exists():
        raise Stop("the build of web/ ended well, but made no dist/index.html")
    fresh = STATIC.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(WEB / "dist", fresh)
    (fresh / STAMP.name).write_text(wanted)
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.rename(STATIC)


def install_packages(node: Node, folder: Path = WEB) -> None:
    """Installs what the folder's package-lock.json names, unless it is there."""
    if not packages_are_fresh(folder):
        node.install(folder)
        (folder / PACKAGES_STAMP).write_text(_packages_digest(folder))


def packages_are_fresh(folder: Path = WEB) -> bool:
    """Whether `install_packages` has nothing to do."""
    return _read(folder / PACKAGES_STAMP) == _packages_digest(folder)


def sources() -> Iterator[Path]:
    """The files of web/ that the page is built from."""
    for top in WEB.iterdir():
        if top.is_file():
            yield top
        elif top.name not in MADE:
            yield from (path for path in top.rglob("*") if path.is_file())


def digest(paths: Iterable[Path]) -> str:
    """One sha256 over the files' places below the checkout and their content, in a fixed order."""
    total = hashlib.sha256()
    for path in sorted(paths):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(ROOT).as_posix()} {content}\n".encode())
    return total.hexdigest()


def _packages_digest(folder: Path) -> str:
    return digest(folder / name for name in ("package.json", "package-lock.json", ".npmrc"))


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
