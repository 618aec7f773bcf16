"""The faults of the real Codex."""

import asyncio

from tests.agents import acts
from tests.agents.faults import STALLED, rows
from tests.agents.fixtures import WORDS, Fixture, after, call, for_faults, hanging, says
from tests.agents.matrix import Case, Subject
from tests.agents.real_codex import CODEX, WRITE, at_home

TOO_LONG: Fixture = {
    "match": {"userMessage": "TOOLONG"},
    "response": {
        "status": 400,
        "error": {
            "type": "invalid_request_error",
            "code": "context_length_exceeded",
            "message": "Your input exceeds the context window of this model.",
        },
    },
}
FIXTURES = for_faults(
    after("run", "It ran."),
    after("write", "It is written."),
    after("cut", "It ran after all."),
    TOO_LONG,
    says("CONTEXT CHECKPOINT COMPACTION", "A summary."),  # by itself, at the prompt after that
    says("HANG", WORDS, **hanging(*[20] * 12)),  # its stream says more before the first word
    says(
        "CUTCALL",
        "First.",
        call("cut", "exec_command", cmd="echo cut"),
        chunkSize=8,
        latency=60,
        truncateAfterChunks=5,
    ),
    says("FOREVER", call("run", "exec_command", cmd="tail -f /dev/null", yield_time_ms=30_000)),
    says("RAISE", call("run", "exec_command", cmd="echo RAISE && tail -f /dev/null")),
    says("WRITE", "I will.", call("write", "exec_command", cmd=WRITE)),
)
RAISER = """
from antiphon.providers.codex import permission

_request = permission.request

def request(method, asked, *rest):
    if "RAISE" in str(asked.get("command")):
        raise ZeroDivisionError("seven over nothing")
    return _request(method, asked, *rest)

permission.request = request
"""


async def lost(case: Case) -> None:
    """Somebody deleted the conversation's file."""
    for file in await asyncio.to_thread(lambda: [*case.home.glob(".codex/sessions/**/*.jsonl")]):
        file.unlink()
    await acts.started_anew(case)


AUTH = {"sign": "retrying", "words": "Codex is not signed in, or its key was refused."}
LIMIT = {"sign": "retrying", "words": "Codex's usage limit is reached, or the account has no credit left."}
BUSY = {"sign": "retrying", "words": "The servers of Codex's model are overloaded or out of order."}
NETWORK = {"sign": "retrying", "words": "Codex cannot reach its model"}
CUT = {"sign": "retrying", "words": "cut off in the middle"}
STALLS = {"words": f"{STALLED} Codex"}

SUBJECT = Subject(
    provider="codex",
    name="Codex",
    fixtures=FIXTURES,
    at_home=at_home,
    program="codex",
    real=CODEX,
    other_model="gpt-6-astra",
    patch=RAISER,
    rows=rows(
        {
            "401": AUTH,
            "403": AUTH,
            "400": {"words": "refused the request"},
            "too-long": {"words": "too long for Codex's model"},
            "402": LIMIT,
            "429": LIMIT,
            "429-wait": LIMIT,
            "500": BUSY,
            "503": BUSY,
            "529": BUSY,
            # It would wait without end; Antiphon gives up after 30 s.
            "refused": NETWORK | {"end_s": 50},
            "drop": NETWORK,
            "cut": CUT,
            "cut-call": CUT,
            "malformed": CUT,
            "silent": STALLS,
            "hang": STALLS,
            "frozen": STALLS,
            "lost": {"before": lost},
            "two": {"sees": "one runs; the other tab: “Codex is at work on another prompt”"},
            "mistake": {"words": "Antiphon failed at a question of Codex's"},
            "stop-retry": LIMIT,
        }
    ),
)
