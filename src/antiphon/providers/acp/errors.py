"""An ACP agent's JSON-RPC errors as our failures: a table, pure.

Agents put HTTP statuses, JSON-RPC codes or nothing but words into them; codes are looked at
first, then words. What matches nothing is `internal`, with the agent's own text as detail.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from antiphon.model.failures import Action, Failure, FailureCode
from antiphon.providers.loose import table

AUTH_REQUIRED, RESOURCE_NOT_FOUND, INVALID_REQUEST, INVALID_PARAMS = -32000, -32002, -32600, -32602
METHOD_NOT_FOUND = -32601

BY_CODE: dict[int, FailureCode] = {
    AUTH_REQUIRED: "auth",
    401: "auth",
    403: "auth",
    402: "usage-limit",
    429: "usage-limit",
    413: "prompt-too-long",
    500: "overloaded",
    502: "overloaded",
    503: "overloaded",
    504: "overloaded",
    529: "overloaded",
    400: "invalid-request",
    404: "invalid-request",
    INVALID_REQUEST: "invalid-request",
    METHOD_NOT_FOUND: "invalid-request",
    INVALID_PARAMS: "invalid-request",
    RESOURCE_NOT_FOUND: "invalid-request",
}

STATUS = re.compile(r"\bHTTP (\d{3})\b")

WORDS: Sequence[tuple[str, FailureCode]] = (
    (
        r"prompt is too long|context ?(length|window|overflow)|exceeds model limit|too many tokens|maximum context",
        "prompt-too-long",
    ),
    (
        r"terminated|premature (close|eof)|stream (was )?(cut|ended)|(unexpected end of|incomplete) (json|stream)",
        "truncated",
    ),
    (
        r"fetch failed|econn|enotfound|eai_again|socket hang up|network|connection (refused|reset|error|failed|stalled)",
        "network",
    ),
    (r"unauthori[sz]ed|api[ -]?key|not (signed|logged) in|authenticat|invalid credentials", "auth"),
    (r"quota|usage limit|rate.?limit|too many requests|resource.?exhausted", "usage-limit"),
    (r"overloaded|unavailable|try again later", "overloaded"),
    (r"aborted|cancell?ed", "cancelled-by-agent"),
)
"""In this order: an agent's "500: fetch failed" is the network, not the model's server."""

TELLING: frozenset[FailureCode] = frozenset({"prompt-too-long", "truncated", "network"})
"""Words that say more than the code beside them."""

MESSAGES: dict[FailureCode, str] = {
    "auth": "{name} is not signed in, or its key was refused.",
    "usage-limit": "{name} has used up what its account allows for now.",
    "overloaded": "{name}'s model is overloaded or out of order.",
    "network": "{name} cannot reach its model.",
    "truncated": "The answer of {name}'s model was cut off in the middle.",
    "prompt-too-long": "The conversation is too long for {name}'s model.",
    "invalid-request": "{name} refused the request.",
    "cancelled-by-agent": "{name} stopped by itself.",
    "internal": "{name} reported an error.",
}

ACTIONS: dict[FailureCode, Action] = {
    "usage-limit": Action(kind="wait", label="Wait until the limit is over"),
    "overloaded": Action(kind="retry", label="Try again in a while"),
    "network": Action(kind="retry", label="Look at the network, then try again"),
    "truncated": Action(kind="retry", label="Try again"),
    "prompt-too-long": Action(kind="shorten", label="Shorten the prompt, or start a new session"),
    "cancelled-by-agent": Action(kind="retry", label="Try again"),
    "provider-crashed": Action(
        kind="retry", label="Try again: a new process of it goes on with the conversation"
    ),
    "internal": Action(kind="retry", label="Try again"),
}


class Names(Struct, frozen=True, kw_only=True):
    """Whose failure it is."""

    provider: str
    name: str
    sign_in: Action | None = None


def failure(names: Names, code: int, message: str, data: Any = None) -> Failure:
    """The failure that a JSON-RPC error tells of; an agent of ours tells it whole."""
    if own := table(data, "antiphon", "failure"):
        return replace(msgspec.convert({**own, "type": ""}, Failure), provider=names.provider)
    detail = _detail(message, data)
    found = classify(code, detail)
    return Failure(
        provider=names.provider,
        code=found,
        message=MESSAGES[found].format(name=names.name),
        action=names.sign_in if found == "auth" else ACTIONS.get(found),
        detail=detail,
    )


def classify(code: int, words: str) -> FailureCode:
    """By the code, unless the words are more telling; by the words, when the code says nothing."""
    by_words = _by_words(words)
    if by_words and by_words in TELLING:
        return by_words
    return BY_CODE.get(code) or _by_status(words) or by_words or "internal"


def _by_status(words: str) -> FailureCode | None:
    """By an HTTP status that stands in the words, where the code does not tell it."""
    status = STATUS.search(words)
    return BY_CODE.get(int(status[1])) if status else None


def _by_words(words: str) -> FailureCode | None:
    for pattern, found in WORDS:
        if re.search(pattern, words, re.IGNORECASE):
            return found
    return None


def _detail(message: str, data: Any) -> str:
    if data is None:
        return message
    words = data if isinstance(data, str) else msgspec.json.encode(data).decode()
    return f"{message}\n{words}"
