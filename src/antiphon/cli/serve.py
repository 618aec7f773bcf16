"""`antiphon serve`: run the server until it is told to stop."""

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Generator
from typing import Any

from antiphon.cli.options import FAILED, RUNS_ALREADY, CommandFailed, add_option
from antiphon.server.config import OPTIONS, Settings, load


def add(commands: Any) -> None:
    """Add it to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "serve",
        help="run the server",
        description="Run the server until Ctrl+C or SIGTERM. Exit code 3: one runs on this data directory already.",
    )
    for option in OPTIONS:
        add_option(parser, option)
    opening = parser.add_mutually_exclusive_group()
    opening.add_argument("--open", dest="open", action="store_true", help="open the page in a browser")
    opening.add_argument("--no-open", dest="open", action="store_false", help="open no browser (the default)")
    parser.set_defaults(run=run, open=False)


def run(arguments: argparse.Namespace) -> int:
    """Serve. Raises BadSetting, CommandFailed."""
    return _serve(load(vars(arguments), os.environ), bool(arguments.open))


def _serve(settings: Settings, open_browser: bool) -> int:
    with _lightly():
        import uvloop

        from antiphon.log.errors import LogError, LogLocked
        from antiphon.server.listen import CannotListen
        from antiphon.server.serve import serve

    try:
        return uvloop.run(serve(settings, open_browser=open_browser))
    except LogLocked as error:
        raise CommandFailed(str(error), RUNS_ALREADY) from None
    except (LogError, CannotListen) as error:
        raise CommandFailed(str(error), FAILED) from None


@contextlib.contextmanager
def _lightly() -> Generator[None]:
    """Import the server without a sixth of the work, which it would do for nothing.

    structlog imports rich for tracebacks that we do not draw, and the garbage collector looks
    again and again through modules that stay for ever (it is on again once the server is ready).
    """
    gc.disable()
    absent = sys.modules.get("rich")
    sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["rich"]
        if absent is not None:
            sys.modules["rich"] = absent
