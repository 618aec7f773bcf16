"""The faults of the real Claude Code."""

import asyncio

from playwright.async_api import expect

from tests.agents import acts
from tests.agents.faults import STALLED, rows
from tests.agents.fixtures import after, call, for_faults, says
from tests.agents.matrix import Case, Subject
from tests.agents.real_claude import CLAUDE, at_home

FIXTURES = for_faults(
    says("cut off mid-stream", "Second."),
    after("run", "It ran."),
    after("write", "It is written."),
    after("cut", "It ran after all."),
    says(
        "CUTCALL",
        "First.",
        call("cut", "Bash", command="echo cut"),
        chunkSize=8,
        latency=60,
        truncateAfterChunks=5,
    ),
    says("FOREVER", call("run", "Bash", command="tail -f /dev/null", description="wait")),
    says("RAISE", call("run", "Bash", command="echo RAISE && tail -f /dev/null", description="raise")),
    says("WRITE", "I will.", call("write", "Write", file_path="hello.txt", content="hi\n")),
)
RAISER = """
from antiphon.providers.claude import permission

_request = permission.request

def request(asked, *rest):
    if "RAISE" in str(asked.get("input")):
        raise ZeroDivisionError("seven over nothing")
    return _request(asked, *rest)

permission.request = request
"""


async def goes_on(case: Case) -> None:
    """It says by itself that the answer was cut, and goes on."""
    await expect(case.tab.page.locator("main")).to_contain_text("Claude goes on from there.")


async def lost(case: Case) -> None:
    """Somebody deleted the conversation's file."""
    for file in await asyncio.to_thread(lambda: [*case.home.glob(".claude/projects/*/*.jsonl")]):
        file.unlink()
    await acts.started_anew(case)


AUTH = {"words": "Claude Code is not signed in, or its key was refused."}
LIMIT = {"words": "Claude's usage limit is reached, or the account has no credit left."}
BUSY = {"sign": "retrying", "words": "Claude's servers are overloaded or out of order."}
NETWORK = {"sign": "retrying", "words": "Claude Code cannot reach its model"}
STALLS = {"words": f"{STALLED} Claude Code"}

SUBJECT = Subject(
    provider="claude",
    name="Claude Code",
    fixtures=FIXTURES,
    at_home=at_home,
    program="claude",
    real=CLAUDE,
    passes=("--version", "auth"),
    other_model="sonnet",
    patch=RAISER,
    rows=rows(
        {
            "401": AUTH | {"sign": "retrying"},
            "403": AUTH,
            "400": {"words": "refused the request"},
            "too-long": {"words": "too long for Claude's model"},
            "402": LIMIT | {"limit_s": 2},
            "429": LIMIT | {"sign": "retrying"},
            "429-wait": LIMIT | {"sign": "retrying"},
            "500": BUSY,
            "503": BUSY,
            "529": BUSY,
            "refused": NETWORK,
            "drop": NETWORK,
            # It sends the text again, whole.
            "cut": NETWORK | {"end": "completed", "code": "", "keeps": "", "once": "w1 w2 w3"},
            "cut-call": {
                "sign": "",
                "act": goes_on,
                "sees": "“The answer was cut off; Claude goes on from there.”",
                "end": "completed",
                "code": "",
                "once": "First.",
            },
            "malformed": {"words": "cut off in the middle"},
            "silent": STALLS,
            "hang": STALLS,
            "frozen": STALLS,
            "lost": {"before": lost},
            "two": {"sees": "one runs; the other tab: “Claude Code is at work on another prompt”"},
            "mistake": {"words": "Antiphon failed at a question of Claude's"},
            "stop-retry": LIMIT,
        }
    ),
)
