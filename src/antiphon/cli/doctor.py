"""`antiphon doctor`: what there is, and what is missing."""

import argparse
import platform
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from antiphon import __version__
from antiphon.cli.options import FAILED, CommandFailed, add_data_dir, folder_of, with_log

if TYPE_CHECKING:
    from sqlalchemy import Connection


def add(commands: Any) -> None:
    """Add it to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "doctor", help="look whether all is well: the log, the page, the agents"
    )
    add_data_dir(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; the exit code is 1 when something is wrong."""
    folder = folder_of(arguments)
    print(f"antiphon {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    _server(folder)
    sound = _log(folder)
    return 0 if _page() & sound & _agents(folder) else FAILED


def _server(folder: Path) -> None:
    from antiphon.server.running import running

    server = running(folder) if folder.is_dir() else None
    if server is None:
        print(f"data directory: {folder}; no server runs on it")
    else:
        print(
            f"data directory: {folder}; process {server.pid} serves it at {server.url or '(still starting)'}"
        )


def _log(folder: Path) -> bool:
    if not (folder / "antiphon.db").exists():
        print("log: none yet; the first `antiphon serve` makes it")
        return True
    try:
        found = with_log(folder, lambda log: log.read(_problems))
    except CommandFailed as error:
        found = [str(error)]
    print("log: sound" if not found else f"log: {'; '.join(found)}")
    return not found


def _problems(conn: "Connection") -> list[str]:
    """What SQLite itself finds wrong."""
    found = conn.exec_driver_sql("PRAGMA quick_check(5)").scalars().all()
    return [str(problem) for problem in found if problem != "ok"]


def _page() -> bool:
    from antiphon.server.page import STATIC, Page

    built = Page(STATIC, "").built
    print("page: built" if built else "page: not built; in a checkout, ./dev run builds it")
    return built


def _agents(folder: Path) -> bool:
    import asyncio

    from antiphon.providers.catalog import CatalogInvalid, load
    from antiphon.server.app import own_catalog

    try:
        providers = load(*own_catalog(folder))
    except CatalogInvalid as error:
        print(f"agents: {error}")
        return False
    for provider, readiness in asyncio.run(_look(providers)).items():
        known = readiness.version or "ready"
        words = known if readiness.found and not readiness.message else readiness.message or "not found"
        how = readiness.action.command if readiness.action and readiness.action.command else None
        print(f"agent {provider}: {words}{f' ({how})' if how else ''}")
        if readiness.account:
            print(f"  pays: {readiness.account}")
        if readiness.warning:
            print(f"  warning: {readiness.warning}")
    return True


async def _look(providers: Any) -> dict[str, Any]:
    import asyncio

    from antiphon.server.readiness import look

    found = await asyncio.gather(*(look(provider) for provider in providers.values()))
    return dict(zip(providers, found, strict=True))
