"""What the person's own Cursor CLI tells of itself, by its own commands."""

import asyncio
import re
from collections.abc import Mapping

from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Readiness
from antiphon.providers.cursor import roads
from antiphon.providers.finder import printed
from antiphon.providers.programs import Program

LOOK_S = 4.0
"""For each command; together they stay within what a look may take."""
OUT = re.compile(r"not (logged|signed) in|not authenticated|logged out|login required", re.IGNORECASE)
IN = re.compile(r"(logged|signed) in|authenticated", re.IGNORECASE)


async def look(entry: AcpEntry, around: Mapping[str, str]) -> Readiness:
    """Its version, and whether it is signed in."""
    path = entry.command[0]
    version, status = await asyncio.gather(
        printed(_asked(path, "--version"), around, LOOK_S), printed(_asked(path, "status"), around, LOOK_S)
    )
    key = next((name for name in roads.CLI_KEYS if around.get(name)), None)
    signed_in = True if key else is_signed_in(status or "")
    account = f"Cursor CLI, API key from {key}" if key else "Cursor CLI, with its own login"
    return Readiness(
        found=True,
        version=(version or "").strip().partition("\n")[0] or None,
        signed_in=signed_in,
        account="" if signed_in is False else account,
        message="The Cursor CLI is not signed in." if signed_in is False else "",
        action=entry.names.sign_in if signed_in is False else None,
    )


def is_signed_in(status: str) -> bool | None:
    """What `cursor-agent status` says; None when it says nothing that we understand."""
    if OUT.search(status):
        return False
    return True if IN.search(status) else None


def _asked(path: str, argument: str) -> Program:
    return Program(provider=roads.ID, name=roads.NAME, command=[path, argument])
