"""A provider whose agent does what a test's script says, in this process."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from antiphon.model import events as e
from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.model.items import Message
from antiphon.providers.base import (
    Capabilities,
    Launch,
    Limits,
    Outcome,
    Prompt,
    ProviderFailed,
    Readiness,
    Sink,
)

Script = Callable[["ScriptedAgent", Prompt], Awaitable[Outcome]]
"""What the agent does with a prompt."""


class ScriptedAgent:
    """One agent of the script. `cancelled` is set by `cancel`; a script may wait for it."""

    def __init__(self, launch: Launch, sink: Sink, script: Script) -> None:
        self.launch, self.sink = launch, sink
        self._script = script
        self.cancelled = asyncio.Event()
        self.closed = asyncio.Event()
        self.steered: list[str] = []
        self.prompts: list[str] = []
        self.tasks: set[str] = set()
        """What `stop_task` finds."""
        self.stopped: list[str] = []

    async def prompt(self, prompt: Prompt) -> Outcome:
        """Run the script. When the agent is closed meanwhile it has crashed."""
        self.cancelled.clear()
        self.prompts.append(prompt.text)
        work = asyncio.ensure_future(self._script(self, prompt))
        closed = asyncio.ensure_future(self.closed.wait())
        try:
            await asyncio.wait({work, closed}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            raise ProviderFailed(crash("the agent was closed"))
        finally:
            work.cancel()
            closed.cancel()

    async def steer(self, prompt: Prompt) -> bool:
        self.steered.append(prompt.text)
        return True

    async def carry_on(self) -> Outcome:
        """Like `prompt`, with the script's prompt being empty."""
        return await self.prompt(Prompt(turn="", text=""))

    async def stop_task(self, task: str) -> bool:
        self.stopped.append(task)
        return task in self.tasks

    async def cancel(self) -> None:
        self.cancelled.set()

    async def close(self) -> None:
        self.closed.set()

    def say(self, *chunks: str, whole: bool = True) -> str:
        """Say a message in chunks; returns its item. Not `whole`: it stays open."""
        item = new_id()
        self.sink.emit(e.ItemStarted(item=item, content=Message()))
        for chunk in chunks:
            self.sink.emit(e.ItemDelta(item=item, text=chunk))
        if whole:
            self.sink.emit(e.ItemCompleted(item=item, content=Message(text="".join(chunks))))
        return item


def crash(message: str = "it crashed") -> Failure:
    """A failure as a dying agent leaves it."""
    return Failure(provider="scripted", code="provider-crashed", message=message)


async def done(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
    """Say the prompt back, and be done."""
    agent.say(prompt.text)
    return e.TurnCompleted()


async def until_cancelled(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
    """Say one thing, then work on until cancelled."""
    agent.say("working", whole=False)
    await agent.cancelled.wait()
    return e.TurnCancelled()


async def deaf(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
    """Hear no cancel, say nothing, never end."""
    await asyncio.Event().wait()
    return e.TurnCompleted()


class ScriptedProvider:
    """Opens agents that follow the script; `agents` has all of them, oldest first."""

    def __init__(
        self,
        script: Script = done,
        *,
        id: str = "scripted",
        capabilities: Capabilities | None = None,
        limits: Limits | None = None,
        opening: Callable[[Launch], Awaitable[None]] | None = None,
    ) -> None:
        self._id = id
        self._capabilities = capabilities or Capabilities(approvals=True, steer=True, resume=True)
        self._limits = limits or Limits()
        self._opening = opening
        self.script = script
        self.agents: list[ScriptedAgent] = []

    @property
    def id(self) -> str:
        return self._id

    @property
    def name(self) -> str:
        return "The scripted agent"

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def limits(self) -> Limits:
        return self._limits

    def can(self, **changes: bool | str | tuple[str, ...]) -> None:
        """Change what the agent can do."""
        self._capabilities = replace(self._capabilities, **changes)

    async def readiness(self) -> Readiness:
        return Readiness(found=True, version="1")

    async def open(self, launch: Launch, sink: Sink) -> ScriptedAgent:
        if self._opening:
            await self._opening(launch)
        agent = ScriptedAgent(launch, sink, lambda agent, prompt: self.script(agent, prompt))
        self.agents.append(agent)
        resumed = None if launch.fork else launch.native_session
        sink.native(resumed or f"native-{len(self.agents)}")
        return agent
