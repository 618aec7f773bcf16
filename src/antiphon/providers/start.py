"""Starting an agent that is a process: within its limit, recorded before it works, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from antiphon.model.failures import Action, Failure
from antiphon.providers.base import Agent, Launch, Limits, ProviderFailed, Sink
from antiphon.providers.process import AgentProcess
from antiphon.providers.programs import Program

A = TypeVar("A", bound=Agent)


async def start(
    program: Program,
    launch: Launch,
    sink: Sink,
    *,
    environment: Mapping[str, str],
    limits: Limits,
    make: Callable[[AgentProcess], Awaitable[A]],
    begin: Callable[[A], Awaitable[None]],
) -> A:
    """Spawn the process, make its agent, have it begin the conversation.

    Raises ProviderFailed. When it raises or is cancelled, no process is left.
    """
    started = await AgentProcess.start(
        program, folder=launch.folder, environment=environment, marker=launch.marker
    )
    made: list[A] = []
    try:
        async with asyncio.timeout(limits.start):
            await sink.process_started(started.started)
            made.append(await make(started))
            await begin(made[0])
    except BaseException as error:
        await asyncio.shield(asyncio.ensure_future((made[0] if made else started).close()))
        if isinstance(error, TimeoutError):
            raise ProviderFailed(_slow(program, limits, started.stderr)) from error
        raise
    return made[0]


def _slow(program: Program, limits: Limits, stderr: str) -> Failure:
    return Failure(
        provider=program.provider,
        code="stalled",
        message=f"{program.name} was not ready within {limits.start:g} s.",
        action=Action(kind="retry", label="Try again"),
        detail=stderr or None,
    )
