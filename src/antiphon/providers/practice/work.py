"""What the agent does honestly: files, commands, plans, questions."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from antiphon.providers import piped
from antiphon.providers.practice import files
from antiphon.providers.practice.files import Refused
from antiphon.providers.practice.memory import Memory
from antiphon.providers.practice.parse import Ask
from antiphon.providers.practice.talk import Talk

HELLO = (
    "I am the practice agent: no model, no key, no opinions of my own. "
    "I do what a few plain words ask, so that you can see what Antiphon does. Say `help` for all of them.\n"
)

HELP = """I am the **practice agent**: there is no model behind me, and I need no key.

**With this project's files** (writing asks you first):
- `list`, `list src`
- `read README.md`
- `write notes.txt: hello`
- `replace hello with goodbye in notes.txt`
- `search foo`, `search foo in src`
- `run ls -la` (a program and its arguments, no shell; asks you first)

**To see how things look:** `say …`, `think`, `plan`, `ask`, `history`

**To see what happens when an agent misbehaves:**
- `crash`, `exit`, `hang`, `freeze`, `deaf`, `cut`, `bad json`
- `slow 50/s for 20 s`, `flood 20000`, `big 2 MB`
- `stray process`, `stubborn process`, `stray and crash`
- `fail auth`, `fail usage-limit`, `fail overloaded`, `fail network`, `fail prompt-too-long`
- `retry`

