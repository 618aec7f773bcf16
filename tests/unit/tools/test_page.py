"""The page is built when web/ has changed, and only then."""

from pathlib import Path

import pytest

from tools import page


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a page that was built from web/ as it is."""
    monkeypatch.setattr(page, "ROOT", tmp_path)
    monkeypatch.setattr(page, "WEB", tmp_path / "web")
    monkeypatch.setattr(page, "STATIC", tmp_path / "static")
    monkeypatch.setattr(page, "STAMP", tmp_path / "static/.stamp")
    for place in ("web/src", "web/node_modules", "web/dist", "static"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "web/src/main.tsx").write_text("one")
    (tmp_path / "static/index.html").write_text("built")
    page.STAMP.write_text(page.digest(page.sources()))
    return tmp_path / "web"


def test_an_unchanged_page_is_fresh(web: Path) -> None:
    """What building itself leaves in web/ changes nothing."""
    (web / "dist/index.html").write_text("built")
    (web / "node_modules/a.js").write_text("package")
    assert page.is_fresh()


def test_a_changed_page_is_stale(web: Path) -> None:
    """By content."""
    (web / "src/main.tsx").write_text("two")
    assert not page.is_fresh()


def test_a_moved_file_makes_it_stale(web: Path) -> None:
    """The same content at another place is another page."""
    (web / "src/main.tsx").rename(web / "src/page.tsx")
    assert not page.is_fresh()


def test_a_page_that_is_gone_is_stale(web: Path) -> None:
    """The stamp alone is no page."""
    (page.STATIC / "index.html").unlink()
    assert not page.is_fresh()
