"""The faults of Antiphon's own agent, with OpenRouter and with a model of this machine."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.agents import acts
from tests.agents.faults import STALLED, rows
from tests.agents.fixtures import after, call, for_faults, says
from tests.agents.machine import machine
from tests.agents.matrix import NotApplicable, Row, Subject

FIXTURES = for_faults(
    after("run", "It ran."),
    after("write", "It is written."),
    says(
        "CUTCALL",
        "First.",
        call("cut", "run_command", command="echo cut"),
        chunkSize=8,
        latency=60,
        truncateAfterChunks=5,
    ),
    says("FOREVER", call("run", "run_command", command="tail -f /dev/null")),
    says("RAISE", call("run", "run_command", command="echo RAISE")),
    says("WRITE", "I will.", call("write", "write_file", path="hello.txt", content="hi\n")),
)
PATCH = """
import os, sys, threading, time
from pathlib import Path

if "antiphon.providers.chat" in sys.orig_argv:
    began, flag = time.time(), Path(os.environ["HOME"], "leave")

    def leave():
        while not flag.exists() or flag.stat().st_mtime < began:
            time.sleep(0.02)
        os._exit(0)

    threading.Thread(target=leave, daemon=True).start()
else:
    from antiphon.providers.acp import permission

    _request = permission.request

    def request(params, *rest):
        if "RAISE" in str(params):
            raise ZeroDivisionError("seven over nothing")
        return _request(params, *rest)

    permission.request = request
"""
"""The agent leaves with exit status 0 when it is told to; the server fails at a question."""

NO_RETRIES = NotApplicable("it asks its model once: the first refusal ends the turn")
NO_MEMORY = NotApplicable("it keeps nothing: session/load brings what was said, out of the session's log")
OWN = NotApplicable("it is a module of Antiphon's, run by the Python that runs the server")


def own(name: str, server: str, **more: dict[str, Any] | NotApplicable) -> dict[str, Row | NotApplicable]:
    """Its rows. `server`: what the page calls the one that answers; a port before its end is another each time."""

    def told(words: str) -> dict[str, str]:
        shown = f"{server}{words}"
        return {"words": words.strip() if ":" in server else shown, "sees": shown}

    limit, busy = told("'s limit is reached"), told("'s model is overloaded or out of order")
    network, cut = told(" cannot be reached"), {"words": "cut off in the middle"}
    stalls = {"words": f"{STALLED} {name}"}
    return rows(
        {
            "401": told(" refused the key"),
            "403": told(" does not let this key use this model"),
            "400": told(" refused the request"),
            "too-long": {"words": "too long for this model"},
            "402": {"words": "has no credit left"},
            "429": limit,
            "429-wait": limit,
            "500": busy,
            "503": busy,
            "529": busy,
            "refused": network,
            "drop": network,
            "cut": cut,
            "cut-call": cut,
            "malformed": cut,
            "silent": stalls,
            "hang": stalls,
            "frozen": stalls,
            "leaves": {"before": None, "warm": True},
            "missing": OWN,
            "lost": NO_MEMORY,
            "two": {"sees": f"one runs; the other tab: “{name} is at work on another prompt”"},
            "mistake": {"words": f"Antiphon failed at a question of {name}'s"},
            "stop-retry": NO_RETRIES,
            **more,
        }
    )


def at_home(**variables: str) -> Callable[[Path, str], dict[str, str]]:
    """A machine with these variables; `{model}` in them is the model's address."""

    def around(folder: Path, model: str) -> dict[str, str]:
        return machine(folder) | {name: value.format(model=model) for name, value in variables.items()}

    return around


OPENROUTER = Subject(
    provider="openrouter",
    name="OpenRouter",
    fixtures=FIXTURES,
    at_home=at_home(OPENROUTER_BASE_URL="{model}/v1", OPENROUTER_API_KEY="sk-or-fake-for-tests"),
    real=Path(sys.executable),
    other_model="maker/other",
    patch=PATCH,
    rows=own("OpenRouter", "OpenRouter"),
)
LOCALGPU = Subject(
    provider="localgpu",
    name="Local models",
    fixtures=FIXTURES,
    at_home=at_home(ANTIPHON_LOCAL_MODEL_URLS="{model}"),
    real=Path(sys.executable),
    patch=PATCH,
    rows=own(
        "Local models",
        "127.0.0.1:8080",
        missing={
            "before": acts.refusing_model,
            "recover": acts.answering_model,
            "words": "No model's server answers on this machine",
        },
    ),
)
