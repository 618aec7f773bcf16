"""A data directory with a past: 100,000 sessions, or one session of 100,000 events."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, insert

from antiphon.log import projects, sessions
from antiphon.log.append import Append, Encoded, append
from antiphon.log.schema import session_metadata
from antiphon.log.store import Log
from antiphon.log.users import the_user
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.model.items import Message

SESSIONS, PROJECTS = 100_000, 20
TURNS, ITEMS, DELTAS = 1000, 8, 10
"""A turn has 100 events: its start and end, a usage and a title, and 8 messages of 12 events each."""
NOW = 1_700_000_000_000
"""ms since the Unix epoch."""
WORDS = "The quick brown fox jumps over the lazy dog, and back again. "

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode


async def with_sessions(folder: Path) -> None:
    """100,000 sessions in 20 projects; a tenth of them lies in the trash."""
    await _write(folder, _add_sessions)


async def with_events(folder: Path) -> str:
    """A session of 100,000 events; returns its id."""
    return await _write(folder, _add_events)


async def _write(folder: Path, add: Callable[[Connection, str, Path], T]) -> T:
    log = await Log.open(folder / "data")
    try:
        return await log.write(lambda conn: add(conn, log.node, folder))
    finally:
        await log.close()


def _add_sessions(conn: Connection, node: str, folder: Path) -> None:
    user, draw = the_user(conn).key, random.Random(1)
    found = [
        projects.add_project(conn, user=user, path=f"{folder}/{number}", at=NOW) for number in range(PROJECTS)
    ]

    def row(number: int) -> dict[str, object]:
        project = draw.choice(found)
        return {
            "id": new_id(),
            "user_id": user,
            "project_id": project.key,
            "project_name": project.name,
            "provider": "practice",
            "display_name": f"Session {number}: {WORDS}",
            "created_at": NOW,
            "last_activity": NOW + draw.randrange(1_000_000_000),
            "epoch": new_id(),
            "node": node,
            "trashed_at": NOW if draw.random() < 0.1 else None,
        }

    conn.execute(insert(session_metadata), [row(number) for number in range(SESSIONS)])


def _add_events(conn: Connection, node: str, folder: Path) -> str:
    user = the_user(conn).key
    project = projects.add_project(conn, user=user, path=str(folder / "work"), at=NOW, trusted_at=NOW)
    row = sessions.create_session(
        conn, id=new_id(), user=user, project=project.id, provider="practice", node=node, at=NOW
    )
    row = sessions.claim(conn, row.key, node)
    for turn in range(TURNS):
        head = turn * (ITEMS * (DELTAS + 2) + 4)
        events = [replace(event, seq=head + at, at=NOW + turn) for at, event in enumerate(_turn(), 1)]
        encoded = [Encoded(event=event, body=_encode(event)) for event in events]
        append(conn, Append(session=row.key, generation=row.generation, head=head, events=encoded))
    return row.id


def _turn() -> Iterator[e.AnyEvent]:
    turn = new_id()
    yield e.TurnStarted(turn=turn, text=WORDS)
    yield e.SessionUpdated(turn=turn, title="A long conversation")
    for _ in range(ITEMS):
        item = new_id()
        yield e.ItemStarted(turn=turn, item=item, content=Message())
        for _ in range(DELTAS):
            yield e.ItemDelta(turn=turn, item=item, text=WORDS)
        yield e.ItemCompleted(turn=turn, item=item, content=Message(text=WORDS * DELTAS))
    yield e.UsageUpdated(turn=turn, usage=e.Usage(input_tokens=1000, output_tokens=500))
    yield e.TurnCompleted(turn=turn)
