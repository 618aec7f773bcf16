"""Any other ACP agent by a few lines in agents.toml: the real OpenCode, its model faked on loopback."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import expect

from antiphon.model.events import TurnCompleted
from antiphon.providers import catalog, environment
from antiphon.providers.acp.provider import AcpProvider
from antiphon.testing.check_provider import CHECKS, Opened, Prompts, Skipped, Subject, failure_of, name_of
from antiphon.testing.sink import RecordingSink, allow
from tests.agents import mock_model
from tests.agents.fixtures import after, call, for_faults, says
from tests.agents.real_opencode import AGENTS, OPENCODE, at_home
from tests.browser.pages import Desk
from tests.browser.processes import agents_of, all_gone
from tests.servers import RunningServer

pytestmark = [
    pytest.mark.agents,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not OPENCODE.parent.parent.exists(), reason="there is no OpenCode for this system"),
]

FIXTURES = for_faults(
    after("write", "It is written."),
    after("run", "It ran."),
    says("WRITE", "I will.", call("write", "write", filePath="hello.txt", content="hi\n")),
    says("RUN", call("run", "bash", command="echo made; exit 3", description="leave")),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The fake model's address."""
    with mock_model.serving(FIXTURES, tmp_path_factory.mktemp("model")) as address:
        yield address


@pytest.fixture(scope="module")
def around(model: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One home for all: its first start there makes a database, and takes its time."""
    return environment.for_provider("opencode") | at_home(tmp_path_factory.mktemp("machine") / "own", model)


@pytest.fixture
def subject(around: dict[str, str], tmp_path: Path) -> Subject:
    """OpenCode with a home of its own, as agents.toml names it."""
    folder = tmp_path / "project"
    folder.mkdir()
    entry = catalog.parse(AGENTS, "agents.toml")["opencode"]
    return Subject(
        provider=AcpProvider(entry),
        folder=folder,
        prompts=Prompts(say="SAY", endless="LONG", write="WRITE"),
        environment=around,
        missing=AcpProvider(replace(entry, command=["opencode-is-not-there", "acp"])),
    )


SEEN = ("is_ready", "answers", "is_cancelled", "asks_and_does", "asks_and_leaves", "kill_is_told")
"""Those of the suite that were seen to hold with it. The others wait for a run where nothing else runs."""


@pytest.mark.parametrize("check", [check for check in CHECKS if name_of(check) in SEEN], ids=name_of)
async def test_opencode_keeps_the_rules_of_a_provider(
    check: Any, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite for providers, with an agent that nobody wrote a line of Antiphon for."""
    assert subject.environment
    monkeypatch.setenv("PATH", subject.environment["PATH"])
    monkeypatch.setenv("HOME", subject.environment["HOME"])
    try:
        await check(subject)
    except Skipped:
        pytest.skip("the fake model has no words for it")


@pytest.mark.parametrize(
    ("prompt", "code"), [("E401", "auth"), ("TOOLONG", "prompt-too-long"), ("E400", "internal")]
)
async def test_what_its_model_refuses_is_told(subject: Subject, prompt: str, code: str) -> None:
    """At once, with the model's own words; it gives no status, so what words do not tell is `internal`."""
    async with Opened(subject) as opened:
        assert isinstance(await opened.ask("SAY"), TurnCompleted)  # its first prompt takes its time
        failure = await failure_of(opened.ask(prompt), 10)
        assert (failure.type, failure.code) == ("opencode-error", code)
        assert failure.detail
        assert isinstance(await opened.ask("NEXT"), TurnCompleted)


async def test_a_change_is_shown_before_it_is_done(subject: Subject) -> None:
    """The approval has the diff; the command has its output."""
    async with Opened(subject, RecordingSink(allow)) as opened:
        assert isinstance(await opened.ask("WRITE"), TurnCompleted)
        assert isinstance(await opened.ask("RUN"), TurnCompleted)
        opened.sink.check_items()
        changed, ran = opened.sink.tool_calls
        [diff] = opened.sink.asked[0].content.diffs  # pyright: ignore[reportOptionalMemberAccess]
    assert (changed.tool, changed.status, diff.after) == ("edit", "completed", "hi\n")
    assert (ran.tool, ran.status) == ("execute", "completed")
    assert "made" in ran.output
    assert (subject.folder / "hello.txt").read_text() == "hi\n"


# On the page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(browser: Any, model: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A person in front of a server that knows OpenCode from their own agents.toml."""
    folder = tmp_path_factory.mktemp("opencode")
    server = await asyncio.to_thread(RunningServer(folder, [], at_home(folder, model)).start)
    desk = Desk(browser, server, None)
    await desk.sign_in()
    try:
        yield desk
    finally:
        await desk.close()
        server.close()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_day_with_an_agent_from_agents_toml(desk: Desk) -> None:
    """A prompt, a change with its diff; stop, kill -9, reload, and the conversation goes on."""
    session = await asyncio.to_thread(desk.make_session, "opencode")
    tab = await desk.session_tab(session)
    await tab.done("SAY hello", limit_s=60)
    await expect(tab.message).to_have_text("Hello from the fake model.")

    await tab.prompt("WRITE it")
    await expect(tab.approval).to_contain_text("hello.txt")
    await expect(tab.approval).to_contain_text("hi")
    assert not (desk.server.root / "site/hello.txt").exists()
    await tab.option("allow-once").click()
    await tab.turn_is("completed")
    assert (desk.server.root / "site/hello.txt").read_text() == "hi\n"

    await tab.prompt("LONG story")
    await expect(tab.message).to_contain_text("w5")
    await tab.by("stop").click()
    await tab.turn_is("cancelled", limit_s=5)

    await tab.prompt("E401")
    await tab.turn_is("failed", limit_s=10)
    await expect(tab.failure.last).to_have_attribute("data-type", "opencode-error")
    await expect(tab.failure.last).to_contain_text("opencode auth login")

    await tab.prompt("LONG story again")
    await expect(tab.message).to_contain_text("w5")
    os.kill((await asyncio.to_thread(agents_of, session))[1].pid, signal.SIGKILL)
    await tab.turn_is("failed", limit_s=3)
    await all_gone(session, limit_s=1)
    await tab.reload()
    await tab.is_live()
    await expect(tab.failure.last).to_contain_text("was ended by SIGKILL")
    await tab.done("NEXT one", limit_s=60)
    await expect(tab.message).to_have_text("The next answer.")
