"""The file of keys: its owner's alone, whole at any moment, refused when others can read it."""

import stat
import threading
from pathlib import Path

import pytest

from antiphon.providers.key_file import KeyFile, KeysRefused

KEY = "sk-fake-in-a-file-0123456789"


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "data")


def test_it_is_its_owners_alone(file: KeyFile) -> None:
    """Mode 0600 in a folder of mode 0700, also after a change, and nothing else is left behind."""
    file.put("openrouter", "file", KEY)
    file.put("cursor", "keyring")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.path.parent.iterdir()] == ["keys.json"]
    kept = file.read()
    assert {name: (each.place, each.key) for name, each in kept.items()} == {
        "openrouter": ("file", KEY),
        "cursor": ("keyring", None),
    }


def test_removed_it_is_gone_from_the_disk(file: KeyFile) -> None:
    """The bytes of the key stand in the file no more; removing what is not there does nothing."""
    file.put("openrouter", "file", KEY)
    file.remove("openrouter")
    file.remove("openrouter")
    assert KEY not in file.path.read_text() and file.read() == {}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_what_others_can_read_is_refused_in_words(file: KeyFile, mode: int) -> None:
    """No key is taken from it, none is added to it, and the words say how to mend it."""
    file.put("openrouter", "file", KEY)
    file.path.chmod(mode)
    with pytest.raises(KeysRefused, match="can be read by others") as refused:
        file.read()
    assert f"chmod 600 {file.path}" in str(refused.value) and KEY not in str(refused.value)
    with pytest.raises(KeysRefused):
        file.put("cursor", "file", "another")
    file.path.chmod(0o600)
    assert file.read().keys() == {"openrouter"}


def test_a_link_is_not_followed(file: KeyFile, tmp_path: Path) -> None:
    """Whoever could put a link there could have another file read."""
    file.put("openrouter", "file", KEY)
    file.path.rename(tmp_path / "elsewhere")
    file.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeysRefused):
        file.read()


def test_what_is_broken_is_told_without_its_content(file: KeyFile) -> None:
    """An edited file may hold a key in its broken line."""
    file.put("openrouter", "file", KEY)
    file.path.write_text(f'{{"openrouter": {KEY}')
    with pytest.raises(KeysRefused) as refused:
        file.read()
    assert KEY not in str(refused.value) and refused.value.__cause__ is None


def test_two_at_once_lose_nothing(file: KeyFile) -> None:
    """A command and the server change it at the same moment."""
    threads = [threading.Thread(target=file.put, args=(f"p{n}", "file", KEY)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(file.read()) == 12


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """In words, not by a traceback."""
    (tmp_path / "data").write_text("a file in its place")
    with pytest.raises(KeysRefused, match="cannot be written"):
        KeyFile(tmp_path / "data").put("openrouter", "file", KEY)


def test_what_is_kept_does_not_show_the_key(file: KeyFile) -> None:
    """Not in a traceback, not in a log."""
    file.put("openrouter", "file", KEY)
    assert KEY not in repr(file.read())
