"""The model's tool calls: shown, and asked about before anything is changed or run.

Files go through the harness's `FileSystem`, which keeps them inside the project (symbolic links
followed); it announces a change after its own checks and before it happens, and that is where a
person is asked, with the whole text before and after. Commands are asked about before they start.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic_ai import ModelRetry, RunContext, ToolDefinition
from pydantic_ai.capabilities import AbstractCapability, on_event
from pydantic_ai.exceptions import ToolFailed
from pydantic_ai.messages import ToolCallPart
from pydantic_ai_harness.filesystem import FileChangeRequestEvent

from antiphon.providers.chat import permission, titles
from antiphon.providers.chat.commands import CARD
from antiphon.providers.chat.talk import Card, Talk
from antiphon.providers.loose import Json, table, tables, text


class Stopped(Exception):
    """The person said no and stopped the turn, or nobody will answer."""


@dataclass
class Allowed:
    """What needs no question any more."""

    mode: str = "ask"
    rules: set[str] = field(default_factory=set[str])


@dataclass
class Cards(AbstractCapability[object]):
    """Shows each call as a card; one after the other, for a person reads one question at a time."""

    talk: Talk
    allowed: Allowed
    moved: Callable[[str], None]
    """Told the mode that an answer switched to."""
    _open: dict[str, Card] = field(default_factory=dict[str, Card])
    _given: dict[str, Json] = field(default_factory=dict[str, Json])
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def wrap_tool_execute(
        self,
        ctx: RunContext[object],
        *,
        call: ToolCallPart,
        tool_def: ToolDefinition,
        args: dict[str, Any],
        handler: Callable[[dict[str, Any]], Any],
    ) -> Any:
        """Run the call with its card open."""
        async with self._one:
            name, given = call.tool_name, table(args)
            card = Card(
                self.talk, name=name, title=titles.title(name, given), kind=titles.kind(name), given=given
            )
            self._open[call.tool_call_id], self._given[call.tool_call_id] = card, given
            try:
                return await self._run(card, name, args, handler)
            finally:
                del self._open[call.tool_call_id], self._given[call.tool_call_id]

    async def _run(self, card: Card, name: str, args: dict[str, Any], handler: Callable[..., Any]) -> Any:
        need = permission.NEEDS.get(name, "nothing")
        token = CARD.set(card if need == "execute" else None)
        try:
            if need == "execute" and (no := await self._no(card, need, text(args.get("command")))):
                card.done(no, failed=True)
                return no
            if need != "edit":
                card.running()
            result = await handler(args)
        except (ModelRetry, ToolFailed) as error:
            card.done(str(error), failed=True)
            raise
        except BaseException:
            card.done("It was stopped.", failed=True)
            raise
        finally:
            CARD.reset(token)
        card.done(result if isinstance(result, str) else "", failed=card.refused)
        return result

    @on_event(FileChangeRequestEvent)
    async def asked(self, ctx: RunContext[object], event: FileChangeRequestEvent) -> None:
        """A file is about to be changed, and nothing but a person hinders it."""
        key = event.tool_call_id or ""
        card, given = self._open[key], self._given[key]
        path = Path(event.root_dir, event.path)
        if event.operation != "create_directory":
            before = _text(path)
            card.changes(str(path), before, _after(before or "", given))
        if no := await self._no(card, "edit", ""):
            card.refused = True
            event.cancel(no)
        else:
            card.running()

    async def _no(self, card: Card, need: permission.Need, command: str) -> str:
        """Why it may not be; "" when it may. Raises Stopped."""
        rule = permission.rule(need, command)
        match permission.verdict(self.allowed.mode, need, rule, self.allowed.rules):
            case "allow":
                return ""
            case "refuse":
                return permission.REFUSED
            case "ask":
                return self._answered(need, rule, *await card.ask(need, rule))

    def _answered(self, need: permission.Need, rule: str, option: str, word: str) -> str:
        if option == permission.ALLOW:
            return ""
        if option == permission.ALWAYS:
            self._always(need, rule)
            return ""
        if option == permission.REJECT:
            return permission.rejected(word)
        raise Stopped

    def _always(self, need: permission.Need, rule: str) -> None:
        if need == "edit":
            self.allowed.mode = "accept-edits"
            self.moved(self.allowed.mode)
        else:
            self.allowed.rules.add(rule)


def _text(path: Path) -> str | None:
    """What the file holds; None: there is none. What is no text is shown as far as it goes."""
    try:
        return path.read_bytes().decode(errors="replace")
    except FileNotFoundError:
        return None
    except OSError:
        return ""


def _after(before: str, given: Json) -> str:
    """The text after a write or an edit that the harness has found to fit."""
    if "content" in given:
        return text(given["content"])
    pairs = tables(given.get("replacements")) or [given]
    for pair in pairs:
        before = before.replace(text(pair.get("old_text")), text(pair.get("new_text")), 1)
    return before
