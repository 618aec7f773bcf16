"""How a conversation with an ACP agent begins: initialize, then a new session or an earlier one.

session/load tells the whole conversation again. By the protocol that is done when it answers;
an agent with `late-replay` goes on, and is waited for: a prompt must not meet the past.
"""

import asyncio
import time

from msgspec import Struct

import antiphon
from antiphon.model.events import ProviderRetrying, SessionUpdated
from antiphon.providers.acp import config
from antiphon.providers.acp.link import Link
from antiphon.providers.base import Launch, ProviderFailed, Sink
from antiphon.providers.loose import Json, table, text

PROTOCOL_VERSION = 1
HELLO: Json = {
    "protocolVersion": PROTOCOL_VERSION,
    "clientCapabilities": {
        "fs": {"readTextFile": False, "writeTextFile": False},
        "terminal": False,
        "_meta": {"terminal_output": True},
    },
    "clientInfo": {"name": "antiphon", "title": "Antiphon", "version": antiphon.__version__},
}
AUTHENTICATE_S = 10.0
"""For an agent to sign in with what it has."""
MINUTE_S = 60
MINUTE_MARGIN_S = 1.0
"""Into the next minute, for clocks that do not quite agree."""


class Conversation(Struct, frozen=True):
    """What was agreed on."""

    session: str
    """The agent's own id of it."""
    images: bool
    """Whether it can be shown images."""


async def begin(link: Link, launch: Launch, sink: Sink, meta: Json | None = None) -> Conversation:
    """Shake hands, open the conversation, choose mode and model. Raises ProviderFailed.

    `meta` goes along as `_meta.antiphon`: what an agent of ours is told beside the protocol.
    """
    hello = await link.request("initialize", HELLO)
    if hello.get("protocolVersion") != PROTOCOL_VERSION:
        raise link.failed("invalid-request", "{name} speaks another version of the Agent Client Protocol.")
    capabilities = table(hello, "agentCapabilities")
    params: Json = {"cwd": str(launch.folder), "mcpServers": []}
    if meta is not None:
        params["_meta"] = {"antiphon": meta}
    if launch.native_session:
        session = await _outlast_minute(link, launch.native_session, sink)
        answer = await _resume(link, capabilities, {**params, "sessionId": session})
    else:
        answer = await _signed_in(link, "session/new", params)
        session = text(answer.get("sessionId"))
    sink.native(_with_minute(session) if link.entry.forgets_reload else session)
    for event in config.facts(answer):
        sink.emit(event)
    await _choose(link, sink, session, answer, "mode", launch.mode)
    await _choose(link, sink, session, answer, "model", None if link.entry.model_arguments else launch.model)
    return Conversation(session, bool(table(capabilities, "promptCapabilities").get("image")))


async def _resume(link: Link, capabilities: Json, params: Json) -> Json:
    if "resume" in table(capabilities, "sessionCapabilities"):
        method = "session/resume"
    elif capabilities.get("loadSession"):
        method = "session/load"
    else:
        raise link.failed("invalid-request", "{name} cannot go on with an earlier conversation.")
    try:
        answer = await _signed_in(link, method, params)
    except ProviderFailed as failed:
        if failed.failure.code in ("internal", "invalid-request"):
            message = "{name} cannot go on with this conversation: it does not know it any more."
            raise link.failed("invalid-request", message, failed.failure.detail or "") from failed
        raise
    if link.entry.late_replay:
        await link.settled()
    return answer


async def _signed_in(link: Link, method: str, params: Json) -> Json:
    """Ask; an agent that wants to be signed in first is, if that needs no person, and asked again."""
    try:
        return await link.request(method, params)
    except ProviderFailed as failed:
        if failed.failure.code != "auth" or not link.entry.authenticate:
            raise
        try:
            async with asyncio.timeout(AUTHENTICATE_S):
                await link.request("authenticate", {"methodId": link.entry.authenticate})
        except TimeoutError:  # it waits for a person at a browser: there is none
            raise failed from None
    return await link.request(method, params)


async def _choose(link: Link, sink: Sink, session: str, answer: Json, kind: str, wanted: str | None) -> None:
    """Set the mode or model; one that is not offered must not be silently another."""
    choice = config.read(answer, kind)
    if wanted is None or (choice and choice.current == wanted):
        return
    if choice is None or wanted not in choice.offered:
        raise link.failed("invalid-request", "{name} does not offer the " + f"{kind} {wanted!r}.")
    await link.request(*choice.request(session, wanted))
    sink.emit(SessionUpdated(mode=wanted) if kind == "mode" else SessionUpdated(model=wanted))


# An agent that loses a conversation loaded in the minute in which it was last opened: its id is
# remembered with that minute, and the load waits for the next one.


def _with_minute(session: str) -> str:
    return f"{session}_{int(time.time() // MINUTE_S)}"


async def _outlast_minute(link: Link, native: str, sink: Sink) -> str:
    """The agent's own id, once it is safe to load."""
    session, _, minute = native.rpartition("_") if link.entry.forgets_reload else (native, "", "")
    now = time.time()
    if minute.isdigit() and int(minute) == int(now // MINUTE_S):
        until = (int(minute) + 1) * MINUTE_S + MINUTE_MARGIN_S
        message = f"{link.entry.name} can go on with this conversation from the next minute on."
        sink.emit(ProviderRetrying(attempt=1, code="internal", message=message, next_at=round(until * 1000)))
        await asyncio.sleep(until - now)
    return session or native
