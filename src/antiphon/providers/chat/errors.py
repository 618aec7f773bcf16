"""What goes wrong between the agent and a model's server, as our failures: tables, pure.

The exceptions are told by their attributes and the names of their classes, so that this can be read, and
tested, without loading pydantic-ai.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from antiphon.model.failures import Action, Failure, FailureCode
from antiphon.providers.environment import redact
from antiphon.providers.loose import table

BY_CLASS: dict[str, FailureCode] = {
    "TooLong": "prompt-too-long",
    "ModelContextWindowExceededError": "prompt-too-long",
    "ModelAuthenticationError": "auth",
    "ModelQuotaExceededError": "usage-limit",
    "ModelRateLimitError": "usage-limit",
    "ModelOverloadedError": "overloaded",
    "ModelUnavailableError": "overloaded",
    "ModelServerError": "overloaded",
    "ModelTimeoutError": "stalled",
    "ModelRequestTimeout": "stalled",
    "ModelConnectionError": "network",
    "ModelNotFoundError": "invalid-request",
    "ModelRequestRejectedError": "invalid-request",
    "ContentFilterError": "invalid-request",
    "ConnectError": "network",
    "APIConnectionError": "network",
}
"""By pydantic-ai's word for it; the first class that is known, from the most special on."""

BY_STATUS: dict[int, FailureCode] = {
    400: "invalid-request",
    401: "auth",
    402: "usage-limit",
    403: "auth",
    404: "invalid-request",
    408: "stalled",
    413: "prompt-too-long",
    422: "invalid-request",
    429: "usage-limit",
    504: "stalled",
}
"""Any other from 500 on is `overloaded`, from 400 on `invalid-request`."""

WORDS: Sequence[tuple[str, FailureCode]] = (
    (
        r"context.{0,20}(length|window|size)|maximum context|too many tokens|prompt is too long|exceed_context",
        "prompt-too-long",
    ),
    (r"without a `?finish_reason|incomplete chunked read|peer closed|premature|unexpected end", "truncated"),
)
"""Words that say more than the class or the status beside them."""

MESSAGES: dict[FailureCode, str] = {
    "auth": "{name} refused the key.",
    "usage-limit": "{name}'s limit is reached for now.",
    "overloaded": "{name}'s model is overloaded or out of order.",
    "network": "{name} cannot be reached.",
    "stalled": "{name} did not answer in time.",
    "truncated": "The answer of {name}'s model was cut off in the middle.",
    "prompt-too-long": "The conversation is too long for this model.",
    "invalid-request": "{name} refused the request.",
    "internal": "Something went wrong in asking {name}.",
}
BY_STATUS_MESSAGES = {
    402: "The {name} account has no credit left.",
    403: "{name} does not let this key use this model.",
    404: "{name} does not know this model.",
}

ACTIONS: dict[FailureCode, Action] = {
    "usage-limit": Action(kind="wait", label="Wait until the limit is over"),
    "overloaded": Action(kind="retry", label="Try again in a while, or choose another model"),
    "network": Action(kind="retry", label="Look at the network, then try again"),
    "stalled": Action(kind="retry", label="Try again"),
    "truncated": Action(kind="retry", label="Try again"),
    "prompt-too-long": Action(kind="shorten", label="Shorten the prompt, or start a new session"),
    "invalid-request": Action(kind="retry", label="Change the prompt or the model, then try again"),
    "internal": Action(kind="retry", label="Try again"),
}
ADD_KEYS = {
    "openrouter": Action(
        kind="add-key", label="Add a key for OpenRouter", command="antiphon key set openrouter"
    ),
    "gemini-api": Action(
        kind="add-key", label="Add a key for Gemini's API", command="antiphon key set gemini-api"
    ),
    "localgpu": Action(
        kind="add-key", label="Add the key of your model's server", command="antiphon key set localgpu"
    ),
}
BY_STATUS_ACTIONS = {
    402: Action(kind="wait", label="Add credit at openrouter.ai/credits, then try again"),
    404: Action(kind="retry", label="Choose another model, then try again"),
}
STARTS = {
    "ollama": "ollama serve",
    "llama.cpp": "llama-server -m model.gguf --port 8080",
    "vllm": "vllm serve MODEL --port 8000",
    "lm-studio": "lms server start",
}
"""How a local server is started again."""
LONGER = {
    "ollama": "OLLAMA_CONTEXT_LENGTH=32768 ollama serve",
    "llama.cpp": "llama-server -m model.gguf --port 8080 -c 32768",
    "vllm": "vllm serve MODEL --port 8000 --max-model-len 32768",
    "lm-studio": "lms load MODEL --context-length 32768",
}
"""How a local model is loaded with more context."""


class Whose(Struct, frozen=True, kw_only=True):
    """Whose failure it is."""

    provider: str
    name: str
    server: str
    key: str = ""
    """Never to be shown."""


def of(error: BaseException, whose: Whose, now: int) -> Failure:
    """The failure that an exception tells of. `now`: ms since the Unix epoch."""
    detail = redact(_words(error), [whose.key] if whose.key else [])
    code = classify(error, detail)
    status = getattr(error, "status_code", None) if code != "prompt-too-long" else None
    message = BY_STATUS_MESSAGES.get(status or 0) or MESSAGES.get(code) or MESSAGES["internal"]
    return Failure(
        provider=whose.provider,
        code=code,
        message=message.format(name=whose.name),
        action=_action(error, code, status, whose, now),
        detail=detail or None,
    )


def classify(error: BaseException, words: str) -> FailureCode:
    """By telling words, then by the HTTP status, then by the class of the error or of its causes."""
    for pattern, telling in WORDS:
        if re.search(pattern, words, re.IGNORECASE):
            return telling
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return BY_STATUS.get(status) or ("overloaded" if status >= 500 else "invalid-request")
    code: FailureCode | None = next(
        (BY_CLASS[each.__name__] for each in type(error).__mro__ if each.__name__ in BY_CLASS), None
    )
    if code == "network" and getattr(error, "in_stream", False):
        return "truncated"
    if code is None and type(error).__name__ in ("UnexpectedModelBehavior", "ModelAPIError"):
        return "truncated"  # it answered with what cannot be read
    return code or "internal"


def _action(
    error: BaseException, code: FailureCode, status: int | None, whose: Whose, now: int
) -> Action | None:
    if code == "auth":
        return ADD_KEYS.get(whose.provider)
    after = getattr(error, "retry_after", None)
    if code == "usage-limit" and status != 402 and isinstance(after, int | float):
        until = now + round(after * 1000)
        return Action(kind="wait", label="Wait until the limit is over", until=until)
    if code == "network" and (command := STARTS.get(whose.server)):
        return Action(kind="retry", label=f"Start {whose.name} again, then try again", command=command)
    if code == "prompt-too-long" and (command := LONGER.get(whose.server)):
        label = "Shorten the prompt, start a new session, or load the model with more context"
        return Action(kind="shorten", label=label, command=command)
    return BY_STATUS_ACTIONS.get(status or 0) or ACTIONS.get(code)


def _words(error: BaseException) -> str:
    """The original words: the server's own where it answered, else those of all that led to it."""
    status, body = getattr(error, "status_code", None), getattr(error, "body", None)
    if isinstance(status, int) and body is not None:
        said = table(body).get("message")
        return f"HTTP {status}: {said if isinstance(said, str) else body}"
    found: list[str] = []
    each: BaseException | None = error
    while each is not None and len(found) < 4:
        if (words := str(each) or type(each).__name__) and not any(words in told for told in found):
            found.append(words)
        each = each.__cause__
    return "\n".join(found)
