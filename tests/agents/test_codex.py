"""The real Codex, driven by our provider, its model faked on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.providers.codex.provider import CodexProvider
from antiphon.testing.check_provider import CHECKS, Prompts, Skipped, Subject, name_of
from tests.agents import mock_model
from tests.agents.fixtures import WORDS, after, call, hanging, says, slowly
from tests.agents.real_codex import EDIT, WRITE, at_home

pytestmark = [pytest.mark.agents, pytest.mark.timeout(120)]

FIXTURES = [
    after("write", "It is written."),
    after("edit", "It is changed."),
    after("run", "It ran."),
    says("NEXT", "The next answer."),
    says("MERGED", "Both were heard."),
    says("WRITE", "I will write it.", call("write", "exec_command", cmd=WRITE)),
    says("EDIT", call("edit", "exec_command", cmd=EDIT)),
    says("RUN", call("run", "exec_command", cmd="echo out; echo err >&2; exit 3")),
    says("LONG", WORDS, **slowly()),
    says("HANG", WORDS, **hanging(*[20] * 12)),
    says("SAY", "Hello from the fake model."),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The fake model's address."""
    with mock_model.serving(FIXTURES, tmp_path_factory.mktemp("model")) as address:
        yield address


@pytest.fixture
def subject(model: str, tmp_path: Path) -> Subject:
    """Codex on a machine of its own, in a project with a file."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "poem.txt").write_text("one\ntwo\nthree\n")
    return Subject(
        provider=CodexProvider(),
        folder=folder,
        prompts=Prompts(say="SAY", endless="LONG", write="WRITE", silent="HANG"),
        environment=at_home(tmp_path, model),
    )


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_codex_keeps_the_rules_of_a_provider(
    check, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite for providers, with the real agent; what it has no words for is left out."""
    assert subject.environment
    for name in ("PATH", "HOME", "CODEX_HOME"):
        monkeypatch.setenv(name, subject.environment[name])  # `readiness` looks in the server's own
    try:
        await check(subject)
    except Skipped:
        pytest.skip("the fake model has no words for it")
