"""An ACP agent for measuring: numbered chunks at an even rate, each with the moment of its writing.

A prompt `RATE COUNT [PHASE_MS]` is answered by COUNT chunks `number:ns `, RATE a second; `wait` by
one chunk, its pid, and then nothing until `session/cancel`. The standard library alone, no event
loop: the agent's own delays would be counted as Antiphon's.
"""

import json
import os
import sys
import time


def send(**message: object) -> None:
    os.write(1, json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")


def chunk(text: str) -> None:
    update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
    send(method="session/update", params={"sessionId": "bench", "update": update})


def stream(rate: float, count: int, phase_ms: float = 0) -> None:
    began = time.monotonic() + phase_ms / 1000
    for number in range(count):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        chunk(f"{number}:{time.monotonic_ns()} ")


def main() -> None:
    waiting = None
    for line in sys.stdin:
        message = json.loads(line)
        method, id = message.get("method"), message.get("id")
        if method == "session/prompt":
            words = message["params"]["prompt"][0]["text"].split()
            if words == ["wait"]:
                chunk(f"{os.getpid()}")
                waiting = id
            else:
                stream(float(words[0]), int(words[1]), *map(float, words[2:]))
                send(id=id, result={"stopReason": "end_turn"})
        elif method == "session/cancel":
            send(id=waiting, result={"stopReason": "cancelled"})
        elif method == "initialize":
            send(id=id, result={"protocolVersion": 1, "agentCapabilities": {"loadSession": True}})
        elif id is not None:
            send(id=id, result={"sessionId": "bench"})


main()
