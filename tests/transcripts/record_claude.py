"""Records what the real Claude Code says: `python -m tests.transcripts.record_claude [CASES…]`.

It needs what `./dev test --agents` installs. With `--expect` only the events are written anew, from
the transcripts that are there. Look at what it changes before you commit it: a transcript says what
is right. What differs from run to run is made constant (`Constant`).
"""

import asyncio
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from antiphon.model.events import ApprovalRequested, ItemDelta, ItemUpdated
from antiphon.providers.base import Answered, ProviderFailed
from antiphon.providers.claude import wire
from antiphon.providers.claude.provider import ClaudeProvider
from antiphon.testing.check_provider import Opened, Prompts, Subject
from antiphon.testing.sink import RecordingSink
from tests.agents import mock_model
from tests.agents.real_claude import at_home
from tests.transcripts.claude_cases import CASES, FILES, Case
from tests.transcripts.claude_replay import HERE, cases, replay

LIMIT_S = 40.0
DECODE = wire.decode

NAMES = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # Claude's ids and ours
    r"|\b(?:msg|req)_[A-Za-z0-9_-]{6,}"  # the model's
)
TASK = re.compile(r'"(?:task_id|agentId|agent_id|backgroundTaskId)": ?"([^"]+)"')
NUMBERS = re.compile(r"(_ms|Ms|_at|_time|_cost_usd|costUSD|resetsAt|timestamp)\Z")
CHANCE = (
    (re.compile(r"/tmp/claude-\d+/"), "/tmp/claude-0/"),
    (re.compile(r'"run_id":"[^"]+"'), '"run_id":"run-1"'),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:1"),
    (re.compile(r"/plans/[a-z-]+\.md"), "/plans/plan.md"),
)
"""What is made by chance, or is this machine's."""
LISTS = (
    *("tools", "slash_commands", "terminal_slash_commands", "agents", "skills", "plugins", "mcp_servers"),
    *("capabilities", "memory_paths", "messaging_socket_path"),
)
"""Of `init`: they are this machine's and this version's."""


class Constant:
    """What differs from run to run, by what stands in its place, the same everywhere."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] = {}

    def lines(self, messages: list[Any]) -> list[str]:
        """The messages, one a line."""
        lines = [
            json.dumps(self._plain(message), ensure_ascii=False, separators=(",", ":"))
            for message in messages
        ]
        for found in TASK.findall("\n".join(lines)):
            self._names.setdefault(found, f"task-{len(self._names) + 1}")
        return [self._renamed(line) for line in lines]

    def _plain(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            kept = {k: v for k, v in value.items() if not (value.get("subtype") == "init" and k in LISTS)}
            return {k: self._plain(v, k) for k, v in kept.items()}
        if isinstance(value, list):
            return [self._plain(each) for each in value]
        if NUMBERS.search(key) and type(value) in (int, float):
            return 1
        if key == "timestamp":
            return "2026-01-01T00:00:00.000Z"
        return value

    def _renamed(self, line: str) -> str:
        for place, name in (
            (self._folder / "project", "/project"),
            (self._folder / "home", "/home/person"),
            (self._folder, ""),
        ):
            dashed = re.sub(r"[^A-Za-z0-9]", "-", str(place))
            line = line.replace(str(place), name).replace(dashed, name.replace("/", "-"))
        for pattern, name in CHANCE:
            line = pattern.sub(name, line)
        line = NAMES.sub(self._name, line)
        for found in sorted(self._names, key=len, reverse=True):
            line = line.replace(found, self._names[found])
        return line

    def _name(self, found: re.Match[str]) -> str:
        kind = found[0].split("_")[0] if "_" in found[0] else "id"
        return self._names.setdefault(found[0], f"{kind}-{len(self._names) + 1}")


class Recording:
    """The lines of one case, with the person's answers between them."""

    def __init__(self, case: Case, project: Path) -> None:
        self._case, self._project = case, project
        self.lines: list[Any] = []
        self.on = False

    def decode(self, line: bytes) -> Any:
        """In the place of `wire.decode`."""
        message = DECODE(line)
        if self.on:
            if message["type"] == "control_request":
                self._look(message["request"].get("input", {}).get("file_path"))
            self.lines.append(message)
        return message

    def _look(self, name: str | None) -> None:
        if name and (path := self._project / name).is_file():
            self.lines.append({"before": path.read_text()})

    async def answer(self, request: ApprovalRequested) -> Answered:
        """As the case says."""
        option = self._case.option
        if option == "always":
            option = next(each.id for each in request.options if each.kind == "allow-always")
        self.lines.append({"answer": option, "fields": self._case.fields})
        return Answered(option=option, fields=self._case.fields)


async def record(case: Case, folder: Path) -> list[str]:
    """Run it; its lines, made constant."""
    project = folder / "project"
    project.mkdir()
    for name, content in FILES.items():
        (project / name).write_bytes(content)
    recording = Recording(case, project)
    wire.decode = recording.decode
    try:
        with mock_model.serving([*case.answers], folder) as model:
            await _run(case, recording, folder, model)
    finally:
        wire.decode = DECODE
    return Constant(folder).lines(recording.lines)


async def _run(case: Case, recording: Recording, folder: Path, model: str) -> None:
    around = at_home(folder, model) | {"CLAUDE_CODE_MAX_RETRIES": "1"} | dict(case.environment)
    subject = Subject(
        provider=ClaudeProvider(),
        folder=folder / "project",
        environment=around,
        prompts=Prompts(say="", endless=""),
    )
    sink = RecordingSink(recording.answer)
    async with asyncio.timeout(LIMIT_S), Opened(subject, sink, mode=case.mode) as opened:
        for prompt in case.earlier:
            await opened.ask(prompt)
        recording.on = True
        await _ask(opened, case)
        for _ in range(case.own_turns):
            await sink.until(lambda: sink.begun)
            await opened.agent.carry_on()
        recording.on = False


async def _ask(opened: Opened, case: Case) -> None:
    sink = opened.sink
    work = opened.ask(case.prompt)
    if case.stop == "text":
        await sink.until(lambda: len(sink.of(ItemDelta)) > 2)
    if case.stop == "tool":
        await sink.until(lambda: sink.asked and sink.of(ItemUpdated))
        await asyncio.sleep(1)  # the command is begun: nothing tells it
    if case.stop:
        await opened.agent.cancel()
    try:
        await work
    except ProviderFailed as failed:  # as some are to
        print(f"  it failed: {failed.failure.code}: {failed.failure.detail}")


def write(case: str) -> None:
    """Record the case."""
    print(case)
    with tempfile.TemporaryDirectory(prefix="antiphon-record-") as folder:
        lines = asyncio.run(record(CASES[case], Path(folder).resolve()))
    (HERE / case).mkdir(parents=True, exist_ok=True)
    (HERE / case / "wire.jsonl").write_text("\n".join(lines) + "\n")


def expect(case: str) -> None:
    """Write the events as they are now."""
    messages = [json.loads(line) for line in (HERE / case / "wire.jsonl").read_text().splitlines()]
    events = [msgspec.json.encode(event).decode() for event in replay(messages)]
    (HERE / case / "events.jsonl").write_text("\n".join(events) + "\n")


if __name__ == "__main__":
    words = sys.argv[1:]
    only = [word for word in words if word != "--expect"]
    if "--expect" not in words:
        for case in only or CASES:
            write(case)
    for case in only or cases():
        expect(case)
