"""What Codex says of its failures, as ours: pure.

A failure is a `TurnError`: words, and in `codexErrorInfo` a kind, or a kind with an HTTP status. Much is
of kind "other", so the words are looked at as well.
"""

import re
from collections.abc import Mapping, Sequence
from typing import cast

from antiphon.model.events import ProviderRetrying
from antiphon.model.failures import Action, Failure, FailureCode
from antiphon.providers.login import Login
from antiphon.providers.loose import Json, count, table, text

PROVIDER = "codex"
NAME = "Codex"

BY_STATUS: Mapping[int, FailureCode] = {
    400: "invalid-request",
    401: "auth",
    402: "usage-limit",
    403: "auth",
    404: "invalid-request",
    408: "network",
    413: "prompt-too-long",
    429: "usage-limit",
}
HOPELESS = frozenset({400, 401, 402, 403, 404, 413})
"""Statuses that stay as they are, however often one asks."""
BY_KIND: Mapping[str, FailureCode] = {
    "contextWindowExceeded": "prompt-too-long",
    "usageLimitExceeded": "usage-limit",
    "sessionBudgetExceeded": "usage-limit",
    "rateLimitExceeded": "usage-limit",
    "serverOverloaded": "overloaded",
    "flexUnavailable": "overloaded",
    "policyCapacityUnavailable": "overloaded",
    "internalServerError": "overloaded",
    "unauthorized": "auth",
    "badRequest": "invalid-request",
    "modelNotFound": "invalid-request",
    "cyberPolicy": "invalid-request",
    "misalignmentPolicyViolation": "invalid-request",
    "inferenceHookDenied": "invalid-request",
    "sandboxError": "internal",
    "tooManyDenials": "cancelled-by-agent",
}
WORDS: Sequence[tuple[str, FailureCode]] = (
    (r"context window|context_length|too many tokens", "prompt-too-long"),
    (r"missing environment variable|api key|not logged in|log ?in again|refresh token|unauthorized", "auth"),
    (r"quota|usage limit|rate limit|billing|credits", "usage-limit"),
    (r"error sending request|connection failed|waiting for network", "network"),
    (r"connection (refused|reset|closed)|dns|timed? ?out", "network"),
    (r"stream (closed|disconnected)|before completion|incomplete", "truncated"),
    (r"high demand|at capacity|overloaded|unavailable", "overloaded"),
    (r"invalid_request_error|not supported", "invalid-request"),
)
NO_MODEL = re.compile(r"model .*(not (exist|found|supported)|does not exist)|model_not_found", re.IGNORECASE)
ATTEMPT = re.compile(r"(\d+)/(\d+)")
STATUS = re.compile(r"\b(?:status:? )([45]\d\d)\b")

MESSAGES: Mapping[FailureCode, str] = {
    "auth": "Codex is not signed in, or its key was refused.",
    "usage-limit": "Codex's usage limit is reached, or the account has no credit left.",
    "overloaded": "The servers of Codex's model are overloaded or out of order.",
    "network": "Codex cannot reach its model: the connection was refused or broke off.",
    "truncated": "The answer of Codex's model was cut off in the middle.",
    "prompt-too-long": "The conversation is too long for Codex's model.",
    "invalid-request": "Codex's model refused the request.",
    "cancelled-by-agent": "Codex stopped by itself.",
    "internal": "Codex reported an error.",
}
LOGIN = Login(
    # By a code: its other way waits for a browser on the same machine.
    command=("codex", "login", "--device-auth"),
    label="Sign in to Codex, or mend its key",
    hint="Open the address, sign in, and enter the code that stands here.",
)
SIGN_IN = LOGIN.action
ACTIONS: Mapping[FailureCode, Action] = {
    "auth": SIGN_IN,
    "usage-limit": Action(kind="wait", label="Wait until the limit is over, or add credit"),
    "overloaded": Action(kind="retry", label="Try again in a while"),
    "network": Action(kind="retry", label="Look at the network, then try again"),
    "truncated": Action(kind="retry", label="Try again"),
    "prompt-too-long": Action(kind="shorten", label="Shorten the prompt, or start a new session"),
    "invalid-request": Action(kind="retry", label="Change the prompt or the model, then try again"),
    "cancelled-by-agent": Action(kind="retry", label="Try again"),
    "provider-crashed": Action(kind="retry", label="Try again: a new Codex goes on with the conversation"),
    "internal": Action(kind="retry", label="Try again"),
}


