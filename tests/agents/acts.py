"""How faults come about, and what a person does about them: the acts of the table's rows (matrix.Act)."""

import asyncio
import os
import signal

from playwright.async_api import expect

from tests.agents.matrix import Case

LEAVER = """#!/bin/sh
case "$1" in {passes}) exec '{program}' "$@";; esac
exec 3<&0
'{program}' "$@" <&3 3<&- &
while kill -0 $! 2>/dev/null; do [ -e '{flag}' ] && exit 0; sleep 0.02; done
"""
"""Runs the agent, and leaves with exit status 0 once the flag is there."""


# What the agent does


async def speaks(case: Case) -> None:
    """It is in the middle of its words."""
    await expect(case.tab.message).to_contain_text("w5")


async def asks(case: Case) -> None:
    """Its question is on the page."""
    await expect(case.tab.approval).to_be_visible()


async def runs(case: Case) -> None:
    """Its command runs, allowed where it asks."""
    if case.subject.asks:
        await allowed(case)
    await case.until(case.commands)


async def allowed(case: Case) -> None:
    """Allow what is asked."""
    await case.tab.option("allow-once").click()


# Signals


async def signalled(case: Case, number: int, which: int = 1) -> float:
    """Send the signal to the agent (0: to its keeper); returns when."""
    victim = (await asyncio.to_thread(case.processes))[which]
    at = await case.tab.now()
    os.kill(victim.pid, number)
    return at


async def killed(case: Case) -> float:
    """kill -9 of the agent in the middle of its words."""
    await speaks(case)
    return await signalled(case, signal.SIGKILL)


async def keeper_killed(case: Case) -> float:
    """kill -9 of its keeper."""
    await speaks(case)
    return await signalled(case, signal.SIGKILL, 0)


async def frozen(case: Case) -> float:
    """SIGSTOP of the agent."""
    await speaks(case)
    return await signalled(case, signal.SIGSTOP)


async def killed_in_tool(case: Case) -> float:
    """kill -9 of the agent while its command runs."""
    await runs(case)
    return await signalled(case, signal.SIGKILL)


async def left(case: Case) -> float:
    """The agent leaves with exit status 0 in the middle of its words."""
    await speaks(case)
    at = await case.tab.now()
    (case.home / "leave").touch()
    return at


# Stop


async def stopped(case: Case) -> None:
    """*Stop*: the turn ends within 5 s."""
    began = await case.tab.now()
    await case.tab.by("stop").click()
    await case.tab.turn_is("cancelled")
    took = (await case.tab.now() - began) / 1000
    print(f"stop of {case.row.name}: {took:.2f} s (limit 5 s)")
    assert took < 5 + 2


async def stopped_in_text(case: Case) -> None:
    """*Stop* in the middle of its words."""
    await speaks(case)
    await stopped(case)


async def stopped_in_tool(case: Case) -> None:
    """*Stop* while its command runs."""
    await runs(case)
    await stopped(case)


async def stopped_at_question(case: Case) -> None:
    """*Stop* at its question."""
    await asks(case)
    await stopped(case)


# The machine


async def leaver(case: Case) -> None:
    """The program is one that leaves when it is told to."""
    case.program.unlink()
    words = {"passes": "|".join(case.subject.passes) or "-", "program": case.subject.real}
    case.program.write_text(LEAVER.format(**words, flag=case.home / "leave"))
    case.program.chmod(0o755)


async def without_program(case: Case) -> None:
    """The program is not on the machine."""
    case.program.unlink()


async def with_program(case: Case) -> None:
    """As before."""
    (case.home / "leave").unlink(missing_ok=True)
    if case.subject.program:
        case.program.unlink(missing_ok=True)
        case.program.symlink_to(case.subject.real)


async def without_folder(case: Case) -> None:
    """The project's folder is gone."""
    (case.desk.server.root / case.row.project).rename(case.desk.server.root / "moved")


async def with_folder(case: Case) -> None:
    """And back."""
    (case.desk.server.root / "moved").rename(case.desk.server.root / case.row.project)


async def refusing_model(case: Case) -> None:
    """Nobody listens at the model's address."""
    await case.cable.part()


async def answering_model(case: Case) -> None:
    """And now somebody does again."""
    await case.cable.mend()


# Others


async def second_prompt(case: Case) -> float:
    """Another tab asks while the first works."""
    await speaks(case)
    other = await case.desk.session_tab(case.session)
    await other.watch("busy-notice")
    at = await other.now()
    await other.prompt("SAY too")
    assert (await other.seen("busy-notice") - at) / 1000 < 1 + 2
    await other.page.close()
    return at


async def server_killed(case: Case) -> float:
    """kill -9 of the server in the middle of the agent's words, and its next start."""
    await speaks(case)
    return await _server_gone(case)


async def server_killed_in_tool(case: Case) -> float:
    """kill -9 of the server while the agent's command runs, and its next start."""
    await runs(case)
    return await _server_gone(case)


async def _server_gone(case: Case) -> float:
    await asyncio.to_thread(case.desk.server.kill)
    await case.until(lambda: not case.processes(), 3)
    await case.desk.restart()
    back = await case.tab.now()
    await case.tab.is_live()  # by itself: after a slow start there is no *Retry now* to be clicked any more
    return back


async def started_anew(case: Case) -> None:
    """Another model is chosen: the next prompt starts the agent again."""
    changes = {"model": case.subject.other_model}
    answer = await asyncio.to_thread(case.desk.api.patch, f"/api/sessions/{case.session}", json=changes)
    answer.raise_for_status()
