"""What the agent of OpenRouter and of the local models is told, and what it is not."""

from pathlib import Path
from typing import Any

import pytest

from antiphon.model.events import SessionUpdated, TurnCompleted, TurnStarted
from antiphon.model.ids import new_id
from antiphon.providers.acp.driver import AcpDriver
from antiphon.providers.base import Attachment, Launch, Limits, Past, ProviderFailed
from antiphon.providers.chat.driver import open_with
from antiphon.providers.chat.provider import entry
from antiphon.providers.chat.setting import Setting, of_json
from antiphon.testing.sink import RecordingSink

OPENROUTER = entry("openrouter", "OpenRouter", Limits(stall=300.0, interrupt=10.0))
SETTING = Setting(
    provider="openrouter",
    name="OpenRouter",
    session="",
    server="openrouter",
    url="u",
    model="a/b",
    key="sk-or",
)
PAST = Past(
    events=[TurnStarted(turn="t", text="look", attachments=["i"]), TurnCompleted(turn="t")],
    attachments={"i": Attachment(path=Path("/data/i.png"), name="i.png", media_type="image/png")},
)


async def opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, native: str | None = None
) -> tuple[Launch, Launch, Setting, RecordingSink]:
    """The launch, what became of it, what the agent reads of its setting, and what was told."""
    started: list[tuple[Launch, Any]] = []

    async def note(_: AcpDriver, launch: Launch, sink: Any, meta: Any) -> None:
        started.append((launch, meta))

    async def past() -> Past:
        return PAST

    monkeypatch.setattr(AcpDriver, "open", note)
    launch = Launch(
        session=new_id(),
        folder=tmp_path,
        marker=new_id(),
        environment={"PATH": "/bin", "OPENROUTER_API_KEY": "sk-or", "OPENROUTER_BASE_URL": "u"},
        model="a/b",
        rules=["run(ls)"],
        native_session=native,
        past=past,
    )
    sink = RecordingSink()
    await open_with(OPENROUTER, launch, sink, SETTING, "a/b")
    [(bare, meta)] = started
    return launch, bare, of_json(meta), sink


async def test_what_was_said_goes_along_with_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent reads what the driver wrote: the session, its past with attachments, its rules, its patience."""
    launch, bare, read, sink = await opened(tmp_path, monkeypatch)
    assert (read.session, read.past, read.attachments) == (launch.session, PAST.events, PAST.attachments)
    assert (read.key, read.rules) == ("sk-or", ["run(ls)"])
    assert read.patience == 310.0, "the session ends a turn that is silent; this is for who is not asked to"
    assert bare.model is None, "it is no ACP agent's own word"
    assert sink.events == [SessionUpdated(model="a/b")]


async def test_the_key_is_in_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model runs could read it there."""
    _, bare, _, _ = await opened(tmp_path, monkeypatch)
    assert bare.environment == {"PATH": "/bin"}


async def test_another_sessions_conversation_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would go on with a past that is not its own."""
    with pytest.raises(ProviderFailed) as failed:
        await opened(tmp_path, monkeypatch, native="another")
    assert (
        failed.value.failure.code == "invalid-request" and "another session's" in failed.value.failure.message
    )
