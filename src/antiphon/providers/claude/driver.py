"""Looking at Claude Code, and opening it."""

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from antiphon.providers import environment
from antiphon.providers.base import Launch, Limits, ProviderFailed, Readiness, Sink
from antiphon.providers.claude import command, errors, facts, program
from antiphon.providers.claude.client import ClaudeAgent
from antiphon.providers.claude.history import before
from antiphon.providers.finder import printed
from antiphon.providers.login import Prepared, prepared
from antiphon.providers.loose import Json, table, text
from antiphon.providers.process import AgentProcess
from antiphon.providers.start import start

KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
"""A key in the environment goes before a login."""
STATUS_S = 5.0
"""For what it says of its login."""


class ClaudeDriver:
    """The part of ClaudeProvider that runs programs."""

    def __init__(self, models: Sequence[str], limits: Limits) -> None:
        self._models, self._limits = models, limits
        self._finder = program.Finder()

    async def readiness(self) -> Readiness:
        """See Provider."""
        around = command.surroundings(environment.for_provider(errors.PROVIDER))
        try:
            found = await self._finder.find(around)
        except ProviderFailed as failed:
            told = failed.failure
            return Readiness(found=False, message=told.message, action=told.action)
        login = await _login(found.path, around)
        if login is None:
            return Readiness(found=True, version=found.version, models=list(self._models))
        signed_in = login.get("loggedIn") is True
        return Readiness(
            found=True,
            version=found.version,
            models=list(self._models),
            signed_in=signed_in,
            account=facts.account(login),
            message="" if signed_in else "Claude Code is not signed in.",
            action=None if signed_in else errors.SIGN_IN,
            warning=await _overridden(found.path, around, login),
        )

    async def prepare_login(self) -> Prepared:
        """See SignsIn: by the program that sessions use, whose login it must be."""
        around = command.surroundings(environment.for_provider(errors.PROVIDER))
        found = await self._finder.find(around)
        words = [found.path, *errors.LOGIN.command[1:]]
        return prepared(program.program(words), errors.LOGIN, around)

    async def open(self, launch: Launch, sink: Sink) -> ClaudeAgent:
        """See Provider."""
        around = command.surroundings(launch.environment)
        found = await self._finder.find(around)

        until = await asyncio.to_thread(before, around, launch)

        async def begin(agent: ClaudeAgent) -> None:
            await agent.start(launch.model)

        async def make(process: AgentProcess) -> ClaudeAgent:
            return ClaudeAgent(process, sink)

        return await start(
            program.program([found.path, *command.arguments(launch, until)]),
            launch,
            sink,
            environment=around,
            limits=self._limits,
            make=make,
            begin=begin,
        )


async def _login(path: str, around: Mapping[str, str]) -> Json | None:
    """What `claude auth status` says; None when it says nothing that we understand."""
    told = await printed(program.program([path, "auth", "status"]), around, STATUS_S)
    try:
        return table(msgspec.json.decode(told or "")) or None
    except msgspec.DecodeError:
        return None


async def _overridden(path: str, around: Mapping[str, str], login: Json) -> str:
    """A warning when a key of the environment pays although there is a login."""
    keys = [key for key in KEYS if around.get(key)]
    if not keys or text(login.get("authMethod")) == "claude.ai":
        return ""
    without = {name: value for name, value in around.items() if name not in KEYS}
    other = await _login(path, without)
    if not other or other.get("loggedIn") is not True:
        return ""
    return (
        f"{keys[0]} is set, so it pays instead of your login ({facts.account(other) or 'Claude account'}). "
        f"Unset it and restart Antiphon to use the login."
    )
