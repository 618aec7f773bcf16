"""What tests ask over REST again and again."""

import time
from typing import Any

import httpx

from antiphon.model.ids import new_id


def prompt(
    api: httpx.Client, session: str, text: str, key: str | None = None, **fields: Any
) -> httpx.Response:
    """Send a prompt."""
    return command(api, {"type": "prompt", "session": session, "text": text, **fields}, key)


def command(api: httpx.Client, body: dict[str, Any], key: str | None = None) -> httpx.Response:
    """Send a command."""
    return api.post("/api/commands", json=body, headers={"idempotency-key": key or new_id()})


def events(api: httpx.Client, session: str, **query: Any) -> list[dict[str, Any]]:
    """The session's events."""
    answer = api.get(f"/api/sessions/{session}/events", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["events"]


def wait_for(api: httpx.Client, session: str, kind: str, limit: float = 20) -> dict[str, Any]:
    """The first event of a type, as soon as the log has it."""
    until = time.monotonic() + limit
    while time.monotonic() < until:
        for event in events(api, session):
            if event["type"] == kind:
                return event
        time.sleep(0.02)
    raise AssertionError(f"no {kind} within {limit} s: {[e['type'] for e in events(api, session)]}")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """(status, code) of a refused request, whose words must be there."""
    body = answer.json()
    assert body.keys() == {"code", "message"}, body
    assert len(body["message"]) > 10
    return answer.status_code, body["code"]


def agree(api: httpx.Client, provider: str) -> None:
    """Agree in every project that the provider's agents work without asking."""
    for project in api.get("/api/projects").raise_for_status().json()["projects"]:
        api.put(f"/api/projects/{project['id']}/consents/{provider}").raise_for_status()
