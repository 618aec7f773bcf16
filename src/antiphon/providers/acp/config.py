"""Models and modes as an ACP agent offers them: pure.

Three shapes are about: `modes`, `models` (older agents) and `configOptions` (which replaces both).
"""

from antiphon.model.events import SessionUpdated
from antiphon.providers.base import AgentEvent
from antiphon.providers.loose import Json, table, tables, text


class Choice:
    """One thing to choose, and how to tell the agent."""

    def __init__(self, current: str, offered: list[str], method: str, params: Json, key: str) -> None:
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
    for option in tables(answer.get("configOptions")):
        if option.get("category") == kind and option.get("type") == "select":
            params: Json = {"configId": option.get("id")}
            current = text(option.get("currentValue"))
            return Choice(current, _values(option), "session/set_config_option", params, "value")
    state = table(answer, f"{kind}s")
    if not state:
        return None
    key = "id" if kind == "mode" else "modelId"
    ids = [id for each in tables(state.get(f"available{kind.capitalize()}s")) if (id := text(each.get(key)))]
    current = text(state.get(f"current{kind.capitalize()}Id"))
    return Choice(current, ids, f"session/set_{kind}", {}, f"{kind}Id")


def _values(option: Json) -> list[str]:
    """A select's values; they may come in groups."""
    options = tables(option.get("options"))
    flat = [one for each in options for one in (tables(each["options"]) if "options" in each else [each])]
    return [value for one in flat if (value := text(one.get("value")))]


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
