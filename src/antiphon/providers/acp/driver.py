"""Looking at an ACP agent of the catalog, and opening it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from antiphon.model.ids import new_id
from antiphon.providers import environment, process
from antiphon.providers.acp import link
from antiphon.providers.acp.agent import AcpAgent
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Launch, ProviderFailed, Readiness, Sink
from antiphon.providers.loose import Json
from antiphon.providers.process import AgentProcess
from antiphon.providers.programs import Program
from antiphon.providers.start import start

VERSION_S = 5.0
"""For the agent to print its version."""


class AcpDriver:
    """The part of AcpProvider that runs programs."""

    def __init__(self, entry: AcpEntry) -> None:
        self._entry = entry

    async def readiness(self) -> Readiness:
        """See Provider."""
        around = self._entry.surroundings(environment.for_provider(self._entry.id))
        program = self._entry.program(self._entry.version_arguments)
        try:
            process.find_command(program, around)
        except ProviderFailed as failed:
            return Readiness(found=False, message=failed.failure.message, action=failed.failure.action)
        version = await _first_line(program, around)
        return Readiness(found=True, version=version, models=self._entry.models)

    async def open(self, launch: Launch, sink: Sink, meta: Json | None = None) -> AcpAgent:
        """See Provider; `meta`: what an agent of ours is told beside the protocol."""

        async def make(process: AgentProcess) -> AcpAgent:
            return AcpAgent(self._entry, process, sink, await asyncio.to_thread(link.library))

        return await start(
            self._entry.started_for(launch),
            launch,
            sink,
            environment=self._entry.surroundings(launch.environment),
            limits=self._entry.limits,
            make=make,
            begin=lambda agent: agent.start(launch, meta),
        )


async def _first_line(program: Program, around: Mapping[str, str]) -> str | None:
    """What the program prints; "" when it ends without a word or cannot be run, None when it is silent until the limit."""
    try:
        started = await AgentProcess.start(program, folder=Path("/"), environment=around, marker=new_id())
    except ProviderFailed:
        return ""
    try:
        async with asyncio.timeout(VERSION_S):
            line = await started.read_line()
        return line.decode(errors="replace").strip() if line else ""
    except TimeoutError:
        return None
    finally:
        await started.close()
