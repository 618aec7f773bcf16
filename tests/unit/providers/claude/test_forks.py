"""Where a fork of a conversation is cut, and files that are brought back."""

import json
from pathlib import Path
from typing import Any

import pytest

from antiphon.providers.base import Launch, NotRestorable
from antiphon.providers.claude.history import before

from . import scripted

NATIVE = "0198c0de-0000-7000-8000-00000000abcd"


def line(uuid: str, parent: str | None, kind: str = "user") -> str:
    return json.dumps({"type": kind, "uuid": uuid, "parentUuid": parent, "message": {"content": "x"}})


def forked(folder: Path, *without: str, **more: Any) -> Launch:
    return Launch(
        session="s",
        folder=folder,
        marker="m",
        environment={},
        native_session=NATIVE,
        fork_without=without,
        **{"fork": True, **more},
    )


@pytest.fixture(name="config")
def make_config(tmp_path: Path) -> Path:
    """A config folder with one conversation: two turns, the second of which began at `u2`."""
    folder = tmp_path / "projects" / "-work"
    folder.mkdir(parents=True)
    lines = [
        line("u1", None),
        line("a1", "u1", "assistant"),
        line("s1", "a1", "system"),
        json.dumps({"type": "file-history-snapshot", "messageId": "u2"}),
        line("u2", "s1"),
        line("a2", "u2", "assistant"),
    ]
    (folder / f"{NATIVE}.jsonl").write_text("\n".join(lines))
    return tmp_path


def test_a_fork_is_cut_before_the_first_turn_that_is_known(config: Path) -> None:
    """A turn that never reached Claude has no line; nothing to cut: all of it."""
    around = {"CLAUDE_CONFIG_DIR": str(config)}
    work = Path("/project")
    assert before(around, forked(work, "never", "u2")) == "s1"
    assert before(around, forked(work, "never")) is None
    assert before(around, forked(work)) is None
    assert before(around, forked(work, "u2", fork=False)) is None
    assert before({"CLAUDE_CONFIG_DIR": str(config / "none")}, forked(work, "u2")) is None


REWINDS = """
while True:
    request = hear()
    asked = request["request"]
    assert asked["subtype"] == "rewind_files" and asked["user_message_id"] == "t1"
    if asked["dry_run"]:
        answer(request, response={"canRewind": True, "filesChanged": ["/project/a"], "insertions": 1, "deletions": 2})
    else:
        answer(request, response={"canRewind": True})
"""


async def test_files_are_brought_back_after_a_look_at_which() -> None:
    """What is done answers no files: those of the look are told."""
    async with scripted.agent(REWINDS) as (agent, _):
        for dry in (True, False):
            restored = await agent.restore("t1", dry=dry)
            assert (restored.files, restored.insertions, restored.deletions) == (["/project/a"], 1, 2)


async def test_what_cannot_be_brought_back_says_why() -> None:
    """In Claude's own words."""
    script = 'answer(hear(), response={"canRewind": False, "error": "No file checkpoint found"})'
    async with scripted.agent(script) as (agent, _):
        with pytest.raises(NotRestorable, match="No file checkpoint"):
            await agent.restore("t1", dry=False)
