"""Failures that Antiphon itself states, in a person's words."""

import traceback

from antiphon.model.failures import Action, Failure
from antiphon.providers.base import Provider


def stalled(provider: Provider) -> Failure:
    """The agent showed no sign of life up to its limit."""
    return Failure(
        provider=provider.id,
        code="stalled",
        message=f"{provider.name} showed no sign of life for {provider.limits.stall:g} s and was stopped.",
        action=Action(kind="retry", label="Try again, or choose another agent"),
    )


def not_agreed(provider: Provider) -> Failure:
    """Nobody agreed in this project to what the agent does without asking, or the consent was taken back."""
    return Failure(
        provider=provider.id,
        code="auth",
        message=f"Nobody has agreed in this project that {provider.name} works without asking.",
        retryable=True,
        action=Action(kind="retry", label="Try again: you will be asked whether you agree"),
    )


def mode_forbidden(provider: Provider, mode: str) -> Failure:
    """The session's mode skips approvals, which the server was not started to allow."""
    return Failure(
        provider=provider.id,
        code="invalid-request",
        message=bypass_not_allowed(mode),
        retryable=True,
        action=Action(kind="retry", label="Choose another mode, then try again"),
    )


def bypass_not_allowed(mode: str) -> str:
    """Why nothing starts in this mode, and what to do, for people."""
    return (
        f"The mode {mode} skips approvals, and this server was not started with --allow-bypass. "
        "Choose another mode, or start the server with --allow-bypass."
    )


def gone(provider: Provider) -> Failure:
    """The agent began something by itself, and ended before it could go on."""
    return Failure(
        provider=provider.id,
        code="provider-crashed",
        message=f"{provider.name} began to work by itself and ended in the middle of it.",
        action=Action(kind="retry", label="Try again"),
    )


def slow_start(provider: Provider) -> Failure:
    """The agent did not become ready."""
    return Failure(
        provider=provider.id,
        code="stalled",
        message=f"{provider.name} did not become ready within {provider.limits.start:g} s and was stopped.",
        action=Action(kind="retry", label="Try again"),
    )


def internal(provider: str, error: BaseException) -> Failure:
    """Our own mistake, never hidden."""
    return Failure(
        provider=provider,
        code="internal",
        message="Antiphon made a mistake while it ran this turn. The details below help to mend it.",
        action=Action(kind="retry", label="Try again"),
        detail="".join(traceback.format_exception(error))[-4000:],
    )


def not_installed(provider: str) -> Failure:
    """The session's provider is not one that this server has."""
    return Failure(
        provider=provider,
        code="provider-missing",
        message=f"This server has no agent called “{provider}”.",
        action=Action(kind="install", label="Start a session with another agent"),
        retryable=False,
    )


def no_attachment(provider: Provider, message: str) -> Failure:
    """A file of the prompt is gone."""
    return Failure(provider=provider.id, code="invalid-request", message=message, retryable=False)


def storage(provider: Provider, error: Exception) -> Failure:
    """What must be written before the agent may start could not be."""
    return Failure(
        provider=provider.id,
        code="storage",
        message="The disk is full, so the agent was not started.",
        action=Action(kind="free-space", label="Free some space, then try again"),
        detail=str(error),
    )


def taken(provider: Provider, where: str) -> Failure:
    """Another process of ours runs the conversation."""
    return Failure(
        provider=provider.id,
        code="invalid-request",
        message=f"This conversation of {provider.name} is open in {where}. Go on there, close it there, or continue it "
        "here as a fork.",
        action=Action(kind="wait", label="Close it there, then try again"),
        retryable=True,
    )


def conversation_lost(provider: Provider, cause: Failure) -> Failure:
    """The agent cannot go on with the earlier conversation."""
    return Failure(
        provider=provider.id,
        code="invalid-request",
        message=f"{provider.name} has lost this conversation: it does not know what was said above. Carry the transcript "
        "over, or start afresh.",
        action=Action(kind="carry-over", label="Carry the transcript over"),
        retryable=True,
        detail="\n".join(filter(None, (cause.message, cause.detail))),
    )


def start_given_up(provider: Provider) -> Failure:
    """The start was ended before the agent was ready."""
    return Failure(
        provider=provider.id,
        code="provider-crashed",
        message=f"The start of {provider.name} was stopped before it was ready.",
        action=Action(kind="retry", label="Try again"),
    )
