"""The faults of Cursor: of the real local agent over its SDK, and of a stand-in for its CLI."""

import asyncio
from pathlib import Path

from tests.agents import acts, cursor_backend, real_cursor
from tests.agents.faults import STALLED, rows
from tests.agents.machine import machine
from tests.agents.matrix import Case, NotApplicable, Subject
from tools import ROOT

STAND_IN = ROOT / "tests/agents/cursor_stand_in.py"
SILENCE = f"{STALLED} Cursor"
REFUSED = "Cursor is not signed in, or its key was refused."
LIMIT = "Cursor has used up what its account allows for now."


async def cut_again_and_again(case: Case) -> float:
    """The text has come four times; Cursor waits for longer before the fifth."""
    words = case.row.keeps
    async with asyncio.timeout(60):
        while (await case.tab.page.locator("main").inner_text()).count(words) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return await case.tab.now()


async def forgotten(case: Case) -> None:
    """Somebody deleted the SDK's store of conversations."""
    for file in await asyncio.to_thread(lambda: [*case.home.glob(".cursor/projects/*/sdk-agent-store/*/*")]):
        file.unlink()
    await acts.started_anew(case)


def tries(then: str) -> dict[str, object]:
    """A failure that Cursor tries to mend four times, in silence, before it tells it."""
    sees = f"“{SILENCE}”; 6 s later: {then}"
    return {"sign": "stalled", "words": SILENCE, "limit_s": 10, "end_s": 45, "sees": sees}


STALLS = {"words": SILENCE}
FOR_EVER = {
    "sign": "stalled",
    "words": SILENCE,
    "limit_s": 10,
    "after": acts.stopped,
    "end": "cancelled",
    "code": "",
}
"""A failure that Cursor tries to mend for minutes, in silence: named, and *Stop* ends it."""

SDK = Subject(
    provider="cursor",
    name="Cursor (SDK)",
    fixtures=[],
    serve=cursor_backend.serving,
    at_home=real_cursor.at_home,
    program="cursor-sdk-bridge",
    real=real_cursor.BRIDGE,
    passes=(),
    asks=False,
    consents=True,
    other_model="other-model",
    rows=rows(
        {
            "401": {"words": REFUSED},
            "403": {"words": REFUSED},
            "400": tries("Cursor refused the request."),
            "too-long": tries("The conversation is too long for Cursor's model."),
            "402": tries(LIMIT),
            "429": tries(LIMIT),
            "429-wait": tries(LIMIT),
            "500": tries("Cursor's model is overloaded or out of order."),
            "503": tries("Cursor's model is overloaded or out of order."),
            "529": tries("Cursor's model is overloaded or out of order."),
            "refused": FOR_EVER,
            "drop": FOR_EVER,
            "cut": FOR_EVER
            | {
                "act": cut_again_and_again,
                "sees": f"the text comes again with each try of Cursor's; “{SILENCE}” once it waits longer",
            },
            "cut-call": FOR_EVER | {"act": cut_again_and_again, "keeps": "First."},
            # It tries four times; each try says something, so there is no silence to be named.
            "malformed": {"words": "cut off in the middle", "limit_s": 20, "end_s": 45},
            "silent": STALLS,
            "hang": STALLS,
            "frozen": STALLS,
            "lost": {"before": forgotten, "limit_s": 10},
            "two": {"sees": "one runs; the other tab: “Cursor is at work on another prompt”"},
            "mistake": NotApplicable("the SDK's stream has no question, so there is none to fail at"),
            "stop-question": NotApplicable("the SDK's stream has no question to stop at"),
            "stop-retry": {"sign": "stalled", "words": SILENCE, "limit_s": 10},
        }
    ),
)

RAISER = """
from antiphon.providers.acp import permission

_request = permission.request

def request(params, *rest):
    if "RAISE" in str(params):
        raise ZeroDivisionError("seven over nothing")
    return _request(params, *rest)

permission.request = request
"""


def with_stand_in(folder: Path, backend: str) -> dict[str, str]:
    """The environment of a machine with a stand-in for the Cursor CLI, signed in."""
    around = machine(folder, **{"cursor-agent": STAND_IN})
    login = Path(around["HOME"]) / ".cursor/login"
    login.parent.mkdir()
    login.touch()
    return around | {"CURSOR_BACKEND_URL": backend}


async def lost(case: Case) -> None:
    """Somebody deleted the stand-in's conversations."""
    for file in await asyncio.to_thread(lambda: [*case.home.glob(".cursor/stand-in/*.json")]):
        file.unlink()
    changes = {"mode": "ask"}
    answer = await asyncio.to_thread(case.desk.api.patch, f"/api/sessions/{case.session}", json=changes)
    answer.raise_for_status()


NO_RETRIES = NotApplicable(
    "ACP has no word for a model call tried again, and the CLI's documentation names none of its own"
)
CLI = Subject(
    provider="cursor",
    name="Cursor CLI (stand-in)",
    fixtures=[],
    serve=cursor_backend.serving,
    at_home=with_stand_in,
    program="cursor-agent",
    real=STAND_IN,
    passes=("--version", "status"),
    patch=RAISER,
    rows=rows(
        {
            "401": {"words": REFUSED},
            "403": {"words": REFUSED},
            "400": {"words": "Cursor refused the request."},
            "too-long": {"words": "too long for Cursor's model"},
            "402": {"words": LIMIT},
            "429": {"words": LIMIT},
            "429-wait": {"words": LIMIT},
            "500": {"words": "Cursor's model is overloaded"},
            "503": {"words": "Cursor's model is overloaded"},
            "529": {"words": "Cursor's model is overloaded"},
            "refused": {"words": "Cursor cannot reach its model."},
            "drop": {"words": "Cursor cannot reach its model."},
            "cut": {"words": "cut off in the middle", "limit_s": 2},
            "cut-call": {"words": "cut off in the middle", "limit_s": 2},
            "malformed": {"words": "cut off in the middle"},
            "silent": STALLS,
            "hang": STALLS,
            "frozen": STALLS,
            "lost": {"before": lost},
            "two": {"sees": "one runs; the other tab: “Cursor is at work on another prompt”"},
            "mistake": {"words": "Antiphon"},
            "stop-retry": NO_RETRIES,
        }
    ),
)
