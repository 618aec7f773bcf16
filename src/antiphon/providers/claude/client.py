"""One running Claude Code (`providers.base.Agent`).

1. A prompt ends by its `result`, or it is a failure. One whose steered words still wait in the
   agent's queue is not done yet: the next result ends it.
2. A result of the agent's own doing (`origin`: a background task ended) ends no prompt of a person.
   What the agent begins while nobody asked is a turn of its own (`Sink.began`).
3. On cancel, words still queued are withdrawn first; then the interrupt, whose result is the end.
4. An agent that dies is closed, and told of by `Sink.died`, unless it was closed on purpose.
5. No command outlives its turn but those that Claude Code itself keeps as background tasks: what
   its commands left behind, outside of it, is ended, and shown.
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from msgspec.structs import replace

from antiphon.clock import SystemClock
from antiphon.model.events import (
    ApprovalRequested,
    ItemCompleted,
    SessionUpdated,
    TurnCancelled,
    TurnCompleted,
    Usage,
)
from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.model.items import ToolCall
from antiphon.providers.base import (
    Answered,
    NotRestorable,
    Outcome,
    Prompt,
    ProviderFailed,
    Restored,
    Sink,
)
from antiphon.providers.claude import command, content, errors, facts, permission, tools
from antiphon.providers.claude.translate import OpenCall, Translation
from antiphon.providers.claude.wire import ControlRefused, Line
from antiphon.providers.loose import Json, count, table, text, texts
from antiphon.providers.process import AgentProcess

LOST = ("no conversation found", "no message found")
"""What it says of a conversation to resume that it does not have, or not up to there."""
ASKS = "An agent in the background has a question."
CANCEL_S = 1.0
"""For withdrawing queued words before an interrupt."""


class Run:
    """What the agent works on until a result."""

    def __init__(self, uuid: str = "") -> None:
        self.uuid = uuid
        self.result: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.steers: dict[str, str] = {}
        """Steered words by their uuid → where they are: `sent`, `queued`, `started` …"""
        self.cancelled = False
        self.verdict: Failure | None = None
        """What the turn ends by, whatever the agent says of it."""
        self.told = False
        """The agent tells where words are (`command_lifecycle`)."""

    def owns(self, result: Json) -> bool:
        """Whether a result is this run's: not that of what the agent did by itself just before."""
        if not self.uuid:
            return True
        answered = result.get("user_message_uuids")
        if isinstance(answered, list) and answered:
            return not {self.uuid, *self.steers}.isdisjoint(answered)  # pyright: ignore[reportUnknownArgumentType]
        return text(table(result, "origin").get("kind")) != "task-notification"

    @property
    def waiting(self) -> list[str]:
        """Steered words that the agent has not taken yet."""
        return (
            [uuid for uuid, state in self.steers.items() if state in ("sent", "queued")] if self.told else []
        )


