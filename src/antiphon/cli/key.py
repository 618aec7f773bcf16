"""`antiphon key`: the keys that some agents need, kept for them and never shown."""

import argparse
import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from antiphon.cli.options import USAGE, CommandFailed, add_data_dir, folder_of

T = TypeVar("T")


def add(commands: Any) -> None:
    """Add it to the command line."""
    group: argparse.ArgumentParser = commands.add_parser("key", help="the keys that some agents need")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    made = actions.add_parser(
        "set",
        help="keep a key, in this system's keyring or else in a file only you can read",
        description="Keep a key. It is asked for without being shown, or read from stdin; never give it as an argument.",
    )
    removed = actions.add_parser("remove", help="keep it no more")
    listed = actions.add_parser("list", help="which agents take a key, and where it is")
    for parser in (made, removed):
        parser.add_argument("provider", metavar="PROVIDER", help="an agent's id, as `key list` shows it")
    for parser, run in ((made, keep), (removed, remove), (listed, show)):
        add_data_dir(parser)
        parser.set_defaults(run=run)


def keep(arguments: argparse.Namespace) -> int:
    """Read a key and keep it."""
    from antiphon.providers.keys import BadKey, Keys, checked

    provider, folder = _provider(arguments), folder_of(arguments)
    try:
        key = checked(_read(provider))
    except BadKey as bad:
        raise CommandFailed(str(bad), USAGE) from None
    keys = Keys(folder)
    kept = _do(keys.keep(provider, key))
    print(f"The key for {provider} is {kept}. {_when(folder)}")
    source = _source(keys, provider)
    if source and not source.kept:
        print(
            f"It is not used while {source.variable} is set in the environment that Antiphon is started in."
        )
    return 0


def _read(provider: str) -> str:
    from antiphon.providers.keys import KEYED

    if not sys.stdin.isatty():
        return sys.stdin.readline()
    import getpass

    try:
        return getpass.getpass(f"{KEYED[provider].variable} (not shown): ")
    except EOFError:
        return ""


def remove(arguments: argparse.Namespace) -> int:
    """Keep a key no more."""
    from antiphon.providers.keys import Keys

    provider, folder = _provider(arguments), folder_of(arguments)
    keys = Keys(folder)
    before = _source(keys, provider)
    _do(keys.remove(provider))
    if before and before.kept:
        print(f"The key for {provider} is kept no more. {_when(folder)}")
    elif before:
        print(f"Antiphon keeps no key for {provider}; it has the one in {before.variable}.")
    else:
        print(f"There was no key for {provider}.")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Which agents take a key, and where it is."""
    from antiphon.providers.keys import KEYED, Keys

    keys = Keys(folder_of(arguments))
    for provider, keyed in KEYED.items():
        source = _source(keys, provider)
        print(f"{provider:12} {source or f'no key (antiphon key set {provider}, or {keyed.variable})'}")
    return 0


def _provider(arguments: argparse.Namespace) -> str:
    from antiphon.providers.keys import KEYED

    provider: str = arguments.provider
    if provider not in KEYED:
        raise CommandFailed(f"{provider!r} takes no key; these do: {', '.join(KEYED)}.", USAGE)
    return provider


def _source(keys: Any, provider: str) -> Any:
    from antiphon.providers.keys import KeyUnavailable

    try:
        return keys.source(provider)
    except KeyUnavailable as unavailable:
        raise CommandFailed(str(unavailable)) from None


def _do(work: Coroutine[Any, Any, T]) -> T:
    from antiphon.providers.keys import KeyUnavailable

    try:
        return asyncio.run(work)
    except KeyUnavailable as unavailable:
        raise CommandFailed(str(unavailable)) from None


def _when(folder: Path) -> str:
    from antiphon.server.running import running

    if running(folder) is None:
        return "Agents are started with what is kept when Antiphon runs."
    return "The running server notices within seconds; agents that work now are not disturbed."
