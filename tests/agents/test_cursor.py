"""Cursor over its SDK: the real local agent, driven by our child process, its backend faked on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.providers import environment
from antiphon.providers.cursor.provider import CursorProvider
from antiphon.testing.check_provider import CHECKS, Prompts, Skipped, Subject, name_of
from tests.agents import cursor_backend as fake
from tests.agents import real_cursor

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def backend() -> Iterator[fake.Backend]:
    """The fake backend."""
    with fake.backend() as server:
        yield server


@pytest.fixture
def subject(backend: fake.Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Subject:
    """Cursor over its SDK, with a home of its own."""
    monkeypatch.syspath_prepend(str(real_cursor.PACKAGES))
    around = environment.for_provider("cursor") | real_cursor.at_home(
        tmp_path / "machine", fake.address(backend)
    )
    for name, value in around.items():
        monkeypatch.setenv(name, value)  # `readiness` looks in the server's own
    folder = tmp_path / "project"
    folder.mkdir()
    prompts = Prompts(say="SAY", endless="LONG", silent="HANG", stray="STRAY")
    return Subject(
        provider=CursorProvider(), folder=folder, prompts=prompts, environment=around, consented=True
    )


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_cursor_keeps_the_rules_of_a_provider(check, subject: Subject) -> None:
    """The suite for providers, with the real agent."""
    try:
        await check(subject)
    except Skipped:
        pytest.skip("the fake backend has no words for it")