class ClaudeAgent:
    """Made and started by `ClaudeProvider.open`."""

    def __init__(self, process: AgentProcess, sink: Sink) -> None:
        self._sink = sink
        self._translation = Translation(now=SystemClock().now)
        self._line = Line(process, self._on_message, self._on_request, sink.drained)
        self._run: Run | None = None
        self._why = ""
        """What last gave the agent cause to go on by itself."""
        self._limit_until: int | None = None
        self._cost = 0.0
        self._withdrawn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closing: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[Any]] = set()
        self._refused = ""
        """What its last result said: at the start it explains why it leaves."""
        self._mode = ""
        self._taken: dict[str, Callable[[Json], None]] = {
            "result": self._on_result,
            "command_lifecycle": self._on_lifecycle,
            "rate_limit_event": self._on_rate_limit,
        }

    async def start(self, model: str | None = None) -> None:
        """Shake hands. `model`: the one it was started with. Raises ProviderFailed; `invalid-request` when the conversation is lost."""
        try:
            hello = await self._line.request("initialize", hooks=None, forwardSubagentText=True)
        except ControlRefused as refused:
            raise ProviderFailed(errors.failure("internal", detail=refused.reason)) from refused
        except ProviderFailed as failed:
            raise ProviderFailed(self._start_failure(failed.failure)) from failed
        self._mode = text(hello.get("current_permission_mode"))
        self._sink.emit(facts.hello(hello, model))
        self._line.death.add_done_callback(self._died)

    def _start_failure(self, failure: Failure) -> Failure:
        words = "\n".join(filter(None, (self._refused, failure.detail or "")))
        if any(lost in words.lower() for lost in LOST):
            message = "Claude Code cannot go on with this conversation: it does not know it any more."
            return errors.failure("invalid-request", message, words)
        return replace(failure, detail=words or None)

    # Prompting

    async def prompt(self, prompt: Prompt) -> Outcome:
        """See Agent."""
        # Named like our turn: so its line in the transcript is told from another program's.
        uuid = prompt.turn if command.NATIVE.match(prompt.turn) else str(uuid4())
        message = await _message(prompt, uuid)
        self._run = run = Run(message["uuid"])
        with contextlib.suppress(ConnectionError):  # it is gone: `_ended` says so
            await self._line.send(message)
        return await self._ended(run)

    async def carry_on(self) -> Outcome:
        """See Agent."""
        return await self._ended(self._run or Run())

    async def _ended(self, run: Run) -> Outcome:
        """Wait for the run's result, and close what it leaves open."""
        before = self._line.process.below()
        cut = True
        try:
            await asyncio.wait({run.result, self._line.death}, return_when=asyncio.FIRST_COMPLETED)
            if not run.result.done():
                raise ProviderFailed(await asyncio.shield(self._line.death))
            result = run.result.result()
            cut_off = self._translation.cut_off
            cut = cut_off or run.cancelled
        finally:
            self._run = None
            self._withdraw()
            for event in self._translation.finish(cut):
                self._sink.emit(event)
        await self._end_strays(before)
        return self._outcome(run, result, cut_off)

    def _outcome(self, run: Run, result: Json, cut_off: bool) -> Outcome:
        usage, reason = self._usage(result), text(result.get("terminal_reason"))
        if run.verdict and not run.cancelled:
            raise ProviderFailed(run.verdict)
        if reason in errors.ABORTED or (run.cancelled and result.get("is_error") is True):
            if run.cancelled:
                return TurnCancelled(usage=usage)
            raise ProviderFailed(errors.failure("cancelled-by-agent"))
        if result.get("is_error") is True:
            raise ProviderFailed(errors.of_result(result, self._limit_until))
        if cut_off:
            raise ProviderFailed(errors.failure("truncated"))
        stop = text(result.get("stop_reason"))
        return TurnCompleted(
            usage=usage, stop_reason=None if stop in ("", "end_turn", "tool_use") else stop.replace("_", "-")
        )

    def _usage(self, result: Json) -> Usage | None:
        """Of this turn: the cost that the agent tells is that of its whole life."""
        usage = errors.usage(result)
        if usage is None:
            return None
        total = usage.cost_usd or 0.0
        cost, self._cost = max(total - self._cost, 0.0), max(total, self._cost)
        return replace(usage, cost_usd=cost, context_tokens=self._translation.context_tokens)

    async def _end_strays(self, before: dict[int, float]) -> None:
        for stray in await self._line.process.end_strays(before, orphans=True):
            title = f"Ended a process left behind: {stray.command}"
            call = ToolCall(title=title, status="completed", output=f"Process {stray.pid} outlived its turn.")
            self._sink.emit(ItemCompleted(item=new_id(), content=call))

    async def steer(self, prompt: Prompt) -> bool:
        """See Agent."""
        run = self._run
        if run is None or run.cancelled or run.result.done():
            return False
        message = await _message(prompt, str(uuid4()))
        if run.result.done() or run.cancelled:
            return False
        run.steers[message["uuid"]] = "sent"
        try:
            await self._line.send(message)
        except ConnectionError:
            return False
        return True

    async def cancel(self) -> None:
        """See Agent."""
        run = self._run
        if run is None or run.cancelled:
            return
        run.cancelled = True
        self._withdraw()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CANCEL_S):
                for uuid in run.waiting:
                    await self._told("cancel_async_message", message_uuid=uuid)
        run.steers.clear()
        self._chore(self._told("interrupt"))

    def _give_up(self, run: Run, failure: Failure) -> None:
        """End the run by a failure of our own finding: its result will tell that it was interrupted."""
        if run.verdict is None:
            run.verdict = failure
            self._chore(self._told("interrupt"))

    async def stop_task(self, task: str) -> bool:
        """See Agent."""
        if task not in self._translation.tasks:  # it would say that it was done
            return False
        return await self._told("stop_task", task_id=task)

    async def restore(self, turn: str, *, dry: bool) -> Restored:
        """See RestoresFiles: a prompt's line is named like its turn."""
        told = await self._rewound(turn, dry=True)
        if not dry:
            await self._rewound(turn, dry=False)
        return Restored(
            files=texts(told.get("filesChanged")),
            insertions=count(told.get("insertions")),
            deletions=count(told.get("deletions")),
        )

    async def _rewound(self, turn: str, *, dry: bool) -> Json:
        try:
            told = await self._line.request("rewind_files", user_message_id=turn, dry_run=dry)
        except ControlRefused as refused:
            raise NotRestorable(refused.reason) from refused
        if told.get("canRewind") is not True:
            raise NotRestorable(text(told.get("error")) or "it does not say why")
        return told

    async def _told(self, subtype: str, **fields: Any) -> bool:
        """Make a control request; whether it was done. Of a dead agent the prompt tells."""
        try:
            await self._line.request(subtype, **fields)
        except (ControlRefused, ProviderFailed):
            return False
        return True

    # What the agent says

    async def _on_message(self, message: Json) -> None:
        kind = text(message.get("type"))
        if take := self._taken.get(kind):
            take(message)
        if kind == "system":
            await self._on_system(message)
        events = self._translation.message(message)
        for event in events:
            self._sink.emit(event)
        if not events:
            self._sink.alive()

    async def _on_system(self, message: Json) -> None:
        subtype = text(message.get("subtype"))
        if subtype == "api_retry" and self._run and errors.hopeless(message):
            code = errors.retrying(message, 0).code
            self._give_up(self._run, errors.failure(code, detail=text(message.get("error"))))
        if subtype == "task_notification":
            self._why = text(message.get("summary")) or "A background task ended."
        if subtype != "init":
            return
        if native := text(message.get("session_id")):
            self._sink.native(native)
        if (mode := text(message.get("permissionMode"))) and mode != self._mode:
            self._mode = mode
            self._sink.emit(SessionUpdated(mode=mode))
        if self._run is None:
            await self._begin_own(self._why or "Claude went on by itself.")

    async def _begin_own(self, why: str) -> None:
        """It works though nobody asked."""
        self._run = run = Run()
        if not await self._sink.began(why) and self._run is run:
            self._run = None

    def _on_lifecycle(self, message: Json) -> None:
        uuid, run = text(message.get("command_uuid")), self._run
        if run is None:
            return
        run.told = run.told or uuid == run.uuid
        if uuid in run.steers:
            run.steers[uuid] = text(message.get("state"))

    def _on_result(self, message: Json) -> None:
        run = self._run
        self._refused = text(message.get("result")) or " ".join(map(str, message.get("errors") or []))
        if run is None or run.result.done():
            return
        if not run.owns(message):
            return
        if run.waiting and not run.cancelled:
            return
        run.result.set_result(message)

    def _on_rate_limit(self, message: Json) -> None:
        resets = count(table(message, "rate_limit_info").get("resetsAt"))
        self._limit_until = resets * 1000 if resets else None

    # What the agent asks

    async def _on_request(self, request: Json) -> Json:
        if request.get("subtype") != "can_use_tool":
            self._sink.alive()
            raise NotImplementedError
        try:
            return await self._may_it(request)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # our mistake: the agent is told no, and the person what happened
            if self._run:
                message = f"Antiphon failed at a question of Claude's: {error}"
                self._give_up(self._run, errors.failure("internal", message))
            raise

    async def _may_it(self, request: Json) -> Json:
        if self._run is None:  # a sub-agent that outlived its turn: its question needs one to stand in
            await self._begin_own(ASKS)
        run = self._run
        if run is None or run.cancelled:
            return permission.response(request, Answered(option=None))
        use = text(request.get("tool_use_id"))
        call = self._translation.call_of(use)
        shown = replace(await self._shown(request, call.content if call else None), status="pending")
        self._show(use, shown)
        asked = permission.request(
            await self._planned(request, call), new_id(), call.item if call else None, shown
        )
        answered = await self._ask_person(asked)
        self._show(use, replace(shown, status="running"))
        if answered.option == permission.STOP:
            run.cancelled = True
        if mode := permission.mode_after(request, answered):
            self._sink.emit(SessionUpdated(mode=mode))
        return permission.response(request, answered)

    def _show(self, use: str, content: ToolCall) -> None:
        """More is known of an open call."""
        for event in self._translation.show(use, content):
            self._sink.emit(event)

    async def _planned(self, request: Json, call: OpenCall | None) -> Json:
        """With the plan that is to be agreed to: newer agents keep it in a file of their own."""
        if request.get("tool_name") != "ExitPlanMode":
            return request
        plan = ""
        with contextlib.suppress(ControlRefused, ProviderFailed):
            plan = text((await self._line.request("get_plan")).get("content"))
        plan = plan or text(table(call.content.input if call else None).get("plan"))
        return {**request, "input": {"plan": plan, **table(request, "input")}}

    async def _shown(self, request: Json, known: ToolCall | None) -> ToolCall:
        """The call with the change as it would be in the file that is there."""
        name, given = text(request.get("tool_name")), table(request, "input")
        call = known or tools.started(name, given)
        if call.tool != "edit":
            return call
        before = await asyncio.to_thread(_read, Path(text(given.get("file_path"))))
        return replace(call, diffs=tools.diffs(name, given, before) or call.diffs)

    async def _ask_person(self, asked: ApprovalRequested) -> Answered:
        if self._withdrawn.done():
            self._withdrawn = asyncio.get_running_loop().create_future()
        asking = asyncio.ensure_future(self._sink.ask(asked))
        try:
            await asyncio.wait({asking, self._withdrawn}, return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking.done() else Answered(option=None)
        finally:
            asking.cancel()

    def _withdraw(self) -> None:
        if not self._withdrawn.done():
            self._withdrawn.set_result(None)

    # Ending

    def _died(self, death: "asyncio.Task[Failure]") -> None:
        if not self._closing and not death.cancelled():
            self._sink.died(death.result())
            self._close_soon()

    def _chore(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    def _close_soon(self) -> "asyncio.Task[None]":
        if not self._closing:
            self._closing = asyncio.create_task(self._close(), name="close claude")
        return self._closing

    async def close(self) -> None:
        """See Agent."""
        await asyncio.shield(self._close_soon())

    async def _close(self) -> None:
        self._withdraw()
        await self._line.close()
        await self._sink.process_ended(self._line.process.pid)


async def _message(prompt: Prompt, uuid: str) -> Json:
    """The prompt as it is sent; files are read in a thread, words cost none."""
    if prompt.attachments:
        return await asyncio.to_thread(content.message, prompt, uuid)
    return content.message(prompt, uuid)


def _read(path: Path) -> str | None:
    """The file's text; None when there is none, or it is no text, or too long to be shown."""
    try:
        if path.stat().st_size > tools.FILE_LIMIT:
            return None
        return path.read_text()
    except (OSError, ValueError):
        return None
