"""The statements that the running server issues for its lists, captured and held against the planner (promise 9)."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from antiphon.clock import SystemClock
from antiphon.log.store import Log
from antiphon.server.app import build
from antiphon.server.auth import make_api_token
from antiphon.server.config import load

ACTIVITY, PROJECT = "idx_session_metadata_last_activity", "idx_session_metadata_project_activity"


class Running:
    """A whole server on one event loop with the test, its statements recorded."""

    def __init__(self, log: Log, client: httpx.AsyncClient) -> None:
        self.log, self.client = log, client
        self.statements: list[tuple[str, Any]] = []
        log.on_statement = lambda sql, parameters: self.statements.append((sql, parameters))

    async def ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = await self.client.request(method, path, **more)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def proved(self, raw: sqlite3.Connection) -> bool:
        """Whether each list that was read walks its promised index, and sorts nothing."""
        lists = [(s, p) for s, p in self.statements if "FROM session_metadata" in s and "ORDER BY" in s]
        assert len(lists) >= 6, "not every list was read"
        return all(_walks(raw, sql, parameters) for sql, parameters in lists)


def _walks(raw: sqlite3.Connection, sql: str, parameters: Any) -> bool:
    plan = "\n".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}", parameters))
    index = PROJECT if "session_metadata.project_name = " in sql else ACTIVITY
    if "is_starred = 1" in sql:
        index = "idx_session_metadata_only_starred"
    return f"USING INDEX {index}" in plan and "TEMP B-TREE" not in plan


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    (tmp_path / "site").mkdir()
    log = await Log.open(tmp_path / "data")
    settings = load({"data_dir": str(tmp_path / "data"), "roots": [str(tmp_path)]}, {})
    application = await build(settings, log, 8420)
    await application.start()
    _, token = await make_api_token(log, SystemClock(), "tests")
    transport = httpx.ASGITransport(app=application.front)  # type: ignore[arg-type]
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8420", headers=headers
    ) as client:
        yield Running(log, client)
    log.on_statement = None
    await application.supervisor.stop()
    await log.close()


async def _every_list(server: Running, folder: Path) -> None:
    """Ask for each list that the page asks for, and for a next page of each."""
    project = await server.ask("POST", "/api/projects", json={"path": str(folder), "trust": True})
    for _ in range(3):
        body = {"project": project["id"], "provider": "practice", "title": "say something"}
        made = await server.ask("POST", "/api/sessions", json=body)
        await server.ask("PATCH", f"/api/sessions/{made['id']}", json={"starred": True})
    server.statements.clear()
    searches: list[dict[str, str]] = [
        {},
        {"project": project["id"]},
        {"provider": "practice"},
        {"title": "say"},
        {"only": "starred"},
    ]
    for filters in searches:
        page = await server.ask("GET", "/api/sessions", params=filters | {"limit": 2})
        await server.ask("GET", "/api/sessions", params=filters | {"limit": 2, "before": page["next"]})


async def test_the_servers_lists_use_the_promised_indexes(server: Running, tmp_path: Path) -> None:
    """Every list walks one of the two promised indexes and sorts nothing."""
    await _every_list(server, tmp_path / "site")
    with closing(sqlite3.connect(tmp_path / "data" / "antiphon.db")) as raw:
        assert server.proved(raw)
        assert {row[1] for row in raw.execute("PRAGMA index_list(session_metadata)")} >= {ACTIVITY, PROJECT}


@pytest.mark.parametrize("index", [ACTIVITY, PROJECT])
async def test_without_an_index_it_would_show(server: Running, tmp_path: Path, index: str) -> None:
    """The proof can fail: with an index dropped, the same statements do not pass it."""
    await _every_list(server, tmp_path / "site")
    with closing(sqlite3.connect(tmp_path / "data" / "antiphon.db")) as raw:
        raw.execute(f"DROP INDEX {index}")
        assert not server.proved(raw)


async def test_a_sort_by_an_expression_would_show(server: Running, tmp_path: Path) -> None:
    """The proof can fail: sorted by anything but the raw column, the same statements do not pass it."""
    await _every_list(server, tmp_path / "site")
    raw_sort = "ORDER BY session_metadata.last_activity"
    server.statements = [
        (sql.replace(raw_sort, "ORDER BY coalesce(session_metadata.last_activity, 0)"), parameters)
        for sql, parameters in server.statements
    ]
    with closing(sqlite3.connect(tmp_path / "data" / "antiphon.db")) as raw:
        assert not server.proved(raw)
