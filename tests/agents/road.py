"""A session of a real agent, without a page: what a test of the roads into it does and sees."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import psutil

from tests.agents.matrix import Subject
from tests.browser.processes import agents_of
from tests.rest import command, events, prompt
from tests.servers import RunningServer

LIMIT_S = 30.0
TOLD_S = 10.0
"""For a failure to be told; the second that is promised is measured by the table of faults, and by the bench."""
TICK_S = 0.02
Json = dict[str, Any]


class Road:
    """One session on a server of its agent's."""

    def __init__(self, server: RunningServer, api: httpx.Client, subject: Subject) -> None:
        self.server, self.api, self.subject = server, api, subject
        self.session: str = server.make_session(provider=subject.provider)["id"]
        self._seen = 0
        """Events up to this one were waited for."""

    # What a person does

    def ask(self, text: str, **fields: Any) -> httpx.Response:
        """Send a prompt."""
        return prompt(self.api, self.session, text, **fields)

    def begin(self, text: str = "LONG", **fields: Any) -> str:
        """Send a prompt that starts a turn; its id."""
        answer = self.ask(text, **fields)
        assert (answer.status_code, answer.json().get("outcome")) == (200, "started"), answer.text
        return answer.json()["turn"]

    def done(self, text: str = "SAY hello") -> str:
        """A turn from its prompt to its completion."""
        turn = self.begin(text)
        self.wait("turn-completed")
        return turn

    def cancel(self, turn: str) -> None:
        """*Stop*."""
        answer = command(self.api, {"type": "cancel", "session": self.session, "turn": turn})
        assert answer.status_code == 200, answer.text
        self.wait("turn-cancelled")

    def answer(self, approval: str, option: str) -> httpx.Response:
        """Answer its question."""
        body = {"type": "answer", "session": self.session, "approval": approval, "option": option}
        return command(self.api, body)

    # What happens

    def wait(self, *kinds: str) -> Json:
        """The next event of these types, after those that were waited for already."""
        return self.until(lambda: self._next(kinds), f"no {' or '.join(kinds)}")

    def _next(self, kinds: Sequence[str]) -> Json | None:
        for event in events(self.api, self.session, after=self._seen, limit=1000):
            if event["type"] in kinds:
                self._seen = event["seq"]
                return event
        return None

    def until(self, look: Callable[[], Any], words: str) -> Any:
        """Look until there is something. (Nothing tells of strangers' processes but looking.)"""
        limit = time.monotonic() + LIMIT_S
        while not (found := look()):
            assert time.monotonic() < limit, f"{words}: {self.told()}"
            time.sleep(TICK_S)
        return found

    def told(self) -> list[str]:
        """All that the log holds, for words of a test that failed."""
        return [event["type"] for event in events(self.api, self.session, limit=1000)]

    # What goes wrong

    def agent(self) -> psutil.Process:
        """The agent, as soon as it is there."""
        return self.until(lambda: agents_of(self.session)[1:2], "no agent")[0]

    def frozen(self) -> psutil.Process:
        """The agent, hearing nothing any more."""
        agent = self.agent()
        os.kill(agent.pid, signal.SIGSTOP)
        return agent

    def kill(self) -> float:
        """kill -9 of the agent, as soon as it is there; when, in ms since the Unix epoch."""
        victim = self.agent()  # found first: its start is not what is measured
        at = time.time() * 1000
        os.kill(victim.pid, signal.SIGKILL)
        return at

    def is_told(self, event: Json, at: float) -> None:
        """The failure says which agent crashed, in words, in time; nothing of the agent is left."""
        failure = event["failure"]
        assert (failure["type"], failure["code"]) == (f"{self.subject.provider}-error", "provider-crashed")
        assert failure["message"] and failure["retryable"] and failure["action"]["label"]
        assert event["at"] - at < TOLD_S * 1000, "told too late"
        self.until(lambda: not agents_of(self.session), "its processes live on")

    def is_busy(self, turn: str) -> None:
        """A second prompt is told so, by name."""
        answer = self.ask("SAY too")
        assert (answer.status_code, answer.json()["type"]) == (409, "session-busy")
        assert (answer.json()["provider"], answer.json()["turn"]) == (self.subject.provider, turn)
