"""Claude Code's command line: nothing that comes in may become a flag."""

import json
from pathlib import Path
from typing import Any

import pytest

from antiphon.providers.base import Launch, ProviderFailed
from antiphon.providers.claude import command

ID = "0198c0de-0000-7000-8000-00000000abcd"


def launch(**more: Any) -> Launch:
    """A launch in some folder."""
    return Launch(session="s", folder=Path("/project"), marker="m", environment={}, **more)


def test_all_of_the_persons_settings_are_loaded() -> None:
    """User, project and local; every message streamed; questions come to us."""
    words = command.arguments(launch())
    assert "--setting-sources=user,project,local" in words
    assert words[words.index("--permission-prompt-tool") + 1] == "stdio"
    assert (
        words[words.index("--input-format") + 1] == words[words.index("--output-format") + 1] == "stream-json"
    )


def test_a_new_conversation_has_an_id_of_its_own() -> None:
    """Claude's form of it; another one each time."""
    ids = {command.arguments(launch())[-1] for _ in range(2)}
    assert len(ids) == 2
    assert all(command.NATIVE.match(word.removeprefix("--session-id=")) for word in ids)


def test_a_conversation_is_resumed_by_its_id() -> None:
    """One argument, so that it can never be two."""
    assert command.arguments(launch(native_session=ID))[-1] == f"--resume={ID}"


def test_a_fork_is_cut_at_a_line_and_the_conversation_itself_never() -> None:
    """Only with `--fork-session`; what is none of Claude's ids is no argument."""
    until = "0198c0de-0000-7000-8000-00000000beef"
    forked = command.arguments(launch(native_session=ID, fork=True), until)
    assert forked[-3:] == [f"--resume={ID}", "--fork-session", f"--resume-session-at={until}"]
    assert command.arguments(launch(native_session=ID), until)[-1] == f"--resume={ID}"
    assert command.arguments(launch(native_session=ID, fork=True), "--x")[-1] == "--fork-session"


def test_an_effort_is_one_of_claudes() -> None:
    """Anything else is left out."""
    assert "--effort=high" in command.arguments(launch(effort="high"))
    assert not [word for word in command.arguments(launch(effort="--x")) if "effort" in word]


@pytest.mark.parametrize(
    "native",
    [
        "",
        "--dangerously-skip-permissions",
        f"{ID} --x",
        f"{ID}\n",
        f"-{ID}",
        "../" + ID,
        "ID",
        ID.replace("-", ""),
    ],
)
def test_what_is_no_id_is_refused(native: str) -> None:
    """CVE-2026-96620 was this."""
    with pytest.raises(ProviderFailed, match="was not started") as failed:
        command.arguments(launch(native_session=native))
    assert failed.value.failure.code == "invalid-request"


@pytest.mark.parametrize("word", ["opus", "claude-opus-5-5[1m]", "us.anthropic.claude:0", "vendor/model@1"])
def test_a_model_is_one_argument(word: str) -> None:
    """As its names are in the world."""
    assert f"--model={word}" in command.arguments(launch(model=word))


@pytest.mark.parametrize("word", ["--settings", "-p", "a b", "a\nb", "a\x00", "é", "a" * 200, " opus", "a;b"])
@pytest.mark.parametrize("what", ["model", "mode"])
def test_what_is_no_word_is_refused(what: str, word: str) -> None:
    """Nor is it ever cut or mended into one."""
    with pytest.raises(ProviderFailed) as failed:
        command.arguments(launch(**{what: word}))
    assert failed.value.failure.code == "invalid-request"


def test_a_mode_is_one_argument() -> None:
    """The agent's own names of them."""
    assert "--permission-mode=plan" in command.arguments(launch(mode="plan"))
    assert command.BYPASS[0] in command.MODES


def test_rules_are_data_in_one_argument() -> None:
    """Whatever is in them; an option's several stand on lines of their own."""
    rules = ["Bash(npm test *)\nWebSearch", "--mcp-config=/x", "Bash(echo \"a\" 'b')", "  "]
    words = command.arguments(launch(rules=rules))
    [settings] = [word for word in words if word.startswith("--settings=")]
    assert json.loads(settings.removeprefix("--settings=")) == {
        "permissions": {"allow": ["Bash(npm test *)", "WebSearch", "--mcp-config=/x", "Bash(echo \"a\" 'b')"]}
    }
    assert not any(word.startswith("--mcp-config") for word in words)


def test_a_claude_around_antiphon_is_not_seen() -> None:
    """Ours is not inside that one; the rest of the environment is the person's."""
    around = command.surroundings({"CLAUDECODE": "1", "CLAUDE_CODE_ENTRYPOINT": "cli", "HOME": "/home/ada"})
    assert around["HOME"] == "/home/ada"
    assert not {"CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT"} & around.keys()
    assert around["CLAUDE_CODE_SDK_READS_SESSION_STATE"] == "1"
