"""What the commands share: options out of `config.OPTIONS`, and how to fail in words."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from antiphon.server.config import DATA_DIR, Option, data_dir

if TYPE_CHECKING:
    from antiphon.log.store import Log

FAILED = 1
USAGE = 2
RUNS_ALREADY = 3

T = TypeVar("T")

Subparsers = "argparse._SubParsersAction[argparse.ArgumentParser]"


class CommandFailed(Exception):
    """{message}"""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def add_option(parser: argparse.ArgumentParser, option: Option) -> None:
    """Let a command take an option; its value is read and checked by `config`."""
    words = f"{option.help} (environment: {option.env}; default: {option.default.replace('`', '')})"
    words = words.replace("%", "%%")
    if option.metavar is None:
        parser.add_argument(option.flag, dest=option.name, action="store_const", const="yes", help=words)
    elif option.many:
        parser.add_argument(
            option.flag, dest=option.name, action="append", metavar=option.metavar, help=words
        )
    else:
        parser.add_argument(option.flag, dest=option.name, metavar=option.metavar, help=words)


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Let a command be told the data directory."""
    add_option(parser, DATA_DIR)


def folder_of(arguments: argparse.Namespace) -> Path:
    """The data directory. Raises BadSetting."""
    return data_dir(vars(arguments), os.environ)


def with_log(folder: Path, work: "Callable[[Log], Awaitable[T]]") -> T:
    """Work on the log of a data directory, whether a server has it open or not. Raises CommandFailed."""
    from antiphon.log.errors import LogError

    try:
        return asyncio.run(_with_log(folder, work))
    except LogError as error:
        raise CommandFailed(str(error)) from None


async def _with_log(folder: Path, work: "Callable[[Log], Awaitable[T]]") -> T:
    log = await _open(folder)
    try:
        return await work(log)
    finally:
        await log.close()


async def _open(folder: Path) -> "Log":
    from antiphon.log.errors import LogLocked, LogOutdated
    from antiphon.log.store import Log

    try:
        return await Log.open_beside(folder)
    except LogOutdated:
        # No log yet, or an older one: nobody has it open, so bring it up to date as a server would.
        try:
            return await Log.open(folder)
        except LogLocked:
            return await Log.open_beside(folder)
