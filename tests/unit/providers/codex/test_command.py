"""Codex's command line, environment, and what a thread is begun with."""

from pathlib import Path
from typing import Any

import pytest

from antiphon.providers.base import Launch, ProviderFailed
from antiphon.providers.codex import command, facts
from antiphon.providers.codex.modes import BYPASS, MODES
from antiphon.providers.codex.provider import CodexProvider

ID = "01a21464-4f92-7702-b892-8fa5de829ab5"


def launch(**more: Any) -> Launch:
    """A launch in some folder."""
    return Launch(session="s", folder=Path("/project"), marker="m", environment={}, **more)


def test_a_thread_asks_by_default() -> None:
    """Before all that changes anything, in the sandbox of the project; a person answers, no other model."""
    method, params = command.thread(launch())
    assert method == "thread/start"
    assert params == {
        "cwd": "/project",
        "approvalPolicy": "untrusted",
        "approvalsReviewer": "user",
        "sandbox": "workspace-write",
    }


@pytest.mark.parametrize(
    ("mode", "policy", "sandbox"),
    [
        ("ask", "untrusted", "workspace-write"),
        ("read-only", "on-request", "read-only"),
        ("auto", "on-request", "workspace-write"),
        ("full-access", "never", "danger-full-access"),
    ],
)
def test_a_mode_is_a_policy_and_a_sandbox(mode: str, policy: str, sandbox: str) -> None:
    """Those of Codex."""
    _, params = command.thread(launch(mode=mode))
    assert (params["approvalPolicy"], params["sandbox"]) == (policy, sandbox)
    assert mode in MODES


def test_what_skips_approvals_is_told_as_that() -> None:
    """It is offered only under --allow-bypass; nothing else is without a sandbox or without questions."""
    assert BYPASS == CodexProvider.capabilities.bypass_modes == ("full-access",)
    for mode in MODES:
        _, params = command.thread(launch(mode=mode))
        assert (mode in BYPASS) == (params["approvalPolicy"] == "never")
        assert (mode in BYPASS) == (params["sandbox"] == "danger-full-access")


def test_a_mode_that_is_none_starts_nothing() -> None:
    """Rather than in another."""
    with pytest.raises(ProviderFailed, match="no mode 'yolo'"):
        command.thread(launch(mode="yolo"))


def test_a_conversation_is_resumed_or_copied_by_its_id() -> None:
    """Without its past, which the log has."""
    method, params = command.thread(launch(native_session=ID, model="m"))
    assert (method, params["threadId"], params["excludeTurns"], params["model"]) == (
        "thread/resume",
        ID,
        True,
        "m",
    )
    assert command.thread(launch(native_session=ID, fork=True))[0] == "thread/fork"


@pytest.mark.parametrize("id", ["", "x", "--help", f"{ID}\n", f"../{ID}"])
def test_an_id_that_is_none_of_codex_is_refused(id: str) -> None:
    """It names a file."""
    with pytest.raises(ProviderFailed) as failed:
        command.thread(launch(native_session=id))
    assert failed.value.failure.code == "invalid-request"


def test_nothing_of_a_codex_around_us_is_left() -> None:
    """Its own settings and the user's stay."""
    around = {
        "CODEX_SANDBOX": "x",
        "CODEX_THREAD_ID": "x",
        "CODEX_CI": "1",
        "CODEX_HOME": "/h",
        "PATH": "/bin",
    }
    assert command.surroundings(around) == {"CODEX_HOME": "/h", "PATH": "/bin"}


def test_a_key_is_no_argument() -> None:
    """Others see command lines: only the name of its variable stands there."""
    words = command.arguments({"OPENAI_API_KEY": "sk-a-secret-of-the-test"})
    assert words[0] == "app-server"
    assert "sk-a-secret" not in " ".join(words)
    assert f'model_providers.{command.BY_KEY}.env_key="OPENAI_API_KEY"' in words
    assert f'model_providers.{command.BY_KEY}.base_url="{command.OPENAI}"' in words
    assert not any("model_providers" in word for word in command.arguments({}))


@pytest.mark.parametrize(
    ("account", "around", "pays"),
    [
        ({"account": None, "requiresOpenaiAuth": True}, {"OPENAI_API_KEY": "sk"}, True),
        ({"account": {"type": "chatgpt"}, "requiresOpenaiAuth": True}, {"OPENAI_API_KEY": "sk"}, False),
        ({"account": None, "requiresOpenaiAuth": False}, {"OPENAI_API_KEY": "sk"}, False),
        ({"account": None, "requiresOpenaiAuth": True}, {}, False),
        ({}, {"OPENAI_API_KEY": "sk"}, False),
    ],
)
def test_a_login_goes_before_a_key(account: dict[str, Any], around: dict[str, str], pays: bool) -> None:
    """And so does a model provider of the person's own that needs no account."""
    assert command.pays_by_key(account, around) is pays


def test_by_key_the_thread_names_its_provider() -> None:
    """Also where it is resumed."""
    assert command.thread(launch(), by_key=True)[1]["modelProvider"] == command.BY_KEY
    assert command.thread(launch(native_session=ID), by_key=True)[1]["modelProvider"] == command.BY_KEY
    assert "modelProvider" not in command.thread(launch())[1]


def test_an_effort_is_one_of_codexs() -> None:
    """In the configuration of the thread; anything else is left out."""
    assert command.thread(launch(effort="high"))[1]["config"] == {"model_reasoning_effort": "high"}
    assert "config" not in command.thread(launch(effort="--x"))[1]
    assert command.thread(launch(effort="low", native_session=ID))[1]["config"]


def test_the_efforts_are_those_of_the_threads_model() -> None:
    """As Codex lists them; of a model that it does not list nothing is known."""
    listed = {
        "data": [
            {
                "model": "a",
                "supportedReasoningEfforts": [{"reasoningEffort": "low"}, {"reasoningEffort": "high"}],
            }
        ]
    }
    told = facts.begun({"model": "a", "reasoningEffort": "low"}, listed)
    assert (told.effort, told.efforts) == ("low", ["low", "high"])
    assert facts.begun({"model": "b"}, listed).efforts is None
