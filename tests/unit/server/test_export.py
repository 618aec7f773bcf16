"""An export of a long session: page by page, never all of it in memory."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec

from antiphon.log import sessions
from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.model import events as e
from antiphon.model.items import Message, ToolCall
from antiphon.server.api import export
from antiphon.testing.pen import Pen

TURNS, ITEMS = 60, 200


async def test_a_long_session(tmp_path: Path) -> None:
    """12,000 items: all are there, in order and once, in both formats, and no piece is large."""
    log = await Log.open(tmp_path / "data")
    try:
        user = (await log.read(the_user)).key
        pen = await Pen.on_new_session(log, user)
        for turn in range(TURNS):
            await pen.write(*_turn(turn))
        row = await log.read(lambda conn: sessions.get_session(conn, user, pen.session.id))
        parts = cast(Any, SimpleNamespace(log=log))
        assert row is not None
        markdown = [piece async for piece in export._markdown(parts, row)]
        whole = [piece async for piece in export._json(parts, row)]
    finally:
        await log.close()
    said = [int(line) for line in b"".join(markdown).decode().split("\n") if line.isdigit()]
    assert said == list(range(TURNS * ITEMS))
    events = msgspec.json.decode(b"".join(whole))["events"]
    assert len([event for event in events if event["type"] == "item-completed"]) == TURNS * ITEMS
    assert max(map(len, [*markdown, *whole])) < 2 * export.PAGE_BYTES
    assert len(whole) > 10


def _turn(number: int) -> list[e.AnyEvent]:
    turn = f"t{number}"
    items: list[e.AnyEvent] = []
    for at in range(ITEMS):
        item = f"{number}-{at}"
        content = (
            Message(text=f"{number * ITEMS + at}")
            if at % 2
            else ToolCall(title="x", output=f"{number * ITEMS + at}")
        )
        items += [
            e.ItemStarted(turn=turn, item=item, content=Message()),
            e.ItemDelta(turn=turn, item=item, text="half "),
        ]
        items.append(e.ItemCompleted(turn=turn, item=item, content=content))
    return [e.TurnStarted(turn=turn, text="go"), *items, e.TurnCompleted(turn=turn)]
