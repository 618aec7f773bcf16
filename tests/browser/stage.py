"""`python -m tests.browser.stage serve …`: the real server, with an agent in Claude's place that plays scenes.

A prompt names the scene (SCENES). Everything else is as always: the log, the commands, the page.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

from antiphon.model import events as e
from antiphon.model.failures import Action, Failure
from antiphon.model.ids import new_id
from antiphon.model.items import Diff, ItemContent, Message, Note, ToolCall
from antiphon.providers import catalog
from antiphon.providers.base import (
    Capabilities,
    Launch,
    Outcome,
    Prompt,
    ProviderFailed,
    Readiness,
    Restored,
    Sink,
)
from antiphon.testing.scripted import ScriptedAgent, ScriptedProvider, crash

MODES = ("default", "acceptEdits", "plan", "bypassPermissions")
RULE = "Bash(npm test:*)"
TASKS = [
    e.BackgroundTask(id="b1", title="npm run dev", kind="command", started_at=1_700_000_000_000),
    e.BackgroundTask(id="b2", title="Look for slow tests", kind="agent"),
]
PLAN = """## What I would do

1. Read `src/parse.py` and its tests
2. Move the **tokenizer** into a file of its own
3. Run the tests

Nothing is changed before you say so."""


class Performer(ScriptedAgent):
    """The agent on the stage."""

    def __init__(self, launch: Launch, sink: Sink, stage: "Stage") -> None:
        super().__init__(launch, sink, play)
        self.stage = stage
        self.running = list[e.BackgroundTask]()
        self.waking: asyncio.Task[None] | None = None
        self.native = ""

    async def stop_task(self, task: str) -> bool:
        """All but `b2` can be stopped."""
        if task == "b2":
            return False
        self.running = [each for each in self.running if each.id != task]
        self.sink.emit(e.SessionUpdated(tasks=self.running))
        return True

    async def steer(self, prompt: Prompt) -> bool:
        """It repeats what it heard."""
        self.say(f"Heard at work: {prompt.text}")
        return await super().steer(prompt)

    async def restore(self, turn: str, *, dry: bool) -> Restored:
        """It wrote one file in every turn."""
        files = [str(self.launch.folder / "src/parse.py"), str(self.launch.folder / "notes.md")]
        return Restored(files=files, insertions=12, deletions=3)

    def item(self, content: ItemContent, parent: str | None = None, item: str | None = None) -> str:
        """An item that is whole at once."""
        item = item or new_id()
        self.sink.emit(e.ItemCompleted(item=item, content=content, parent=parent))
        return item

    async def ask(self, kind: str, title: str, options: list[e.Option], **more: object) -> str:
        """Ask a person; says what they answered, and returns the option's kind."""
        request = e.ApprovalRequested(approval=new_id(), kind=kind, title=title, options=options, **more)  # type: ignore[arg-type]
        answered = await self.sink.ask(request)
        self.say(f"Answered {answered.option}: {dict(answered.fields)}")
        return next((option.kind for option in options if option.id == answered.option), "")


async def permission(agent: Performer, prompt: Prompt) -> Outcome:
    """May it run a command? With a rule for always, a word for a refusal, and a refusal that stops."""
    options = [
        e.Option(id="allow", label="Allow", kind="allow-once"),
        e.Option(
            id="always", label=f"Always allow {RULE}", kind="allow-always", scope="in this project", rule=RULE
        ),
        e.Option(id="reject", label="Reject", kind="reject-once"),
        e.Option(id="stop", label="Reject and stop", kind="reject-stop"),
    ]
    call = ToolCall(title="npm test", tool="execute", name="Bash", input={"command": "npm test -- --run"})
    fields = [e.Field(id="message", label="Tell Claude what to do instead")]
    kind = await agent.ask(
        "permission", "Claude wants to run a command", options, fields=fields, content=call
    )
    return e.TurnCancelled() if kind == "reject-stop" else e.TurnCompleted()


