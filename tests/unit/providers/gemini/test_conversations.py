"""The Gemini CLI's files of its conversations: set back by a minute, so that they can be loaded."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.providers.gemini.conversations import TRIES, set_back

NOW = datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)
NATIVE = "0123abcd-0000-4000-8000-000000000000"


def chats(home: Path) -> Path:
    """The folder."""
    folder = home / ".gemini/tmp/project/chats"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_file_of_this_minute_gets_an_earlier_name(tmp_path: Path) -> None:
    """One that is free; other conversations and other minutes stay."""
    folder = chats(tmp_path)
    for name in ("2026-01-01T00-00-0123abcd", "2025-12-31T23-59-0123abcd", "2026-01-01T00-00-ffffffff"):
        (folder / f"session-{name}.jsonl").write_text(name)
    set_back(tmp_path, NATIVE, NOW)
    assert {file.name: file.read_text() for file in folder.iterdir()} == {
        "session-2025-12-31T23-58-0123abcd.jsonl": "2026-01-01T00-00-0123abcd",
        "session-2025-12-31T23-59-0123abcd.jsonl": "2025-12-31T23-59-0123abcd",
        "session-2026-01-01T00-00-ffffffff.jsonl": "2026-01-01T00-00-ffffffff",
    }


def test_what_is_no_id_names_no_file(tmp_path: Path) -> None:
    """It would be a pattern."""
    file = chats(tmp_path) / "session-2026-01-01T00-00-0123abcd.jsonl"
    file.touch()
    set_back(tmp_path, "*" * 36, NOW)
    assert file.exists()


def test_where_no_name_is_free_it_says_so(tmp_path: Path) -> None:
    """Then the next minute is waited for."""
    folder = chats(tmp_path)
    for back in range(60 * TRIES):
        hour, minute = divmod(24 * 60 - back % (24 * 60), 60)
        (folder / f"session-2025-12-31T{hour:02}-{minute:02}-0123abcd.jsonl").touch()
    (folder / "session-2026-01-01T00-00-0123abcd.jsonl").touch()
    with pytest.raises(FileExistsError):
        set_back(tmp_path, NATIVE, NOW)
