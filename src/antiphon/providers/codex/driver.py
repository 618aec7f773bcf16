"""Looking at Codex, and opening it."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from antiphon.model.ids import new_id
from antiphon.providers import environment
from antiphon.providers.base import Launch, Limits, ProviderFailed, Readiness, Sink
from antiphon.providers.codex import command, errors, facts, program
from antiphon.providers.codex.client import CodexAgent, hello
from antiphon.providers.codex.settings import named_keys
from antiphon.providers.codex.wire import Line, Refused
from antiphon.providers.login import Prepared, prepared
from antiphon.providers.loose import Json
from antiphon.providers.process import AgentProcess
from antiphon.providers.start import start

LOOK_S = 4.5
"""For what Codex tells of itself, when somebody looks; with the look for its version under 10 s."""


class CodexDriver:
    """The part of CodexProvider that runs programs."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._finder = program.Finder()

    async def readiness(self) -> Readiness:
        """See Provider."""
        around = _surroundings(environment.for_provider(errors.PROVIDER))
        try:
            found = await self._finder.find(around)
        except ProviderFailed as failed:
            told = failed.failure
            return Readiness(found=False, message=told.message, action=told.action)
        looked = await _look(found.path, around)
        if looked is None:
            return Readiness(found=True, version=found.version)
        account, models = looked
        by_key = command.pays_by_key(account, around)
        signed_in = by_key or facts.signed_in(account)
        return Readiness(
            found=True,
            version=found.version,
            models=facts.models(models),
            signed_in=signed_in,
            account=f"API key from {command.KEY}" if by_key else facts.account(account),
            message="" if signed_in else "Codex is not signed in.",
            action=None if signed_in else errors.SIGN_IN,
        )

    async def prepare_login(self) -> Prepared:
        """See SignsIn: by the program that sessions use, whose login it must be."""
        around = _surroundings(environment.for_provider(errors.PROVIDER))
        found = await self._finder.find(around)
        words = [found.path, *errors.LOGIN.command[1:]]
        return prepared(program.program(words), errors.LOGIN, around)

    async def open(self, launch: Launch, sink: Sink) -> CodexAgent:
        """See Provider."""
        around = _surroundings(launch.environment)
        found = await self._finder.find(around)

        async def make(process: AgentProcess) -> CodexAgent:
            return CodexAgent(process, sink)

        async def begin(agent: CodexAgent) -> None:
            await agent.start(launch)

        return await start(
            program.program([found.path, *command.arguments(around)]),
            launch,
            sink,
            environment=around,
            limits=self._limits,
            make=make,
            begin=begin,
        )


def _surroundings(users: Mapping[str, str]) -> dict[str, str]:
    around = command.surroundings(users)
    return {**named_keys(around, os.environ), **around}


async def _look(path: str, around: Mapping[str, str]) -> tuple[Json, Json] | None:
    """Its answers to `account/read` and `model/list`; None when it does not answer in time."""
    try:
        process = await AgentProcess.start(
            program.program([path, *command.arguments(around)]),
            folder=Path("/"),
            environment=around,
            marker=new_id(),
        )
    except ProviderFailed:
        return None
    line = Line(process, _unheard, _unasked, _at_once)
    try:
        async with asyncio.timeout(LOOK_S):
            return await hello(line), await line.request("model/list")
    except (TimeoutError, Refused, ProviderFailed):
        return None
    finally:
        await line.close()


async def _unheard(method: str, params: Json) -> None:
    """What it tells meanwhile."""


async def _unasked(method: str, params: Json) -> Json:
    raise NotImplementedError


async def _at_once() -> None:
    """There is no log to wait for."""
