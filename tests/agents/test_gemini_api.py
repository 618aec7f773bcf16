"""Gemini's API, for where the Gemini CLI does not run: our own agent, the API faked on loopback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon.model.events import TurnCompleted
from antiphon.providers import environment
from antiphon.providers.base import ProviderFailed
from antiphon.providers.chat.provider import GeminiApiProvider
from antiphon.testing.check_provider import (
    Opened,
    Prompts,
    Subject,
    answers,
    asks_and_does,
    failure_of,
    is_cancelled,
    kill_is_told,
    name_of,
)
from antiphon.testing.sink import RecordingSink
from tests.agents import mock_model
from tests.agents.fixtures import after, call, for_faults, says

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]

FIXTURES = for_faults(
    after("write", "It is written."),
    says("WRITE", call("write", "write_file", path="hello.txt", content="hi\n")),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The fake API's address."""
    with mock_model.serving(FIXTURES, tmp_path_factory.mktemp("model")) as address:
        yield address


@pytest.fixture
def subject(model: str, tmp_path: Path) -> Subject:
    """The agent, asking the fake API."""
    own = {"GEMINI_API_KEY": "sk-never-to-be-shown", "GOOGLE_GEMINI_BASE_URL": model}
    prompts = Prompts(say="SAY", endless="LONG", write="WRITE")
    around = environment.for_provider("gemini-api") | own
    return Subject(provider=GeminiApiProvider(), folder=tmp_path, prompts=prompts, environment=around)


@pytest.mark.parametrize("check", [answers, asks_and_does, is_cancelled, kill_is_told], ids=name_of)
async def test_it_keeps_the_rules_of_a_provider(check: Any, subject: Subject) -> None:
    """The same agent as OpenRouter's, whose suite runs them all."""
    await check(subject)


async def test_it_asks_the_endpoint_that_speaks_openais(subject: Subject, model: str) -> None:
    """With the model chosen by default; a refused key says how to give another, and shows neither."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("SAY"), TurnCompleted)
        failure = await failure_of(opened.ask("E401"), 10)
    assert (failure.type, failure.code) == ("gemini-api-error", "auth")
    assert failure.action and failure.action.command == "antiphon key set gemini-api"
    assert "never-to-be-shown" not in str(failure)
    asked = [each for each in mock_model.journal(model) if "SAY" in str(each.get("body"))]
    assert asked and asked[-1]["body"]["model"] == "gemini-2.5-flash"


async def test_without_a_key_it_says_what_to_do(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a look, and when it is to be opened."""
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    seen = await subject.provider.readiness()
    assert seen.signed_in is False and seen.action and seen.action.kind == "add-key"
    bare = Subject(provider=subject.provider, folder=subject.folder, prompts=subject.prompts)
    with pytest.raises(ProviderFailed) as raised:
        await subject.provider.open(bare.launch("m"), RecordingSink())
    assert raised.value.failure.code == "auth"
