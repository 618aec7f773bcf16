"""Every fault of the real Claude Code reaches the person: on the page, in the log, after a reload, in time."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.agents import mock_model
from tests.agents.matrix import DOCS, Case, Row, written
from tests.agents.real_claude import CLAUDE, WORDS, after, at_home, call, hanging, refuses, says, slowly
from tests.browser.pages import Desk
from tests.browser.wire import Wire
from tests.servers import RunningServer

pytestmark = [pytest.mark.agents, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

BIG = "All of it. " * 190_000
"""2 MB."""
FIXTURES = [
    says("NEXT", "The next answer."),
    says("cut off mid-stream", "Second."),
    after("run", "It ran."),
    after("write", "It is written."),
    after("cut", "It ran after all."),
    refuses("E401", 401, "authentication_error", "invalid x-api-key"),
    refuses("E403", 403, "permission_error", "not allowed"),
    refuses("E402", 402, "billing_error", "Your credit balance is too low"),
    refuses("TOOLONG", 400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum"),
    refuses("E400", 400, "invalid_request_error", "messages: something is wrong"),
    refuses("WAIT429", 429, "rate_limit_error", "slow down", retryAfter=2),
    refuses("LONG429", 429, "rate_limit_error", "slow down", retryAfter=60),
    refuses("E429", 429, "rate_limit_error", "slow down"),
    refuses("E500", 500, "api_error", "something broke"),
    refuses("E503", 503, "api_error", "out of order"),
    refuses("E529", 529, "overloaded_error", "Overloaded"),
    says("DROP", WORDS, chaos={"disconnectRate": 1}),
    says("MALFORMED", WORDS, chaos={"malformedRate": 1}),
    says(
        "CUTCALL",
        "First.",
        call("cut", "Bash", command="echo cut"),
        chunkSize=8,
        latency=60,
        truncateAfterChunks=5,
    ),
    says("CUT", WORDS, chunkSize=20, latency=40, truncateAfterChunks=10),
    says("SILENT", "x", streamingProfile={"ttft": 3_600_000, "tps": 1}),
    says("HANG", WORDS, **hanging(20, 20)),
    says("FOREVER", call("run", "Bash", command="tail -f /dev/null", description="wait")),
    says("RAISE", call("run", "Bash", command="echo RAISE && tail -f /dev/null", description="raise")),
    says("WRITE", "I will.", call("write", "Write", file_path="hello.txt", content="hi\n")),
    says("SLOW", WORDS, **slowly(400)),
    says("LONG", WORDS, **slowly(60)),
    says("BIG", BIG, chunkSize=20_000),
    says("SAY", "Hello from the fake model."),
]
LEAVER = """#!/bin/sh
case "$1" in --version|auth) exec '{claude}' "$@";; esac
exec 3<&0
'{claude}' "$@" <&3 3<&- &
while kill -0 $! 2>/dev/null; do [ -e '{flag}' ] && exit 0; sleep 0.02; done
"""
RAISER = """
from antiphon.providers.claude import permission

_request = permission.request

def request(asked, *rest):
    if "RAISE" in str(asked.get("input")):
        raise ZeroDivisionError("seven over nothing")
    return _request(asked, *rest)

