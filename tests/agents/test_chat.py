"""OpenRouter and the local models: the real agent, against model servers on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.providers import environment
from antiphon.providers.chat.provider import LocalProvider, OpenRouterProvider
from antiphon.testing.check_provider import CHECKS, Prompts, Skipped, Subject, name_of
from tests.chat_server import ChatServer, serving

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]

KEY = "sk-or-never-to-be-shown"
PROMPTS = Prompts(
    say="SAY",
    endless="LONG",
    write="WRITE",
    silent="HANG_IN_TEXT",
    stray="STRAY",
    remember="What was said? REMEMBER",
)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A scripted model's server."""
    with serving() as server:
        yield server


def openrouter(server: ChatServer, folder: Path) -> Subject:
    """OpenRouter, by its base URL."""
    around = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": f"{server.root}/v1"}
    return Subject(
        provider=OpenRouterProvider(),
        folder=folder,
        prompts=PROMPTS,
        environment=environment.for_provider("openrouter") | around,
    )


def localgpu(server: ChatServer, folder: Path) -> Subject:
    """A server of this machine, listed by its address."""
    model = f"{server.root.removeprefix('http://')}/tiny"
    return Subject(provider=LocalProvider([server.root]), folder=folder, prompts=PROMPTS, model=model)


@pytest.fixture(params=[openrouter, localgpu], ids=["openrouter", "localgpu"])
def subject(request: pytest.FixtureRequest, server: ChatServer, tmp_path: Path) -> Subject:
    """Each of the two."""
    folder = tmp_path / "project"
    folder.mkdir()
    return request.param(server, folder)


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_they_keep_the_rules_of_a_provider(
    check, subject: Subject, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite for providers."""
    monkeypatch.setenv("OPENROUTER_BASE_URL", f"{server.root}/v1")  # `readiness` looks in the server's own
    try:
        await check(subject)
    except Skipped:
        pytest.skip("nothing to check it on")
