"""`antiphon doctor`: what there is, and what is missing."""

import argparse
import os
import platform
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from antiphon import __version__
from antiphon.cli.options import FAILED, CommandFailed, add_data_dir, add_option, folder_of, with_log
from antiphon.server.config import LOCAL_MODELS, local_models

if TYPE_CHECKING:
    from sqlalchemy import Connection


def add(commands: Any) -> None:
    """Add it to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "doctor", help="look whether all is well: the log, the page, the agents"
    )
    add_data_dir(parser)
    add_option(parser, LOCAL_MODELS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; the exit code is 1 when something of Antiphon's own is wrong, whatever agents there are."""
    from antiphon.cli.doctor_agents import tell

    folder, models = folder_of(arguments), local_models(vars(arguments), os.environ)
    print(f"antiphon {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    _server(folder)
    sound = _log(folder) & _page()
    if not sound:
        print("Something of Antiphon itself is wrong: see above.")
    return 0 if tell(folder, models) & sound else FAILED


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