def failure(code: FailureCode, message: str = "", detail: str = "", action: Action | None = None) -> Failure:
    """A failure of Codex's, with our words for its code unless there are better ones."""
    return Failure(
        provider=PROVIDER,
        code=code,
        message=message or MESSAGES.get(code) or MESSAGES["internal"],
        action=action or ACTIONS.get(code),
        detail=detail or None,
    )


def of_turn(error: Json, limit_until: int | None = None) -> Failure:
    """The failure that a `TurnError` tells. `limit_until`: when a usage limit ends, ms since the Unix epoch."""
    words = "\n".join(filter(None, (text(error.get("message")), text(error.get("additionalDetails")))))
    code = code_of(error)
    message, action = "", None
    if code == "usage-limit" and limit_until:
        action = Action(kind="wait", label="Wait until the limit is over", until=limit_until)
    if kind(error)[0] == "modelNotFound" or (code == "invalid-request" and NO_MODEL.search(words)):
        message = "The chosen model does not exist, or this account may not use it."
        action = Action(kind="retry", label="Choose another model, then try again")
    if variable := re.search(r"[Mm]issing environment variable: `?(\w+)", words):
        message = f"Codex's settings want its key in {variable[1]}, which is not set."
        label = f"Set {variable[1]} and restart Antiphon"
        action = Action(kind="add-key", label=label)
    return failure(code, message, words, action)


def kind(error: Json) -> tuple[str, int | None]:
    """The `codexErrorInfo` of an error: its kind, and the HTTP status where it has one."""
    told = error.get("codexErrorInfo")
    if isinstance(told, str):
        return told, None
    for name, more in table(told).items():
        return name, count(table(more).get("httpStatusCode"))
    return "", None


def code_of(error: Json) -> FailureCode:
    """Our code for a `TurnError`."""
    name, status = kind(error)
    if found := BY_KIND.get(name):
        return found
    words = "\n".join((text(error.get("message")), text(error.get("additionalDetails"))))
    if status is None and (said := STATUS.search(words)):
        status = int(said[1])
    if status is not None:
        return by_status(status)
    for pattern, code in WORDS:
        if re.search(pattern, words, re.IGNORECASE):
            return code
    return "internal"


def by_status(status: int) -> FailureCode:
    """Our code for an HTTP status of the model's API."""
    return BY_STATUS.get(status) or ("overloaded" if status >= 500 else "invalid-request")


def retrying(error: Json, attempt: int) -> ProviderRetrying:
    """An `error` with `willRetry`. `attempt`: how many there were in the turn, where it does not say."""
    status = kind(error)[1]
    code = code_of(error)
    told = ATTEMPT.search(text(error.get("message")))
    said = f" ({status})" if status else ""
    return ProviderRetrying(
        attempt=int(told[1]) if told else attempt,
        limit=int(told[2]) if told else None,
        code=code,
        message=f"{MESSAGES.get(code) or MESSAGES['internal']}{said}",
    )


def waits(error: Json) -> bool:
    """Whether Codex waits for the network: it would, without end."""
    return "waiting for network" in text(error.get("message")).lower()


def hopeless(error: Json, attempt: int) -> bool:
    """Whether Codex retries what waiting cannot mend; once it may, for a login that was just renewed."""
    return kind(error)[1] in HOPELESS and attempt > 1


def limit_until(message: Json) -> int | None:
    """When a used-up limit ends, out of `account/rateLimits/updated`: ms since the Unix epoch."""
    told = table(message, "rateLimits")
    ends = [
        cast(int, count(window.get("resetsAt")))
        for name in ("primary", "secondary")
        if (window := table(told.get(name)))
        and count(window.get("resetsAt"))
        and isinstance(window.get("usedPercent"), int | float)
        and cast(float, window.get("usedPercent")) >= 100
    ]
    return max(ends) * 1000 if ends else None
