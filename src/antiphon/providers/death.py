"""Why nothing more can come from an agent's process."""

import asyncio

from msgspec import Struct

from antiphon.model.failures import FailureCode
from antiphon.providers.keeper import COMPLAINT
from antiphon.providers.process import AgentProcess

EXIT_S = 0.5
"""After the end of stdout, for the exit that explains it (more than the keeper's ORPHAN_GRACE_S)."""


class Cause(Struct, frozen=True, kw_only=True):
    """What happened, in the words of a failure."""

    code: FailureCode
    message: str
    detail: str = ""


async def cause(
    process: AgentProcess, *, name: str, language: str, broken: str | None, closing: bool
) -> Cause:
    """Look at a process whose stdout has ended, or said what is not its `language` (`broken`: what)."""
    if closing:
        return Cause(code="provider-crashed", message=f"{name} was ended by Antiphon.")
    if broken is not None:
        return Cause(
            code="provider-crashed", message=f"{name} said something that is not {language}.", detail=broken
        )
    if process.too_long:
        return Cause(code="provider-crashed", message=f"{name} sent a message beyond all bounds.")
    await asyncio.wait({process.exited}, timeout=EXIT_S)
    if not process.exited.done():
        return Cause(code="truncated", message=f"{name} closed its stdin or stdout, though it still ran.")
    how = process.exited.result()
    if how.status == 0 and process.lines.part:
        return Cause(code="truncated", message=f"{name} left in the middle of a message.")
    if process.stderr.startswith(COMPLAINT):
        return Cause(code="provider-missing", message=f"{name} cannot be started.")
    return Cause(code="provider-crashed", message=f"{name} {how}.")
