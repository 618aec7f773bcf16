"""A real child process in Codex's place that says what a test scripts."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

from antiphon.model.ids import new_id
from antiphon.providers.base import Launch
from antiphon.providers.codex.client import CodexAgent
from antiphon.providers.codex.program import program
from antiphon.providers.codex.wire import Line
from antiphon.providers.process import AgentProcess
from antiphon.testing.sink import RecordingSink

PLAYER = """
import json, os, signal, sys, time
def raw(words): sys.stdout.write(words); sys.stdout.flush()
def tell(method, **params): raw(json.dumps({"method": method, "params": {"threadId": "T", **params}}) + "\\n")
def ask(id, method, **params):
    raw(json.dumps({"id": id, "method": method, "params": {"threadId": "T", **params}}) + "\\n")
def hear(method=None):
    while line := sys.stdin.readline():
        message = json.loads(line)
        if method is None or message.get("method") == method: return message
    sys.exit(0)
def answer(message, **result): raw(json.dumps({"id": message["id"], "result": result}) + "\\n")
def refuse(message, words): raw(json.dumps({"id": message["id"], "error": {"code": -1, "message": words}}) + "\\n")
def begin(id="t1"):
    answer(hear("turn/start"), turn={"id": id, "status": "inProgress"})
    tell("turn/started", turn={"id": id})
def end(id="t1", status="completed", **more): tell("turn/completed", turn={"id": id, "status": status, **more})
def item(event, id, type, **more): tell("item/" + event, item={"id": id, "type": type, **more})
def says(words, id="m"):
    item("started", id, "agentMessage"); tell("item/agentMessage/delta", itemId=id, delta=words)
    item("completed", id, "agentMessage", text=words)
def nothing_beside(): answer(hear("thread/backgroundTerminals/list"), data=[])
"""
SHAKE = """
answer(hear("initialize")); answer(hear("account/read"), account={"type": "apiKey"}, requiresOpenaiAuth=True)
answer(hear("thread/start"), thread={"id": "T"}, model="m1", approvalPolicy="untrusted",
       sandbox={"type": "workspaceWrite"})
answer(hear("model/list"), data=[{"model": "m2"}, {"model": "m1", "isDefault": True}, {"model": "m3", "hidden": True}])
"""
LAUNCH = Launch(session="s", folder=Path("/"), marker="m", environment={})


async def start(script: str) -> AgentProcess:
    """Runs the script: Python, with the functions of PLAYER."""
    command = [sys.executable, "-c", PLAYER + dedent(script)]
    return await AgentProcess.start(program(command), folder=Path("/"), environment={}, marker=new_id())


async def caught_up() -> None:
    """A log that is never behind."""


async def unheard(method: str, params: dict[str, Any]) -> None:
    """Notifications that a test does not look at."""


async def unasked(method: str, params: dict[str, Any]) -> dict[str, Any]:
    """No request is expected."""
    raise NotImplementedError


@asynccontextmanager
async def line(
    script: str,
    on_notification: Callable[[str, dict[str, Any]], Awaitable[None]] = unheard,
    on_request: Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]] = unasked,
    drained: Callable[[], Awaitable[None]] = caught_up,
) -> AsyncIterator[Line]:
    """A line to the script."""
    made = Line(await start(script), on_notification, on_request, drained)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def agent(
    script: str, sink: RecordingSink | None = None
) -> AsyncIterator[tuple[CodexAgent, RecordingSink]]:
    """An agent that has shaken hands with the script (which begins after that)."""
    sink = sink or RecordingSink()
    made = CodexAgent(await start(SHAKE + dedent(script)), sink)
    try:
        await made.start(LAUNCH)
        yield made, sink
    finally:
        await made.close()
