"""The practice agent as a real process, through the ACP driver."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from antiphon.model.events import ItemCompleted, ItemDelta, ItemUpdated, ProviderRetrying, TurnCancelled, TurnCompleted
from antiphon.model.items import Plan, Reasoning
from antiphon.providers import catalog, environment, processes
from antiphon.providers.acp.provider import AcpProvider
from antiphon.providers.base import Answered
from antiphon.testing.check_provider import CHECKS, Opened, Prompts, Skipped, Subject, failure_of, left, name_of
from antiphon.testing.sink import RecordingSink, allow, reject

PROMPTS = Prompts(
    say="say one two three",
    endless="slow 50/s for 60 s",
    write="write notes.txt: hello",
    silent="hang",
    crash="crash",
    crash_detail="Segmentation fault",
    leave="exit",
    stray="stubborn process",
    remember="history",
)


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    """The practice agent in an empty project, its conversations kept beside it."""
    folder = tmp_path / "project"
    folder.mkdir()
    around = environment.for_provider("practice") | {
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PRACTICE_PACE_MS": "0",
    }
    entry = catalog.shipped()["practice"]
    missing = AcpProvider(replace(entry, command=["no-such-program"], install="install it"))
    return Subject(
        provider=AcpProvider(entry), folder=folder, prompts=PROMPTS, environment=around, missing=missing
    )


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
async def test_it_keeps_the_rules_of_a_provider(check, subject: Subject) -> None:
    """The practice agent passes the suite for providers."""
    try:
        await check(subject)
    except Skipped:
        pytest.fail("the practice agent can be asked for everything")
