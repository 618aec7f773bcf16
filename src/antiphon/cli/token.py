"""`antiphon token`: API tokens for scripts. They work while a server runs."""

import argparse
import time
from typing import TYPE_CHECKING, Any

from antiphon.cli.options import CommandFailed, add_data_dir, folder_of, with_log

if TYPE_CHECKING:
    from antiphon.log.users import Token


def add(commands: Any) -> None:
    """Add it to the command line."""
    group: argparse.ArgumentParser = commands.add_parser("token", help="API tokens for scripts")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    made = actions.add_parser("create", help="make a token; it is printed alone on the last line, this once")
    made.add_argument("name", metavar="NAME", help="what it is for")
    listed = actions.add_parser("list", help="list the tokens and the browsers that are signed in")
    revoked = actions.add_parser("revoke", help="let a token (or a browser) in no more")
    revoked.add_argument("token", metavar="NAME_OR_ID", help="the name or the id that `token list` shows")
    for parser, run in ((made, create), (listed, show), (revoked, revoke)):
        add_data_dir(parser)
        parser.set_defaults(run=run)


def create(arguments: argparse.Namespace) -> int:
    """Make a token."""
    from antiphon.clock import SystemClock
    from antiphon.server.auth import make_api_token

    name: str = arguments.name.strip()
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise CommandFailed("A token's name is 1 to 200 printable characters.", 2)
    _, secret = with_log(folder_of(arguments), lambda log: make_api_token(log, SystemClock(), name))
    print(f"The token {name!r}, for Authorization: Bearer (it is shown this once):")
    print(secret, flush=True)
    return 0


def show(arguments: argparse.Namespace) -> int:
    """List tokens."""
    tokens = _tokens(arguments)
    for token in tokens:
        used = f"last used {_day(token.last_used_at)}" if token.last_used_at else "never used"
        kind = "browser" if token.kind == "cookie" else "token"
        print(f"{token.id}  {kind:8} {token.name}  (made {_day(token.created_at)}, {used})")
    if not tokens:
        print("There are no tokens yet. Make one: antiphon token create NAME")
    return 0


def revoke(arguments: argparse.Namespace) -> int:
    """Revoke a token."""
    from antiphon.log import users

    wanted: str = arguments.token
    found = [token for token in _tokens(arguments) if wanted in (token.id, token.name)]
    if not found:
        raise CommandFailed(f"There is no token {wanted!r}. See: antiphon token list")
    if len(found) > 1:
        raise CommandFailed(f"{len(found)} tokens are named {wanted!r}; give the id: antiphon token list")
    token = found[0]
    with_log(
        folder_of(arguments),
        lambda log: log.write(lambda conn: users.revoke_token(conn, token.user, token.id)),
    )
    print(f"{token.name!r} is let in no more.")
    return 0


def _tokens(arguments: argparse.Namespace) -> "list[Token]":
    from antiphon.log import users

    tokens = with_log(
        folder_of(arguments),
        lambda log: log.read(lambda conn: users.list_tokens(conn, users.the_user(conn).key)),
    )
    return [token for token in tokens if token.kind != "link"]


def _day(milliseconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(milliseconds / 1000))
