"""Asking a model's server for what it offers. Blocking: call it off the event loop.

Python's own client, so that the server of Antiphon loads nothing for it. A redirect is not followed: it
would lead beyond the addresses that may be asked.
"""

import json
import urllib.error
import urllib.request
from typing import Any, cast
from urllib.parse import urlsplit

from antiphon.providers.loose import Json, table

ANSWER_BYTES = 32 * 1024 * 1024
"""At most: OpenRouter's list has a few."""


class Unanswered(Exception):
    """{url} did not answer with what was asked for: {reason}"""

    def __init__(self, url: str, reason: str, status: int | None = None, *, silent: bool = False) -> None:
        super().__init__(f"{url}: {reason}")
        self.reason = reason
        self.silent = silent
        """Somebody took the question, and did not answer in time: at work, perhaps."""
        self.status = status
        """HTTP's, where there was an answer."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


def fetch(
    url: str, *, timeout: float, key: str = "", body: Json | None = None, proxies: bool = False
) -> Json:
    """The JSON object that the address answers with. Raises Unanswered.

    `timeout`: seconds. `proxies`: through those of the environment, which is not for this machine's servers.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise Unanswered(url, "only http and https are asked")
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 (its scheme was looked at)
    through = [] if proxies else [urllib.request.ProxyHandler({})]
    try:
        with urllib.request.build_opener(_NoRedirect, *through).open(request, timeout=timeout) as answer:
            found = table(json.loads(answer.read(ANSWER_BYTES)))
    except urllib.error.HTTPError as error:
        with error:
            raise Unanswered(url, f"HTTP {error.code}", error.code) from error
    except (OSError, ValueError) as error:
        raise Unanswered(url, _reason(error), silent=_silent(error)) from error
    if not found:
        raise Unanswered(url, "it answered with something else")
    return found


def _silent(error: Exception) -> bool:
    return isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError)


def _reason(error: Exception) -> str:
    reason = cast(object, getattr(error, "reason", None))
    return str(reason or error) or type(error).__name__
