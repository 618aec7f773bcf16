"""Nothing is cut in silence: a prompt that does not fit the context, as the model is loaded, is not sent.

1. What is known of the context is looked at before each request, where the server counts by the server.
2. Where it does not count, it is estimated, and only what cannot fit by any count is refused.
3. Where a stream holds nothing, the server is asked why.
4. Ollama cuts and says nothing, so there the answer is looked at too: a conversation only grows, and one
   that fills the context to its brim, or is counted smaller than before, was cut.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from pydantic_ai import RunContext
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse, UserPromptPart
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings, merge_model_settings

from antiphon.providers.chat.fetch import Unanswered, fetch
from antiphon.providers.chat.setting import Setting
from antiphon.providers.loose import Json, count, table, tables, text

CHARACTERS = 6
"""Of one token, at most on average: so many characters are one token at least."""
MOST_TOKENS = 32_768
"""Of one answer of a local model: without a limit some go on for ever."""
ASK_S = 5.0
EMPTY = "ended without content"
"""pydantic-ai's words for a stream with nothing in it."""


class TooLong(Exception):
    """It does not fit."""

    def __init__(self, tokens: int, context: int, *, cut: bool = False) -> None:
        about = f"{tokens} tokens" if cut else f"about {tokens} tokens"
        what = "The server cut the conversation" if cut else "The conversation does not fit"
        super().__init__(f"{what}: it has {about}, and the model as it is loaded holds {context}.")


class Fitting(WrapperModel):
    """A local model that is asked only what fits."""

    def __init__(self, wrapped: Model, setting: Setting) -> None:
        super().__init__(wrapped)
        self._setting = setting
        self._context = setting.context
        self._before = 0
        """Tokens that the server counted in the request before."""
        self._asked: tuple[list[ModelMessage], ModelRequestParameters] | None = None

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """See Model. Raises TooLong."""
        words = "\n".join([*_words(messages), *_tools(model_request_parameters)])
        tokens = await self._tokens(words)
        if self._context and tokens >= self._context:
            raise TooLong(tokens, self._context)
        settings = merge_model_settings(model_settings, self._limits(tokens))
        self._asked = (messages, model_request_parameters)
        async with self.wrapped.request_stream(
            messages, settings, model_request_parameters, run_context
        ) as stream:
            yield stream

    def _limits(self, tokens: int) -> ModelSettings:
        if self._setting.server == "vllm":  # it takes what is left, and refuses to be asked for more
            return ModelSettings()
        most = min(MOST_TOKENS, self._context - tokens) if self._context else MOST_TOKENS
        # llama.cpp's server does not know the new name; others no longer know the old one.
        return ModelSettings(max_tokens=most, extra_body={"max_tokens": most})

    async def _tokens(self, words: str) -> int:
        """As the server counts them, or as few as they can be."""
        least = len(words) // CHARACTERS
        asked: dict[str, Json] = {
            "llama.cpp": {"content": words},
            "vllm": {"model": self._setting.model, "prompt": words},
        }
        body = asked.get(self._setting.server)
        if body is None or not self._context:
            return least
        try:
            answer = await self._ask("/tokenize", body)
        except Unanswered:
            return least
        listed = answer.get("tokens")
        return count(answer.get("count")) or (len(listed) if isinstance(listed, list) else least)  # pyright: ignore[reportUnknownArgumentType]

    async def answered(self, response: ModelResponse) -> None:
        """Look whether the server cut what it was asked. Raises TooLong."""
        if self._setting.server != "ollama":
            return
        tokens, before = response.usage.input_tokens, self._before
        self._before = tokens
        self._context = await self._loaded() or self._context
        full = self._context is not None and tokens >= self._context - 1
        if tokens and (full or tokens < before):
            raise TooLong(max(tokens, before), self._context or tokens, cut=True)

    async def why(self, error: Exception) -> Exception:
        """What is behind a stream that ended without a word: asked without one, servers say so.

        llama-cpp-python ends a stream so where the prompt does not fit, and tells nobody.
        """
        if EMPTY not in str(error) or self._asked is None:
            return error
        messages, parameters = self._asked
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASK_S):
                for _ in range(2):  # the first may meet the connection that has just been ended
                    try:
                        await self.wrapped.request(messages, ModelSettings(max_tokens=1), parameters)
                    except ModelHTTPError as answered:
                        return answered
                    except ModelAPIError:
                        continue
                    break
        return error

    async def _loaded(self) -> int | None:
        """Ollama's context of the model, now that it is loaded."""
        try:
            answer = await self._ask("/api/ps", None)
        except Unanswered:
            return None
        names = (self._setting.model, f"{self._setting.model}:latest")
        loaded = [each for each in tables(answer.get("models")) if text(each.get("name")) in names]
        return count(loaded[0].get("context_length")) if loaded else None

    async def _ask(self, path: str, body: Json | None) -> Json:
        url = self._setting.url.removesuffix("/v1") + path
        return await asyncio.to_thread(fetch, url, timeout=ASK_S, key=self._setting.key, body=body)


def _words(messages: list[ModelMessage]) -> Iterator[str]:
    """All that the model would read, as text."""
    for message in messages:
        if message.kind == "request" and message.instructions:
            yield message.instructions
        for part in message.parts:
            if isinstance(part, UserPromptPart) and not isinstance(part.content, str):
                yield from (each for each in part.content if isinstance(each, str))
            else:
                yield from filter(None, (_text(getattr(part, name, None)) for name in ("content", "args")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode() if value else ""


def _tools(parameters: ModelRequestParameters) -> Iterator[str]:
    for tool in parameters.function_tools:
        yield f"{tool.name} {tool.description} {_text(table(tool.parameters_json_schema))}"
