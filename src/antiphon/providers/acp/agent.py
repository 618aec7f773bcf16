"""One running ACP agent (`providers.base.Agent`).

1. Updates count only while a prompt runs: what comes outside it (history told again, afterthoughts)
   belongs to no turn. Facts of the session count always.
2. A prompt ends by the agent's `stopReason`, or it is a failure.
3. On cancel the open permission requests are answered `cancelled` first: an agent that waits
   for its answer does not hear the cancel.
4. An agent that dies is closed, and told of by `Sink.died`, unless it was closed on purpose.
5. No command outlives its turn: what was started in it and still runs is ended, and shown.
6. A turn that ends without a word and without a deed is a failure, whatever the agent says of it.
"""

import asyncio
import base64
import contextlib
import time
from typing import TYPE_CHECKING

from msgspec import ValidationError

from antiphon.model.events import ApprovalRequested, ItemCompleted, TurnCancelled, TurnCompleted, Usage
from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.model.items import ToolCall
from antiphon.providers.acp import extensions, handshake, permission
from antiphon.providers.acp.complaints import Complaints
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.link import Link
from antiphon.providers.acp.translate import Translation
from antiphon.providers.base import Answered, Attachment, Launch, Outcome, Prompt, ProviderFailed, Sink
from antiphon.providers.loose import Json, count, table, text
from antiphon.providers.process import AgentProcess

if TYPE_CHECKING:
    from acp.connection import Connection

ANSWERED_S = 1.0
"""For the responses that must go before a cancel."""
FACTS = frozenset(
    {"available_commands_update", "current_mode_update", "config_option_update", "usage_update"}
)
"""Updates about the session rather than about a turn."""


