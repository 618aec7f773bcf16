"""One prompt: the loop of model and tools, told as it goes.

1. An answer without a finish reason is `truncated`, and its tool calls are not run.
2. What was said before a turn broke off is kept, and told to the model the next time.
"""

import time
from collections.abc import Sequence

import msgspec
from pydantic_ai import Agent
from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    UserContent,
)
from pydantic_ai.run import AgentRun
from pydantic_ai.usage import UsageLimits
from pydantic_ai.workspaces import WorkspaceBackend

from antiphon.model.ids import new_id
from antiphon.providers.chat import errors, history
from antiphon.providers.chat.errors import Whose
from antiphon.providers.chat.fitting import Fitting
from antiphon.providers.chat.setting import Setting
from antiphon.providers.chat.talk import Talk
from antiphon.providers.chat.tools import Stopped
from antiphon.providers.loose import Json
from antiphon.providers.peer import RpcError

FAILED = -32603
STOP_REASONS = {"length": "max_tokens", "content_filter": "refusal"}


class Turn:
    """One prompt's run. `messages` is the conversation after it, however it ended."""

    def __init__(
        self,
        agent: Agent[object, str],
        setting: Setting,
        talk: Talk,
        workspace: WorkspaceBackend,
        before: Sequence[ModelMessage],
    ) -> None:
        self._agent, self._setting, self._talk, self._workspace = agent, setting, talk, workspace
        self.messages: list[ModelMessage] = list(before)
        self._reason = "end_turn"
        self.usage: Json = {}
        self._cost = 0.0
        self._partial: list[str] = []
        self._message = ""

    async def run(self, content: Sequence[UserContent]) -> str:
        """Until the model is done; ACP's word for how. Raises RpcError, Stopped, CancelledError."""
        async with self._agent.iter(
            content,
            message_history=self.messages,
            usage_limits=UsageLimits(request_limit=None),
            workspace=self._workspace,
        ) as run:
            try:
                await self._loop(run)
            except Stopped:
                raise
            except Exception as error:
                raise self._failed(await self._why(error)) from error
            finally:
                self.messages = history.settled(run.all_messages(), "".join(self._partial))
                self._count(run)
        return self._reason

    async def _loop(self, run: AgentRun[object, str]) -> None:
        async for node in run:
            if not Agent.is_model_request_node(node):
                continue
            self._partial = []
            async with node.stream(run.ctx) as stream:
                async for event in stream:
                    self._tell(event)
                    await self._talk.peer.flushed()
                response = stream.response
            self._partial = []
            self._answered(response)
            if fitting := self._fitting:
                await fitting.answered(response)

    @property
    def _fitting(self) -> Fitting | None:
        model = self._agent.model
        return model if isinstance(model, Fitting) else None

    async def _why(self, error: Exception) -> Exception:
        return await self._fitting.why(error) if self._fitting else error

    def _tell(self, event: object) -> None:
        match event:
            case PartStartEvent(part=TextPart(content=words)):
                self._message = new_id()
                self._say(words)
            case PartStartEvent(part=ThinkingPart(content=words)):
                self._message = new_id()
                self._talk.think(words, self._message)
            case PartDeltaEvent(delta=TextPartDelta(content_delta=words)):
                self._say(words)
            case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=words)):
                self._talk.think(words or "", self._message)
            case _:
                pass

    def _say(self, words: str) -> None:
        self._partial.append(words)
        self._talk.say(words, self._message)

    def _answered(self, response: ModelResponse) -> None:
        self._reason = STOP_REASONS.get(response.finish_reason or "", "end_turn")
        cost = (response.provider_details or {}).get("cost")
        self._cost += cost if isinstance(cost, int | float) else 0.0
        if used := response.usage.total_tokens:
            self._talk.usage(used, self._setting.context)

    def _count(self, run: AgentRun[object, str]) -> None:
        usage = run.usage
        self.usage = {
            "inputTokens": usage.input_tokens,
            "outputTokens": usage.output_tokens,
            "cachedReadTokens": usage.cache_read_tokens,
            "totalTokens": usage.total_tokens,
        }
        if self._cost:
            self.usage["_meta"] = {"antiphon": {"costUsd": self._cost}}

    def _failed(self, error: Exception) -> RpcError:
        setting = self._setting
        whose = Whose(provider=setting.provider, name=setting.name, server=setting.server, key=setting.key)
        failure = errors.of(error, whose, time.time_ns() // 1_000_000)
        return RpcError(FAILED, failure.message, data={"antiphon": {"failure": msgspec.to_builtins(failure)}})
