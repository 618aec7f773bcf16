"""The faults of the real Gemini CLI."""

import asyncio

from tests.agents import acts
from tests.agents.faults import STALLED, rows
from tests.agents.fixtures import Fixture, call, for_faults, says
from tests.agents.matrix import Case, Subject
from tests.agents.real_gemini import GEMINI, at_home


def after(word: str, content: str) -> Fixture:
    """What the model says when it has a call's result: Gemini's calls have no ids that stay."""
    return {"match": {"userMessage": word, "hasToolResult": True}, "response": {"content": content}}


NUMBERS = " ".join(f"n{number}" for number in range(270_000))
"""2 MB, nothing twice: the CLI takes what repeats itself for a loop, and asks its model about it."""
FIXTURES = for_faults(
    says("BIG", NUMBERS, chunkSize=20_000),
    after("FOREVER", "It ran."),
    after("RAISE", "It ran."),
    after("WRITE", "It is written."),
    says(
        "CUTCALL",
        "First a few words.",
        call("cut", "run_shell_command", command="echo cut", description="cut"),
        chunkSize=8,
        latency=60,
        truncateAfterChunks=3,
    ),
    says("FOREVER", call("run", "run_shell_command", command="tail -f /dev/null", description="wait")),
    says(
        "RAISE",
        call("run", "run_shell_command", command="echo RAISE && tail -f /dev/null", description="raise"),
    ),
    says("WRITE", "I will.", call("write", "write_file", file_path="hello.txt", content="hi\n")),
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


async def lost(case: Case) -> None:
    """Somebody deleted the conversation's file."""
    for file in await asyncio.to_thread(lambda: [*case.home.glob(".gemini/tmp/*/chats/*")]):
        file.unlink()
    await acts.started_anew(case)


AUTH = {"words": "Gemini CLI is not signed in, or its key was refused."}
LIMIT = {"words": "Gemini CLI has used up what its account allows for now"}
BUSY = {"sign": "retrying", "words": "Gemini CLI's model is overloaded or out of order"}
NETWORK = {"sign": "retrying", "words": "Gemini CLI cannot reach its model"}
CUT = {"words": "cut off in the middle"}
STALLS = {"words": f"{STALLED} Gemini CLI"}

SUBJECT = Subject(
    provider="gemini",
    name="Gemini CLI",
    fixtures=FIXTURES,
    at_home=at_home,
    program="gemini",
    real=GEMINI,
    other_model="gemini-2.5-pro",
    patch=RAISER,
    rows=rows(
        {
            "401": AUTH,
            "403": AUTH,
            "400": {"words": "refused the request"},
            "too-long": {"words": "too long for Gemini CLI's model"},
            "402": LIMIT,
            "429": LIMIT | {"sign": "retrying"},
            "429-wait": LIMIT | {"sign": "retrying"},
            "500": BUSY,
            "503": BUSY,
            "529": BUSY,
            "refused": NETWORK,
            "drop": NETWORK,
            "cut": CUT,
            "cut-call": CUT,
            # It asks once more, after a second, before it says so.
            "malformed": CUT | {"limit_s": 2},
            "silent": STALLS,
            "hang": STALLS,
            "frozen": STALLS,
            # A new process has to start before it can say so: 2 to 4 s, alone on the machine.
            "lost": {"before": lost, "limit_s": 10},
            "two": {"sees": "one runs; the other tab: “Gemini CLI is at work on another prompt”"},
            "mistake": {"words": "Antiphon failed at a question of Gemini CLI's"},
            "stop-retry": LIMIT,
        }
    ),
)
