"""The model as the agent asks it."""

import pytest
from pydantic_ai.models.openai import OpenAIChatModel

from antiphon.providers.chat.fitting import Fitting
from antiphon.providers.chat.model import model
from antiphon.providers.chat.setting import Setting


def of(provider: str) -> OpenAIChatModel:
    setting = Setting(
        provider=provider, name="X", session="s", server="other", url="http://127.0.0.1:9/v1", model="a/b"
    )
    made = model(setting)
    assert isinstance(made, Fitting) is (provider == "localgpu"), "those on the net say themselves what fits"
    found = made.wrapped if isinstance(made, Fitting) else made
    assert isinstance(found, OpenAIChatModel)
    return found


@pytest.mark.parametrize("provider", ["openrouter", "gemini-api", "localgpu"])
def test_no_end_is_no_end_and_nothing_is_tried_again(provider: str) -> None:
    """A cut answer is a failure, and a person hears of each."""
    found = of(provider)
    assert found.profile.get("openai_chat_streaming_requires_finish_reason") is True
    assert found.client.max_retries == 0


def test_a_local_server_is_asked_itself() -> None:
    """No redirect, no proxy of the environment; on the net a proxy may be the only way."""
    assert of("localgpu").client._client.trust_env is False
    assert of("localgpu").client._client.follow_redirects is False
    assert of("openrouter").client._client.trust_env is True
