"""Records the practice agent's transcripts: `python -m tests.transcripts.record_acp`.

Look at what it changes before you commit it: a transcript says what is right. (Gemini's are
recorded from a real run by hand; they need its program.)
"""

import asyncio
import json
import tempfile
from pathlib import Path

import msgspec

from antiphon.providers import catalog, environment
from antiphon.providers.acp import wire
from antiphon.testing.check_provider import Opened, Prompts, Subject
from antiphon.testing.sink import RecordingSink, allow, reject
from tests.transcripts.acp_replay import HERE, cases, replay

PRACTICE = {
    "practice-write": ("write notes.txt: hello", "allow"),
    "practice-write-declined": ("write notes.txt: hello", "reject"),
    "practice-run": ("run sh -c 'echo out; exit 3'", "allow"),
    "practice-plan": ("plan", None),
    "practice-ask": ("ask Who are you?", "answer"),
    "practice-retry": ("retry 1", None),
}


def recorded(prompt: str, answer: str | None) -> list[str]:
    """The agent's lines of one prompt, without what differs from run to run."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project").resolve()
        project.mkdir()
        native, lines = asyncio.run(_record(prompt, answer, project))
        renamed = "\n".join(lines).replace(str(project), "/project").replace(native, "session")
        return renamed.replace(f"-{_pid(renamed)}-", "-1-").splitlines()


async def _record(prompt: str, answer: str | None, project: Path) -> tuple[str, list[str]]:
    lines: list[str] = []
    decode = wire.decode

    def tap(line: bytes) -> object:
        lines.append(line.decode())
        if answer and "session/request_permission" in lines[-1]:
            lines.append(json.dumps({"answer": answer}))
        return decode(line)

    around = environment.for_provider("practice") | {
        "XDG_STATE_HOME": str(project.parent),
        "PRACTICE_PACE_MS": "0",
    }
    prompts = Prompts(say="", endless="")
    subject = Subject(
        provider=catalog.load()["practice"], folder=project, environment=around, prompts=prompts
    )
    async with Opened(subject, RecordingSink(reject if answer == "reject" else allow)) as opened:
        await opened.ask("say ready")
        wire.decode = tap
        try:
            await opened.ask(prompt)
        finally:
            wire.decode = decode
    return opened.sink.native_session or "", lines


def _pid(lines: str) -> str:
    """The agent's pid, which is part of its tool calls' ids."""
    return lines.split('"toolCallId":"')[1].split("-")[1] if "toolCallId" in lines else "no pid"


def write(case: str, lines: list[str]) -> None:
    """The case's two files."""
    (HERE / case).mkdir(parents=True, exist_ok=True)
    (HERE / case / "wire.jsonl").write_text("\n".join(lines) + "\n")


def expect(case: str) -> None:
    """Write the events as they are now."""
    messages = [json.loads(line) for line in (HERE / case / "wire.jsonl").read_text().splitlines()]
    events = [msgspec.json.encode(event).decode() for event in replay(messages)]
    (HERE / case / "events.jsonl").write_text("\n".join(events) + "\n")


if __name__ == "__main__":
    for case, (prompt, answer) in PRACTICE.items():
        write(case, recorded(prompt, answer))
    for case in cases():
        expect(case)
