"""Folders within the roots, and nothing else."""

import os
from pathlib import Path

import pytest

from antiphon.server.folders import (
    BadName,
    FolderExists,
    NoSuchFolder,
    OutsideRoots,
    allowed,
    inside,
    make,
    parent,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with a folder in it, beside a secret one."""
    root = (tmp_path / "root").resolve()
    (root / "site" / ".git").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    return root


def test_a_folder_within_a_root_is_allowed(root: Path) -> None:
    """The root itself and what is in it; `..` that stays inside is as good."""
    assert allowed(str(root), [root]) == root
    assert allowed(str(root / "site" / ".." / "site"), [root]) == root / "site"


@pytest.mark.parametrize("path", ["..", "../secret", "../rootx", "site/../../secret", "/", "/etc"])
def test_a_path_that_leads_out_is_refused(root: Path, path: str) -> None:
    """However it is written, a path outside the roots is refused, and its existence is not told."""
    (root.parent / "rootx").mkdir()
    with pytest.raises(OutsideRoots):
        allowed(os.path.join(root, path), [root])
    with pytest.raises(OutsideRoots):
        allowed(str(root.parent / "not-there"), [root])


def test_a_link_that_leads_out_is_refused(root: Path) -> None:
    """A symbolic link inside a root is what it points to."""
    (root / "escape").symlink_to(root.parent / "secret")
    (root / "alias").symlink_to(root / "site")
    with pytest.raises(OutsideRoots):
        allowed(str(root / "escape"), [root])
    assert allowed(str(root / "alias"), [root]) == root / "site"
    assert [folder.name for folder in inside(root, [root])] == ["alias", "site"]


def test_a_link_in_a_circle_is_no_folder(root: Path) -> None:
    """A link to itself is refused, and not followed for ever."""
    (root / "circle").symlink_to(root / "circle")
    with pytest.raises(NoSuchFolder):
        allowed(str(root / "circle"), [root])
    assert [folder.name for folder in inside(root, [root])] == ["site"]


@pytest.mark.parametrize("path", ["", "relative", "./x", "\0", "/root\0/etc", "x" * 5000])
def test_what_is_no_whole_path_is_refused(root: Path, path: str) -> None:
    """A relative path would mean the server's own folder: it means nothing."""
    with pytest.raises(NoSuchFolder):
        allowed(path, [root])


def test_a_file_is_no_folder(root: Path) -> None:
    """Projects are folders."""
    (root / "file").touch()
    with pytest.raises(NoSuchFolder, match="file"):
        allowed(str(root / "file"), [root])


def test_the_list_shows_folders_and_checkouts(root: Path) -> None:
    """Folders by name, hidden ones and files left out, checkouts marked."""
    (root / "Alpha").mkdir()
    (root / ".hidden").mkdir()
    (root / "file").touch()
    assert [(folder.name, folder.git) for folder in inside(root, [root])] == [
        ("Alpha", False),
        ("site", True),
    ]


def test_above_the_root_there_is_nothing(root: Path) -> None:
    """The way up ends at the root; in one root within another it goes on."""
    assert parent(root, [root]) is None
    assert parent(root / "site", [root]) == root
    assert parent(root, [root, root.parent]) == root.parent


def test_a_folder_is_made_once(root: Path) -> None:
    """A new folder, or a clear word that the name is taken."""
    assert make(str(root), "new", [root]) == root / "new"
    assert (root / "new").is_dir()
    with pytest.raises(FolderExists, match="new"):
        make(str(root), "new", [root])


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", "a\\b", "a\0", "ä" * 128])
def test_a_folders_name_stays_in_its_folder(root: Path, name: str) -> None:
    """A name is a name, and never a path."""
    with pytest.raises(BadName):
        make(str(root), name, [root])
    with pytest.raises(OutsideRoots):
        make(str(root.parent / "secret"), "x", [root])