permission.request = request
"""


# How the faults come about


async def goes_on(case: Case) -> None:
    await expect(case.tab.page.locator("main")).to_contain_text("Claude goes on from there.")


async def killed(case: Case) -> float:
    """kill -9 of the agent in the middle of its words."""
    await expect(case.tab.message).to_contain_text("w5")
    return await signalled(case, signal.SIGKILL)


async def signalled(case: Case, number: int, which: int = 1) -> float:
    """The signal, and when."""
    victim = (await asyncio.to_thread(case.processes))[which]
    at = await case.tab.now()
    os.kill(victim.pid, number)
    return at


async def keeper_killed(case: Case) -> float:
    await expect(case.tab.message).to_contain_text("w5")
    return await signalled(case, signal.SIGKILL, 0)


async def frozen(case: Case) -> float:
    await expect(case.tab.message).to_contain_text("w5")
    return await signalled(case, signal.SIGSTOP)


async def killed_in_tool(case: Case) -> float:
    """kill -9 of the agent while its command runs."""
    await allowed(case)
    await case.until(case.commands)
    return await signalled(case, signal.SIGKILL)


async def allowed(case: Case) -> None:
    """Allow what is asked."""
    await case.tab.option("allow-once").click()


async def asked(case: Case) -> None:
    await expect(case.tab.approval).to_be_visible()


async def stopped(case: Case) -> None:
    """*Stop*: the turn ends within 5 s."""
    began = await case.tab.now()
    await case.tab.by("stop").click()
    await case.tab.turn_is("cancelled")
    took = (await case.tab.now() - began) / 1000
    print(f"stop of {case.row.name}: {took:.2f} s (limit 5 s)")
    assert took < 5 + 2


async def in_text(case: Case) -> None:
    await expect(case.tab.message).to_contain_text("w5")
    await stopped(case)


async def in_tool(case: Case) -> None:
    await allowed(case)
    await case.until(case.commands)
    await stopped(case)


async def in_question(case: Case) -> None:
    await asked(case)
    await stopped(case)


async def left(case: Case) -> float:
    """The agent leaves with exit status 0 in the middle of its words."""
    await expect(case.tab.message).to_contain_text("w5")
    at = await case.tab.now()
    (case.home / "leave").touch()
    return at


async def leaver(case: Case) -> None:
    """A Claude Code that leaves when told to."""
    program = case.home.parent / "bin/claude"
    program.unlink()
    program.write_text(LEAVER.format(claude=CLAUDE, flag=case.home / "leave"))
    program.chmod(0o755)


async def without_claude(case: Case) -> None:
    (case.home.parent / "bin/claude").unlink()


async def with_claude(case: Case) -> None:
    """As before."""
    program = case.home.parent / "bin/claude"
    program.unlink(missing_ok=True)
    (case.home / "leave").unlink(missing_ok=True)
    program.symlink_to(CLAUDE)


async def without_folder(case: Case) -> None:
    (case.desk.server.root / case.row.project).rename(case.desk.server.root / "moved")


async def with_folder(case: Case) -> None:
    (case.desk.server.root / "moved").rename(case.desk.server.root / case.row.project)


async def refusing_model(case: Case) -> None:
    """Nobody listens at the model's address."""
    await case.cable.part()


async def answering_model(case: Case) -> None:
    """And now somebody does again."""
    await case.cable.mend()


async def second_prompt(case: Case) -> float:
    """Another tab asks while the first works."""
    await expect(case.tab.message).to_contain_text("w5")
    other = await case.desk.session_tab(case.session)
    await other.watch("busy-notice")
    at = await other.now()
    await other.prompt("SAY too")
    assert (await other.seen("busy-notice") - at) / 1000 < 1 + 2
    await other.page.close()
    return at


async def server_killed(case: Case) -> float:
    await expect(case.tab.message).to_contain_text("w5")
    return await server_gone(case)


async def server_killed_in_tool(case: Case) -> float:
    await allowed(case)
    await case.until(case.commands)
    return await server_gone(case)


async def server_gone(case: Case) -> float:
    """kill -9 of the server, and its next start."""
    await asyncio.to_thread(case.desk.server.kill)
    await case.until(lambda: not case.processes(), 3)
    await case.desk.restart()
    await case.tab.by("retry-now").first.click()
    return await case.tab.now()


async def lost(case: Case) -> None:
    """Somebody deleted the conversation's file."""
    for file in case.home.glob(".claude/projects/*/*.jsonl"):
        file.unlink()
    await started_anew(case)


async def started_anew(case: Case) -> None:
    """Another model is chosen: the next prompt starts the agent again."""
    changes = {"model": "sonnet"}
    answer = await asyncio.to_thread(case.desk.api.patch, f"/api/sessions/{case.session}", json=changes)
    answer.raise_for_status()


AUTH = "Claude Code is not signed in, or its key was refused."
LIMIT = "Claude's usage limit is reached, or the account has no credit left."
BUSY = "Claude's servers are overloaded or out of order."
NETWORK = "Claude Code cannot reach its model"
STALLED = "No sign of life from Claude Code"

