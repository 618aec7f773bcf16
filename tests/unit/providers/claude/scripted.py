"""A real child process in Claude Code's place that says what a test scripts."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

from antiphon.model.ids import new_id
from antiphon.providers.claude.client import ClaudeAgent
from antiphon.providers.claude.program import program
from antiphon.providers.claude.wire import Line
from antiphon.providers.process import AgentProcess
from antiphon.testing.sink import RecordingSink

PLAYER = """
import json, os, signal, sys, time
def raw(words): sys.stdout.write(words); sys.stdout.flush()
def say(type, **fields): raw(json.dumps({"type": type, **fields}) + "\\n")
def ask(id, **request): say("control_request", request_id=id, request=request)
def hear():
    line = sys.stdin.readline()
    return json.loads(line) if line else sys.exit(0)
def answer(request, subtype="success", **fields):
    say("control_response", response={"subtype": subtype, "request_id": request["request_id"], **fields})
"""


async def start(script: str) -> AgentProcess:
    """Runs the script: Python, with the functions of PLAYER."""
    command = [sys.executable, "-c", PLAYER + dedent(script)]
    return await AgentProcess.start(program(command), folder=Path("/"), environment={}, marker=new_id())


async def caught_up() -> None:
    """A log that is never behind."""


async def unheard(message: dict[str, Any]) -> None:
    """Messages that a test does not look at."""


async def unasked(request: dict[str, Any]) -> dict[str, Any]:
    """No request is expected."""
    raise NotImplementedError


@asynccontextmanager
async def line(
    script: str,
    on_message: Callable[[dict[str, Any]], Awaitable[None]] = unheard,
    on_request: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]] = unasked,
    drained: Callable[[], Awaitable[None]] = caught_up,
) -> AsyncIterator[Line]:
    """A line to the script."""
    made = Line(await start(script), on_message, on_request, drained)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def agent(
    script: str, sink: RecordingSink | None = None
) -> AsyncIterator[tuple[ClaudeAgent, RecordingSink]]:
    """An agent that has shaken hands with the script (which begins after that)."""
    sink = sink or RecordingSink()
    made = ClaudeAgent(await start("answer(hear(), response={})\n" + dedent(script)), sink)
    try:
        await made.start()
        yield made, sink
    finally:
        await made.close()
