"""What fits into a local model: the server counts, the request is looked at before it goes, the answer after."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic_ai import BinaryContent
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserContent, UserPromptPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.test import TestModel
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.usage import RequestUsage

from antiphon.providers.chat import fitting
from antiphon.providers.chat.fitting import Fitting, TooLong
from antiphon.providers.chat.setting import Setting
from tests.chat_server import ChatServer, serving

EMPTY = ModelAPIError("tiny", f"Streamed response {fitting.EMPTY}")


class Model(TestModel):
    """Notes with which settings it is asked; asked without a stream, it raises what it was given, in order."""

    def __init__(self, *raises: Exception) -> None:
        super().__init__()
        self.limits: list[Any] = []
        self.raises = list(raises)
        self.asked = 0

    @asynccontextmanager
    async def request_stream(self, messages: Any, model_settings: Any, *_: Any) -> AsyncGenerator[Any]:
        self.limits.append(model_settings)
        yield None

    async def request(self, *_: Any) -> ModelResponse:
        self.asked += 1
        if self.raises:
            raise self.raises.pop(0)
        return ModelResponse(parts=[TextPart("well")])


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A scripted model's server."""
    with serving() as server:
        yield server


def fitted(model: Model, server: ChatServer | None, kind: str, context: int | None) -> Fitting:
    root = server.root if server else "http://127.0.0.1:9"
    setting = Setting(
        provider="localgpu",
        name="X",
        session="s",
        server=kind,
        url=f"{root}/v1",
        model="tiny",
        context=context,
    )
    return Fitting(model, setting)


async def asked(
    found: Fitting, *content: UserContent, instructions: str = "", tool: str = ""
) -> dict[str, Any]:
    """The limits with which the model is asked. Raises TooLong."""
    tools = [ToolDefinition(name="t", description=tool, parameters_json_schema={})] if tool else []
    request = ModelRequest(parts=[UserPromptPart(list(content))], instructions=instructions or None)
    async with found.request_stream([request], None, ModelRequestParameters(function_tools=tools)):
        pass
    model = found.wrapped
    assert isinstance(model, Model)
    return dict(model.limits[-1] or {})


def counting(server: ChatServer, tokens: int) -> None:
    """It counts so many, whatever it is given."""
    server.pages["/tokenize"] = {"tokens": [7] * tokens}


async def test_what_is_left_is_the_answers_limit(server: ChatServer) -> None:
    """By both names; a large context is no reason to go on for ever, nor is one that is not known."""
    counting(server, 600)
    left = await asked(fitted(Model(), server, "llama.cpp", 8000), "hi")
    assert left == {"max_tokens": 7400, "extra_body": {"max_tokens": 7400}}
    for context in (1_000_000, None):
        large = await asked(fitted(Model(), server, "llama.cpp", context), "hi")
        assert large["max_tokens"] == fitting.MOST_TOKENS


async def test_vllm_limits_itself(server: ChatServer) -> None:
    """It takes what is left, and refuses to be asked for more; what does not fit is not sent to it either."""
    server.pages["/tokenize"] = {"count": 600}
    assert await asked(fitted(Model(), server, "vllm", 8000), "hi") == {}
    with pytest.raises(TooLong, match="600 tokens"):
        await asked(fitted(Model(), server, "vllm", 600), "hi")


@pytest.mark.parametrize("kind", ["llama.cpp", "other"])
async def test_where_nobody_counts_it_is_estimated(server: ChatServer, kind: str) -> None:
    """Only what cannot fit by any count is refused: six characters are one token at least."""
    found = fitted(Model(), server, kind, 100)
    assert (await asked(found, "x" * 300))["max_tokens"] == 50
    with pytest.raises(TooLong):
        await asked(found, "x" * 600)


async def test_all_that_the_model_reads_is_counted(server: ChatServer) -> None:
    """What it is told to be and its tools, too; a picture's bytes are no words."""
    found = fitted(Model(), server, "other", 100)
    with pytest.raises(TooLong):
        await asked(found, "hi", instructions="x" * 600)
    with pytest.raises(TooLong):
        await asked(found, "hi", tool="x" * 600)
    await asked(found, "hi", BinaryContent(b"x" * 6000, media_type="image/png"))


# What Ollama cuts


def loaded(server: ChatServer, name: str = "tiny", context: int = 100) -> None:
    server.pages["/api/ps"] = {"models": [{"name": name, "context_length": context}]}


def counted(tokens: int) -> ModelResponse:
    return ModelResponse(parts=[TextPart("x")], usage=RequestUsage(input_tokens=tokens))


@pytest.mark.parametrize("name", ["tiny", "tiny:latest"])
async def test_a_context_that_is_full_was_cut(server: ChatServer, name: str) -> None:
    """As it is loaded now, whatever was known before."""
    loaded(server, name)
    found = fitted(Model(), server, "ollama", 8000)
    await found.answered(counted(98))
    with pytest.raises(TooLong, match="cut"):
        await found.answered(counted(99))


async def test_a_conversation_that_shrinks_was_cut(server: ChatServer) -> None:
    """It only grows, if nobody cuts it; where nothing was counted, nothing is known."""
    loaded(server, context=1000)
    found = fitted(Model(), server, "ollama", None)
    await found.answered(counted(300))
    await found.answered(counted(301))
    with pytest.raises(TooLong, match="301"):
        await found.answered(counted(200))
    await found.answered(counted(0))


async def test_the_context_of_another_model_is_not_its_own(server: ChatServer) -> None:
    """Several may be loaded; what is known stays where it is not told."""
    loaded(server, "other", 10)
    found = fitted(Model(), server, "ollama", 100)
    await found.answered(counted(50))
    with pytest.raises(TooLong, match="100"):
        await found.answered(counted(99))


async def test_others_do_not_cut(server: ChatServer) -> None:
    """They count what they kept in their cache apart."""
    found = fitted(Model(), server, "llama.cpp", 100)
    await found.answered(counted(100))
    await found.answered(counted(5))


# Why a stream is empty


async def why(error: Exception, *raises: Exception, ask: bool = True) -> tuple[Exception, int]:
    """What is behind it, and how often the model was asked for that."""
    model = Model(*raises)
    found = fitted(model, None, "other", None)
    if ask:
        await asked(found, "hi")
    return await found.why(error), model.asked


REASON = ModelHTTPError(400, "tiny", {"message": "Requested tokens exceed context window"})


async def test_the_reason_of_an_empty_stream_is_asked_for() -> None:
    """Once more where the connection was just ended; what has words of its own is asked about nothing."""
    assert await why(EMPTY, REASON) == (REASON, 1)
    assert await why(EMPTY, ModelAPIError("tiny", "gone"), REASON) == (REASON, 2)
    assert await why(EMPTY, *[ModelAPIError("tiny", "gone")] * 3) == (EMPTY, 2)
    assert await why(EMPTY) == (EMPTY, 1), "it answers now"
    other = ModelAPIError("tiny", "out of order")
    assert await why(other, REASON) == (other, 0)
    assert await why(EMPTY, REASON, ask=False) == (EMPTY, 0)


async def test_the_reason_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is silent has told nothing."""
    monkeypatch.setattr(fitting, "ASK_S", 0.05)

    async def hang(*_: Any) -> Any:
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(Model, "request", hang)
    assert (await why(EMPTY))[0] is EMPTY
