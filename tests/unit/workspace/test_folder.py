"""A project's files: what is shown of them, and that nothing leads out."""

import os
from pathlib import Path

import pytest

from antiphon.workspace import content, folder
from antiphon.workspace.folder import Unreachable


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project beside a secret."""
    (tmp_path / "secret.txt").write_text("secret\n")
    (tmp_path / "site-old").mkdir()
    (tmp_path / "site-old/secret.txt").write_text("secret\n")
    root = tmp_path / "site"
    (root / "src").mkdir(parents=True)
    (root / "src/a.py").write_text("a = 1\n")
    (root / ".env").write_text("hidden\n")
    (root / ".git").mkdir()
    (root / ".git/config").write_text("[core]\n")
    return root


def read(root: Path, path: str) -> bytes:
    with folder.opened(root, path) as file:
        return os.pread(file.handle, 1000, 0)


def test_a_folder_is_listed(root: Path) -> None:
    """Folders first, hidden files too, git's own not."""
    (root / "B.txt").write_text("b")
    (root / "a.txt").write_text("a")
    found = folder.listing(root, "")
    assert [(e.name, e.kind) for e in found.entries] == [
        ("src", "folder"),
        (".env", "file"),
        ("a.txt", "file"),
        ("B.txt", "file"),
    ]
    assert [e.name for e in folder.listing(root, "src").entries] == ["a.py"]


def test_a_huge_folder_comes_in_parts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No entry twice, none missing."""
    monkeypatch.setattr(folder, "ENTRIES_LIMIT", 7)
    (root / "many").mkdir()
    for number in range(20):
        (root / f"many/{number:02}").write_text("")
    names = [e.name for offset in (0, 7, 14) for e in folder.listing(root, "many", offset).entries]
    assert names == [f"{number:02}" for number in range(20)]
    assert folder.listing(root, "many", 14).total == 20


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "src/../../secret.txt",
        "/etc/passwd",
        "../site-old/secret.txt",
        "src/a.py\0.txt",
        "x" * 5000,
        "src/" * 1200 + "a.py",
        ".git/config",
        "src/../.git/config",
        "src/../src/a.py",
        "./src/a.py",
        "src//a.py",
        "nothing",
        "src/a.py/b",
        "src",
    ],
)
def test_no_path_leads_out(root: Path, path: str) -> None:
    """Nor to git's own, nor to what is no file."""
    with pytest.raises(Unreachable):
        read(root, path)
    if path != "src":
        with pytest.raises(Unreachable):
            folder.listing(root, path)


def test_links_within_are_followed_and_no_others(root: Path, tmp_path: Path) -> None:
    """Whether they name a file or a folder, directly or over another link."""
    (root / "inner").symlink_to("src")
    (root / "out.txt").symlink_to(tmp_path / "secret.txt")
    (root / "outer").symlink_to(tmp_path)
    (root / "hop").symlink_to("outer")
    (root / "loop").symlink_to("loop")
    assert read(root, "inner/a.py") == b"a = 1\n"
    for path in ("out.txt", "outer/secret.txt", "hop/secret.txt", "loop"):
        with pytest.raises(Unreachable):
            read(root, path)
    kinds = {entry.name: entry.kind for entry in folder.listing(root, "").entries}
    assert (
        kinds | {"inner": "folder", "out.txt": "link", "outer": "link", "hop": "link", "loop": "link"}
        == kinds
    )


def test_a_link_put_there_in_between_leads_nowhere(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path was followed, then a part of it was changed: it is opened without following."""
    followed = folder._parts

    def swap(*arguments: object) -> Path:
        parts = followed(*arguments)  # type: ignore[arg-type]
        (root / "src").rename(root / "was")
        (root / "src").symlink_to(tmp_path / "site-old")
        return parts

    (tmp_path / "site-old/a.py").write_text("secret\n")
    monkeypatch.setattr(folder, "_parts", swap)
    with pytest.raises(Unreachable):
        read(root, "src/a.py")


@pytest.mark.timeout(10)
def test_pipes_and_devices_are_not_opened(root: Path) -> None:
    """A pipe that nobody writes to would hold the server for ever."""
    os.mkfifo(root / "pipe")
    (root / "null").symlink_to("/dev/zero")
    for path in ("pipe", "null"):
        with pytest.raises(Unreachable):
            read(root, path)
    assert {e.name: e.kind for e in folder.listing(root, "").entries}["pipe"] == "other"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read all")
def test_what_may_not_be_read_says_so(root: Path) -> None:
    """In words."""
    (root / ".env").chmod(0)
    with pytest.raises(Unreachable, match="may not be read"):
        read(root, ".env")


@pytest.mark.parametrize(
    ("name", "head", "kind", "media_type"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0", "image", "image/png"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", "image", "image/webp"),
        ("a.svg", b"<?xml version='1.0'?><svg xmlns=", "image", "image/svg+xml"),
        ("a.pdf", b"%PDF-1.7\n", "pdf", "application/pdf"),
        ("page.html", b"<!doctype html><script>1</script>", "text", "application/octet-stream"),
        ("page.html", b"<svg><script>1</script>", "text", "application/octet-stream"),
        ("fake.png", b"<script>1</script>", "text", "application/octet-stream"),
        ("a.bin", b"\0\1\2", "binary", "application/octet-stream"),
        ("utf16.txt", b"\xff\xfeh\0i\0", "text", "application/octet-stream"),
        ("empty", b"", "text", "application/octet-stream"),
    ],
)
def test_what_a_file_is(name: str, head: bytes, kind: str, media_type: str) -> None:
    """By its bytes: no name makes a browser run something."""
    assert content.media_type(head, name) == media_type
    assert content.kind_of(media_type, head) == kind


def test_a_large_text_comes_in_parts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut after lines, or between characters where a line is longer; together they are the file."""
    monkeypatch.setattr(content, "PART_BYTES", 64)
    text = "\ufeff" + "".join(f"zeile {number} äöü\n" for number in range(40)) + "ß" * 200 + "€" * 99
    (root / "long.txt").write_text(text)
    parts: list[str] = []
    at: int | None = 0
    while at is not None:
        with folder.opened(root, "long.txt") as file:
            part = content.part_of(file, at, content.head_of(file))
        parts.append(part.text)
        at = part.next
    assert "".join(parts) == text.removeprefix("\ufeff")
    assert all(part.endswith("\n") for part in parts[:5])
