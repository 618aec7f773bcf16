"""Attachments: bytes on the disk, once per content, under their own hash."""

import hashlib
import stat
from pathlib import Path

import pytest

from antiphon.log.attachments import path_of, store


def test_bytes_lie_under_their_hash(tmp_path: Path) -> None:
    """The same content is stored once, and can be read back by its id."""
    content = b"some bytes"
    ids = {store(tmp_path, content) for _ in range(2)}
    assert ids == {hashlib.sha256(content).hexdigest()}
    path = path_of(tmp_path, ids.pop())
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert len(list(path.parent.iterdir())) == 1


@pytest.mark.parametrize("id", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 63 + "/", "a" * 65])
def test_what_is_no_hash_is_no_path(tmp_path: Path, id: str) -> None:
    """An id that is not 64 hex digits never becomes a path."""
    with pytest.raises(ValueError, match="64 hex digits"):
        path_of(tmp_path, id)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the bytes cannot be made durable there is no file, not half a file."""

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        store(tmp_path, b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
