"""Every fault of every agent reaches the person: on the page, in the log, after a reload, in time.

One agent's rows: `-k claude`. They stay together on one worker, since they share a server and a browser.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.agents import acts
from tests.agents.faults import DOCS, FAULTS, with_overview, with_table
from tests.agents.matrix import Case, NotApplicable, Subject
from tests.agents.subjects import SUBJECTS
from tests.browser.pages import Desk
from tests.browser.wire import Wire
from tests.rest import agree
from tests.servers import RunningServer

pytestmark = [pytest.mark.agents, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

TOLD: dict[str, dict[str, str]] = {}
"""By agent and fault: what the person was told, where the row held."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(each, id=each.name, marks=pytest.mark.xdist_group(each.name)) for each in SUBJECTS],
)
def subject(request: pytest.FixtureRequest) -> Subject:
    """The agent."""
    return request.param


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cable(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wire]:
    """The fake model, at the end of a wire that can be cut."""
    with subject.serve(subject.fixtures, tmp_path_factory.mktemp("model")) as model:
        cable = Wire(int(model.rpartition(":")[2]))
        await cable.mend()
        yield cable
        await cable.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(
    browser: Any, subject: Subject, cable: Wire, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """One person and one server for all rows of an agent, which has a fake model and a home of its own."""
    folder = tmp_path_factory.mktemp("agent")
    patch = folder / "patch"
    patch.mkdir()
    (patch / "sitecustomize.py").write_text(subject.patch)
    around = subject.at_home(folder, cable.url)
    around["PYTHONPATH"] = os.pathsep.join(filter(None, (str(patch), around.get("PYTHONPATH"))))
    server = await asyncio.to_thread(RunningServer(folder, subject.options, around).start)
    desk = Desk(browser, server, None)
    await desk.sign_in()
    await asyncio.to_thread(desk.make_project, "gone")
    if subject.consents:
        await asyncio.to_thread(agree, desk.api, subject.provider)
    try:
        yield desk
    finally:
        await desk.close()
        server.close()


@pytest.mark.parametrize("fault", [pytest.param(key, id=fault.title) for key, fault in FAULTS.items()])
async def test_a_fault_reaches_the_person(subject: Subject, fault: str, desk: Desk, cable: Wire) -> None:
    """Its sign in time, one end, what was said kept, nothing left, the next prompt answered."""
    row = subject.rows[fault]
    if isinstance(row, NotApplicable):
        pytest.skip(f"not applicable to {subject.name}: {row.reason}")
    case = Case(row=row, subject=subject, desk=desk, cable=cable)
    try:
        await case.run()
    finally:
        await acts.with_program(case)
    TOLD.setdefault(subject.name, {})[fault] = case.told


async def test_the_table_is_written_down(subject: Subject) -> None:
    """docs/providers.md holds this table; a run that finds it otherwise writes it, and in CI fails."""
    told = TOLD.get(subject.name, {})
    if any(fault not in told for fault, row in subject.rows.items() if not isinstance(row, NotApplicable)):
        pytest.skip("not every row was run, or held")
    write_down(lambda text: with_table(text, subject, told))


async def test_the_overview_has_no_blank_cell() -> None:
    """Each agent has a row for each fault, or says why it cannot have it; docs/providers.md shows them all."""
    for subject in SUBJECTS:
        assert subject.rows.keys() == FAULTS.keys()
        assert all(row.reason for row in subject.rows.values() if isinstance(row, NotApplicable))
    write_down(lambda text: with_overview(text, SUBJECTS))


def write_down(change: Callable[[str], str]) -> None:
    """Bring docs/providers.md up to date; in CI it must be already."""
    with DOCS.open("r+") as docs:
        fcntl.flock(docs, fcntl.LOCK_EX)  # another worker may have another agent's table
        was = docs.read()
        now = change(was)
        docs.seek(0)
        docs.truncate()
        docs.write(now)
    assert was == now or not os.environ.get("CI"), (
        "docs/providers.md was out of date: commit what is there now"
    )
