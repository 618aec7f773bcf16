"""`python -m tests.browser.library serve …`: the stage, with scenes that are long, wide or colourful to read."""

import asyncio
import sys

from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.items import Diff, Message, Plan, PlanEntry, Reasoning, ToolCall
from antiphon.providers import catalog
from antiphon.providers.base import Outcome, Prompt
from tests.browser import stage
from tests.browser.stage import Performer

RED, GREEN, RESET = "\x1b[31m", "\x1b[32m", "\x1b[0m"
LONG = "".join(f"line {number}\n" for number in range(1, 501))
BEFORE = "import os\n\ndef greet(name):\n    return 'Hello ' + name\n"
AFTER = "import os\n\ndef greet(name, loud=False):\n    return 'Hello ' + name\n"
TEXT = """## What I found

A paragraph with `code`, a [link](https://example.org/a) and **bold** words.

```typescript
const long = "a line that is much wider than the column of a phone, and wider than that of a desk as well, to be wrapped";
```

| name | what it is | where it stands | since when | who wrote it | what it costs | what it is for | remarks |
|---|---|---|---|---|---|---|---|
| one | the first of them | src/antiphon/one.py | yesterday | Ada | nothing at all | to be wide | none |
"""


async def tools(agent: Performer, prompt: Prompt) -> Outcome:
    """A card of each kind."""
    done = "completed"
    agent.item(Plan(entries=[PlanEntry(text="Look", status=done), PlanEntry(text="Mend", status="running")]))
    agent.item(Message(text="I begin."))
    failed = f"{RED}FAIL{RESET} src/a.test.ts\n{GREEN}12 passed{RESET}, 1 failed\n"
    agent.item(
        ToolCall(
            title="npm test",
            tool="execute",
            name="Bash",
            status="failed",
            input={"command": "npm test"},
            output=failed,
            exit_code=1,
        )
    )
    agent.item(
        ToolCall(
            title="cat all.log",
            tool="execute",
            name="Bash",
            status=done,
            input={"command": "cat all.log"},
            output=LONG,
        )
    )
    agent.item(
        ToolCall(
            title="Read src/greet.py",
            tool="read",
            status=done,
            input={"file_path": "src/greet.py"},
            output=BEFORE,
        )
    )
    agent.item(
        ToolCall(
            title="Search greet",
            tool="search",
            status=done,
            input={"pattern": "greet", "path": "src"},
            output="src/greet.py:3: def greet\nsrc/main.py:9: greet()",
        )
    )
    agent.item(
        ToolCall(
            title="Fetch https://example.org/docs",
            tool="fetch",
            status=done,
            input={"url": "https://example.org/docs"},
            output="# Docs",
        )
    )
    agent.item(
        ToolCall(
            title="tickets: find",
            name="mcp__tickets__find",
            status=done,
            input={"state": "open"},
            output="[]",
        )
    )
    diff = Diff(path="src/greet.py", before=BEFORE, after=AFTER)
    agent.item(
        ToolCall(title="Edit src/greet.py", tool="edit", status=done, diffs=[diff], paths=["src/greet.py"])
    )
    agent.item(Message(text="I am **done**."))
    return e.TurnCompleted(
        usage=e.Usage(
            input_tokens=12_345,
            output_tokens=678,
            cached_tokens=10_000,
            cost_usd=0.1234,
            context_tokens=50_000,
            context_limit=200_000,
        )
    )


async def live(agent: Performer, prompt: Prompt) -> Outcome:
    """A thought that takes a moment, then a command whose output comes line by line until it is stopped."""
    thought = new_id()
    agent.sink.emit(e.ItemStarted(item=thought, content=Reasoning()))
    agent.sink.emit(e.ItemDelta(item=thought, text="Which of them is slow?"))
    await asyncio.sleep(1.2)
    agent.item(Reasoning(text="Which of them is slow?"), item=thought)
    item = new_id()
    call = ToolCall(title="make all", tool="execute", status="running", input={"command": "make all"})
    agent.sink.emit(e.ItemStarted(item=item, content=call))
    number = 0
    while not agent.cancelled.is_set():
        number += 1
        agent.sink.emit(e.ItemDelta(item=item, text=f"{GREEN}built{RESET} part {number}\n"))
        await asyncio.sleep(0.05)
    return e.TurnCancelled()


async def text(agent: Performer, prompt: Prompt) -> Outcome:
    """Code and a table, both wide; of usage nothing is known."""
    agent.item(Message(text=TEXT))
    return e.TurnCompleted()


async def many(agent: Performer, prompt: Prompt) -> Outcome:
    """`many 900`: so many messages, each with its number."""
    for number in range(1, int(prompt.text.split()[1]) + 1):
        agent.item(Message(text=f"Message **number {number}** of many.\n\n" + "More words. " * (number % 30)))
        if number % 50 == 0:
            await agent.sink.drained()
    return e.TurnCompleted()


async def long(agent: Performer, prompt: Prompt) -> Outcome:
    """An answer with blocks of every kind next to every other: headings, lines, lists, quotes, code, tables."""
    blocks = [
        "## Part",
        "Words.",
        "---",
        "- one\n- two",
        "> quoted",
        "> ### Heard\n>\n> - of",
        "```\ncode\n```",
        "|a|\n|-|\n|1|",
        "#### Below",
    ]
    pairs = [block for first in blocks for second in blocks for block in (first, second)]
    agent.item(Message(text="\n\n".join(pairs)))
    return e.TurnCompleted()


SCENES = {"tools": tools, "live": live, "text": text, "many": many, "long": long}

if __name__ == "__main__":
    from antiphon.cli import main

    stage.SCENES |= SCENES
    catalog.own_drivers = lambda local_models: {"claude": stage.Stage()}
    sys.exit(main())
