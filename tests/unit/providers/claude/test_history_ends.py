"""What the first and last bytes of a transcript tell the lists."""

import json
from typing import Any

import pytest

from antiphon.providers.archive import Found, Skipped
from antiphon.providers.claude.history_ends import Ends, describe

NATIVE = "3fb1ed79-35b3-4602-947e-65406da3e003"


def line(type: str, **fields: Any) -> bytes:
    return json.dumps({"type": type, "sessionId": NATIVE, **fields}, separators=(",", ":")).encode() + b"\n"


def said(text: str, **fields: Any) -> bytes:
    message = {"role": "user", "content": text}
    return line("user", message=message, cwd="/project", timestamp="2026-11-22T10:00:00Z", **fields)


def look(*lines: bytes) -> Found | Skipped:
    whole = b"".join(lines)
    return describe(NATIVE, Ends(head=whole, tail=whole, whole=True), 5)


def title(*lines: bytes) -> str:
    found = look(*lines)
    assert isinstance(found, Found), found
    return found.title


def test_a_persons_name_for_it_goes_first() -> None:
    """Custom title, then Claude's, then a summary, then the first prompt; of each the newest."""
    prompt, summary = said("the prompt"), line("summary", summary="the summary")
    ai, custom = line("ai-title", aiTitle="by Claude"), line("custom-title", customTitle="by a person")
    renamed = line("custom-title", customTitle="renamed")
    assert title(custom, prompt, ai, summary) == "by a person"
    assert title(custom, prompt, renamed) == "renamed"
    assert title(prompt, ai, summary) == "by Claude"
    assert title(prompt, summary) == "the summary"
    assert title(prompt) == "the prompt"


def test_the_first_prompt_is_a_persons() -> None:
    """Not the CLI's own words, not a tool's result, not what a task told, and a slash command only where there is no other."""
    noise = [
        said("<local-command-caveat>x</local-command-caveat>", isMeta=True),
        said("<local-command-stdout>out</local-command-stdout>"),
        said("<task-notification><summary>done</summary></task-notification>"),
        said("This session is being continued", isCompactSummary=True),
        said("[Request interrupted by user]"),
    ]
    command = said("<command-name>/init</command-name><command-args></command-args>")
    assert title(*noise, command, said("real  words\nand more")) == "real words and more"
    assert title(*noise, command) == "/init"


def test_ends_that_are_cut_are_read_as_far_as_they_go() -> None:
    """A prompt with pictures that neither end holds whole: the folder is found in the cut line, the title at the end."""
    picture = said("see", picture="A" * 1000)
    end = line("last-prompt", lastPrompt="see what is in it") + line("mode", timestamp="2026-11-22T11:00:00Z")
    long = b'{"cwd":"/project","timestamp":"2026-11-22T09:00:00Z",' + picture[1:]
    found = describe(NATIVE, Ends(head=long[:300], tail=picture[-200:] + end, whole=False), 5)
    assert isinstance(found, Found), found
    assert (found.folder, found.title) == ("/project", "see what is in it")
    assert found.last_activity == 1795345200000


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([line("mode"), line("queue-operation", content="x")], "empty"),
        ([said("x", isSidechain=True)], "sub-agent"),
        ([b"not json\n", b"\xff\xfe\n", b"[1]\n"], "empty"),
        ([b'{"a":1}\n'], "not-a-session"),
        ([line("user", message={"role": "user", "content": "x"})], "no-folder"),
        ([line("user", message={"role": "user", "content": "x"}, cwd="relative/path")], "no-folder"),
    ],
)
def test_what_is_no_conversation_says_why(lines: list[bytes], reason: str) -> None:
    """Each file that is left out has its reason."""
    found = look(*lines)
    assert isinstance(found, Skipped)
    assert found.reason == reason


def test_without_times_the_files_own_counts() -> None:
    """Entries without a time: the file's last change stands for both."""
    found = look(line("user", message={"role": "user", "content": "x"}, cwd="/project"))
    assert isinstance(found, Found)
    assert (found.created_at, found.last_activity) == (5, 5)