async def question(agent: Performer, prompt: Prompt) -> Outcome:
    """Two questions at once."""
    options = [
        e.Option(id="answer", label="Answer"),
        e.Option(id="skip", label="Do not answer", kind="reject-once"),
    ]
    fields = [
        e.Field(
            id="Which database should hold the sessions?",
            label="Which database should hold the sessions?",
            choices=["SQLite", "PostgreSQL"],
            descriptions=[
                "One file beside the server; nothing to install.",
                "For several servers on one log.",
            ],
            required=True,
        ),
        e.Field(
            id="Where must it run?",
            label="Where must it run?",
            choices=["Linux", "macOS", "Windows"],
            multiple=True,
            required=True,
        ),
    ]
    await agent.ask("question", "Claude has questions", options, fields=fields)
    return e.TurnCompleted()


async def plan(agent: Performer, prompt: Prompt) -> Outcome:
    """A plan to agree to."""
    options = [
        e.Option(id="allow", label="Go ahead, and ask before edits", kind="allow-once"),
        e.Option(
            id="accept",
            label="Go ahead, and accept edits",
            kind="allow-once",
            scope="for the rest of this session",
        ),
        e.Option(id="reject", label="Keep planning", kind="reject-once"),
    ]
    fields = [e.Field(id="message", label="What should be different?")]
    await agent.ask("plan", "Claude proposes a plan", options, fields=fields, body=PLAN)
    return e.TurnCompleted()


async def sub_agent(agent: Performer, prompt: Prompt) -> Outcome:
    """A sub-agent with six steps; `sub-agent hold` keeps it at work until it is stopped."""
    task = ToolCall(
        title="Find all callers of parse()",
        name="Task",
        status="running",
        input={"prompt": "Find all callers."},
    )
    item = new_id()
    agent.sink.emit(e.ItemStarted(item=item, content=task))
    for number in range(1, 6):
        step = ToolCall(
            title=f"Read src/part{number}.py", tool="read", name="Read", status="completed", output="…"
        )
        agent.item(step, item)
    before, after = "value = parse(text)\n", "value = parse(text, strict=True)\n"
    diff = Diff(path="src/part3.py", before=before, after=after)
    agent.item(ToolCall(title="Edit src/part3.py", tool="edit", status="completed", diffs=[diff]), item)
    if prompt.text.endswith("hold"):
        await agent.cancelled.wait()
        return e.TurnCancelled()
    done = ToolCall(
        title=task.title,
        name="Task",
        status="completed",
        input=task.input,
        output="Five callers; one mended.",
    )
    agent.item(done, item=item)
    agent.say("The sub-agent found **five** callers.")
    return e.TurnCompleted(usage=e.Usage(input_tokens=1200, output_tokens=340, cost_usd=0.012))


async def background(agent: Performer, prompt: Prompt) -> Outcome:
    """Two tasks that run on after the turn."""
    agent.running = list(TASKS)
    agent.sink.emit(e.SessionUpdated(tasks=agent.running))
    agent.say("Both run in the background.")
    return e.TurnCompleted()


