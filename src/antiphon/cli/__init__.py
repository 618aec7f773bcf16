"""The command line. Nothing heavy is imported before a command needs it.

Exit codes: 0 done; 1 it did not work, and a sentence says why; 2 the command line or a
setting is wrong; 3 (`serve`) a server runs on this data directory already.
"""

import argparse
import sys
from collections.abc import Sequence

from antiphon import __version__
from antiphon.cli import doctor, key, link, password, serve, token
from antiphon.cli.options import USAGE, CommandFailed
from antiphon.server.config import BadSetting


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    arguments = parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except BadSetting as error:
        return _complain(str(error), USAGE)
    except CommandFailed as error:
        return _complain(str(error), error.code)
    except KeyboardInterrupt:
        return 130


def _complain(message: str, code: int) -> int:
    print(f"antiphon: {message}", file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(
        prog="antiphon",
        description="A self-hosted workspace for coding agents, where every prompt gets an answer.",
    )
    top.add_argument("--version", action="version", version=f"antiphon {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (serve, token, link, password, key, doctor):
        command.add(commands)
    return top