ROWS = [
    Row(
        name="401: the key is refused", prompt="E401", sign="retrying", words=AUTH, end="failed", code="auth"
    ),
    Row(name="403: no access", prompt="E403", words=AUTH, end="failed", code="auth"),
    Row(
        name="400: the request is wrong",
        prompt="E400",
        words="refused the request",
        end="failed",
        code="invalid-request",
    ),
    Row(
        name="400: the prompt is too long",
        prompt="TOOLONG",
        words="too long for Claude's model",
        end="failed",
        code="prompt-too-long",
    ),
    Row(name="402: no credit", prompt="E402", words=LIMIT, end="failed", code="usage-limit", limit_s=2),
    Row(
        name="429: rate limit", prompt="E429", sign="retrying", words=LIMIT, end="failed", code="usage-limit"
    ),
    Row(
        name="429 with retry-after",
        prompt="WAIT429",
        sign="retrying",
        words=LIMIT,
        end="failed",
        code="usage-limit",
        end_s=30,
    ),
    Row(name="500", prompt="E500", sign="retrying", words=BUSY, end="failed", code="overloaded"),
    Row(name="503", prompt="E503", sign="retrying", words=BUSY, end="failed", code="overloaded"),
    Row(name="529: overloaded", prompt="E529", sign="retrying", words=BUSY, end="failed", code="overloaded"),
    Row(
        name="connection refused",
        prompt="SAY",
        sign="retrying",
        words=NETWORK,
        end="failed",
        code="network",
        before=refusing_model,
        recover=answering_model,
        end_s=30,
    ),
    Row(
        name="connection drops before content",
        prompt="DROP",
        sign="retrying",
        words=NETWORK,
        end="failed",
        code="network",
    ),
    Row(
        name="cut in the text, then whole",
        prompt="CUT",
        sign="retrying",
        words=NETWORK,
        end="completed",
        once="w1 w2 w3",
    ),
    Row(
        name="cut in a tool call",
        prompt="CUTCALL",
        sign="",
        act=goes_on,
        sees="“The answer was cut off; Claude goes on from there.”",
        end="completed",
        once="First.",
    ),
    Row(
        name="malformed stream",
        prompt="MALFORMED",
        words="cut off in the middle",
        end="failed",
        code="truncated",
    ),
    Row(
        name="hang before the first byte",
        prompt="SILENT",
        sign="stalled",
        words=STALLED,
        limit_s=10,
        after=stopped,
        end="cancelled",
    ),
    Row(
        name="hang in mid-stream",
        prompt="HANG",
        sign="stalled",
        words=STALLED,
        limit_s=10,
        after=stopped,
        end="cancelled",
        keeps="w1 w2",
    ),
    Row(
        name="kill -9 of Claude Code",
        prompt="LONG",
        act=killed,
        words="was ended by SIGKILL",
        end="failed",
        code="provider-crashed",
        keeps="w1 w2",
        dies=True,
    ),
    Row(
        name="kill -9 of Claude Code in a command",
        prompt="FOREVER",
        act=killed_in_tool,
        words="was ended by SIGKILL",
        end="failed",
        code="provider-crashed",
        dies=True,
    ),
    Row(
        name="kill -9 of its keeper",
        prompt="LONG",
        act=keeper_killed,
        words="was ended by SIGKILL",
        end="failed",
        code="provider-crashed",
        keeps="w1 w2",
        dies=True,
    ),
    Row(
        name="SIGSTOP of Claude Code",
        prompt="SLOW",
        act=frozen,
        sign="stalled",
        words=STALLED,
        limit_s=10,
        after=stopped,
        end="cancelled",
        keeps="w1 w2",
        dies=True,
    ),
    Row(
        name="leaves with exit status 0 in the turn",
        prompt="LONG",
        before=leaver,
        warm=False,
        act=left,
        words="left with exit status 0",
        recover=with_claude,
        end="failed",
        code="provider-crashed",
        keeps="w1 w2",
        dies=True,
    ),
    Row(name="a message of 2 MB", prompt="BIG", sign="", end="completed", sees="all of it", end_s=40),
    Row(
        name="the project's folder is gone",
        prompt="SAY",
        warm=False,
        before=without_folder,
        sign="rejected",
        words="is not there any more",
        recover=with_folder,
        end=None,
        project="gone",
    ),
    Row(
        name="no claude on the machine",
        prompt="SAY",
        warm=False,
        before=without_claude,
        sign="end",
        words="is not installed",
        recover=with_claude,
        end="failed",
        code="provider-missing",
        dies=True,
        limit_s=1,
    ),
    Row(
        name="the conversation is lost",
        prompt="SAY",
        before=lost,
        words="does not know it any more",
        end="failed",
        code="invalid-request",
        limit_s=3,
    ),
    Row(
        name="two prompts at once",
        prompt="LONG",
        act=second_prompt,
        sign="",
        sees="one runs; the other tab: “Claude Code is at work on another prompt”",
        end="completed",
        end_s=40,
    ),
    Row(
        name="a question that Antiphon fails at",
        prompt="RAISE",
        words="Antiphon failed at a question of Claude's",
        end="failed",
        code="internal",
    ),
    Row(
        name="*Stop* in the text",
        prompt="LONG",
        sign="",
        act=in_text,
        sees="ended at once",
        end="cancelled",
        keeps="w1 w2",
    ),
    Row(
        name="*Stop* in a command",
        prompt="FOREVER",
        sign="",
        act=in_tool,
        sees="ended at once",
        end="cancelled",
    ),
    Row(
        name="*Stop* at a question",
        prompt="WRITE",
        sign="",
        act=in_question,
        sees="ended at once",
        end="cancelled",
    ),
    Row(
        name="*Stop* in a retry",
        prompt="LONG429",
        sign="retrying",
        words=LIMIT,
        after=stopped,
        end="cancelled",
    ),
    Row(
        name="kill -9 of the server in the text",
        prompt="LONG",
        sign="",
        act=server_killed,
        sees="“The server went away while the agent worked”; no process is left",
        end="interrupted",
        keeps="w1 w2",
    ),
    Row(
        name="kill -9 of the server in a command",
        prompt="FOREVER",
        sign="",
        act=server_killed_in_tool,
        sees="“The server went away while the agent worked”; no process is left",
        end="interrupted",
    ),
]

