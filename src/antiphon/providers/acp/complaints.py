"""What an ACP agent writes to stderr: pure, but for what is kept between two pieces.

ACP has no word for a model call that is tried again. An agent that tells of it on stderr has `retries` in the
catalog: a pattern (a dot is any character) up to the end of the line that tells. Its groups:

- `attempt`: the number of the attempt that failed
- `status`, which may be missing: the HTTP status that the model's API answered
- `delay`, which may be missing: ms until the next attempt
"""

import re

from antiphon.model.events import ProviderRetrying
from antiphon.providers.acp import errors
from antiphon.providers.acp.errors import Names

KEPT = 16 * 1024
"""Characters in which a telling that came in pieces is found."""


class Complaints:
    """One agent's stderr."""

    def __init__(self, names: Names, retries: str) -> None:
        self._names = names
        self._retries = re.compile(retries, re.DOTALL) if retries else None
        self._text = ""

    def feed(self, data: bytes, now: int) -> list[ProviderRetrying]:
        """The retries that it tells. `now`: ms since the Unix epoch."""
        if not self._retries:
            return []
        self._text += data.decode(errors="replace")
        told = list(self._retries.finditer(self._text))
        self._text = self._text[told[-1].end() if told else 0 :][-KEPT:]
        return [_retrying(self._names, each, now) for each in told]


def _retrying(names: Names, told: re.Match[str], now: int) -> ProviderRetrying:
    groups = told.groupdict()
    status, delay = groups.get("status"), groups.get("delay")
    code = errors.classify(int(status or 0), told[0])
    if code == "internal":  # the agent has hope, so it is none of those that stay
        code = "overloaded"
    message = errors.MESSAGES[code].format(name=names.name)
    return ProviderRetrying(
        attempt=int(told["attempt"]),
        code=code,
        message=f"{message.removesuffix('.')} ({status})." if status else message,
        next_at=now + int(delay) if delay else None,
    )


def without(chatter: str, stderr: str) -> str:
    """What of stderr says something to a person: no line that matches, and nothing that is indented below it."""
    if not chatter:
        return stderr
    kept: list[str] = []
    below = False
    for line in stderr.splitlines():
        indented, matches = line[:1] in (" ", "\t"), bool(re.search(chatter, line))
        below = below if indented else matches
        if not matches and not (indented and below):
            kept.append(line)
    return "\n".join(kept)
