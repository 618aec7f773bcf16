"""One running Codex (`providers.base.Agent`): one thread, one turn at a time.

1. A prompt ends by its `turn/completed`, or it is a failure. A second turn is never started on a busy
   thread: Codex would take it as words steered in, and drop what it was saying.
2. On cancel, open questions are closed, then the turn is interrupted. What Codex waits for without end
   (the network) or retries without hope (a refused key) is ended the same way, as a failure.
3. A turn that Codex begins by itself (it has a goal to go on with) is a turn of its own (`Sink.began`).
4. No command outlives its turn but those that Codex lists as running beside its turns after it has said
   that the turn is done: those are told as tasks. What an interrupted or failed turn began is ended.
5. An agent that dies is closed, and told of by `Sink.died`, unless it was closed on purpose.
"""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from antiphon.model.events import ApprovalRequested, ItemCompleted, TurnCancelled, TurnCompleted, Usage
from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.model.items import ToolCall
from antiphon.providers.base import Answered, Launch, Outcome, Prompt, ProviderFailed, Sink
from antiphon.providers.codex import command, errors, facts, permission, tools
from antiphon.providers.codex.content import content
from antiphon.providers.codex.diffs import FILE_LIMIT
from antiphon.providers.codex.terminals import Terminals
from antiphon.providers.codex.texts import Events
from antiphon.providers.codex.translate import OpenCall, Translation
from antiphon.providers.codex.wire import Line, Refused
from antiphon.providers.loose import Json, table, tables, text
from antiphon.providers.process import AgentProcess

LOST = "no rollout found"
"""What it says of a conversation to resume that it does not have."""
NETWORK_S = 30.0
"""How long Codex may wait for the network in a turn, since it would without end."""
ANSWER_S = 5.0
"""For what it may leave unanswered: an interrupt of a turn that has just ended."""


OWN = "Codex goes on by itself."


class Run:
    """One turn."""

    def __init__(self) -> None:
        self.id = ""
        self.ended: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        """Its `turn`, when Codex says that it is over."""
        self.cancelled = False
        self.verdict: Failure | None = None
        """What the turn ends by, whatever the agent says of it."""
        self.usage: Usage | None = None
        self.waits: asyncio.TimerHandle | None = None


