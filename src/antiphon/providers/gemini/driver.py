"""Looking at the Gemini CLI, and opening it; where it cannot be started and there is a key, the API is offered."""

import asyncio
import contextlib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from msgspec.structs import replace

from antiphon.model.failures import Failure
from antiphon.providers import environment
from antiphon.providers.acp.agent import AcpAgent
from antiphon.providers.acp.driver import AcpDriver
from antiphon.providers.base import Launch, ProviderFailed, Readiness, Sink
from antiphon.providers.gemini import conversations, login
from antiphon.providers.loose import Json

DEFAULTS = "GEMINI_CLI_SYSTEM_DEFAULTS_PATH"
SYSTEM_DEFAULTS = (
    Path("/etc/gemini-cli/system-defaults.json"),
    Path("/Library/Application Support/GeminiCli/system-defaults.json"),
)
OFFER = (
    " There is a key ({key}), so you can go on without the CLI: "
    "start a new session and choose the agent “Gemini API”."
)
NOT_STARTED = ("provider-missing", "provider-crashed", "stalled")
"""Codes of a CLI that did not come up."""
KEYS = (login.KEY, login.OTHER_KEY)


class GeminiDriver(AcpDriver):
    """See AcpDriver."""

    async def readiness(self) -> Readiness:
        """See Provider."""
        around = environment.for_provider(self._entry.id)
        seen = await super().readiness()
        if not seen.found:
            return replace(seen, message=seen.message + offer(around))
        if seen.version == "":  # one that is slow, on a busy machine, may yet come up
            message = f"{self._entry.name} is here, but does not run: it does not tell its version."
            action = self._entry.program([]).install
            return replace(seen, found=False, message=message + offer(around), action=action)
        found = await asyncio.to_thread(login.read, login.home_of(around))
        now = login.login(found, around)
        out = now.signed_in is False
        return replace(
            seen,
            signed_in=now.signed_in,
            account=now.account,
            warning=now.warning,
            message=f"{self._entry.name} is not signed in." if out else "",
            action=self._entry.names.sign_in if out else None,
        )

    async def open(self, launch: Launch, sink: Sink, meta: Json | None = None) -> AcpAgent:
        """See Provider."""
        home = login.home_of(launch.environment)
        found = await asyncio.to_thread(login.read, home)
        around = _surroundings(launch.environment, login.login(found, launch.environment))
        native = await asyncio.to_thread(_loadable, home, launch.native_session)
        try:
            return await super().open(replace(launch, environment=around, native_session=native), sink, meta)
        except ProviderFailed as failed:
            raise ProviderFailed(_offered(failed.failure, launch.environment)) from failed


def offer(around: Mapping[str, str]) -> str:
    """The road that is left without the CLI, in words; never taken unasked."""
    key = next((name for name in KEYS if around.get(name)), "")
    return OFFER.format(key=key) if key else ""


def _offered(failure: Failure, around: Mapping[str, str]) -> Failure:
    if failure.code not in NOT_STARTED:
        return failure
    return replace(failure, message=failure.message + offer(around))


def _surroundings(users: Mapping[str, str], now: login.Login) -> Mapping[str, str]:
    """With defaults of ours, which the person's own settings override.

    `sessionRetention`: loading a conversation leaves an empty file of its id behind, and at its next start the CLI
    takes that for broken and deletes every file of the id. `selectedType`: with a key and nothing selected, the CLI
    starts conversations, but loads none.
    """
    if users.get(DEFAULTS) or any(path.exists() for path in SYSTEM_DEFAULTS):
        return users
    name = "defaults-by-key.json" if now.by_key else "defaults.json"
    return {**users, DEFAULTS: str(resources.files("antiphon.providers.gemini").joinpath(name))}


def _loadable(home: Path, native: str | None) -> str | None:
    """The conversation to load: where its file can be set back, no minute need be waited for (handshake.py)."""
    session, _, minute = (native or "").rpartition("_")
    if not minute.isdigit():
        return native
    with contextlib.suppress(OSError):
        conversations.set_back(home, session, conversations.utc_now())
        return session
    return native
