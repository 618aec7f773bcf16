"""A scripted ACP agent as a real child process: `python acp_agent.py SCRIPT.json`.

The script says for each method what the agent does when it is asked: a list of steps.

    {"initialize": [{"reply": {…}}], "session/prompt": [{"update": {…}}, {"wait": "session/cancel"}, {"reply": {…}}]}

    reply RESULT · error {code, message} · update {sessionUpdate, …} · request [METHOD, PARAMS]
    raw TEXT · stderr TEXT · wait METHOD ("response" for the answer to a request) · exit STATUS
    close "stdin"|"stdout" · hang true · sleep SECONDS

`METHOD#2` is for the second time that it is asked. Every line that it reads is appended to `SCRIPT.json.log`. Standard library only.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

SESSION = "scripted-session"
DONE = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "Done."}}
DEFAULTS: dict[str, list[dict[str, Any]]] = {
    "initialize": [{"reply": {"protocolVersion": 1, "agentCapabilities": {"loadSession": True}}}],
    "session/new": [{"reply": {"sessionId": SESSION}}],
    "session/load": [{"reply": {}}],
    "session/set_mode": [{"reply": {}}],
    "session/prompt": [{"update": DONE}, {"reply": {"stopReason": "end_turn"}}],
}
UNKNOWN = [{"error": {"code": -32601, "message": "Method not found"}}]


class ScriptedAcpAgent:
    """Reads requests, plays their steps."""

    def __init__(self, file: Path) -> None:
        self._script = DEFAULTS | json.loads(file.read_text())
        self._log = Path(f"{file}.log")
        self._asked = 0
        self._times: dict[str, int] = {}
        self._request: dict[str, Any] = {}

    def serve(self) -> None:
        """Until stdin ends."""
        while message := self._read():
            if "method" in message and "id" in message:
                self._request = message
                for step in self._steps(message["method"]):
                    for name, argument in step.items():
                        STEPS[name](self, argument)

    def _steps(self, method: str) -> list[dict[str, Any]]:
        self._times[method] = self._times.get(method, 0) + 1
        return self._script.get(f"{method}#{self._times[method]}") or self._script.get(method, UNKNOWN)

    def _read(self) -> dict[str, Any] | None:
        line = sys.stdin.readline()
        with self._log.open("a") as log:
            log.write(line)
        return json.loads(line) if line else None

    def _send(self, **message: Any) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", **message}) + "\n")

    def raw(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    def reply(self, result: Any) -> None:
        self._send(id=self._request["id"], result=result)

    def error(self, error: Any) -> None:
        self._send(id=self._request["id"], error=error)

    def update(self, update: Any) -> None:
        self._send(method="session/update", params={"sessionId": SESSION, "update": update})

    def request(self, what: list[Any]) -> None:
        self._asked += 1
        self._send(id=f"ask-{self._asked}", method=what[0], params=what[1])

    def wait(self, method: str) -> None:
        while message := self._read():
            if message.get("method", "response") == method:
                return
        sys.exit(0)

    def stderr(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    def exit(self, status: int) -> NoReturn:
        os._exit(status)

    def close(self, stream: str) -> None:
        os.close({"stdin": 0, "stdout": 1}[stream])

    def hang(self, _: bool) -> NoReturn:
        while True:
            time.sleep(3600)


STEPS: dict[str, Callable[[ScriptedAcpAgent, Any], None]] = {
    "raw": ScriptedAcpAgent.raw,
    "reply": ScriptedAcpAgent.reply,
    "error": ScriptedAcpAgent.error,
    "update": ScriptedAcpAgent.update,
    "request": ScriptedAcpAgent.request,
    "wait": ScriptedAcpAgent.wait,
    "stderr": ScriptedAcpAgent.stderr,
    "exit": ScriptedAcpAgent.exit,
    "close": ScriptedAcpAgent.close,
    "hang": ScriptedAcpAgent.hang,
    "sleep": lambda agent, seconds: time.sleep(seconds),
}

if __name__ == "__main__":
    ScriptedAcpAgent(Path(sys.argv[1])).serve()
