"""Sessions of the real Claude Code, begun in a terminal: shown, gone on with, followed, forked."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agents import mock_model
from tests.agents.fixtures import says
from tests.agents.real_claude import CLAUDE, at_home
from tests.servers import RunningServer

pytestmark = pytest.mark.skipif(not CLAUDE.exists(), reason="./dev test --agents installs it")

FIXTURES = [
    says("ONE", "The first answer."),
    says("TWO", "The second answer."),
    says("THREE", "The third answer."),
    says("FOUR", "The fourth answer."),
]
WAIT_SECONDS = 40.0


class Desk:
    """A person's machine: Claude Code in a terminal, and Antiphon beside it."""

    def __init__(self, folder: Path, model: str, make_server: Callable[..., RunningServer]) -> None:
        self.folder, self.environment = folder, at_home(folder, model)
        self.project = folder / "root" / "site"
        self.project.mkdir(parents=True)
        self._make = make_server

    def terminal(self, *words: str) -> None:
        """Run `claude` as a person would in a script, to its end."""
        command = [str(CLAUDE), "--print", *words]
        subprocess.run(
            command, cwd=self.project, env=self.environment, check=True, timeout=60, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def transcripts(self) -> list[Path]:
        return sorted((self.folder / "home" / ".claude" / "projects").glob("*/*.jsonl"))

    def age(self) -> None:
        """As if the transcripts had been written an hour ago."""
        for path in self.transcripts():
            hour = re.compile(r'"timestamp":"(\d{4}-\d\d-\d\d)T\d\d:')
            path.write_text(hour.sub(r'"timestamp":"2026-01-01T00:', path.read_text()))

    def serve(self) -> "Desk":
        self.server = self._make(
            folder=self.folder, environment={**self.environment, "ANTIPHON_NO_IMPORT": ""}
        )
        self.client = self.server.client()
        return self

    def sessions(self) -> list[dict[str, Any]]:
        return self.client.get("/api/sessions").json()["sessions"]

    def events(self, session: str) -> list[dict[str, Any]]:
        return self.client.get(f"/api/sessions/{session}/events").json()["events"]

    def turns(self, session: str) -> list[tuple[str, str]]:
        """(prompt, answer) of all turns that have ended."""
        events, found = self.events(session), dict[str, list[str]]()
        for event in events:
            if event["type"] == "turn-started":
                found[event["turn"]] = [event["text"], ""]
            elif event["type"] == "item-completed" and event["content"]["kind"] == "message":
                found[event["turn"]][1] += event["content"]["text"]
        ended = {event["turn"] for event in events if event["type"] == "turn-completed"}
        return [(text, said) for turn, (text, said) in found.items() if turn in ended]

    def prompt(self, session: str, text: str, **more: Any) -> dict[str, Any]:
        body = {"type": "prompt", "session": session, "text": text, **more}
        headers = {"Idempotency-Key": f"c-{time.monotonic_ns()}"}
        return self.client.post("/api/commands", json=body, headers=headers).json()

    def until(self, check: Callable[[], Any], what: str) -> Any:
        end = time.monotonic() + WAIT_SECONDS
        while not (found := check()):
            assert time.monotonic() < end, f"not within {WAIT_SECONDS:g} s: {what}\n{self.server.log()}"
            time.sleep(0.1)
        return found

    def imported(self, many: int = 1) -> list[dict[str, Any]]:
        self.client.post("/api/imports")
        rows = self.until(
            lambda: len(found := self.sessions()) >= many and found, f"{many} sessions in the list"
        )
        self.client.post(f"/api/projects/{rows[0]['project']}/trust")
        return rows


@pytest.fixture
def desk(tmp_path: Path, make_server: Callable[..., RunningServer]) -> Iterator[Desk]:
    (tmp_path / "model").mkdir()
    with mock_model.serving(FIXTURES, tmp_path / "model") as url:
        yield Desk(tmp_path, url, make_server)


def test_gone_on_with_in_antiphon_and_back_in_the_terminal(desk: Desk) -> None:
    """Begun in a terminal, gone on with here in Claude's own conversation, and there again: one session, each turn once."""
    desk.terminal("ONE please")
    desk.age()
    (row,) = desk.serve().imported()
    assert (row["title"], row["imported"]) == ("ONE please", True)
    first = ("ONE please", "The first answer.")
    assert desk.turns(row["id"]) == [first]
    assert desk.prompt(row["id"], "TWO please")["type"] == "accepted"
    second = ("TWO please", "The second answer.")
    desk.until(lambda: desk.turns(row["id"]) == [first, second], "the second turn")
    (path,) = desk.transcripts()
    assert "ONE please" in path.read_text()
    assert "TWO please" in path.read_text()
    desk.server.stop()
    desk.terminal("--resume", path.stem, "THREE please")
    desk.server.restart()
    third = ("THREE please", "The third answer.")
    assert desk.turns(row["id"]) == [first, second, third]
    assert [each["id"] for each in desk.imported()] == [row["id"]]
    assert desk.turns(row["id"]) == [first, second, third]


def test_a_conversation_that_is_elsewhere_is_forked(desk: Desk) -> None:
    """Written to a moment ago it takes no prompt but as a fork, and the original is as the terminal left it."""
    desk.terminal("ONE please")
    (path,) = desk.transcripts()
    written = path.read_bytes()
    (row,) = desk.serve().imported()
    refused = desk.prompt(row["id"], "TWO please")
    assert refused["code"] == "session-elsewhere"
    assert desk.prompt(row["id"], "TWO please", fork=True)["type"] == "accepted"
    turns = [("ONE please", "The first answer."), ("TWO please", "The second answer.")]
    desk.until(lambda: desk.turns(row["id"]) == turns, "the turn in the fork")
    assert path.read_bytes() == written
    assert len(desk.transcripts()) == 2
    rows = desk.until(
        lambda: len(desk.imported()) == 2 and desk.sessions(), "the original as a session of its own"
    )
    other = next(each for each in rows if each["id"] != row["id"])
    assert desk.turns(other["id"]) == turns[:1]
    assert desk.prompt(row["id"], "FOUR please")["type"] == "accepted"
    turns.append(("FOUR please", "The fourth answer."))
    desk.until(lambda: desk.turns(row["id"]) == turns, "the fork goes on by itself")
    assert path.read_bytes() == written


def test_two_servers_never_run_one_conversation(
    desk: Desk, tmp_path: Path, make_server: Callable[..., RunningServer]
) -> None:
    """A second Antiphon of the same person refuses a prompt while the first has the conversation, and names where."""
    desk.terminal("ONE please")
    desk.age()
    (row,) = desk.serve().imported()
    desk.prompt(row["id"], "TWO please")
    desk.until(lambda: len(desk.turns(row["id"])) == 2, "the first server's turn")
    state = {"XDG_STATE_HOME": str(tmp_path / "state"), "ANTIPHON_NO_IMPORT": ""}
    beside = tmp_path / "second"
    beside.mkdir()
    second = Desk.__new__(Desk)
    second.__dict__.update(desk.__dict__)
    second.server = make_server(
        "--root", str(tmp_path / "root"), folder=beside, environment={**desk.environment, **state}
    )
    second.client = second.server.client()
    (theirs,) = second.imported()
    second.until(lambda: len(second.turns(theirs["id"])) == 2, "the second server reads it as well")
    refused = second.prompt(theirs["id"], "THREE please")
    assert refused["code"] == "session-elsewhere", refused