async def wake(agent: Performer, prompt: Prompt) -> Outcome:
    """Ends, and then goes on by itself."""

    async def begin() -> None:
        # Nobody tells an agent when its turn has been ended in the log.
        while not await agent.sink.began("The command “npm run dev” has ended"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    agent.waking = asyncio.create_task(begin())
    agent.say("I wait for the command.")
    return e.TurnCompleted()


async def woken(agent: Performer, prompt: Prompt) -> Outcome:
    """What it does by itself."""
    agent.say("The command ended well.")
    return e.TurnCompleted()


async def compact(agent: Performer, prompt: Prompt) -> Outcome:
    """A note."""
    agent.item(
        Note(
            text="The conversation was compacted from 168,204 tokens to 12,310 (by itself, the context was full)."
        )
    )
    agent.say("Where were we?")
    return e.TurnCompleted()


async def elsewhere(agent: Performer, prompt: Prompt) -> Outcome:
    """Another program goes on with the conversation."""
    agent.sink.emit(e.SessionUpdated(elsewhere=True))
    agent.say("Somebody else has it now.")
    return e.TurnCompleted()


async def forget(agent: Performer, prompt: Prompt) -> Outcome:
    """Dies, and its conversation is gone: whoever resumes it is told so."""
    agent.stage.lost.add(agent.native)
    raise ProviderFailed(crash("The agent died."))


async def limited(agent: Performer, prompt: Prompt) -> Outcome:
    """The account's limit is over in so many seconds."""
    until = int(time.time() * 1000) + 1000 * int(prompt.text.split()[1])
    action = Action(kind="wait", label="Wait until the limit is over", until=until)
    raise ProviderFailed(
        Failure(provider="claude", code="usage-limit", message="Your limit is reached.", action=action)
    )


async def keyless(agent: Performer, prompt: Prompt) -> Outcome:
    """Its key was refused."""
    action = Action(kind="add-key", label="Add a key for Claude Code")
    raise ProviderFailed(
        Failure(provider="claude", code="auth", message="The key was refused.", action=action)
    )


async def busy(agent: Performer, prompt: Prompt) -> Outcome:
    """At work until it is stopped."""
    await agent.cancelled.wait()
    return e.TurnCancelled()


async def echo(agent: Performer, prompt: Prompt) -> Outcome:
    """Says what it was told."""
    agent.item(Message(text=f"I was told: {prompt.text}"))
    return e.TurnCompleted()


SCENES: dict[str, Callable[[Performer, Prompt], Awaitable[Outcome]]] = {
    "permission": permission,
    "question": question,
    "plan": plan,
    "sub-agent": sub_agent,
    "background": background,
    "wake": wake,
    "": woken,
    "compact": compact,
    "elsewhere": elsewhere,
    "forget": forget,
    "limited": limited,
    "keyless": keyless,
    "busy": busy,
}


async def play(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
    """The scene that the prompt names."""
    assert isinstance(agent, Performer)
    scene = prompt.text.split(" ")[0]
    return await SCENES.get(scene, echo)(agent, prompt)


class Stage(ScriptedProvider):
    """Opens performers."""

    def __init__(self) -> None:
        can = Capabilities(
            approvals=True,
            steer=True,
            resume=True,
            modes=MODES,
            bypass_modes=("bypassPermissions",),
            models=("default", "opus", "sonnet", "haiku"),
            background=True,
            efforts=("low", "medium", "high"),
            fork="anywhere",
            restore=True,
        )
        super().__init__(play, id="claude", capabilities=can)
        self.lost: set[str] = set()
        self._made = 0

    @property
    def name(self) -> str:
        return "Claude Code"

    async def readiness(self) -> Readiness:
        return Readiness(
            found=True,
            version="2.1.330",
            account="API key from ANTHROPIC_API_KEY",
            warning="ANTHROPIC_API_KEY is set, so it pays instead of your login (Claude Max). "
            "Unset it and restart Antiphon to use the login.",
        )

    async def open(self, launch: Launch, sink: Sink) -> ScriptedAgent:
        if launch.native_session in self.lost:
            raise ProviderFailed(
                Failure(provider=self.id, code="invalid-request", message="There is no such conversation.")
            )
        self._made += 1
        agent = Performer(launch, sink, self)
        resumed = None if launch.fork else launch.native_session
        agent.native = resumed or f"native-{self._made}"
        sink.native(agent.native)
        models = ["default", "opus", "fable", "sonnet", "haiku"]
        sink.emit(e.SessionUpdated(modes=list(MODES), models=models, efforts=list(self.capabilities.efforts)))
        return agent


if __name__ == "__main__":
    from antiphon.cli import main

    catalog.own_drivers = lambda local_models: {"claude": Stage()}
    sys.exit(main())
