"""What the SDK says of its failures, as JSON-RPC errors that the ACP driver's table knows: pure.

A run that failed says so in words only, such as "[unavailable] HTTP 429": the HTTP status in them tells more than
Connect's code before it. An exception of the SDK's carries a status, or at least its class.
"""

import re

from antiphon.providers.loose import Json
from antiphon.providers.peer import INTERNAL_ERROR, RpcError

STATUS = re.compile(r"\bHTTP (\d{3})\b")
WORD = re.compile(r"^\[(\w+)\]")
BY_WORD = {
    "unauthenticated": 401,
    "permission_denied": 403,
    "resource_exhausted": 429,
    "invalid_argument": 400,
    "not_found": 404,
    "failed_precondition": 400,
}
"""Connect's codes that mean one thing. `unavailable`, `unknown` and `internal` mean anything."""
BY_CLASS = {
    "AuthenticationError": 401,
    "PermissionDeniedError": 403,
    "RateLimitError": 429,
    "ConfigurationError": 400,
    "BadRequestError": 400,
    "AgentBusyError": 400,
    "NotFoundError": 404,
    "AgentNotFoundError": 404,
    "InternalServerError": 500,
}


def of_words(words: str) -> RpcError:
    """The error of a run that ended with these words."""
    status = STATUS.search(words)
    word = WORD.match(words)
    code = int(status[1]) if status else BY_WORD.get(word[1], INTERNAL_ERROR) if word else INTERNAL_ERROR
    return RpcError(code, words or "The run failed without a word")


def of_exception(error: Exception) -> RpcError:
    """The error for an exception of the SDK's."""
    found = of_words(str(error))
    if found.code != INTERNAL_ERROR:
        return found
    code = BY_CLASS.get(type(error).__name__, INTERNAL_ERROR)
    return RpcError(code, str(error) or type(error).__name__, type(error).__name__)


def of_result(result: Json) -> RpcError:
    """The error that a run's result tells."""
    return of_words(str(result.get("errorMessage") or result.get("errorCode") or ""))
