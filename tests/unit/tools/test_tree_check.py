"""What may not be committed is found."""

from pathlib import Path

import pytest

from tools import tree_check


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder taken for the checkout, where each file counts as committed."""
    monkeypatch.setattr(tree_check, "ROOT", tmp_path)
    monkeypatch.setattr(
        tree_check, "committed", lambda: [path for path in tmp_path.rglob("*") if path.is_file()]
    )
    return tmp_path


@pytest.mark.parametrize(
    "text",
    ["index = https://pypi" + ".org/simple", "cd /" + "root/project", 'open("/' + 'work/file")'],
)
def test_an_address_or_a_machines_path_is_found(tree: Path, text: str) -> None:
    """Where it stands is said with it."""
    (tree / "README.md").write_text(f"first line\n{text}\n")
    assert [problem.split(": ")[0] for problem in tree_check.problems()] == ["README.md:2"]


@pytest.mark.parametrize(
    "text", ["/api/projects", "https://example.org/" + "root", "src/" + "work/x", "~/" + "work/"]
)
def test_other_paths_are_let_be(tree: Path, text: str) -> None:
    """An address's or a relative path is not the machine's."""
    (tree / "README.md").write_text(text)
    assert tree_check.problems() == []


def test_a_large_file_is_found(tree: Path) -> None:
    """The tree stays lean."""
    (tree / "picture.png").write_bytes(b"\0" * (tree_check.LARGEST_BYTES + 1))
    assert "the limit is" in tree_check.problems()[0]


def test_names_that_say_nothing_are_found(tree: Path) -> None:
    """Of a file and of a class."""
    (tree / "utils.py").write_text("class Session" + "Manager:\n    pass\n")
    assert len(tree_check.problems()) == 2
