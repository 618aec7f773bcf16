"""Which model an agent is opened with, and Gemini's API: real HTTP on loopback."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon.model.failures import Failure
from antiphon.model.ids import new_id
from antiphon.providers.base import Launch, Provider, ProviderFailed
from antiphon.providers.chat import gemini_api, localgpu, openrouter
from antiphon.providers.chat.provider import GeminiApiProvider, LocalProvider, OpenRouterProvider
from antiphon.providers.chat.setting import Setting
from antiphon.testing.sink import RecordingSink
from tests.chat_server import ChatServer, models, serving


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A scripted model's server."""
    with serving() as server:
        yield server


Open = Callable[..., Awaitable[Setting]]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a provider; tells what its agent would be started with. Raises ProviderFailed."""
    settings: list[Setting] = []

    async def note(entry: Any, launch: Any, sink: Any, setting: Setting, shown: str) -> None:
        settings.append(setting)

    for module in (localgpu, openrouter, gemini_api):
        monkeypatch.setattr(module, "open_with", note)

    async def open(provider: Provider, model: str | None = None, **around: str) -> Setting:
        launch = Launch(session=new_id(), folder=tmp_path, marker=new_id(), environment=around, model=model)
        await provider.open(launch, RecordingSink())
        return settings[-1]

    return open


async def failed(opened: Open, provider: Provider, model: str | None = None, **around: str) -> Failure:
    with pytest.raises(ProviderFailed) as raised:
        await opened(provider, model, **around)
    return raised.value.failure


async def test_a_model_that_is_not_there_is_not_another(server: ChatServer, opened: Open) -> None:
    """Each in words: no server, none of its models, not this one. Without a wish the first is taken."""
    provider, word = LocalProvider([server.root]), server.root.removeprefix("http://")
    assert (await opened(provider)).model == (await opened(provider, f"{word}/tiny")).model == "tiny"
    assert "offers the model x/y" in (await failed(opened, provider, "x/y")).message
    server.pages["/v1/models"] = models()
    assert "no model yet" in (await failed(opened, provider)).message
    server.pages.clear()
    gone = await failed(opened, provider)
    assert gone.code == "provider-missing" and gone.action and "ollama serve" in (gone.action.command or "")


async def test_a_server_that_wants_a_key_gets_it(
    server: ChatServer, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With each look, and with the agent."""
    monkeypatch.setenv("LOCALGPU_API_KEY", "sk-here")
    provider = LocalProvider([server.root])
    await provider.readiness()
    assert (await opened(provider, LOCALGPU_API_KEY="sk-there")).key == "sk-there"
    assert (server.keys[0], server.keys[-1]) == ("Bearer sk-here", "Bearer sk-there")


async def test_openrouter_is_opened_with_a_key_and_a_whole_name(server: ChatServer, opened: Open) -> None:
    """Without its list, too: that only tells how much fits."""
    provider, around = (
        OpenRouterProvider(),
        {"OPENROUTER_API_KEY": "sk", "OPENROUTER_BASE_URL": f"{server.root}/v1"},
    )
    assert (await failed(opened, provider)).code == "auth"
    missing = await failed(opened, provider, "gpt-5", **around)
    assert (missing.code, missing.message) == ("provider-missing", "OpenRouter has no model gpt-5.")
    del server.pages["/v1/models"]
    found = await opened(provider, "a/tiny", **around)
    assert (found.model, found.context, found.images, found.key) == ("a/tiny", None, True, "sk")


# Gemini's API


API = "/v1beta/openai/models"


def asking(server: ChatServer, monkeypatch: pytest.MonkeyPatch, **keys: str) -> GeminiApiProvider:
    for name in gemini_api.KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", f"{server.root}/")
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    return GeminiApiProvider()


async def test_of_geminis_models_those_that_talk(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their names: the list does not tell."""
    names = [
        "gemini-2.5-flash",
        "models/gemini-3-pro",
        "gemini-embedding-001",
        "gemini-2.5-flash-image",
        "gemma-3",
    ]
    server.pages[API] = models(*names)
    readiness = await asking(server, monkeypatch, GOOGLE_API_KEY="sk").readiness()
    assert (readiness.signed_in, readiness.models) == (True, ["gemini-2.5-flash", "gemini-3-pro"])
    assert readiness.account == "API key from GOOGLE_API_KEY" and server.keys == ["Bearer sk"]


@pytest.mark.parametrize(("status", "signed_in"), [(400, False), (401, False), (403, False), (503, None)])
async def test_geminis_refusal_is_not_its_absence(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, status: int, signed_in: bool | None
) -> None:
    """A refused key is one to replace; what is out of order says nothing of the key."""
    server.pages[API] = {"status": status}
    readiness = await asking(server, monkeypatch, GEMINI_API_KEY="sk").readiness()
    assert (readiness.found, readiness.signed_in) == (True, signed_in)
    assert readiness.action and readiness.action.kind == ("add-key" if signed_in is False else "retry")
    assert ("refused" in readiness.message) is (signed_in is False)


async def test_gemini_without_a_key_asks_nobody(
    server: ChatServer, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a look nor to open it."""
    provider = asking(server, monkeypatch)
    readiness = await provider.readiness()
    assert readiness.signed_in is False and readiness.action and readiness.action.kind == "add-key"
    assert (await failed(opened, provider)).code == "auth"
    assert server.paths == []
    found = await opened(provider, GEMINI_API_KEY="sk", GOOGLE_GEMINI_BASE_URL=server.root)
    assert (found.url, found.model, found.key) == (
        f"{server.root}/v1beta/openai",
        gemini_api.DEFAULT_MODEL,
        "sk",
    )
