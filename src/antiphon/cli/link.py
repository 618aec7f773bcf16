"""`antiphon link`: a fresh link to sign in with, for this machine or (as a QR code) for a phone."""

import argparse
import sys
from typing import Any

from antiphon.cli.options import CommandFailed, add_data_dir, folder_of, with_log


def add(commands: Any) -> None:
    """Add it to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "link",
        help="print a fresh link to sign in with",
        description="Print a link that signs in once, within 15 minutes, and its QR code.",
    )
    parser.add_argument("--no-qr", action="store_true", help="without the QR code")
    add_data_dir(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a link. Raises CommandFailed when no server runs."""
    from antiphon.clock import SystemClock
    from antiphon.server.auth import make_link, sign_in_url
    from antiphon.server.running import running

    folder = folder_of(arguments)
    server = running(folder)
    if server is None or server.url is None:
        state = "is still starting" if server else "does not run"
        raise CommandFailed(
            f"The server of {folder} {state}. Start it (antiphon serve): it prints a link, too."
        )
    secret = with_log(folder, lambda log: make_link(log, SystemClock()))
    link = sign_in_url(server.url, secret)
    print("Sign in once, within 15 minutes, by this link:")
    print(link, flush=True)
    if not arguments.no_qr:
        _print_code(link)
    return 0


def _print_code(link: str) -> None:
    import segno

    segno.make(link, error="l", micro=False).terminal(out=sys.stdout, compact=True)
