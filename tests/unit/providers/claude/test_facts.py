"""Facts of the session in Claude Code's messages."""

from typing import Any

import pytest

from antiphon.model.events import AgentCommand, BackgroundTask
from antiphon.providers.claude import facts


def test_slash_commands_are_short() -> None:
    """The first line of what is said of them, cut; those without a name are left out."""
    told = {
        "commands": [
            {"name": "compact", "description": "Make it shorter\nand more"},
            {"name": "long", "description": "x" * 500},
            {"description": "nameless"},
            "odd",
        ]
    }
    first, second = facts.commands(told)
    assert first == AgentCommand(name="compact", description="Make it shorter")
    assert len(second.description) == facts.DESCRIPTION_LENGTH and second.description.endswith("…")


def test_the_hello_leaves_out_what_is_not_told() -> None:
    """No models is "not known", not "none"."""
    told = facts.hello({"models": [{"displayName": "nameless"}]})
    assert (told.models, told.mode, told.commands) == (None, None, [])


def test_the_efforts_are_those_of_the_model_that_is_set() -> None:
    """A model that has none says so; of one that is not listed nothing is known."""
    told = {
        "models": [
            {"value": "default", "supportedEffortLevels": ["low", "high"]},
            {"value": "haiku"},
        ]
    }
    assert facts.hello(told).efforts == ["low", "high"]
    assert facts.hello(told, "haiku").efforts == []
    assert facts.hello(told, "other").efforts is None


def test_background_tasks() -> None:
    """By kind; one without words is named by its id."""
    told = {
        "tasks": [
            {"task_id": "a", "task_type": "local_bash", "description": "build"},
            {"task_id": "b", "task_type": "local_agent"},
            {"task_id": "c", "task_type": "something_new", "description": "x"},
            {"description": "no id"},
        ]
    }
    assert facts.tasks(told, now=5) == [
        BackgroundTask(id="a", title="build", kind="command", started_at=5),
        BackgroundTask(id="b", title="b", kind="agent", started_at=5),
        BackgroundTask(id="c", title="x", kind="other", started_at=5),
    ]


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (
            {"trigger": "auto", "pre_tokens": 150_000, "post_tokens": 9_000},
            "The conversation was compacted from 150,000 tokens to 9,000 (by itself, the context was full).",
        ),
        (
            {"trigger": "manual", "pre_tokens": 10},
            "The conversation was compacted from 10 tokens (as asked).",
        ),
        ({}, "The conversation was compacted (as asked)."),
    ],
)
def test_a_compaction_in_words(about: dict[str, Any], words: str) -> None:
    """With its sizes where they are told."""
    assert facts.compacted({"compact_metadata": about}) == words


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("<local-command-stdout>Set model to opus</local-command-stdout>", "Set model to opus"),
        ("<local-command-stdout>\x1b[2mdim\x1b[22m words</local-command-stdout>", "dim words"),
        ("<local-command-stdout>a   1\nbb  2</local-command-stdout>", "```\na   1\nbb  2\n```"),
        ("<local-command-stdout># Title\n\n| a |</local-command-stdout>", "# Title\n\n| a |"),
        ("<local-command-stdout>Compacted (ctrl+o to see it)</local-command-stdout>", ""),
        ("<local-command-stdout></local-command-stdout>", ""),
        ("a prompt of a person", ""),
    ],
)
def test_what_a_slash_command_prints(words: str, shown: str) -> None:
    """Without a terminal's colours, its columns kept."""
    assert facts.local_output(words) == shown


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"subscriptionType": "max", "email": "ada@example.org"}, "Claude Max of ada@example.org"),
        ({"subscriptionType": "pro"}, "Claude Pro"),
        ({"email": "ada@example.org"}, "Claude account of ada@example.org"),
        ({"apiKeySource": "ANTHROPIC_API_KEY", "email": "ada@example.org"}, "API key from ANTHROPIC_API_KEY"),
        (
            {"apiKeySource": "none", "tokenSource": "CLAUDE_CODE_OAUTH_TOKEN"},
            "Token from CLAUDE_CODE_OAUTH_TOKEN",
        ),
        ({"tokenSource": "none"}, ""),
        ({}, ""),
    ],
)
def test_who_pays(told: dict[str, Any], words: str) -> None:
    """A key goes before a login."""
    assert facts.account(told) == words