One after the other: `flood 200 then crash`.
"""


class Work:
    """One turn's honest work."""

    def __init__(self, talk: Talk, folder: Path, memory: Memory) -> None:
        self._talk = talk
        self._folder = folder
        self._memory = memory

    async def hello(self, ask: Ask) -> None:
        await self._talk.say(HELLO)

    async def help(self, ask: Ask) -> None:
        await self._talk.say(HELP)

    async def unknown(self, ask: Ask) -> None:
        why = ask.arguments.get("why")
        await self._talk.say(f"I did not understand that{f': {why}' if why else ''}.\n\n{HELP}")

    async def say(self, ask: Ask) -> None:
        await self._talk.say(ask.arguments["text"] + "\n")

    async def think(self, ask: Ask) -> None:
        await self._talk.think(
            ask.arguments["text"] or "Where would I begin? With what is there: the files, then the words."
        )
        await self._talk.say(
            "I have thought about it. Without a model that leads nowhere, but you saw how it looks.\n"
        )

    async def history(self, ask: Ask) -> None:
        said = self._memory.prompts[:-1]
        lines = "".join(f"{number}. {text}\n" for number, text in enumerate(said, 1))
        await self._talk.say(f"You said:\n\n{lines}" if said else "This is the first thing that you said.\n")

    # Files

    async def list_files(self, ask: Ask) -> None:
        path = ask.arguments["path"]
        await self._talk.think(f"I look into {path}.")
        tool = self._talk.tool(f"List {path}", "read", rawInput=ask.arguments, locations=self._at(path))
        names = files.listing(self._folder, path)
        tool.update("completed", "\n".join(names))
        await self._talk.say(
            f"`{path}` holds {len(names)} " + ("thing.\n" if len(names) == 1 else "things.\n")
        )

    async def read_file(self, ask: Ask) -> None:
        path = ask.arguments["path"]
        await self._talk.think(f"I read {path}.")
        tool = self._talk.tool(f"Read {path}", "read", rawInput=ask.arguments, locations=self._at(path))
        text = files.read(self._folder, path)
        tool.update("completed", text)
        await self._talk.say(f"That is `{path}`: {len(text.splitlines())} lines.\n")

    async def search_files(self, ask: Ask) -> None:
        words, path = ask.arguments["words"], ask.arguments["path"]
        await self._talk.think(f"I look for “{words}”.")
        tool = self._talk.tool(f"Search {words}", "search", rawInput=ask.arguments)
        found = await asyncio.to_thread(files.search, self._folder, path, words)
        tool.update("completed", "\n".join(f"{file}:{number}: {line}" for file, number, line in found))
        await self._talk.say(
            f"“{words}” occurs in {len({file for file, *_ in found})} files, {len(found)} times.\n"
        )

    async def write_file(self, ask: Ask) -> None:
        path, text = ask.arguments["path"], ask.arguments["text"]
        await self._talk.think(f"I write {path}.")
        await self._change(f"Write {path}", path, files.before(self._folder, path), text, ask.arguments)

    async def replace_text(self, ask: Ask) -> None:
        old, new, path = (ask.arguments[name] for name in ("old", "new", "path"))
        await self._talk.think(f"I look for “{old}” in {path}.")
        before = files.before(self._folder, path)
        if before is None or old not in before:
            raise Refused(f"There is no “{old}” in `{path}`.")
        await self._change(f"Edit {path}", path, before, before.replace(old, new), ask.arguments)

    async def _change(
        self, title: str, path: str, before: str | None, after: str, given: dict[str, Any]
    ) -> None:
        full = files.inside(self._folder, path)
        diff = {"type": "diff", "path": str(full), "oldText": before, "newText": after}
        tool = self._talk.tool(title, "edit", content=[diff], locations=self._at(path), rawInput=given)
        if not await tool.approved(content=[diff], locations=self._at(path)):
            await self._talk.say(f"I left `{path}` as it was.\n")
            return
        tool.update("in_progress")
        files.write(self._folder, path, after)
        tool.update("completed", content=[diff])
        await self._talk.say(f"I wrote `{path}`.\n")

    def _at(self, path: str) -> list[dict[str, str]]:
        return [{"path": str(files.inside(self._folder, path))}]

    # Commands

    async def run_command(self, ask: Ask) -> None:
        command = ask.arguments["command"]
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise Refused(f"I cannot read that command: {error}.") from None
        tool = self._talk.tool(f"Run {command}", "execute", rawInput=ask.arguments)
        if not words or not await tool.approved(rawInput=ask.arguments):
            await self._talk.say(f"I did not run `{command}`.\n")
            return
        try:
            started = await piped.start(words, self._folder)
        except OSError as error:
            tool.update("failed", f"{words[0]}: {error.strerror}")
            raise Refused(f"`{words[0]}` cannot be run: {error.strerror}.") from None
        tool.update("in_progress")

        async def show(text: str) -> None:
            tool.stream(text)
            await self._talk.peer.flushed()

        output = piped.Output(show)
        try:
            status = await piped.until_exit(started, output.add)
        except BaseException:
            piped.kill(started[0])
            tool.update("failed")
            raise
        tool.update("completed" if status == 0 else "failed", output.text, rawOutput={"exitCode": status})
        await self._talk.say(f"`{command}` ended with exit code {status}.\n")

    # Plans and questions

    async def plan(self, ask: Ask) -> None:
        steps = ["Look at the project", "Make up my mind", "Say that it is done"]
        for done in range(len(steps) + 1):
            statuses = ["completed"] * done + ["in_progress"] + ["pending"] * len(steps)
            entries = [
                {"content": step, "priority": "medium", "status": status}
                for step, status in zip(steps, statuses, strict=False)
            ]
            self._talk.update("plan", entries=entries)
            await asyncio.sleep(0.05)
        await self._talk.say("The plan is carried out.\n")

    async def ask(self, ask: Ask) -> None:
        fields = [
            {"id": "name", "label": "What shall I call you?"},
            {"id": "colour", "label": "Which colour do you like?", "choices": ["red", "green", "blue"]},
        ]
        title = ask.arguments["text"] or "A question before I go on"
        option, answers = await self._talk.ask(title, "I ask only to show how a question looks.", fields)
        if option == "skip":
            await self._talk.say("You skipped the question; that is fine.\n")
            return
        told = "".join(f"- {name}: {value}\n" for name, value in answers.items())
        await self._talk.say(f"You answered:\n\n{told}" if told else "You answered.\n")


VERBS: dict[str, Callable[[Work, Ask], Awaitable[None]]] = {
    "hello": Work.hello,
    "help": Work.help,
    "unknown": Work.unknown,
    "say": Work.say,
    "think": Work.think,
    "history": Work.history,
    "list": Work.list_files,
    "read": Work.read_file,
    "search": Work.search_files,
    "write": Work.write_file,
    "replace": Work.replace_text,
    "run": Work.run_command,
    "plan": Work.plan,
    "ask": Work.ask,
}