class CodexAgent:
    """Made and started by `CodexProvider.open`."""

    def __init__(self, process: AgentProcess, sink: Sink) -> None:
        self._sink = sink
        self._translation = Translation()
        self._line = Line(process, self._on_notification, self._on_request, sink.drained)
        self._terminals = Terminals(sink, self._line)
        self._run: Run | None = None
        self._limit_until: int | None = None
        self._withdrawn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closing: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[Any]] = set()

    async def start(self, launch: Launch) -> None:
        """Shake hands, begin the thread. Raises ProviderFailed; `invalid-request` when it is lost."""
        command.thread(launch)  # refused before anything is asked
        try:
            account = await hello(self._line)
            by_key = command.pays_by_key(account, launch.environment)
            method, params = command.thread(launch, by_key)
            begun = await self._line.request(method, **params)
            models = await self._line.request("model/list")
        except Refused as refused:
            raise ProviderFailed(_start_failure(refused)) from refused
        thread = text(table(begun, "thread").get("id"))
        self._translation.thread = self._terminals.thread = thread
        self._sink.emit(facts.begun(begun, models))
        self._line.death.add_done_callback(self._died)

    # Prompting

    async def prompt(self, prompt: Prompt) -> Outcome:
        """See Agent."""
        if self._run is not None:
            raise ProviderFailed(errors.failure("internal", "Codex is at work on another prompt."))
        self._run = run = Run()
        return await self._ended(run, prompt)

    async def carry_on(self) -> Outcome:
        """See Agent."""
        return await self._ended(self._run or Run())

    async def _ended(self, run: Run, prompt: Prompt | None = None) -> Outcome:
        """Start the turn, unless Codex did; wait for its end, and close what it leaves open."""
        before = self._line.process.below()
        try:
            if prompt:
                await self._ask(run, prompt)
            turn = await self._turn(run)
            if turn.get("status") != "completed":
                await self._terminals.after(keep=False)
        finally:
            self._close_run(run)
        await self._end_strays(before)
        return self._outcome(run, turn)

    def _close_run(self, run: Run) -> None:
        if run.waits:
            run.waits.cancel()
        if self._run is not run:  # Codex has begun another by itself
            return
        self._run = None
        self._withdraw()
        self._say(self._translation.finish())

    async def _ask(self, run: Run, prompt: Prompt) -> None:
        thread = self._translation.thread
        try:
            begun = await self._line.request("turn/start", threadId=thread, input=content(prompt))
        except Refused as refused:
            raise ProviderFailed(errors.of_turn({"message": refused.reason})) from refused
        self._begun(run, table(begun, "turn"))
        if run.cancelled:
            self._interrupt(run)

    async def _turn(self, run: Run) -> Json:
        """The turn, when it is over."""
        await asyncio.wait({run.ended, self._line.death}, return_when=asyncio.FIRST_COMPLETED)
        if not run.ended.done():
            raise ProviderFailed(await asyncio.shield(self._line.death))
        return run.ended.result()

    def _begun(self, run: Run, turn: Json) -> None:
        if run.id:
            return
        run.id = text(turn.get("id"))
        self._translation.turn()
        self._sink.native(self._translation.thread)  # only now it is kept: a thread without a turn is not

    def _outcome(self, run: Run, turn: Json) -> Outcome:
        status, usage = text(turn.get("status")), run.usage
        if run.verdict and not run.cancelled:
            raise ProviderFailed(run.verdict)
        if run.cancelled and status != "completed":
            return TurnCancelled(usage=usage)
        if status == "interrupted":
            raise ProviderFailed(errors.failure("cancelled-by-agent"))
        if status != "completed":
            raise ProviderFailed(errors.of_turn(table(turn, "error"), self._limit_until))
        return TurnCompleted(usage=usage)

    async def _end_strays(self, before: dict[int, float]) -> None:
        for stray in await self._line.process.end_strays(before, orphans=True):
            title = f"Ended a process left behind: {stray.command}"
            call = ToolCall(title=title, status="completed", output=f"Process {stray.pid} outlived its turn.")
            self._sink.emit(ItemCompleted(item=new_id(), content=call))

    async def steer(self, prompt: Prompt) -> bool:
        """See Agent."""
        run = self._run
        if run is None or run.cancelled or not run.id or run.ended.done():
            return False
        thread = self._translation.thread
        return await self._told("turn/steer", threadId=thread, expectedTurnId=run.id, input=content(prompt))

    async def cancel(self) -> None:
        """See Agent."""
        run = self._run
        if run is None or run.cancelled:
            return
        run.cancelled = True
        self._withdraw()
        self._interrupt(run)

    def _interrupt(self, run: Run) -> None:
        """As soon as the turn has an id: before, there is nothing to name."""
        if run.id and not run.ended.done():
            self._chore(self._told("turn/interrupt", threadId=self._translation.thread, turnId=run.id))

    def _give_up(self, run: Run, failure: Failure) -> None:
        """End the run by a failure of our own finding: Codex will tell that it was interrupted."""
        if run.verdict is None:
            run.verdict = failure
            self._withdraw()
            self._interrupt(run)

    async def stop_task(self, task: str) -> bool:
        """See Agent."""
        return await self._terminals.stop(task)

    async def _told(self, method: str, **params: Any) -> bool:
        """Ask; whether it was done. Of a dead agent the prompt tells."""
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._line.request(method, **params)
        except (Refused, ProviderFailed, TimeoutError):
            return False
        return True

    # What the agent says

    async def _on_notification(self, method: str, params: Json) -> None:
        own = params.get("threadId") == self._translation.thread
        if own and method == "turn/started" and (self._run is None or self._run.ended.done()):
            await self._begin_own(table(params, "turn"))
        if own and self._run:
            self._turned(self._run, method, params)
        if method == "account/rateLimits/updated":
            self._limit_until = errors.limit_until(params)
        if method == "item/completed":
            self._terminals.ended(text(table(params, "item").get("id")))
        events = self._translation.message(method, params)
        self._say(events)
        if not events:
            self._sink.alive()
        if method == "item/started" and own:
            await self._look(table(params, "item"))

    async def _begin_own(self, turn: Json) -> None:
        """It works though nobody asked."""
        self._run = run = Run()
        self._begun(run, turn)
        if not await self._sink.began(OWN) and self._run is run:
            self._run = None

    def _turned(self, run: Run, method: str, params: Json) -> None:
        turn = table(params, "turn")
        if method == "turn/started":
            self._begun(run, turn)
        elif method == "turn/completed" and not run.ended.done() and turn.get("id") in (run.id, None):
            self._over(run, turn)
        elif method == "error" and params.get("willRetry") is True:
            self._retried(run, table(params, "error"))

    def _over(self, run: Run, turn: Json) -> None:
        """The turn's end: before the next line is read, since Codex may begin another by itself."""
        done, run.usage = turn.get("status") == "completed", self._translation.usage
        beside = self._translation.commands if done else ()
        self._say(self._translation.finish(cut=not done, beside=beside))
        if done and (beside or self._terminals.known):
            self._chore(self._terminals.after(keep=True))
        run.ended.set_result(turn)

    def _retried(self, run: Run, error: Json) -> None:
        """It tries again: shown, but not without end, nor without hope."""
        told = errors.retrying(error, 1)
        if errors.hopeless(error, told.attempt):
            self._give_up(run, errors.of_turn(error))
        if errors.waits(error) and run.waits is None:
            loop = asyncio.get_running_loop()
            run.waits = loop.call_later(NETWORK_S, lambda: self._give_up(run, errors.of_turn(error)))

    async def _look(self, item: Json) -> None:
        """Show a change in the files as they are before it."""
        id = text(item.get("id"))
        call = self._translation.call_of(id)
        if call and item.get("type") == "fileChange":
            paths = [text(each.get("path")) for each in tables(item.get("changes"))]
            files = await asyncio.to_thread(read, paths)
            self._show(id, tools.with_files(item, call.content, files))

    def _show(self, id: str, shown: ToolCall) -> None:
        self._say(self._translation.show(id, shown))

    def _say(self, events: Events) -> None:
        for event in events:
            self._sink.emit(event)

    # What the agent asks

    async def _on_request(self, method: str, params: Json) -> Json:
        try:
            return await self._asked(method, params)
        except (asyncio.CancelledError, NotImplementedError):
            raise
        except Exception as error:  # our mistake: the agent is told no, and the person what happened
            if self._run:
                message = f"Antiphon failed at a question of Codex's: {error}"
                self._give_up(self._run, errors.failure("internal", message))
            raise

    async def _asked(self, method: str, params: Json) -> Json:
        id, run = text(params.get("itemId")), self._run
        call = self._translation.call_of(id)
        shown = replace(call.content, status="pending") if call else None
        asked = permission.request(method, params, new_id(), call.item if call else None, shown)
        if asked is None:
            raise NotImplementedError
        if run is None or run.cancelled:
            return permission.response(method, params, Answered(option=None))
        answered = await self._ask_person(id, call, asked)
        if permission.stops(answered):
            run.cancelled = run.cancelled or answered.option == permission.STOP
            self._interrupt(run)
        return permission.response(method, params, answered)

    async def _ask_person(self, id: str, call: OpenCall | None, asked: ApprovalRequested) -> Answered:
        if call:
            self._show(id, replace(call.content, status="pending"))
        try:
            return await self._until_withdrawn(asked)
        finally:
            if call:
                self._show(id, replace(call.content, status="running"))

    async def _until_withdrawn(self, asked: ApprovalRequested) -> Answered:
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
            self._closing = asyncio.create_task(self._close(), name="close codex")
        return self._closing

    async def close(self) -> None:
        """See Agent."""
        await asyncio.shield(self._close_soon())

    async def _close(self) -> None:
        self._withdraw()
        await self._line.close()
        await self._sink.process_ended(self._line.process.pid)


async def hello(line: Line) -> Json:
    """Shake hands; its answer to `account/read`. Raises Refused, ProviderFailed."""
    await line.request("initialize", **command.HELLO)
    with contextlib.suppress(ConnectionError):  # it is gone: the next request says so
        await line.send({"method": "initialized"})
    return await line.request("account/read")


def _start_failure(refused: Refused) -> Failure:
    if LOST in refused.reason.lower():
        message = "Codex cannot go on with this conversation: it does not know it any more."
        return errors.failure("invalid-request", message, refused.reason)
    return errors.failure("internal", detail=refused.reason)


def read(paths: list[str]) -> dict[str, str | None]:
    """The files' texts; None where there is none, or it is no text, or too long to be shown."""
    return {path: _text(Path(path)) for path in paths}


def _text(path: Path) -> str | None:
    try:
        return path.read_text() if path.stat().st_size <= FILE_LIMIT else None
    except (OSError, ValueError):
        return None
