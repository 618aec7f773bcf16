"""What the fake model (aimock) says: its answers, errors, cuts and hangs, whichever agent asks."""

import json
from typing import Any

Fixture = dict[str, Any]
WORDS = " ".join(f"w{number}" for number in range(1, 241))
BIG = "All of it. " * 190_000
"""2 MB."""
HOUR_MS = 3_600_000


def call(id: str, name: str, **arguments: Any) -> dict[str, str]:
    """A tool call as the fake model makes it."""
    return {"type": "toolCall", "id": id, "name": name, "arguments": json.dumps(arguments)}


def after(id: str, content: str) -> Fixture:
    """What the model says when it has the call's result."""
    return {"match": {"toolCallId": id}, "response": {"content": content}}


def says(word: str, *blocks: Any, **how: Any) -> Fixture:
    """The model's answer to a prompt that holds the word: text, or blocks of text and calls."""
    if not blocks:
        return {"match": {"userMessage": word}, **how}
    if len(blocks) == 1 and isinstance(blocks[0], str):
        return {"match": {"userMessage": word}, "response": {"content": blocks[0]}, **how}
    parts = [{"type": "text", "text": each} if isinstance(each, str) else each for each in blocks]
    return {"match": {"userMessage": word}, "response": {"blocks": parts}, **how}


def refuses(word: str, status: int, type: str, message: str, **more: Any) -> Fixture:
    """The model's API answers with an error."""
    error = {"message": message, "type": type}
    return {"match": {"userMessage": word}, "response": {"error": error, "status": status, **more}}


def slowly(delay_ms: int = 40, size: int = 12) -> dict[str, int]:
    """A stream that can be watched."""
    return {"chunkSize": size, "latency": delay_ms}


def hanging(*delays_ms: int) -> dict[str, Any]:
    """A stream that stops after these chunks, and stays open."""
    delays = [*delays_ms, HOUR_MS]
    timings = {"ttftMs": 20, "interChunkDelaysMs": delays, "totalDurationMs": sum(delays) + HOUR_MS}
    return {"recordedTimings": timings, "chunkSize": 12}


def for_faults(*first: Fixture) -> list[Fixture]:
    """A model for the table of faults; `first`: what the agent does with its own tools."""
    return [
        says("NEXT", "The next answer."),
        *first,
        refuses("E401", 401, "authentication_error", "invalid x-api-key"),
        refuses("E403", 403, "permission_error", "not allowed"),
        refuses("E402", 402, "billing_error", "Your credit balance is too low"),
        refuses(
            "TOOLONG", 400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum"
        ),
        refuses("E400", 400, "invalid_request_error", "messages: something is wrong"),
        refuses("WAIT429", 429, "rate_limit_error", "slow down", retryAfter=2),
        refuses("LONG429", 429, "rate_limit_error", "slow down", retryAfter=60),
        refuses("E429", 429, "rate_limit_error", "slow down"),
        refuses("E500", 500, "api_error", "something broke"),
        refuses("E503", 503, "api_error", "out of order"),
        refuses("E529", 529, "overloaded_error", "Overloaded"),
        says("DROP", WORDS, chaos={"disconnectRate": 1}),
        says("MALFORMED", WORDS, chaos={"malformedRate": 1}),
        says("CUT", WORDS, chunkSize=20, latency=40, truncateAfterChunks=10),
        says("SILENT", "x", streamingProfile={"ttft": HOUR_MS, "tps": 1}),
        says("HANG", WORDS, **hanging(20, 20)),
        says("SLOW", WORDS, **slowly(400)),
        says("LONG", WORDS, **slowly(60)),
        says("BIG", BIG, chunkSize=20_000),
        says("SAY", "Hello from the fake model."),
    ]
