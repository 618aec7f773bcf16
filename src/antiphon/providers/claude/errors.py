"""What Claude Code says of its failures, as ours: pure.

A turn that failed at the model's API ends with a `result` of subtype "success" and `is_error` true;
`api_error_status` and `api_error_type` say what the API answered, `terminal_reason` where it ended.
Only `is_error` is to be believed.
"""

import re
from collections.abc import Sequence

from antiphon.model.events import ProviderRetrying, Usage
from antiphon.model.failures import Action, Failure, FailureCode
from antiphon.providers.login import Login
from antiphon.providers.loose import Json, count, table, text

PROVIDER = "claude"
NAME = "Claude Code"

ABORTED = ("aborted_streaming", "aborted_tools")
"""`terminal_reason` of a turn that was interrupted."""

BY_STATUS: dict[int, FailureCode] = {
    400: "invalid-request",
    401: "auth",
    402: "usage-limit",
    403: "auth",
    404: "invalid-request",
    408: "network",
    413: "prompt-too-long",
    429: "usage-limit",
    529: "overloaded",
}
HOPELESS = frozenset({400, 401, 402, 403, 404, 413})
"""Statuses that stay as they are, however often one asks."""
BY_KIND: dict[str, FailureCode] = {
    "authentication_failed": "auth",
    "oauth_org_not_allowed": "auth",
    "billing_error": "usage-limit",
    "rate_limit": "usage-limit",
    "overloaded": "overloaded",
    "server_error": "overloaded",
    "invalid_request": "invalid-request",
    "model_not_found": "invalid-request",
    "max_output_tokens": "truncated",
    "connection_failed": "network",
}
"""The CLI's own word, in `api_retry` and in `assistant.error`."""
WORDS: Sequence[tuple[str, FailureCode]] = (
    (r"prompt is too long|context (length|window)|too many tokens", "prompt-too-long"),
    (r"invalid api key|/login|not logged in|authenticat|oauth|x-api-key", "auth"),
    (r"credit balance|usage limit|rate.?limit|quota|billing", "usage-limit"),
    (
        r"connection (dropped|refused|reset|error)|unable to connect|econn|enotfound|timed? ?out|network",
        "network",
    ),
    (r"json parse error|unexpected end|stream|premature|incomplete", "truncated"),
    (r"overloaded|unavailable|internal server error", "overloaded"),
)
NO_MODEL = re.compile(r"issue with the selected model|model .* not (exist|found)", re.IGNORECASE)

MESSAGES: dict[FailureCode, str] = {
    "auth": "Claude Code is not signed in, or its key was refused.",
    "usage-limit": "Claude's usage limit is reached, or the account has no credit left.",
    "overloaded": "Claude's servers are overloaded or out of order.",
    "network": "Claude Code cannot reach its model: the connection was refused or broke off.",
    "truncated": "The answer of Claude's model was cut off in the middle.",
    "prompt-too-long": "The conversation is too long for Claude's model.",
    "invalid-request": "Claude's model refused the request.",
    "cancelled-by-agent": "Claude Code stopped by itself.",
    "internal": "Claude Code reported an error.",
}
LOGIN = Login(
    command=("claude", "auth", "login"),
    label="Sign in to Claude, or mend its key",
    hint="Open the address, sign in, and paste the code that the page there shows.",
)
SIGN_IN = LOGIN.action
ACTIONS: dict[FailureCode, Action] = {
    "auth": SIGN_IN,
    "usage-limit": Action(kind="wait", label="Wait until the limit is over, or add credit"),
    "overloaded": Action(kind="retry", label="Try again in a while"),
    "network": Action(kind="retry", label="Look at the network, then try again"),
    "truncated": Action(kind="retry", label="Try again"),
    "prompt-too-long": Action(kind="shorten", label="Shorten the prompt, /compact, or start a new session"),
    "cancelled-by-agent": Action(kind="retry", label="Try again"),
    "provider-crashed": Action(
        kind="retry", label="Try again: a new Claude Code goes on with the conversation"
    ),
    "internal": Action(kind="retry", label="Try again"),
}


