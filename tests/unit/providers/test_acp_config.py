"""Models and modes, in the three shapes that are about."""

from antiphon.model.events import SessionUpdated
from antiphon.providers.acp import config

MODES = {"modes": {"currentModeId": "ask", "availableModes": [{"id": "ask"}, {"id": "yolo"}]}}
MODELS = {"models": {"currentModelId": "m1", "availableModels": [{"modelId": "m1"}, {"modelId": "m2"}]}}
OPTIONS = {
    "configOptions": [
        {"id": "mo", "category": "mode", "type": "select", "currentValue": "plan", "options": [{"value": "plan"}]},
        {
            "id": "ml", "category": "model", "type": "select", "currentValue": "m3",
            "options": [{"group": "g", "name": "G", "options": [{"value": "m3"}, {"value": "m4"}]}],
        },
        {"id": "t", "category": "thought_level", "type": "select", "currentValue": "high", "options": []},
    ]
}  # fmt: skip


def test_modes_and_models_are_told() -> None:
    """What is chosen and what is offered."""
    [event] = config.facts(MODES | MODELS)
    assert event == SessionUpdated(mode="ask", modes=["ask", "yolo"], model="m1", models=["m1", "m2"])


def test_config_options_replace_them() -> None:
    """Newer agents; groups are flat for us."""
    [event] = config.facts(MODES | OPTIONS)
    assert event == SessionUpdated(mode="plan", modes=["plan"], model="m3", models=["m3", "m4"])


def test_each_shape_is_set_its_own_way() -> None:
    """The method and parameters that choose."""
    mode, model, option = (
        config.read(MODES, "mode"),
        config.read(MODELS, "model"),
        config.read(OPTIONS, "model"),
    )
    assert mode
    assert model
    assert option
    assert mode.request("s", "yolo") == ("session/set_mode", {"sessionId": "s", "modeId": "yolo"})
    assert model.request("s", "m2") == ("session/set_model", {"sessionId": "s", "modelId": "m2"})
    assert option.request("s", "m4") == (
        "session/set_config_option",
        {"sessionId": "s", "configId": "ml", "value": "m4"},
    )


def test_what_cannot_be_chosen_is_not_offered() -> None:
    """An option that is no select, and one without a name."""
    switch = {"id": "ml", "category": "model", "type": "boolean", "currentValue": True}
    assert config.read({"configOptions": [switch]}, "model") is None
    nameless = {
        "modes": {"currentModeId": "ask", "availableModes": [{"id": "ask"}, {"name": "?"}, {"id": 7}]}
    }
    [event] = config.facts(nameless)
    assert event == SessionUpdated(mode="ask", modes=["ask"])


def test_an_agent_without_choices() -> None:
    """Nothing is told, nothing can be chosen."""
    assert config.facts({}) == []
    assert config.read({"modes": None, "configOptions": "no"}, "mode") is None
