"""`python -m tests.browser.hostile serve …`: the stage, with an agent that puts payloads wherever it can put words."""

import sys
from itertools import cycle
from typing import get_args

from antiphon.model import events as e
from antiphon.model.failures import Action, Failure
from antiphon.model.ids import new_id
from antiphon.model.items import Diff, Message, Note, Plan, PlanEntry, Reasoning, ToolCall, ToolKind
from antiphon.providers import catalog
from antiphon.providers.base import Outcome, Prompt, ProviderFailed
from tests.browser import stage
from tests.browser.payloads import PAYLOADS
from tests.browser.stage import Performer

ALL = "\n\n".join(PAYLOADS)
PIECE = 7
"""Characters of a delta: so that each payload is open for a while."""


async def words(agent: Performer, prompt: Prompt) -> Outcome:
    """Messages, streamed and whole; thoughts, notes, a plan."""
    item = new_id()
    agent.sink.emit(e.ItemStarted(item=item, content=Message()))
    for at in range(0, len(ALL), PIECE):
        await agent.sink.drained()
        agent.sink.emit(e.ItemDelta(item=item, text=ALL[at : at + PIECE]))
    agent.item(Message(text=ALL), item=item)
    for payload in PAYLOADS:
        agent.item(Message(text=payload))
    agent.item(Reasoning(text=ALL))
    agent.item(Note(text=ALL))
    agent.item(Plan(entries=[PlanEntry(text=payload) for payload in PAYLOADS]))
    return e.TurnCompleted(stop_reason=PAYLOADS[8])


async def tools(agent: Performer, prompt: Prompt) -> Outcome:
    """A tool of each kind with payloads in its title, name, input, output, paths and changes; a sub-agent."""
    last = ""
    for kind, payload in zip(cycle(get_args(ToolKind)), PAYLOADS, strict=False):
        names = ("command", "url", "path", "file_path", "pattern", "query", "prompt", payload)
        last = agent.item(
            ToolCall(
                title=payload,
                name=payload,
                tool=kind,
                status="failed",
                input=dict.fromkeys(names, payload),
                output=payload,
                paths=[payload],
                diffs=[Diff(path=payload, before=f"x\n{payload}\ny", after=f"x\n{payload}!\ny")]
                if kind == "edit"
                else [],
            )
        )
    agent.item(Message(text=ALL), last)
    return e.TurnCompleted()


async def asks(agent: Performer, prompt: Prompt) -> Outcome:
    """A question with payloads in all its words; then facts of the session."""
    fields = [
        e.Field(
            id=f"f{at}",
            label=payload,
            choices=PAYLOADS[:4] if at % 2 else [],
            descriptions=PAYLOADS[4:8] if at % 2 else [],
        )
        for at, payload in enumerate(PAYLOADS)
    ]
    options = [
        e.Option(id="allow", label=PAYLOADS[8], kind="allow-once", scope=PAYLOADS[24]),
        e.Option(
            id="always",
            label=f"Always {PAYLOADS[0]}",
            kind="allow-always",
            rule=PAYLOADS[0],
            scope=PAYLOADS[1],
        ),
    ]
    call = ToolCall(title=PAYLOADS[2], tool="execute", input={"command": ALL})
    await agent.ask("permission", ALL, options, fields=fields, body=ALL, content=call)
    agent.running = [e.BackgroundTask(id="b1", title=ALL, kind="command")]
    commands = [e.AgentCommand(name=f"x{at}", description=payload) for at, payload in enumerate(PAYLOADS)]
    agent.sink.emit(e.SessionUpdated(title=PAYLOADS[8], tasks=agent.running, commands=commands))
    return e.TurnCompleted()


async def fails(agent: Performer, prompt: Prompt) -> Outcome:
    """A retry and a failure in such words."""
    agent.sink.emit(e.ProviderRetrying(attempt=1, code="network", message=ALL))
    action = Action(kind="wait", label=ALL, command=PAYLOADS[0])
    raise ProviderFailed(Failure(provider="claude", code="network", message=ALL, detail=ALL, action=action))


SCENES = {"words": words, "tools": tools, "asks": asks, "fails": fails}

if __name__ == "__main__":
    from antiphon.cli import main

    stage.SCENES |= SCENES
    catalog.own_drivers = lambda local_models: {"claude": stage.Stage()}
    sys.exit(main())
