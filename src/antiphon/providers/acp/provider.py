"""`providers.base.Provider` for an ACP agent of the catalog."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from antiphon.model.failures import Action, Failure
from antiphon.model.ids import new_id
from antiphon.providers import environment, process
from antiphon.providers.acp import link
from antiphon.providers.acp.agent import AcpAgent
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Capabilities, Launch, Limits, ProviderFailed, Readiness, Sink
from antiphon.providers.process import AgentProcess, Program

VERSION_S = 5.0
"""For the agent to print its version."""


class AcpProvider:
    """Opens agents of one kind."""

    def __init__(self, entry: AcpEntry) -> None:
        self._entry = entry

    @property
    def id(self) -> str:
        """See Provider."""
        return self._entry.id

    @property
    def name(self) -> str:
        """See Provider."""
        return self._entry.name

    @property
    def capabilities(self) -> Capabilities:
        """See Provider."""
        return self._entry.capabilities

    @property
    def limits(self) -> Limits:
        """See Provider."""
        return self._entry.limits

    async def readiness(self) -> Readiness:
        """See Provider."""
        around = self._entry.surroundings(environment.for_provider(self.id))
        program = self._entry.program(self._entry.version_arguments)
        try:
            process.find_command(program, around)
        except ProviderFailed as failed:
            return Readiness(found=False, message=failed.failure.message, action=failed.failure.action)
        version = await _first_line(program, around)
        return Readiness(found=True, version=version, models=self._entry.models)

    async def open(self, launch: Launch, sink: Sink) -> AcpAgent:
        """See Provider."""
        started = await AgentProcess.start(
            self._entry.started_for(launch),
            folder=launch.folder,
            environment=self._entry.surroundings(launch.environment),
            marker=launch.marker,
        )
        opened: list[AcpAgent] = []
        try:
            async with asyncio.timeout(self.limits.start):
                await sink.process_started(started.started)
                connection = await asyncio.to_thread(link.library)
                opened.append(AcpAgent(self._entry, started, sink, connection))
                await opened[0].start(launch)
        except BaseException as error:
            await asyncio.shield(asyncio.ensure_future((opened[0] if opened else started).close()))
            if isinstance(error, TimeoutError):
                raise ProviderFailed(self._slow(started.stderr)) from error
            raise
        return opened[0]

    def _slow(self, stderr: str) -> Failure:
        return Failure(
            provider=self.id,
            code="stalled",
            message=f"{self.name} was not ready within {self.limits.start:g} s.",
            action=Action(kind="retry", label="Try again"),
            detail=stderr or None,
        )


async def _first_line(program: Program, around: Mapping[str, str]) -> str | None:
    """What the program prints, quickly; None when it does not."""
    try:
        started = await AgentProcess.start(program, folder=Path("/"), environment=around, marker=new_id())
    except ProviderFailed:
        return None
    try:
        async with asyncio.timeout(VERSION_S):
            line = await started.read_line()
        return line.decode(errors="replace").strip() if line else None
    except TimeoutError:
        return None
    finally:
        await started.close()
