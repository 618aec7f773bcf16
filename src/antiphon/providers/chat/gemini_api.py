"""Looking at Gemini's API, and opening its agent: for where there is a key, and no Gemini CLI that runs.

Over Google's OpenAI-compatible endpoint.
"""

import asyncio
from collections.abc import Mapping

from antiphon.model.failures import Failure
from antiphon.providers import environment
from antiphon.providers.acp.agent import AcpAgent
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Launch, ProviderFailed, Readiness, Sink
from antiphon.providers.chat import errors, offers
from antiphon.providers.chat.driver import open_with
from antiphon.providers.chat.fetch import Unanswered, fetch
from antiphon.providers.chat.setting import Setting

URL = "https://generativelanguage.googleapis.com"
BASE_URL = "GOOGLE_GEMINI_BASE_URL"
"""As the Gemini CLI has it."""
PATH = "/v1beta/openai"
KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
DEFAULT_MODEL = "gemini-2.5-flash"
CONTEXT = 1_048_576
"""Tokens, of all its models that talk; its list does not tell."""
ASK_S = 6.0


class GeminiApiDriver:
    """See Driver."""

    def __init__(self, entry: AcpEntry) -> None:
        self._entry = entry

    async def readiness(self) -> Readiness:
        """See Provider."""
        around = environment.for_provider(self._entry.id)
        variable = key_variable(around)
        if not variable:
            message = "There is no key for Gemini's API yet."
            return Readiness(
                found=True, signed_in=False, message=message, action=errors.ADD_KEYS[self._entry.id]
            )
        account = f"API key from {variable}"
        try:
            models = await asyncio.to_thread(_models, url(around), around[variable])
        except Unanswered as unanswered:
            refused = unanswered.status in (400, 401, 403)
            message = "Gemini's API refused the key." if refused else "Gemini's API cannot be reached"
            return Readiness(
                found=True,
                signed_in=False if refused else None,
                account=account,
                message=message if refused else f"{message}: {unanswered.reason}.",
                action=errors.ADD_KEYS[self._entry.id] if refused else errors.ACTIONS["network"],
            )
        return Readiness(found=True, signed_in=True, account=account, models=models)

    async def open(self, launch: Launch, sink: Sink) -> AcpAgent:
        """See Provider."""
        variable = key_variable(launch.environment)
        if not variable:
            raise ProviderFailed(self._no_key())
        model = launch.model or DEFAULT_MODEL
        setting = Setting(
            provider=self._entry.id,
            name=self._entry.name,
            session=launch.session,
            server="gemini",
            url=url(launch.environment),
            model=model,
            key=launch.environment[variable],
            context=CONTEXT,
            images=True,
        )
        return await open_with(self._entry, launch, sink, setting, model)

    def _no_key(self) -> Failure:
        return Failure(
            provider=self._entry.id,
            code="auth",
            message="There is no key for Gemini's API yet.",
            action=errors.ADD_KEYS[self._entry.id],
        )


def key_variable(around: Mapping[str, str]) -> str:
    """The variable that has the key; "" where none has one."""
    return next((name for name in KEYS if around.get(name)), "")


def url(around: Mapping[str, str]) -> str:
    """Of the endpoint, without a slash at its end."""
    return (around.get(BASE_URL, "").rstrip("/") or URL) + PATH


def _models(address: str, key: str) -> list[str]:
    """Those that talk. Raises Unanswered."""
    found = offers.of_list(fetch(f"{address}/models", timeout=ASK_S, key=key, proxies=True))
    names = [each.id.removeprefix("models/") for each in found]
    return [name for name in names if name.startswith("gemini-") and not _OTHER & set(name.split("-"))]


_OTHER = {"embedding", "tts", "image", "live", "audio", "robotics", "computer"}
"""Words in the names of those that do something else."""
