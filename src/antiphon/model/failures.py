"""What can go wrong, typed: one shape for every provider, on the wire and in the log."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import force_setattr

FailureCode = Literal[
    "auth",
    "usage-limit",
    "overloaded",
    "network",
    "provider-missing",
    "provider-crashed",
    "stalled",
    "truncated",
    "prompt-too-long",
    "invalid-request",
    "workspace-missing",
    "cancelled-by-agent",
    "storage",
    "internal",
]

RETRYABLE: frozenset[FailureCode] = frozenset(
    {
        "overloaded",
        "network",
        "provider-crashed",
        "stalled",
        "truncated",
        "cancelled-by-agent",
        "storage",
        "internal",
    }
)
"""Codes after which the same prompt may well succeed; a failure may say otherwise."""

ActionKind = Literal[
    "sign-in",
    "add-key",
    "wait",
    "shorten",
    "install",
    "retry",
    "carry-over",
    "free-space",
    "choose-folder",
    "restart",
]


class Action(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What the person can do about a failure."""

    kind: ActionKind
    label: str
    """A sentence in the imperative: "Sign in to Claude"."""
    command: str | None = None
    """The exact command to type, where there is one."""
    until: int | None = None
    """When it makes sense to try again: ms since the Unix epoch."""


class Failure(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What went wrong, in words, and what to do about it."""

    provider: str
    code: FailureCode
    message: str
    """One or two sentences for a person: what happened and where."""
    retryable: bool | None = None
    """Whether *Try again* makes sense; left out, it follows from the code (always set once built)."""
    action: Action | None = None
    detail: str | None = None
    """The original words: the agent's error text, the end of its stderr."""
    type: str = ""
    """`claude-error`, `codex-error`, …: derived from `provider`, never set by hand."""

    def __post_init__(self) -> None:
        force_setattr(self, "type", f"{self.provider}-error")
        if self.retryable is None:
            force_setattr(self, "retryable", self.code in RETRYABLE)
