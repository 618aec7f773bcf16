"""Records what the real Codex says: `python -m tests.transcripts.record_codex [CASES…]`.

It needs what `./dev test --agents` installs. With `--expect` only the events are written anew, from
the transcripts that are there. Look at what it changes before you commit it: a transcript says what
is right. What differs from run to run is made constant (`Constant`).
"""

import asyncio
import contextlib
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from antiphon.model.events import ApprovalRequested, ItemDelta
from antiphon.providers import processes
from antiphon.providers.base import Answered, Prompt, ProviderFailed
from antiphon.providers.codex import client, wire
from antiphon.providers.codex.provider import CodexProvider
from antiphon.testing.check_provider import Opened, Prompts, Subject
from antiphon.testing.sink import RecordingSink
from tests.agents import mock_model
from tests.agents.real_codex import at_home
from tests.transcripts.claude_cases import DOT
from tests.transcripts.codex_cases import CASES, FILES, Case
from tests.transcripts.codex_replay import HERE, cases, replay

LIMIT_S = 40.0
DECODE, READ = wire.decode, client.read

NAMES = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(?:msg|rs|req)-[A-Za-z0-9_-]{12,}")
"""Codex's ids and the model's."""
TIMES = re.compile(r"(Ms|At)\Z")
CHANCE = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:1"),
    (re.compile(r'"processId":"\d+"'), '"processId":"1"'),
)
"""What is made by chance, or is this machine's."""
NOISE = ("remoteControl/", "configWarning", "thread/status/", "thread/readState/", "mcpServer/", "turn/diff/")
"""Said of the server as a whole, or again what the items tell."""


class Constant:
    """What differs from run to run, by what stands in its place, the same everywhere."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[str, str] = {}

    def lines(self, messages: list[Any]) -> list[str]:
        """The messages, one a line."""
        return [
            self._renamed(json.dumps(self._plain(message), ensure_ascii=False, separators=(",", ":")))
            for message in messages
        ]

    def _plain(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: self._plain(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [self._plain(each) for each in value]
        return 1 if TIMES.search(key) and type(value) in (int, float) else value

    def _renamed(self, line: str) -> str:
        for place, name in ((self._folder / "project", "/project"), (self._folder, "")):
            line = line.replace(str(place), name)
        for pattern, name in CHANCE:
            line = pattern.sub(name, line)
        return NAMES.sub(self._name, line)

    def _name(self, found: re.Match[str]) -> str:
        kind = found[0].split("-")[0] if found[0][0] in "mr" else "id"
        return self._names.setdefault(found[0], f"{kind}-{len(self._names) + 1}")


class Recording:
    """The lines of one case, with what the files hold and the person's answers between them."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.lines: list[Any] = []

    def decode(self, line: bytes) -> Any:
        """In the place of `wire.decode`."""
        message = DECODE(line)
        method = message.get("method", "")
        if method and not method.startswith(NOISE):
            self.lines.append(message)
        return message

    def read(self, paths: list[str]) -> dict[str, str | None]:
        """In the place of `client.read`."""
        files = READ(paths)
        self.lines.append({"files": files})
        return files

    async def answer(self, request: ApprovalRequested) -> Answered:
        """As the case says."""
        self.lines.append({"answer": self._case.option, "fields": self._case.fields})
        return Answered(option=self._case.option, fields=self._case.fields)


async def record(case: Case, folder: Path) -> list[str]:
    """Run it; its lines, made constant."""
    project = folder / "project"
    project.mkdir()
    for name, content in FILES.items():
        (project / name).write_text(content)
    (project / "dot.png").write_bytes(DOT)
    recording = Recording(case)
    with mock_model.serving([*case.answers], folder) as model:
        await _run(case, recording, folder, model)
    begun = next(i for i, line in enumerate(recording.lines) if line.get("method") == "turn/started")
    return Constant(folder).lines(recording.lines[begun:])


async def _run(case: Case, recording: Recording, folder: Path, model: str) -> None:
    subject = Subject(
        provider=CodexProvider(),
        folder=folder / "project",
        environment=at_home(folder, model, case.settings),
        prompts=Prompts(say="", endless=""),
    )
    sink = RecordingSink(recording.answer)
    wire.decode, client.read = recording.decode, recording.read
    try:
        async with asyncio.timeout(LIMIT_S), Opened(subject, sink, mode=case.mode) as opened:
            for prompt in case.earlier:
                with contextlib.suppress(ProviderFailed):  # as some are to
                    await opened.ask(prompt)
            recording.lines.clear()
            await _ask(opened, case)
            wire.decode = DECODE
    finally:
        wire.decode, client.read = DECODE, READ


async def _ask(opened: Opened, case: Case) -> None:
    sink = opened.sink
    work = opened.ask(case.prompt)
    if case.stop == "text" or case.steer:
        await sink.until(lambda: len(sink.of(ItemDelta)) > 2)
    if case.stop == "tool":
        await _runs(opened)
    if case.stop:
        await opened.agent.cancel()
    if case.steer:
        assert await opened.agent.steer(Prompt(turn="t", text=case.steer))
    try:
        await work
    except ProviderFailed as failed:  # as some are to
        print(f"  it failed: {failed.failure.code}: {failed.failure.detail}")


async def _runs(opened: Opened) -> None:
    """Until its command runs. (Nothing tells of it but looking.)"""
    while not any("tail -f" in each.command for each in processes.descendants(opened.keeper)):  # noqa: ASYNC110
        await asyncio.sleep(0.02)


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
