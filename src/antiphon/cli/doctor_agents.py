"""What `antiphon doctor` says of the agents: help for those that are not here, not an error."""

import asyncio
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon.providers.base import Provider, Readiness
    from antiphon.providers.keys import Keys

PRACTICE = "practice"
"""It is there where no other is."""
SHOWN_MODELS = 6


def tell(folder: Path, local_models: tuple[str, ...] = ()) -> bool:
    """Look at all agents side by side and print what was found; False: a file of the user's own agents is broken.

    `local_models`: addresses of model servers to look at beside the usual ports of this machine.
    """
    from antiphon.providers.catalog import load, problems
    from antiphon.providers.keys import Keys
    from antiphon.server.app import own_catalog

    providers = load(*own_catalog(folder), local_models=local_models)
    if sys.stdout.isatty():
        print(f"looking at {len(providers)} agents …", flush=True)
    keys = Keys(folder)
    found = asyncio.run(_look(providers, keys))
    print("\nagents (each is optional):")
    for id, readiness in found.items():
        print(f"  {providers[id].name} ({id}): {standing(readiness)}")
        for line in facts(readiness, _key(keys, id)):
            print(f"    {line}")
    print(f"\n{summary(found)}")
    return not problems(providers)


async def _look(providers: "Mapping[str, Provider]", keys: "Keys") -> "dict[str, Readiness]":
    from antiphon.server.readiness import look_with_key

    found = await asyncio.gather(*(look_with_key(provider, keys) for provider in providers.values()))
    return {id: readiness for id, (readiness, _) in zip(providers, found, strict=True)}


def _key(keys: "Keys", provider: str) -> str:
    from antiphon.providers.keys import KeyUnavailable

    try:
        return str(keys.source(provider) or "")
    except KeyUnavailable:  # its warning says why
        return ""


def usable(readiness: "Readiness") -> bool:
    """Whether a session can be started with it."""
    return readiness.found and readiness.signed_in is not False


def standing(readiness: "Readiness") -> str:
    """How it stands, in a few words."""
    if not readiness.found:
        return "not here yet"
    if not usable(readiness) and readiness.action and readiness.action.kind == "add-key":
        return "needs a key"
    signed = {True: ", signed in", False: ", not signed in", None: ""}[readiness.signed_in]
    return (readiness.version or "here") + signed


def facts(readiness: "Readiness", key: str) -> Iterator[str]:
    """What else there is to know of it, line by line, and what to do about what is missing."""
    if readiness.message:
        yield readiness.message
    if usable(readiness):
        if readiness.account:
            yield f"paid by: {readiness.account}"
        if readiness.models:
            yield f"models: {_models(readiness.models)}"
    if key:
        yield f"key: {key}"
    if readiness.warning:
        yield f"warning: {readiness.warning}"
    action = readiness.action
    if action and action.command:
        yield f"{action.label}:"
        yield f"    {action.command}"
    elif action:
        yield action.label


def _models(models: list[str]) -> str:
    more = len(models) - SHOWN_MODELS
    return ", ".join(models[:SHOWN_MODELS]) + (f" and {more} more" if more > 0 else "")


def summary(found: "Mapping[str, Readiness]") -> str:
    """What follows from all that, for somebody who has just installed Antiphon."""
    others = {id: readiness for id, readiness in found.items() if id != PRACTICE}
    ready = sum(map(usable, others.values()))
    if not ready:
        return (
            "No coding agent can be used yet. Any one of those above will do: type its command, then look again by\n"
            "antiphon doctor. The practice agent needs nothing; antiphon serve --open shows how everything works."
        )
    left = len(others) - ready
    more = f" The other {left} can be added at any time by the commands above." if left else ""
    return f"{ready} of {len(others)} agents can be used.{more}"
