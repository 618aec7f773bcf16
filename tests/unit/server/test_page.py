"""The page's files: found, cached, compressed, and nothing else given out."""

import gzip
from pathlib import Path

import pytest

from antiphon.server.page import Page, Reply

SCRIPT = "assets/index-Dk3_a9Zq.js"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built page, beside a secret."""
    built = tmp_path / "static"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><html><head><title>x</title></head></html>")
    (built / SCRIPT).write_text("let a = 1;" * 1000)
    (built / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return built


def ask(page: Page, path: str, *, gzip: bool = False, known: str | None = None) -> Reply:
    return page.answer(path, accepts_gzip=gzip, known=known)


def header(reply: Reply, name: str) -> str | None:
    return next((value.decode() for key, value in reply.headers if key.decode() == name), None)


def test_a_hashed_file_is_cached_for_ever(folder: Path) -> None:
    """Its name changes with its content, so it never has to be asked for again."""
    reply = ask(Page(folder, ""), f"/{SCRIPT}")
    assert reply.status == 200
    assert header(reply, "content-type") == "text/javascript; charset=utf-8"
    assert header(reply, "cache-control") == "public, max-age=31536000, immutable"


def test_a_module_is_a_script_whatever_the_system_thinks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker is not started from anything else; a system's own list of types may not know `.mjs`."""
    monkeypatch.setattr("mimetypes.guess_type", lambda name: (None, None))
    (folder / "assets/worker-AbCd1234.mjs").write_text("let a = 1;")
    reply = ask(Page(folder, ""), "/assets/worker-AbCd1234.mjs")
    assert header(reply, "content-type") == "text/javascript; charset=utf-8"


def test_the_page_itself_is_asked_for_each_time(folder: Path) -> None:
    """A new version is seen at the next load; an unchanged one costs a 304."""
    page = Page(folder, "")
    reply = ask(page, "/")
    assert header(reply, "cache-control") == "no-cache"
    again = ask(page, "/", known=header(reply, "etag"))
    assert (again.status, again.body) == (304, b"")
    assert ask(page, "/", known='"another"').status == 200


@pytest.mark.parametrize("path", ["/", "/projects/1", "/sessions/abc", "/projects", "/index.html"])
def test_the_pages_own_addresses_give_the_page(folder: Path, path: str) -> None:
    """A reload of any view works: the page finds out where it is."""
    reply = ask(Page(folder, ""), path)
    assert reply.status == 200
    assert b"<title>x</title>" in reply.body


@pytest.mark.parametrize(("base", "href"), [("", b'<base href="/" />'), ("/a/b", b'<base href="/a/b/" />')])
def test_the_page_knows_its_base(folder: Path, base: str, href: bytes) -> None:
    """One build serves below any path: all its addresses are relative to the base."""
    assert href in ask(Page(folder, base), "/sessions/abc").body


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "//secret.txt",
        "/assets/missing.js",
        "/..%2fsecret.txt",
        "/icon.svg/../../secret.txt",
    ],
)
def test_only_the_pages_files_are_given(folder: Path, path: str) -> None:
    """A path that leads out, or to nothing, is not found."""
    reply = ask(Page(folder, ""), path)
    assert reply.status == 404
    assert b"secret" not in reply.body


def test_text_is_compressed_for_whoever_takes_it(folder: Path) -> None:
    """Compressed once, given either way."""
    page = Page(folder, "")
    small, whole = ask(page, f"/{SCRIPT}", gzip=True), ask(page, f"/{SCRIPT}")
    assert header(small, "content-encoding") == "gzip"
    assert header(whole, "content-encoding") is None
    assert gzip.decompress(small.body) == whole.body == b"let a = 1;" * 1000
    assert len(small.body) < 200
    assert header(small, "vary") == "accept-encoding"


def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    """Instead of a blank screen: the command."""
    page = Page(tmp_path, "")
    assert not page.built
    reply = ask(page, "/")
    assert reply.status == 503
    assert b"./dev run" in reply.body


def test_the_offline_worker_is_taken_back(folder: Path) -> None:
    """With `--no-offline` its address gives one that forgets all; else the page's own. Both are asked for each time."""
    (folder / "sw.js").write_text("own")
    own, retired = ask(Page(folder, ""), "/sw.js"), ask(Page(folder, "", offline=False), "/sw.js")
    assert own.body == b"own"
    assert b"unregister" in retired.body
    assert header(retired, "cache-control") == header(own, "cache-control") == "no-cache"
    assert header(retired, "content-type") == "text/javascript; charset=utf-8"
