"""What an agent says beside ACP, by methods of its own: questions, as ours; notifications, as ACP's updates.

An agent's kind of them stands in a module of its own (cursor.py) and in KINDS; the catalog names it (`extensions`).
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

from antiphon.model.events import ApprovalRequested
from antiphon.providers.acp.launch import AcpEntry
from antiphon.providers.base import Answered
from antiphon.providers.loose import Json


class Asks(NamedTuple):
    """A request of the agent's that a person answers."""

    request: Callable[[Json, str, str | None], ApprovalRequested]
    """Parameters, the approval's id, our item of the tool call → what to ask. Raises msgspec.ValidationError."""
    response: Callable[[Json, Answered], Json]
    """Parameters, the answer → the request's result."""


class Extension:
    """None: an agent that says nothing beside ACP. The base of those that do, one for each agent's process."""

    asks: Mapping[str, Asks] = {}
    """Method → how it is asked and answered."""

    def tells(self, method: str, params: Json) -> Sequence[Json] | None:
        """The session updates that a notification amounts to (some agents send it as a request); None: not known."""
        return None


KINDS = {"cursor": "antiphon.providers.acp.cursor"}
"""`extensions` in the catalog → the module with its `CREATE`."""


def of(entry: AcpEntry) -> Extension:
    """The agent's extension."""
    return import_module(KINDS[entry.extensions]).CREATE() if entry.extensions else Extension()
