"""Claude Code's command line and environment: pure."""

import json
import re
from collections.abc import Mapping
from uuid import uuid4

from antiphon.model.failures import Failure
from antiphon.providers.base import Launch, ProviderFailed
from antiphon.providers.claude.errors import failure

NATIVE = re.compile(r"\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
"""Claude's id of a conversation. Nothing else may become an argument."""
WORD = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._:@/\[\]-]{0,127}\Z")
"""A model's name, a mode: an argument that cannot be taken for a flag."""

MODES = ("default", "acceptEdits", "plan", "bypassPermissions")
BYPASS = ("bypassPermissions",)
EFFORTS = ("low", "medium", "high", "xhigh", "max")

SETTINGS: Mapping[str, str] = {
    # Ask for the frames that say whether more is to come.
    "CLAUDE_CODE_SDK_READS_SESSION_STATE": "1",
    # Keep what files were before each prompt, so that they can be brought back.
    "CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING": "true",
}
UNWANTED = frozenset({"CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SSE_PORT"})
"""What a Claude Code around Antiphon leaves in the environment: ours is not inside that one."""


def arguments(launch: Launch, until: str | None = None) -> list[str]:
    """All arguments. `until`: the last line of its transcript that a fork has. Raises ProviderFailed (`invalid-request`) for what must not be one."""
    given = [
        *("--print", "--verbose", "--input-format", "stream-json", "--output-format", "stream-json"),
        *("--include-partial-messages", "--forward-subagent-text", "--permission-prompt-tool", "stdio"),
        "--setting-sources=user,project,local",
    ]
    if launch.model:
        given.append(f"--model={_checked(launch.model, 'model')}")
    if launch.mode:
        given.append(f"--permission-mode={_checked(launch.mode, 'mode')}")
    if launch.effort in EFFORTS:
        given.append(f"--effort={launch.effort}")
    if launch.rules:
        given.append(f"--settings={json.dumps({'permissions': {'allow': allowed(launch)}})}")
    return [*given, *_conversation(launch, until)]


def allowed(launch: Launch) -> list[str]:
    """The rules, one by one (an option may have brought several)."""
    return [line for rule in launch.rules for line in rule.splitlines() if line.strip()]


def _conversation(launch: Launch, until: str | None) -> list[str]:
    if launch.native_session is None:
        return [f"--session-id={uuid4()}"]
    if not NATIVE.match(launch.native_session):
        raise ProviderFailed(_refused("the conversation's id is none of Claude's"))
    resumed = f"--resume={launch.native_session}"
    if not launch.fork:
        return [resumed]
    if until and NATIVE.match(until):
        return [resumed, "--fork-session", f"--resume-session-at={until}"]
    return [resumed, "--fork-session"]


def _checked(word: str, what: str) -> str:
    if not WORD.match(word):
        raise ProviderFailed(_refused(f"{word[:40]!r} cannot be a {what}"))
    return word


def _refused(why: str) -> Failure:
    return failure("invalid-request", f"Claude Code was not started: {why}.")


def surroundings(users: Mapping[str, str]) -> dict[str, str]:
    """The agent's environment out of the user's; the process adds the marker."""
    kept = {name: value for name, value in users.items() if name not in UNWANTED}
    return {**kept, **SETTINGS}
