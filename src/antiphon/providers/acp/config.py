"""Models and modes as an ACP agent offers them: pure.

Three shapes are about: `modes`, `models` (older agents) and `configOptions` (which replaces both).
"""

from typing import Any

from antiphon.model.events import SessionUpdated
from antiphon.providers.base import AgentEvent

Json = dict[str, Any]


class Choice:
    """One thing to choose, and how to tell the agent."""

    def __init__(self, current: str | None, offered: list[str], method: str, params: Json, key: str) -> None:
        self.current = current
        self.offered = offered
        self._method = method
        self._params = params
        self._key = key

    def request(self, session: str, value: str) -> tuple[str, Json]:
        """The JSON-RPC method and parameters that choose `value`."""
        return self._method, {"sessionId": session, **self._params, self._key: value}


def read(answer: Json, kind: str) -> Choice | None:
    """The agent's choice of `mode` or `model` in an answer to session/new or session/load."""
    for option in answer.get("configOptions") or []:
        if isinstance(option, dict) and option.get("category") == kind and option.get("type") == "select":
            params = {"configId": option.get("id")}
            return Choice(option.get("currentValue"), _values(option), "session/set_config_option", params, "value")
    state = answer.get(f"{kind}s")
    if not isinstance(state, dict):
        return None
    id_key = "id" if kind == "mode" else "modelId"
    offered = state.get(f"available{kind.capitalize()}s") or []
    ids = [each[id_key] for each in offered if isinstance(each, dict) and isinstance(each.get(id_key), str)]
    current = state.get(f"current{kind.capitalize()}Id")
    return Choice(current, ids, f"session/set_{kind}", {}, f"{kind}Id")


def _values(option: Json) -> list[str]:
    """A select's values; they may come in groups."""
    found: list[str] = []
    for each in option.get("options") or []:
        if isinstance(each, dict):
            group = each.get("options")
            found += [str(one.get("value")) for one in (group if isinstance(group, list) else [each])]
    return found


def facts(answer: Json) -> list[AgentEvent]:
    """What to tell the page of them; nothing when the agent offers none."""
    mode, model = read(answer, "mode"), read(answer, "model")
    if not mode and not model:
        return []
    return [
        SessionUpdated(
            mode=mode.current if mode else None,
            modes=mode.offered if mode else None,
            model=model.current if model else None,
            models=model.offered if model else None,
        )
    ]
