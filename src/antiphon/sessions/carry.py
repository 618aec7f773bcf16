"""The transcript as text, for an agent that has lost the conversation."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection

from antiphon.log import events as event_rows
from antiphon.model import events as e
from antiphon.model.items import Message, ToolCall

if TYPE_CHECKING:
    from antiphon.log.store import Log

LIMIT_CHARACTERS = 100_000
"""Of the transcript; what is older is left out."""
OUTPUT_CHARACTERS = 2000
"""Of one tool call's output."""
PAGE = 500
"""Events read at a time."""

LEFT_OUT = "(What came before is left out.)"

_decode = msgspec.json.Decoder(e.AnyEvent).decode


def told(transcript: str, text: str) -> str:
    """The prompt with the transcript before it."""
    if not transcript:
        return text
    return (
        "You no longer have the earlier part of this conversation. Here is its transcript. "
        "Files may have changed since; look before you rely on it.\n\n"
        f"<transcript>\n{transcript}\n</transcript>\n\n{text}"
    )


async def transcript(log: "Log", session: int, before: int, without: str | None = None) -> str:
    """What was said before that seq, the newest up to the limit, oldest first; `without` that turn."""
    return await log.read(lambda conn: _read(conn, session, before, without))


def _read(conn: Connection, session: int, before: int, without: str | None) -> str:
    parts, room = list[str](), LIMIT_CHARACTERS
    for event in _backwards(conn, session, before):
        part = None if without and event.turn == without else paragraph(event)
        if not part:
            continue
        if len(part) > room:
            parts += [part[-room:] if not parts else "", LEFT_OUT]
            break
        parts.append(part)
        room -= len(part) + 2
    return "\n\n".join(part for part in reversed(parts) if part)


def _backwards(conn: Connection, session: int, before: int) -> Iterator[e.AnyEvent]:
    """The session's events, the newest first."""
    more = True
    while more:
        page, more = event_rows.read_before(conn, session, before, PAGE)
        yield from (_decode(body) for _, body in reversed(page))
        before = page[0][0] if page else 0


def paragraph(event: e.AnyEvent) -> str | None:
    """What the event adds to the transcript."""
    match event:
        case e.TurnStarted(origin="person", text=text) | e.TurnSteered(text=text):
            return f"Person: {text}"
        case e.ItemCompleted(content=Message(role="agent", text=text), parent=None) if text:
            return f"You: {text}"
        case e.ItemCompleted(content=ToolCall() as call, parent=None):
            return _tool(call)
        case e.TurnFailed(failure=failure):
            return f"(It ended here: {failure.message})"
        case e.TurnCancelled(dequeued=False) | e.TurnInterrupted():
            return "(It was stopped here.)"
        case _:
            return None


def _tool(call: ToolCall) -> str:
    paths = [diff.path for diff in call.diffs]
    changed = f" ({', '.join(paths)})" if paths else ""
    output = call.output if len(call.output) <= OUTPUT_CHARACTERS else f"…{call.output[-OUTPUT_CHARACTERS:]}"
    return f"You used {call.name or call.tool}: {call.title}{changed} [{call.status}]" + (
        f"\n{output}" if output else ""
    )
