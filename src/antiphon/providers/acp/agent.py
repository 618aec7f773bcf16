"""One running ACP agent (`providers.base.Agent`).

1. Updates count only while a prompt runs: what comes outside it (history replayed by
   session/load, afterthoughts) belongs to no turn. Facts of the session count always.
2. A prompt ends by the agent's `stopReason`, or it is a failure.
3. On cancel the open permission requests are answered `cancelled` first: an agent that waits
   for its answer does not hear the cancel.
4. The agent is dead when its stdout ends, or says what is not ACP; it is then closed, and
   told of by `Sink.died`.
5. No command outlives its turn: what was started in it and still runs is ended, and shown.
"""

import asyncio
import base64
import contextlib
from typing import TYPE_CHECKING, Any

import antiphon
from antiphon.model.events import (
    ApprovalRequested,
    ItemCompleted,
    SessionUpdated,
    TurnCancelled,
    TurnCompleted,
    Usage,
)
from antiphon.model.failures import Failure, FailureCode
from antiphon.model.ids import new_id
from antiphon.model.items import ToolCall
from antiphon.providers.acp import config, errors, permission
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.acp.translate import Translation
from antiphon.providers.acp.wire import Wire
from antiphon.providers.base import Answered, Attachment, Launch, Outcome, Prompt, ProviderFailed, Sink
from antiphon.providers.keeper import COMPLAINT
from antiphon.providers.loose import Json, count, table, text
from antiphon.providers.process import AgentProcess
from antiphon.providers.surrogates import mend

if TYPE_CHECKING:
    from acp.connection import Connection