HELD: list[tuple[Row, str]] = []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cable(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wire]:
    """The fake model, at the end of a wire that can be cut."""
    with mock_model.serving(FIXTURES, tmp_path_factory.mktemp("model")) as model:
        cable = Wire(int(model.rpartition(":")[2]))
        await cable.mend()
        yield cable
        await cable.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(browser: Any, cable: Wire, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One person and one server for all rows; its Claude Code has a fake model and a home of its own."""
    folder = tmp_path_factory.mktemp("claude")
    patch = folder / "patch"
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(RAISER)
    around = at_home(folder, cable.url) | {"PYTHONPATH": str(patch)}
    server = await asyncio.to_thread(RunningServer(folder, [], around).start)
    desk = Desk(browser, server, None)
    await desk.sign_in()
    await asyncio.to_thread(desk.make_project, "gone")
    try:
        yield desk
    finally:
        await desk.close()
        server.close()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_fault_reaches_the_person(row: Row, desk: Desk, cable: Wire) -> None:
    """Its sign in time, one end, what was said kept, nothing left, the next prompt answered."""
    case = Case(
        row=row, desk=desk, provider="claude", home=Path(desk.server.environment()["HOME"]), cable=cable
    )
    try:
        await case.run()
    finally:
        await with_claude(case)
    HELD.append((row, case.told))


async def test_the_table_is_written_down(request: pytest.FixtureRequest) -> None:
    """docs/providers.md holds this table; a run that finds it otherwise writes it, and in CI fails."""
    if len(HELD) != len(ROWS):
        pytest.skip("not every row was run, or held")
    was, now = DOCS.read_text(), written("claude", HELD)
    DOCS.write_text(now)
    assert was == now or not os.environ.get("CI"), (
        "docs/providers.md was out of date: commit what is there now"
    )
