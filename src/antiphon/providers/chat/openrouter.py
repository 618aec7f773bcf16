"""Looking at OpenRouter, and opening its agent."""

import asyncio
import time
from collections.abc import Mapping

from antiphon.model.failures import Failure
from antiphon.providers import environment
from antiphon.providers.acp.agent import AcpAgent
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Launch, ProviderFailed, Readiness, Sink
from antiphon.providers.chat import errors, offers
from antiphon.providers.chat.driver import open_with
from antiphon.providers.chat.fetch import Unanswered, fetch
from antiphon.providers.chat.offers import Offer
from antiphon.providers.chat.setting import Setting

URL = "https://openrouter.ai/api/v1"
KEY, BASE_URL = "OPENROUTER_API_KEY", "OPENROUTER_BASE_URL"
DEFAULT_MODEL = "openrouter/auto"
"""OpenRouter chooses by the prompt."""
ASK_S = 8.0
"""For its list of models; a look takes 10 at most."""
OPEN_S = 3.0
"""The same when a prompt waits for it: the list only tells how much fits."""
FRESH_S = 600.0
"""For so long the list is not asked for again."""


class OpenRouterDriver:
    """See Driver."""

    def __init__(self, entry: AcpEntry) -> None:
        self._entry = entry
        self._seen: tuple[float, str, list[Offer]] | None = None

    async def readiness(self) -> Readiness:
        """See Provider."""
        around = environment.for_provider(self._entry.id)
        if not around.get(KEY):  # nobody is asked for a person who does not use it
            missing = _no_key()
            return Readiness(found=True, signed_in=False, message=missing.message, action=missing.action)
        try:
            found = await self._offers(_url(around), ASK_S)
        except Unanswered as unanswered:
            message = f"OpenRouter cannot be reached: {unanswered.reason}."
            return Readiness(found=True, signed_in=None, message=message, action=errors.ACTIONS["network"])
        models = [each.id for each in found]
        return Readiness(found=True, signed_in=True, models=models, account="your OpenRouter key")

    async def open(self, launch: Launch, sink: Sink) -> AcpAgent:
        """See Provider."""
        key = launch.environment.get(KEY, "")
        if not key:
            raise ProviderFailed(_no_key())
        model = launch.model or DEFAULT_MODEL
        if "/" not in model:  # all of its names are of the form maker/model
            raise ProviderFailed(_no_model(model))
        known = await self._known(model, _url(launch.environment))
        setting = Setting(
            provider=self._entry.id,
            name=self._entry.name,
            session=launch.session,
            server="openrouter",
            url=_url(launch.environment),
            model=model,
            key=key,
            context=known.context,
            images=known.images,
            tools=known.tools,
        )
        return await open_with(self._entry, launch, sink, setting, model)

    async def _known(self, model: str, url: str) -> Offer:
        """What the list says of the model; nothing is known of one that it does not name."""
        try:
            found = await self._offers(url, OPEN_S)
        except Unanswered:
            found = []
        return next((each for each in found if each.id == model), Offer(id=model, images=True))

    async def _offers(self, url: str, limit_s: float) -> list[Offer]:
        """The list, asked for once in a while. Raises Unanswered."""
        seen, now = self._seen, time.monotonic()
        if seen and seen[1] == url and now - seen[0] < FRESH_S:
            return seen[2]
        answer = await asyncio.to_thread(fetch, f"{url}/models", timeout=limit_s, proxies=True)
        found = offers.of_openrouter(answer)
        self._seen = (now, url, found)
        return found


def _url(around: Mapping[str, str]) -> str:
    return around.get(BASE_URL, "").rstrip("/") or URL


def _no_key() -> Failure:
    return Failure(
        provider="openrouter",
        code="auth",
        message="There is no key for OpenRouter yet.",
        action=errors.ADD_KEYS["openrouter"],
    )


def _no_model(model: str) -> Failure:
    return Failure(
        provider="openrouter",
        code="provider-missing",
        message=f"OpenRouter has no model {model}.",
        action=errors.BY_STATUS_ACTIONS[404],
    )
