"""Codex's command line and environment, and what a thread is begun with: pure."""

import json
import re
from collections.abc import Mapping

from antiphon.model.failures import Failure
from antiphon.providers.base import Launch, ProviderFailed
from antiphon.providers.codex.errors import failure
from antiphon.providers.codex.modes import ASK, BY_NAME
from antiphon.providers.loose import Json, table

NATIVE = re.compile(r"\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
"""Codex's id of a thread."""

ARGUMENTS = ("app-server", "-c", "check_for_update_on_startup=false")
KEY, BASE = "OPENAI_API_KEY", "OPENAI_BASE_URL"
BY_KEY = "antiphon_openai_by_key"
"""Our name of a model provider that takes the key from the environment, as Codex's own one does not."""
OPENAI = "https://api.openai.com/v1"
HELLO: Json = {
    "clientInfo": {"name": "antiphon", "title": "Antiphon", "version": "0"},
    # The list of what runs beside a turn counts as experimental.
    "capabilities": {"experimentalApi": True, "requestAttestation": False},
}
EFFORTS = ("minimal", "low", "medium", "high", "xhigh")
UNWANTED = re.compile(r"\ACODEX_(SANDBOX|THREAD|MANAGED|COMPANION|INTERNAL|CI\Z)")
"""What a Codex around Antiphon leaves in the environment: ours is not inside that one."""


def surroundings(users: Mapping[str, str]) -> dict[str, str]:
    """The agent's environment out of the user's; the process adds the marker."""
    return {name: value for name, value in users.items() if not UNWANTED.match(name)}


def arguments(around: Mapping[str, str]) -> list[str]:
    """All arguments; with a key around, also the model provider that takes it."""
    if not around.get(KEY):
        return [*ARGUMENTS]
    told = {
        "name": "OpenAI by key",
        "base_url": around.get(BASE) or OPENAI,
        "env_key": KEY,
        "wire_api": "responses",
    }
    given = [f"model_providers.{BY_KEY}.{name}={json.dumps(value)}" for name, value in told.items()]
    return [*ARGUMENTS, *(each for one in given for each in ("-c", one))]


def pays_by_key(account: Json, around: Mapping[str, str]) -> bool:
    """Whether the key of the environment is used: only where Codex needs an account and has none."""
    return (
        not table(account, "account") and account.get("requiresOpenaiAuth") is True and bool(around.get(KEY))
    )


def thread(launch: Launch, by_key: bool = False) -> tuple[str, Json]:
    """The method and parameters that begin the conversation. Raises ProviderFailed (`invalid-request`)."""
    mode = BY_NAME.get(launch.mode or ASK)
    if mode is None:
        raise ProviderFailed(_refused(f"there is no mode {launch.mode!r}"))
    params: Json = {
        "cwd": str(launch.folder),
        "approvalPolicy": mode.policy,
        "approvalsReviewer": "user",
        "sandbox": mode.sandbox,
    }
    if launch.model:
        params["model"] = launch.model
    if launch.effort in EFFORTS:
        params["config"] = {"model_reasoning_effort": launch.effort}
    if by_key:
        params["modelProvider"] = BY_KEY
    if launch.native_session is None:
        return "thread/start", params
    if not NATIVE.match(launch.native_session):
        raise ProviderFailed(_refused("the conversation's id is none of Codex's"))
    method = "thread/fork" if launch.fork else "thread/resume"
    return method, {"threadId": launch.native_session, "excludeTurns": True, **params}


def _refused(why: str) -> Failure:
    return failure("invalid-request", f"Codex was not started: {why}.")
