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

from antiphon.providers.chat.fitting import Fitting
from antiphon.providers.chat.setting import Setting

CONNECT_S = 10.0

REMOTE = ("openrouter", "gemini-api")
"""Servers on the net rather than on this machine."""
USAGE = ModelSettings(extra_body={"usage": {"include": True}})
"""OpenRouter tells what it cost when it is asked to."""
STRICT = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)
"""An end without a finish reason is no end."""


def model(setting: Setting) -> Model:
    """The model of the setting, with the limits of its server."""
    router, remote = setting.provider == "openrouter", setting.provider in REMOTE
    timeout = httpx2.Timeout(setting.patience, connect=CONNECT_S)
    # A local server must not lead elsewhere: not by a redirect, and not by a proxy.
    client = AsyncOpenAI(
        base_url=setting.url,
        api_key=setting.key or "none",
        max_retries=0,
        timeout=timeout,
        http_client=None
        if remote
        else httpx2.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout),
    )
    if router:
        routed = OpenRouterProvider(openai_client=client)
        profile = merge_profile(routed.model_profile(setting.model), STRICT)
        return OpenRouterModel(setting.model, provider=routed, profile=profile, settings=USAGE)
    plain = OpenAIChatModel(setting.model, provider=OpenAIProvider(openai_client=client), profile=STRICT)
    return plain if remote else Fitting(plain, setting)
