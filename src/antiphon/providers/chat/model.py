"""The model as pydantic-ai has it: one request at a time, never tried again behind a person's back."""

import httpx2
from openai import AsyncOpenAI
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.models.openrouter import OpenRouterModel
from pydantic_ai.profiles import merge_profile
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openrouter import OpenRouterProvider
from pydantic_ai.settings import ModelSettings

from antiphon.providers.chat.setting import Setting

CONNECT_S = 10.0
MOST_TOKENS = 32_768
"""Of one answer of a local model: without a limit some go on for ever."""

STRICT = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
"""An end without a finish reason is no end."""


def model(setting: Setting) -> Model:
    """The model of the setting, with the limits of its server."""
    router = setting.provider == "openrouter"
    timeout = httpx2.Timeout(setting.patience, connect=CONNECT_S)
    # A local server must not lead elsewhere: not by a redirect, and not by a proxy.
    client = AsyncOpenAI(
        base_url=setting.url,
        api_key=setting.key or "none",
        max_retries=0,
        timeout=timeout,
        http_client=None
        if router
        else httpx2.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout),
    )
    if router:
        remote = OpenRouterProvider(openai_client=client)
        profile = merge_profile(remote.model_profile(setting.model), STRICT)
        return OpenRouterModel(setting.model, provider=remote, profile=profile)
    local = OpenAIProvider(openai_client=client)
    return OpenAIChatModel(setting.model, provider=local, profile=STRICT)


def settings(setting: Setting, room: int | None) -> ModelSettings:
    """For one request. `room`: tokens left in the context, where that is known."""
    if setting.provider == "openrouter":
        return ModelSettings(extra_body={"usage": {"include": True}})
    most = max(1, min(MOST_TOKENS, room or MOST_TOKENS))
    # llama.cpp's server does not know the new name, others no longer know the old one.
    return ModelSettings(max_tokens=most, extra_body={"max_tokens": most})
