"""Docs that are not whole are found."""

from pathlib import Path

import pytest

from tools import docs_check, protocol_types, tree_check


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout whose docs are whole."""
    monkeypatch.setattr(docs_check, "ROOT", tmp_path)
    for name in ("ARCHITECTURE", "PROTOCOL", "GLOSSARY", "STORIES"):
        monkeypatch.setattr(docs_check, name, tmp_path / f"docs/{name.lower()}.md")
    monkeypatch.setattr(tree_check, "committed", lambda *_: list(tmp_path.rglob("*.md")))
    monkeypatch.setattr(protocol_types, "message_types", lambda: {"welcome", "ping"})
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("async def test_b() -> None:\n    pass\n")
    rows = "\n".join(f"| {number} Promise | `tests/test_a.py::test_b` |" for number in docs_check.PROMISES)
    (tmp_path / "docs/architecture.md").write_text(f"# Architecture\n\n{rows}\n")
    (tmp_path / "docs/protocol.md").write_text(
        "# Wire\n\n## `welcome`\n\n## `ping` and `pong`\n\n"
        "## Roads into an agent\n\n| Road | Test |\n|---|---|\n| a prompt | `tests/test_a.py::test_b` |\n\n## Failures\n"
    )
    (tmp_path / "docs/stories.md").write_text("# Stories\n\n## 1. One\n\n`tests/test_a.py::test_b`\n")
    (tmp_path / "docs/glossary.md").write_text("\n".join(f"- **{word}**: …" for word in docs_check.WORDS))
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new, 1))


def test_whole_docs_are_good(tree: Path) -> None:
    """Nothing is said."""
    assert docs_check.problems() == []


def test_a_link_that_leads_nowhere_is_found(tree: Path) -> None:
    """To a file or to a heading; not inside a code block."""
    text = "[a](docs/none.md) [b](docs/protocol.md#welcome) [c](docs/protocol.md#gone)\n```\n[d](x.md)\n```\n"
    (tree / "README.md").write_text(text)
    nowhere, gone = docs_check.problems()
    assert "docs/none.md leads nowhere" in nowhere
    assert "docs/protocol.md#gone" in gone


def test_a_promise_without_a_test_is_found(tree: Path) -> None:
    """Each of the ten has a row that names one."""
    replace(tree / "docs/architecture.md", "| 7 Promise | `tests/test_a.py::test_b` |", "| 7 Promise | |")
    assert docs_check.problems() == ["docs/architecture.md: promise 7 names no test (`tests/a.py::test_b`)"]


def test_a_test_that_is_not_there_is_found(tree: Path) -> None:
    """A promise is not held by a test's name."""
    replace(tree / "docs/architecture.md", "::test_b", "::test_gone")
    assert docs_check.problems() == ["docs/architecture.md: there is no test tests/test_a.py::test_gone"]


def test_a_road_without_a_test_is_found(tree: Path) -> None:
    """Each road into an agent has a row that names one, which is there; and there is a table."""
    protocol = tree / "docs/protocol.md"
    replace(protocol, "::test_b", "::test_gone")
    assert docs_check.problems() == ["docs/protocol.md: there is no test tests/test_a.py::test_gone"]
    replace(protocol, "`tests/test_a.py::test_gone`", "")
    [said] = docs_check.problems()
    assert "the road “a prompt” names no test" in said
    replace(protocol, "| a prompt |  |\n", "")
    assert docs_check.problems() == ["docs/protocol.md has no table of the roads into an agent"]


def test_a_story_without_a_test_is_found(tree: Path) -> None:
    """Each names one, which is there; and there are stories."""
    stories = tree / "docs/stories.md"
    replace(stories, "::test_b", "::test_gone")
    assert docs_check.problems() == ["docs/stories.md: there is no test tests/test_a.py::test_gone"]
    replace(stories, "`tests/test_a.py::test_gone`", "")
    [said] = docs_check.problems()
    assert "the story “1. One” names no test" in said
    replace(stories, "## 1. One", "")
    assert docs_check.problems() == ["docs/stories.md has no story (`## 1. …`)"]


def test_a_message_without_a_section_is_found(tree: Path) -> None:
    """The protocol's text is whole."""
    replace(tree / "docs/protocol.md", "## `welcome`\n", "")
    assert docs_check.problems() == ["docs/protocol.md: no heading names `welcome`"]


def test_a_word_without_a_meaning_is_found(tree: Path) -> None:
    """The glossary is whole."""
    replace(tree / "docs/glossary.md", "**keeper**", "**keeping**")
    assert docs_check.problems() == ["docs/glossary.md does not say what `keeper` means"]
