"""Running the model's commands: in the project, their output shown as it comes, ended with all below them.

A command has the person's environment as the agent has it, which the driver rid of the key.
"""

import asyncio
import os
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

from pydantic_ai.workspaces import CommandResult, LocalWorkspaceBackend, WorkspaceTimeoutError
from pydantic_ai.workspaces.protocol import WorkspaceCommand

from antiphon.providers import piped
from antiphon.providers.chat.talk import Card

CARD: ContextVar[Card | None] = ContextVar("card", default=None)
"""Where the output of a command that the model asked for is shown."""


class Workspace(LocalWorkspaceBackend):
    """The project's folder on this machine."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, env=os.environ)

    async def run(
        self,
        command: WorkspaceCommand,
        *,
        shell: bool = False,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (the protocol has it so)
    ) -> CommandResult:
        """See WorkspaceBackend; a command of the model's shows its output."""
        card = CARD.get()
        if card is None or not isinstance(command, str):
            return await super().run(command, shell=shell, env=env, timeout=timeout)
        output = piped.Output(card.stream)
        words = ("/bin/sh", "-c", command)
        started = await piped.start(words, await self.working_dir(), {**os.environ, **(env or {})})
        try:
            async with asyncio.timeout(timeout):
                status = await piped.until_exit(started, output.add)
        except BaseException as error:
            # Only then: what a command leaves behind may run on until the turn's end, where it is ended and told.
            piped.kill(started[0])
            if not isinstance(error, TimeoutError):
                raise
            await output.add(f"\n[Stopped after {timeout:g} s.]")
            raise WorkspaceTimeoutError(f"command timed out after {timeout}s", stdout=output.text) from None
        card.exit_code = status
        return CommandResult(exit_code=status, stdout=output.text, stderr="")
