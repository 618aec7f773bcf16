"""Codex's command line and environment, and what a thread is begun with: pure."""

import re
from collections.abc import Mapping

from antiphon.model.failures import Failure
from antiphon.providers.base import Launch, ProviderFailed
from antiphon.providers.codex.errors import failure
from antiphon.providers.codex.modes import ASK, BY_NAME
from antiphon.providers.loose import Json

NATIVE = re.compile(r"\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
"""Codex's id of a thread."""

ARGUMENTS = ("app-server", "-c", "check_for_update_on_startup=false")
HELLO: Json = {
    "clientInfo": {"name": "antiphon", "title": "Antiphon", "version": "0"},
    # The list of what runs beside a turn counts as experimental.
    "capabilities": {"experimentalApi": True, "requestAttestation": False},
}
UNWANTED = re.compile(r"\ACODEX_(SANDBOX|THREAD|MANAGED|COMPANION|INTERNAL|CI\Z)")
"""What a Codex around Antiphon leaves in the environment: ours is not inside that one."""


def surroundings(users: Mapping[str, str]) -> dict[str, str]:
    """The agent's environment out of the user's; the process adds the marker."""
    return {name: value for name, value in users.items() if not UNWANTED.match(name)}


def thread(launch: Launch) -> tuple[str, Json]:
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
    if launch.native_session is None:
        return "thread/start", params
    if not NATIVE.match(launch.native_session):
        raise ProviderFailed(_refused("the conversation's id is none of Codex's"))
    method = "thread/fork" if launch.fork else "thread/resume"
    return method, {"threadId": launch.native_session, "excludeTurns": True, **params}


def _refused(why: str) -> Failure:
    return failure("invalid-request", f"Codex was not started: {why}.")