PROTOCOL_VERSION = 1
EXIT_S = 0.5
"""After the end of stdout, for the exit that explains it."""
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
        self._entry = entry
        self._process = process
        self._sink = sink
        self._translation = Translation(noise=entry.noise)
        self._wire = Wire(process, self._on_update, sink.drained)
        self._connection = connection(self._on_request, self._wire)
        self._session = ""
        self._images = False
        self._ready = False
        """Until it is, whoever opens it is told of its end, and nobody else."""
        self._prompting = False
        self._cancelled = False
        self._withdrawn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done: nobody may be asked any more."""
        self._closing: asyncio.Task[None] | None = None
        self._death = asyncio.create_task(self._watch(), name=f"watch {entry.id} {process.pid}")

    # Starting

    async def start(self, launch: Launch) -> None:
        """Shake hands, and open the conversation (a new one, or the one to resume)."""
        hello = await self._request(
            "initialize",
            {
                "protocolVersion": PROTOCOL_VERSION,
                "clientCapabilities": {
                    "fs": {"readTextFile": False, "writeTextFile": False},
                    "terminal": False,
                    "_meta": {"terminal_output": True},
                },
                "clientInfo": {"name": "antiphon", "title": "Antiphon", "version": antiphon.__version__},
            },
        )
        if hello.get("protocolVersion") != PROTOCOL_VERSION:
            raise self._failed(
                "invalid-request", "{name} speaks another version of the Agent Client Protocol."
            )
        capabilities = table(hello, "agentCapabilities")
        self._images = bool(table(capabilities, "promptCapabilities").get("image"))
        answer = await self._open_session(launch, capabilities)
        self._sink.native(self._session)
        for event in config.facts(answer):
            self._sink.emit(event)
        await self._choose(answer, "mode", launch.mode)
        await self._choose(answer, "model", None if self._entry.model_arguments else launch.model)
        self._ready = True

    async def _open_session(self, launch: Launch, capabilities: Json) -> Json:
        params: Json = {"cwd": str(launch.folder), "mcpServers": []}
        if not launch.native_session:
            answer = await self._request("session/new", params)
            self._session = text(answer.get("sessionId"))
            return answer
        self._session = launch.native_session
        if "resume" in table(capabilities, "sessionCapabilities"):
            method = "session/resume"
        elif capabilities.get("loadSession"):
            method = "session/load"
        else:
            raise self._failed("invalid-request", "{name} cannot go on with an earlier conversation.")
        return await self._request(method, {**params, "sessionId": self._session})

    async def _choose(self, answer: Json, kind: str, wanted: str | None) -> None:
        """Set the mode or model; one that is not offered must not be silently another."""
        choice = config.read(answer, kind)
        if wanted is None or (choice and choice.current == wanted):
            return
        if choice is None or wanted not in choice.offered:
            raise self._failed("invalid-request", "{name} does not offer the " + f"{kind} {wanted!r}.")
        await self._request(*choice.request(self._session, wanted))
        self._sink.emit(SessionUpdated(mode=wanted) if kind == "mode" else SessionUpdated(model=wanted))

    # Prompting

    async def prompt(self, prompt: Prompt) -> Outcome:
        """See Agent."""
        before = self._process.below()
        content: list[Json] = [{"type": "text", "text": prompt.text}]
        content += [await asyncio.to_thread(self._attached, each) for each in prompt.attachments]
        self._prompting, self._cancelled = True, False
        self._withdrawn = asyncio.get_running_loop().create_future()
        cut = True
        try:
            answer = await self._request("session/prompt", {"sessionId": self._session, "prompt": content})
            cut = self._cancelled
        finally:
            self._prompting = False
            self._withdraw()
            for event in self._translation.finish(cut):
                self._sink.emit(event)
        await self._end_strays(before)
        return self._outcome(answer)

    def _attached(self, attachment: Attachment) -> Json:
        if self._images and attachment.media_type.startswith("image/"):
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
            raise self._failed("cancelled-by-agent", "{name} stopped by itself.")
        if not reason:
            raise self._failed("truncated", "{name} ended the turn without saying how.")
        return TurnCompleted(
            usage=usage, stop_reason=None if reason == "end_turn" else reason.replace("_", "-")
        )

    async def _end_strays(self, before: dict[int, float]) -> None:
        for stray in await self._process.end_strays(before):
            title = f"Ended a process left behind: {stray.command}"
            call = ToolCall(title=title, status="completed", output=f"Process {stray.pid} outlived its turn.")
            self._sink.emit(ItemCompleted(item=new_id(), content=call))

    async def steer(self, prompt: Prompt) -> bool:
        """ACP has no way to speak into a running turn."""
        return False

    async def cancel(self) -> None:
        """See Agent."""
        if not self._prompting or self._cancelled:
            return
        self._cancelled = True
        self._withdraw()
        with contextlib.suppress(TimeoutError, ConnectionError):  # when it is gone, `prompt` says so
            async with asyncio.timeout(ANSWERED_S):
                await self._wire.answered()
            await self._connection.send_notification("session/cancel", {"sessionId": self._session})

    # What the agent says and asks

    def _on_update(self, params: Json) -> None:
        update = table(params, "update")
        if not self._prompting and update.get("sessionUpdate") not in FACTS:
            self._sink.alive()
            return
        events = self._translation.update(update)
        for event in events:
            self._sink.emit(event)
        if not events:
            self._sink.alive()

    async def _on_request(self, method: str, params: Any, notification: bool) -> Any:
        if method == "session/request_permission":
            return await self._permission(table(mend(params)))
        if notification:
            self._sink.alive()
            return None
        from acp.exceptions import RequestError

        raise RequestError.method_not_found(method)

    async def _permission(self, params: Json) -> Json:
        if not self._prompting or self._cancelled:
            return permission.CANCELLED
        call = table(params, "toolCall")
        key = text(call.get("toolCallId"))
        if not permission.is_question(params):
            for event in self._translation.tool_call(call):  # some agents name the call here first
                self._sink.emit(event)
        asked = permission.request(
            params, new_id(), self._translation.item_of(key), self._translation.content_of(key)
        )
        answered = await self._ask(asked)
        if permission.is_rejection(asked, answered):
            for event in self._translation.declined(key):
                self._sink.emit(event)
        return permission.response(answered)

    async def _ask(self, asked: ApprovalRequested) -> Answered:
        asking = asyncio.ensure_future(self._sink.ask(asked))
        await asyncio.wait({asking, self._withdrawn}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            return asking.result()
        asking.cancel()
        return Answered(option=None)

    def _withdraw(self) -> None:
        if not self._withdrawn.done():
            self._withdrawn.set_result(None)

    async def _request(self, method: str, params: Json) -> Json:
        """Raises ProviderFailed, whatever went wrong."""
        from acp.exceptions import RequestError

        try:
            answer = await self._connection.send_request(method, params)
        except RequestError as error:
            if self._cancelled:
                return {"stopReason": "cancelled"}
            failure = errors.failure(self._entry.names, error.code, str(error), mend(error.data))
            raise ProviderFailed(failure) from error
        except ConnectionError:
            return await self._gone()
        return table(answer)

    # Ending

    async def _gone(self) -> Json:
        if not self._wire.ended.is_set():  # its stdin is closed, its stdout is not
            await self._process.close()
        failure = await asyncio.shield(self._death)
        if self._cancelled:
            return {"stopReason": "cancelled"}
        raise ProviderFailed(failure)

    async def _watch(self) -> Failure:
        await self._wire.ended.wait()
        failure = await self._cause()
        if self._ready and not self._closing:
            self._sink.died(failure)
            self._close_soon()
        return failure

    async def _cause(self) -> Failure:
        """Why nothing more can come from the agent."""
        if self._closing:
            return self._failed("provider-crashed", "{name} was ended by Antiphon.").failure
        if self._wire.broken is not None:
            message = "{name} said something that is not the Agent Client Protocol."
            return self._failed("provider-crashed", message, self._wire.broken).failure
        if self._process.too_long:
            return self._failed("provider-crashed", "{name} sent a message beyond all bounds.").failure
        await asyncio.wait({self._process.exited}, timeout=EXIT_S)
        exited, part = self._process.exited, self._process.lines.part
        if not exited.done():
            return self._failed("truncated", "{name} closed its output, though it still ran.").failure
        if exited.result().status == 0 and part:
            return self._failed("truncated", "{name} left in the middle of a message.").failure
        if self._process.stderr.startswith(COMPLAINT):
            return self._failed("provider-missing", "{name} cannot be started.").failure
        return self._failed("provider-crashed", "{name} " + f"{exited.result()}.").failure

    def _failed(self, code: FailureCode, message: str, words: str = "") -> ProviderFailed:
        detail = "\n".join(filter(None, (words, self._process.stderr)))
        return ProviderFailed(
            Failure(
                provider=self._entry.id,
                code=code,
                message=message.format(name=self._entry.name),
                action=self._process.program.install
                if code == "provider-missing"
                else errors.ACTIONS.get(code),
                detail=detail or None,
            )
        )

    def _close_soon(self) -> asyncio.Task[None]:
        if not self._closing:
            self._closing = asyncio.create_task(self._close(), name=f"close {self._entry.id}")
        return self._closing

    async def close(self) -> None:
        """See Agent."""
        await asyncio.shield(self._close_soon())

    async def _close(self) -> None:
        self._withdraw()
        await self._process.close()
        await self._connection.close()
        await self._sink.process_ended(self._process.pid)


def _usage(answer: Json) -> Usage | None:
    usage = table(answer, "usage")
    if not usage:
        return None
    return Usage(
        input_tokens=count(usage.get("inputTokens")),
        output_tokens=count(usage.get("outputTokens")),
        cached_tokens=count(usage.get("cachedReadTokens")),
    )
