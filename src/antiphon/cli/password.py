"""`antiphon password`: a password to sign in with beside the links."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from antiphon.cli.options import USAGE, CommandFailed, add_data_dir, folder_of, with_log

if TYPE_CHECKING:
    from antiphon.log.store import Log


def add(commands: Any) -> None:
    """Add it to the command line."""
    group: argparse.ArgumentParser = commands.add_parser(
        "password", help="a password to sign in with beside the links"
    )
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    made = actions.add_parser(
        "set",
        help="set it, or another one",
        description="Set the password. It is asked for without being shown, or read from stdin; never give it as an argument.",
    )
    removed = actions.add_parser("remove", help="have none any more: then only links sign in")
    for parser, run in ((made, keep), (removed, remove)):
        add_data_dir(parser)
        parser.set_defaults(run=run)


def keep(arguments: argparse.Namespace) -> int:
    """Read a password and keep its hash."""
    from antiphon.clock import SystemClock
    from antiphon.log.users import the_user
    from antiphon.server.limiter import Limiter
    from antiphon.server.passwords import MAX_CHARACTERS, MIN_CHARACTERS, Passwords

    password, clock = _read(), SystemClock()
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise CommandFailed(f"A password has {MIN_CHARACTERS} to {MAX_CHARACTERS} characters.", USAGE)

    async def work(log: "Log") -> None:
        user = await log.read(lambda conn: the_user(conn).key)
        await Passwords(log, clock, Limiter(clock)).keep(user, password)

    with_log(folder_of(arguments), work)
    print("The password is set. The sign-in page takes it from now on.")
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Forget it."""
    from antiphon.log.passwords import forget_password
    from antiphon.log.users import the_user

    gone = with_log(
        folder_of(arguments),
        lambda log: log.write(lambda conn: forget_password(conn, the_user(conn).key)),
    )
    print("There is no password any more: links sign in." if gone else "There was no password.")
    return 0


def _read() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    import getpass

    first = getpass.getpass("Password (not shown): ")
    if getpass.getpass("Once more: ") != first:
        raise CommandFailed("The two are not the same. Nothing was changed.", USAGE)
    return first