class AcpAgent:
    """Made and started by `AcpProvider.open`."""

    def __init__(
        self, entry: AcpEntry, process: AgentProcess, sink: Sink, connection: "type[Connection]"
    ) -> None:
        self._sink = sink
        self._translation = Translation(noise=entry.noise)
        self._extension = extensions.of(entry)
        self._link = Link(
            entry, process, connection, self._on_update, self._on_request, sink.drained, self._extension.tells
        )
        self._complaints = Complaints(entry.names, entry.retries)
        process.heard = self._on_complaint
        self._conversation = handshake.Conversation("", images=False)
        self._prompting = False
        self._cancelled = False
        self._mistake: ProviderFailed | None = None
        """Antiphon's own, in the running turn: that is how it ends."""
        self._stopping: asyncio.Task[None] | None = None
        self._withdrawn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done: nobody may be asked any more."""
        self._closing: asyncio.Task[None] | None = None

    async def start(self, launch: Launch, meta: Json | None = None) -> None:
        """Open the conversation; `meta`: what an agent of ours is told with it. Raises ProviderFailed."""
        self._conversation = await handshake.begin(self._link, launch, self._sink, meta)
        self._link.death.add_done_callback(self._died)

    # Prompting

    async def prompt(self, prompt: Prompt) -> Outcome:
        """See Agent."""
        before = self._link.process.below()
        content: list[Json] = [{"type": "text", "text": prompt.text}]
        content += [await asyncio.to_thread(self._attached, each) for each in prompt.attachments]
        self._prompting, self._cancelled, self._mistake = True, False, None
        self._translation.begin()
        self._withdrawn = asyncio.get_running_loop().create_future()
        cut = True
        try:
            answer = await self._ask_agent(content)
            cut = self._cancelled
        finally:
            self._prompting = False
            self._withdraw()
            for event in self._translation.finish(cut):
                self._sink.emit(event)
        await self._end_strays(before)
        if self._mistake:
            raise self._mistake
        outcome = self._outcome(answer)
        if not self._is_empty(prompt, outcome):
            return outcome
        if self._cancelled:  # some agents call that done, too
            return TurnCancelled(usage=outcome.usage)
        raise self._link.failed("truncated", "{name} ended the turn without an answer.", quiet=True)

    async def _ask_agent(self, content: list[Json]) -> Json:
        params = {"sessionId": self._conversation.session, "prompt": content}
        try:
            return await self._link.request("session/prompt", params)
        except ProviderFailed:
            if self._cancelled:  # whatever it says of it, it was told to stop
                return {"stopReason": "cancelled"}
            raise

    def _attached(self, attachment: Attachment) -> Json:
        if self._conversation.images and attachment.media_type.startswith("image/"):
            encoded = base64.b64encode(attachment.path.read_bytes()).decode()
            return {"type": "image", "mimeType": attachment.media_type, "data": encoded}
        return {
            "type": "resource_link",
            "uri": attachment.path.as_uri(),
            "name": attachment.name,
            "mimeType": attachment.media_type,
        }

    def _outcome(self, answer: Json) -> Outcome:
        reason, usage = text(answer.get("stopReason")), _usage(answer)
        if reason == "cancelled" and self._cancelled:
            return TurnCancelled(usage=usage)
        if reason == "cancelled":
            raise self._link.failed("cancelled-by-agent", "{name} stopped by itself.")
        if not reason:
            raise self._link.failed("truncated", "{name} ended the turn without saying how.")
        return TurnCompleted(
            usage=usage, stop_reason=None if reason == "end_turn" else reason.replace("_", "-")
        )

    def _is_empty(self, prompt: Prompt, outcome: Outcome) -> bool:
        """Whether it says that it is done, and did nothing. (A slash command may well be done without a word.)"""
        done = isinstance(outcome, TurnCompleted) and outcome.stop_reason is None
        return done and not self._translation.answered and not prompt.text.lstrip().startswith("/")

    async def _end_strays(self, before: dict[int, float]) -> None:
        for stray in await self._link.process.end_strays(before):
            title = f"Ended a process left behind: {stray.command}"
            call = ToolCall(title=title, status="completed", output=f"Process {stray.pid} outlived its turn.")
            self._sink.emit(ItemCompleted(item=new_id(), content=call))

    async def steer(self, prompt: Prompt) -> bool:
        """ACP has no way to speak into a running turn."""
        return False

    async def carry_on(self) -> Outcome:
        """ACP agents begin nothing by themselves, so nobody calls this."""
        raise RuntimeError("an ACP agent was asked to carry on")

    async def stop_task(self, task: str) -> bool:
        """ACP knows no tasks beside its turns."""
        return False

    async def cancel(self) -> None:
        """See Agent."""
        if not self._prompting or self._cancelled:
            return
        self._cancelled = True
        self._withdraw()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWERED_S):
                await self._link.answered()
        with contextlib.suppress(ConnectionError):  # it is gone: `prompt` says so
            await self._link.notify("session/cancel", {"sessionId": self._conversation.session})

    # What the agent says and asks

    def _on_update(self, params: Json) -> None:
        update = table(params, "update")
        events = []
        if self._prompting or update.get("sessionUpdate") in FACTS:
            events = self._translation.update(update)
        for event in events:
            self._sink.emit(event)
        if not events:
            self._sink.alive()

    def _on_complaint(self, data: bytes) -> None:
        for event in self._complaints.feed(data, round(time.time() * 1000)):
            if self._prompting:
                self._sink.emit(event)

    async def _on_request(self, method: str, params: Json, notification: bool) -> Json | None:
        try:
            return await self._answer(method, params, notification)
        except (NotImplementedError, ValidationError):
            raise
        except Exception as error:  # a mistake of ours must not pass for the person's no
            message = f"Antiphon failed at a question of {{name}}'s: {error}"
            self._mistake = self._link.failed("internal", message, quiet=True)
            self._stopping = asyncio.create_task(self.cancel())
            if method == "session/request_permission":
                return permission.CANCELLED
            raise

    async def _answer(self, method: str, params: Json, notification: bool) -> Json | None:
        if method == "session/request_permission":
            return await self._permission(params)
        if method in self._extension.asks:
            return await self._extended(method, params)
        told = self._extension.tells(method, params)  # a notification that came as a request
        if told is None:
            self._sink.alive()
            if not notification:
                raise NotImplementedError
            return None
        for update in told:
            self._on_update({"update": update})
        return {}

    async def _extended(self, method: str, params: Json) -> Json:
        """A question of the agent's own kind."""
        asks = self._extension.asks[method]
        if not self._prompting or self._cancelled:
            return asks.response(params, Answered(option=None))
        item = self._translation.item_of(text(params.get("toolCallId")))
        return asks.response(params, await self._ask_person(asks.request(params, new_id(), item)))

    async def _permission(self, params: Json) -> Json:
        if not self._prompting or self._cancelled:
            return permission.CANCELLED
        call = table(params, "toolCall")
        key = text(call.get("toolCallId"))
        if not permission.is_question(params):
            for event in self._translation.tool_call(call):  # some agents name the call here first
                self._sink.emit(event)
        known = self._translation
        asked = permission.request(params, new_id(), known.item_of(key), known.content_of(key))
        answered = await self._ask_person(asked)
        if permission.is_rejection(asked, answered):
            for event in self._translation.declined(key):
                self._sink.emit(event)
        if permission.is_stop(asked, answered):
            self._cancelled = True  # so its end is the person's wish
        return permission.response(answered)

    async def _ask_person(self, asked: ApprovalRequested) -> Answered:
        asking = asyncio.ensure_future(self._sink.ask(asked))
        await asyncio.wait({asking, self._withdrawn}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            return asking.result()
        asking.cancel()
        return Answered(option=None)

    def _withdraw(self) -> None:
        if not self._withdrawn.done():
            self._withdrawn.set_result(None)

    # Ending

    def _died(self, death: "asyncio.Task[Failure]") -> None:
        if not self._closing and not death.cancelled():
            self._sink.died(death.result())
            self._close_soon()

    def _close_soon(self) -> "asyncio.Task[None]":
        if not self._closing:
            self._closing = asyncio.create_task(self._close(), name=f"close {self._link.entry.id}")
        return self._closing

    async def close(self) -> None:
        """See Agent."""
        await asyncio.shield(self._close_soon())

    async def _close(self) -> None:
        self._withdraw()
        await self._link.close()
        await self._sink.process_ended(self._link.process.pid)


def _usage(answer: Json) -> Usage | None:
    """As the protocol has it, or as Gemini does; nothing where nothing was counted."""
    usage, quota = table(answer, "usage"), table(answer, "_meta", "quota", "token_count")
    cost = table(usage, "_meta", "antiphon").get("costUsd")
    found = Usage(
        input_tokens=count(usage.get("inputTokens") or quota.get("input_tokens")),
        output_tokens=count(usage.get("outputTokens") or quota.get("output_tokens")),
        cached_tokens=count(usage.get("cachedReadTokens")),
        cost_usd=cost if isinstance(cost, float) else None,
    )
    return found if found.input_tokens or found.output_tokens else None