def failure(code: FailureCode, message: str = "", detail: str = "", action: Action | None = None) -> Failure:
    """A failure of Claude's, with our words for its code unless there are better ones."""
    return Failure(
        provider=PROVIDER,
        code=code,
        message=message or MESSAGES.get(code) or MESSAGES["internal"],
        action=action or ACTIONS.get(code),
        detail=detail or None,
    )


def of_result(result: Json, limit_until: int | None = None) -> Failure:
    """The failure that a `result` with `is_error` tells. `limit_until`: when a usage limit ends, in ms."""
    words = text(result.get("result")) or "\n".join(filter(None, map(text, result.get("errors") or [])))
    code = _code(result, words)
    message = MESSAGES[code] if code in MESSAGES else MESSAGES["internal"]
    action = None
    if code == "usage-limit" and limit_until:
        action = Action(kind="wait", label="Wait until the limit is over", until=limit_until)
    if code == "invalid-request":
        action = Action(kind="retry", label="Change the prompt or the model, then try again")
        if NO_MODEL.search(words):
            message = "The chosen model does not exist, or this account may not use it."
            action = Action(kind="retry", label="Choose another model, then try again")
    if text(result.get("subtype")) == "error_max_turns":
        message = "Claude Code reached the limit of steps that its settings allow in one turn."
    return failure(code, message, words, action)


def _code(result: Json, words: str) -> FailureCode:
    if text(result.get("terminal_reason")) == "prompt_too_long" or _by_words(words) == "prompt-too-long":
        return "prompt-too-long"
    if found := _by_status(result.get("api_error_status")):
        return found
    if found := BY_KIND.get(text(result.get("api_error"))):
        return found
    return _by_words(words) or "internal"


def _by_status(status: object) -> FailureCode | None:
    if not isinstance(status, int) or isinstance(status, bool):
        return None
    return BY_STATUS.get(status) or ("overloaded" if status >= 500 else "invalid-request")


def _by_words(words: str) -> FailureCode | None:
    return next((code for pattern, code in WORDS if re.search(pattern, words, re.IGNORECASE)), None)


def retrying(message: Json, now: int) -> ProviderRetrying:
    """An `api_retry`. `now`: ms since the Unix epoch."""
    status, kind = message.get("error_status"), text(message.get("error"))
    code = _by_status(status) or BY_KIND.get(kind) or "network"
    said = f" ({status})" if isinstance(status, int) else ""
    return ProviderRetrying(
        attempt=count(message.get("attempt")) or 1,
        limit=count(message.get("max_retries")),
        code=code,
        message=f"{MESSAGES[code]}{said}",
        next_at=now + (count(message.get("retry_delay_ms")) or 0),
    )


def hopeless(message: Json) -> bool:
    """Whether an `api_retry` retries what waiting cannot mend.

    Claude Code tries a refused key ten times, over minutes; the second try is for a login that was
    just renewed, the third for nobody.
    """
    return message.get("error_status") in HOPELESS and (count(message.get("attempt")) or 0) > 1


def usage(result: Json) -> Usage | None:
    """What a `result` says of the turn's cost."""
    told = table(result, "usage")
    cached = count(told.get("cache_read_input_tokens"))
    created = count(told.get("cache_creation_input_tokens"))
    fresh = count(told.get("input_tokens"))
    cost = result.get("total_cost_usd")
    limits = [count(table(model).get("contextWindow")) for model in table(result, "modelUsage").values()]
    found = Usage(
        input_tokens=None if fresh is None else fresh + (created or 0) + (cached or 0),
        output_tokens=count(told.get("output_tokens")),
        cached_tokens=cached,
        cost_usd=float(cost) if isinstance(cost, int | float) and not isinstance(cost, bool) else None,
        context_limit=max((limit for limit in limits if limit), default=None),
    )
    return found if found != Usage() else None
