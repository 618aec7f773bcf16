"""Claims of conversations: one holder at a time, over processes, released by death."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from antiphon.sessions.native import Claims, NativeTaken

HOLDER = """
import sys
from pathlib import Path
from antiphon.sessions.native import Claims
Claims(Path(sys.argv[1]), "/other/data").take("claude", "n1", "Theirs")
print("held", flush=True)
sys.stdin.read()
"""

LEFT = '{"pid": 1, "where": "/other/data", "session": "Theirs"}'
"""What a killed holder's file says."""


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    """A second taker in the same process is told who holds it; another conversation is free."""
    claims = Claims(tmp_path / "claims", "/data")
    held = claims.take("claude", "n1", "Mine")
    with pytest.raises(NativeTaken, match="“Mine” here"):
        claims.take("claude", "n1", "Another")
    claims.take("claude", "n2", "Other").release()
    held.release()
    held.release()
    claims.take("claude", "n1", "Another").release()
    assert list((tmp_path / "claims").iterdir()) == []


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    """Another process's claim is told with where it is; kill -9 of that process frees it."""
    claims = Claims(tmp_path / "claims", "/data")
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "claims")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(NativeTaken) as taken:
                claims.take("claude", "n1", "Mine")
            assert str(holder.pid) in taken.value.where
            assert "/other/data" in taken.value.where
        finally:
            os.kill(holder.pid, signal.SIGKILL)
    claims.take("claude", "n1", "Mine").release()


def test_an_id_is_no_path(tmp_path: Path) -> None:
    """Whatever an agent calls its conversation, the lock lies in the folder."""
    claims = Claims(tmp_path / "claims", "/data")
    held = claims.take("claude", "../../etc/passwd" + "x" * 500, "Mine")
    assert len(list((tmp_path / "claims").iterdir())) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["claims"]
    held.release()


def test_a_full_disk_locks_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that cannot be signed holds all the same, says less to others, and is let go of like any other."""
    folder = tmp_path / "claims"
    folder.mkdir()
    (folder / "claude-n1.lock").write_text(LEFT)
    claims = Claims(folder, "/data")
    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", _refusing(errno.ENOSPC))
        held = claims.take("claude", "n1", "Mine")
    with pytest.raises(NativeTaken) as taken:
        claims.take("claude", "n1", "Another")
    assert taken.value.where == "another session of Antiphon"
    held.release()
    claims.take("claude", "n1", "Another").release()


def test_what_cannot_be_locked_is_not_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong after the file was opened, it is closed again."""
    claims = Claims(tmp_path / "claims", "/data")
    opened: list[int] = []
    refuse = _refusing(errno.ENOLCK)

    def no_locks(handle: int, _: int) -> None:
        opened.append(handle)
        refuse()

    with monkeypatch.context() as broken:
        broken.setattr(fcntl, "flock", no_locks)
        with pytest.raises(OSError, match=os.strerror(errno.ENOLCK)):
            claims.take("claude", "n1", "Mine")
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(opened[0])
    claims.take("claude", "n1", "Mine").release()


def _refusing(code: int) -> Callable[..., int]:
    def refuse(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    return refuse
