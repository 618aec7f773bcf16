"""What the person's own Cursor CLI tells of itself, by its own commands."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from antiphon.model.ids import new_id
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import ProviderFailed, Readiness
from antiphon.providers.cursor import roads
from antiphon.providers.process import AgentProcess
from antiphon.providers.programs import Program

LOOK_S = 4.0
"""For each command; together they stay within what a look may take."""
OUT = re.compile(r"not (logged|signed) in|not authenticated|logged out|login required", re.IGNORECASE)
IN = re.compile(r"(logged|signed) in|authenticated", re.IGNORECASE)


async def look(entry: AcpEntry, around: Mapping[str, str]) -> Readiness:
    """Its version, and whether it is signed in."""
    path = entry.command[0]
    version, status = await asyncio.gather(
        printed(path, "--version", around), printed(path, "status", around)
    )
    key = next((name for name in roads.CLI_KEYS if around.get(name)), None)
    signed_in = True if key else is_signed_in(status)
    account = f"Cursor CLI, API key from {key}" if key else "Cursor CLI, with its own login"
    return Readiness(
        found=True,
        version=version.strip().partition("\n")[0] or None,
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


async def printed(path: str, argument: str, around: Mapping[str, str]) -> str:
    """What the command prints; "" when it cannot be run or does not end in time."""
    program = Program(provider=roads.ID, name=roads.NAME, command=[path, argument])
    try:
        started = await AgentProcess.start(program, folder=Path("/"), environment=around, marker=new_id())
    except ProviderFailed:
        return ""
    lines: list[bytes] = []
    try:
        async with asyncio.timeout(LOOK_S):
            while (line := await started.read_line()) is not None:
                lines.append(line)
    except TimeoutError:
        return ""
    finally:
        await started.close()
    return b"\n".join([*lines, started.lines.part]).decode(errors="replace")
