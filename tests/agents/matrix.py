"""A row of the table of faults, and how it is run: with the real agent, on the page and in the log.

A row is one fault (faults.py) of one agent (a Subject). `Case.run` brings it about, sees how the page tells it
and how long that took, looks at the log, reloads, and asks the next prompt.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from playwright.async_api import expect

from tests.agents import mock_model
from tests.agents.fixtures import Fixture
from tests.browser.pages import Desk, End, Tab
from tests.browser.processes import agents_of, all_gone
from tests.browser.wire import Wire
from tests.processes import command_of

ENDS = ("turn-completed", "turn-failed", "turn-cancelled", "turn-interrupted")
NOISE_S = 3.0
"""For a busy machine, on top of a limit."""

Act = Callable[["Case"], Awaitable[float | None]]
"""Brings the fault about once the prompt is sent; returns when (the page's clock, ms), else the sending counts."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fault of one agent."""

    name: str
    prompt: str
    end: End | None
    """None: the prompt was not taken, so there is no turn."""
    sign: str = "failure"
    """The `data-testid` that tells of it first. `end`: the turn's own card (a warm start may have told before)."""
    limit_s: float = 1.0
    """From the fault until the sign."""
    code: str = ""
    words: str = ""
    """What the sign says, or a part of it."""
    act: Act | None = None
    before: Act | None = None
    """Done before the prompt."""
    after: Act | None = None
    """Done once the sign was seen: *Stop*, *Allow*."""
    recover: Act | None = None
    """Done before the next prompt, when all has been seen."""
    keeps: str = ""
    """What was said before the fault, and is kept."""
    once: str = ""
    """What stands there exactly once in the end, though it was sent again."""
    dies: bool = False
    """The agent's process does not survive it."""
    warm: bool = True
    """The agent runs already when the fault comes."""
    end_s: float = 15.0
    sees: str = ""
    """For the table, where the sign's words do not say it."""
    project: str = "site"


@dataclass(frozen=True)
class NotApplicable:
    """A fault that this agent cannot have."""

    reason: str
    """At the level of the wire."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An agent, and what is needed to bring its faults about."""

    provider: str
    name: str
    """For the table: "Codex"; one that is not the real program says so."""
    fixtures: list[Fixture]
    at_home: Callable[[Path, str], dict[str, str]]
    """A folder and the model's address → the environment of a machine with this agent (machine.py)."""
    rows: Mapping[str, Row | NotApplicable]
    """By the keys of `faults.FAULTS`, all of them."""
    program: str = ""
    """Its link in the machine's `bin`; empty: it is not looked for on the PATH."""
    real: Path = Path()
    """Where the link leads."""
    passes: tuple[str, ...] = ("--version",)
    """First arguments of looks at it, which are no sessions."""
    asks: bool = True
    """It asks before it runs a command."""
    consents: bool = False
    """It starts in a project only after a person has agreed there."""
    other_model: str = ""
    patch: str = ""
    """Python that the server runs at its start: makes Antiphon fail on purpose."""
    options: tuple[str, ...] = ()
    """Of `antiphon serve`."""
    serve: Callable[[list[Fixture], Path], AbstractContextManager[str]] = mock_model.serving
    """Its model."""


@dataclass(kw_only=True)
class Case:
    """A row being run."""

    row: Row
    subject: Subject
    desk: Desk
    cable: Wire
    """Between the agent and its model."""
    tab: Tab = field(init=False)
    session: str = field(init=False)
    told: str = field(init=False, default="")

    async def run(self) -> None:
        """Bring the fault about, and see all that it must come with."""
        row = self.row
        self.session = await asyncio.to_thread(self.desk.make_session, self.subject.provider, row.project)
        if row.before and not row.warm:
            await row.before(self)
        self.tab = tab = await self.desk.session_tab(self.session)
        if row.warm:
            await tab.done("SAY hello", limit_s=30)
            if row.before:
                await row.before(self)
        first = await self._fault()
        if row.after:
            await row.after(self)
        if row.end:
            await self._ended(row.end)
        if row.recover:
            await row.recover(self)
        await tab.done("NEXT one", limit_s=30)
        await expect(tab.message).to_have_text("The next answer.")
        self.told = first
        await asyncio.to_thread(self.trash)
        await tab.page.close()

    async def _ended(self, end: End) -> None:
        """The turn's end: now, after a reload, in the log; and what the machine still runs."""
        await self.tab.turn_is(end, limit_s=self.row.end_s)
        await self._stands(end)
        await self._left()  # before the page asks for the session again, which warms an agent
        await self.tab.reload()
        await self.tab.is_live()
        await self._stands(end)
        await self._logged(end)

    async def _fault(self) -> str:
        row, tab = self.row, self.tab
        if row.sign not in ("", "end"):
            await tab.watch(row.sign)
        before = await tab.last_turn()
        sent = await tab.now()
        await tab.prompt(row.prompt)
        if row.end:
            await tab.turn_after(before)
        came = (await row.act(self) if row.act else None) or sent
        if not row.sign:
            return row.sees
        took = await self._seen() - came
        print(f"{row.name}: {took / 1000:.2f} s (limit {row.limit_s:g} s)")
        assert took / 1000 <= row.limit_s + NOISE_S
        sign = tab.failure.last if row.sign == "end" else tab.by(row.sign).last
        # A silence that was named may be over by now, as the agent tried once more: it is named again after the next.
        await expect(sign).to_contain_text(row.words, timeout=(row.limit_s + 20) * 1000)
        return row.sees or row.words

    async def _seen(self) -> float:
        """When the page first told of it."""
        row, tab = self.row, self.tab
        if row.sign == "end":
            assert row.end
            await tab.turn_is(row.end, limit_s=row.limit_s + 20)
            return await tab.now()
        return await tab.seen(row.sign, limit_s=row.limit_s + 20)

    async def _stands(self, end: End) -> None:
        """How the turn ended, and what it kept, on the page."""
        row, tab = self.row, self.tab
        await tab.turn_is(end)
        if end == "failed":
            await expect(tab.failure.last).to_have_attribute("data-code", row.code)
            await expect(tab.failure.last).to_have_attribute("data-type", f"{self.subject.provider}-error")
        if row.keeps:
            await expect(tab.message).to_contain_text(row.keeps)
        if row.once:
            text = await tab.page.locator("main").inner_text()
            assert len(re.findall(re.escape(row.once), text)) == 1, text[-2000:]

    async def _logged(self, end: End) -> None:
        """One end in the log, of the type that the page shows."""
        found = await asyncio.to_thread(self.events)
        turn = [event["turn"] for event in found if event["type"] == "turn-started"][-1]
        ends = [event["type"] for event in found if event["type"] in ENDS and event["turn"] == turn]
        assert ends == [f"turn-{end}"], [event for event in found if event["type"] != "item-delta"]

    async def _left(self) -> None:
        """No process but the agent's own; none at all when it died."""
        if self.row.dies:
            await all_gone(self.session, limit_s=1)
            return
        async with asyncio.timeout(3):
            while await asyncio.to_thread(self.commands):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    # What it can do and see

    @property
    def home(self) -> Path:
        """The machine's."""
        return Path(self.desk.server.environment()["HOME"])

    @property
    def program(self) -> Path:
        """The agent's link in the machine's `bin`."""
        return self.home.parent / "bin" / self.subject.program

    def events(self) -> list[dict[str, Any]]:
        """The session's log."""
        found: list[dict[str, Any]] = []
        while True:
            params = {"after": found[-1]["seq"] if found else 0, "limit": 1000}
            answer = self.desk.api.get(f"/api/sessions/{self.session}/events", params=params)
            page = answer.raise_for_status().json()
            found += page["events"]
            if not page["more"]:
                return found

    def processes(self) -> list[psutil.Process]:
        """The session's processes: keeper, agent, what it runs."""
        return agents_of(self.session)

    @property
    def agent(self) -> psutil.Process:
        """The agent itself."""
        return self.processes()[1]

    def commands(self) -> list[psutil.Process]:
        """What the agent's commands run: they were started to be found, by `tail -f`."""
        return [process for process in self.processes() if "tail" in " ".join(command_of(process))]

    async def until(self, holds: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until it holds. (Nothing tells of strangers' processes and files but looking.)"""
        async with asyncio.timeout(seconds):
            while not await asyncio.to_thread(holds):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def trash(self) -> None:
        """Put the session away, and its agent with it."""
        self.desk.api.patch(f"/api/sessions/{self.session}", json={"trashed": True}).raise_for_status()
