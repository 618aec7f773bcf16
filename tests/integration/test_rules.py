"""Rules over REST: a whole server in this process, with a scripted agent that asks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from antiphon.clock import SystemClock
from antiphon.log import schema
from antiphon.log.store import Log
from antiphon.model import events as e
from antiphon.model.ids import new_id
from antiphon.providers.base import Outcome, Prompt
from antiphon.server.app import build
from antiphon.server.auth import make_api_token
from antiphon.server.config import load
from antiphon.testing.scripted import ScriptedAgent, ScriptedProvider

RULE = e.Option(
    id="always", label="Always allow make", kind="allow-always", scope="here", rule="Bash(make:*)"
)


async def ask_once(agent: ScriptedAgent, prompt: Prompt) -> Outcome:
    """Ask with an option that would be kept."""
    await agent.sink.ask(
        e.ApprovalRequested(approval=new_id(), kind="permission", title="Run make", options=[RULE])
    )
    return e.TurnCompleted()


class Whole:
    """A server, its agent, and its owner's client."""

    def __init__(self, log: Log, client: httpx.AsyncClient, provider: ScriptedProvider) -> None:
        self.log, self.client, self.provider = log, client, provider

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        answer = await self.client.request(method, path, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def command(self, **body: Any) -> Any:
        return await self.ask("POST", "/api/commands", json=body, headers={"idempotency-key": new_id()})

    async def until(self, session: str, kind: str, times: int = 1) -> dict[str, Any]:
        """Read the log until it has so many of these."""
        async with asyncio.timeout(10):
            while True:
                found = (await self.ask("GET", f"/api/sessions/{session}/events"))["events"]
                these = [event for event in found if event["type"] == kind]
                if len(these) >= times:
                    return these[-1]
                await asyncio.sleep(0.02)


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    (tmp_path / "site").mkdir()
    log, provider = await Log.open(tmp_path / "data"), ScriptedProvider(ask_once)
    settings = load({"data_dir": str(tmp_path / "data"), "roots": [str(tmp_path)]}, {})
    application = await build(settings, log, 8420, providers={"scripted": provider})
    await application.start()
    _, token = await make_api_token(log, SystemClock(), "tests")
    transport = httpx.ASGITransport(app=application.front)  # type: ignore[arg-type]
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8420", headers=headers
    ) as client:
        yield Whole(log, client, provider)
    await application.end_turns()
    await log.close()


async def test_a_rule_is_kept_seen_and_taken_back(whole: Whole, tmp_path: Path) -> None:
    """Allowed for always, it is listed with its project; taken back, it is gone, and its agent with it."""
    project = await whole.ask("POST", "/api/projects", json={"path": str(tmp_path / "site"), "trust": True})
    session = (await whole.ask("POST", "/api/sessions", json={"project": "site", "provider": "scripted"}))[
        "id"
    ]
    await whole.command(type="prompt", session=session, text="make")
    asked = await whole.until(session, "approval-requested")
    await whole.command(type="answer", session=session, approval=asked["approval"], option="always")
    await whole.until(session, "turn-completed")
    [rule] = (await whole.ask("GET", "/api/rules", params={"project": "site"}))["rules"]
    assert (rule["project"], rule["provider"], rule["rule"]) == (project["id"], "scripted", "Bash(make:*)")
    assert rule["label"] == "Always allow make"
    await whole.ask("DELETE", f"/api/rules/{rule['id']}")
    assert whole.provider.agents[0].closed.is_set()
    assert (await whole.ask("GET", "/api/rules"))["rules"] == []
    gone = await whole.client.delete(f"/api/rules/{rule['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown-rule")


async def test_a_client_cannot_make_a_rule(whole: Whole, tmp_path: Path) -> None:
    """What is kept is what the agent's logged question offered: an answer carries an option's id, and nothing else."""
    await whole.ask("POST", "/api/projects", json={"path": str(tmp_path / "site"), "trust": True})
    session = (await whole.ask("POST", "/api/sessions", json={"project": "site", "provider": "scripted"}))[
        "id"
    ]
    await whole.command(type="prompt", session=session, text="make")
    asked = await whole.until(session, "approval-requested")
    body = {"type": "answer", "session": session, "approval": asked["approval"], "option": "always"}
    refused = await whole.client.post(
        "/api/commands", json=body | {"rule": "Bash(*)"}, headers={"idempotency-key": new_id()}
    )
    assert refused.status_code == 400
    refused = await whole.client.post(
        "/api/commands", json=body | {"fields": {"rule": "Bash(*)"}}, headers={"idempotency-key": new_id()}
    )
    assert refused.status_code == 400
    assert (await whole.ask("GET", "/api/rules"))["rules"] == []


async def test_another_users_rules_are_not_there(whole: Whole) -> None:
    """Neither listed nor taken back."""
    other = {"key": 77, "id": new_id(), "name": "other", "created_at": 1}
    project = {"key": 77, "id": new_id(), "user_id": 77, "name": "theirs", "path": "/theirs", "created_at": 1}
    rule = {
        "key": 77,
        "id": "theirs",
        "user_id": 77,
        "project_id": 77,
        "provider": "scripted",
        "rule": "Bash(*)",
    }
    for table, row in (
        (schema.user, other),
        (schema.project, project | {"last_activity": 1}),
        (schema.permission_rule, rule | {"label": "x", "created_at": 1}),
    ):
        await whole.log.write(lambda conn, t=table, r=row: conn.execute(t.insert().values(r)))
    assert (await whole.ask("GET", "/api/rules"))["rules"] == []
    assert (await whole.client.delete("/api/rules/theirs")).status_code == 404
    assert await whole.log.read(lambda conn: conn.execute(schema.permission_rule.select()).all())
