"""Settings: flags before environment before defaults, and refusals in words."""

import os
import sys
from pathlib import Path

import pytest

from antiphon.server.config import (
    OPTIONS,
    BadSetting,
    Settings,
    data_dir,
    default_data_dir,
    load,
    public_url,
    start_folder,
    state_dir,
    table,
)

ROOT = Path(__file__).parents[3]


def test_defaults_are_loopback_and_any_folder() -> None:
    """Told nothing, the server listens on this machine only and projects may lie anywhere."""
    settings = load({}, {})
    assert (settings.host, settings.port) == ("127.0.0.1", 8420)
    assert settings.roots == (Path("/"),)
    assert start_folder(settings.roots) == Path.home().resolve()
    assert settings.base == ""
    assert not settings.allow_bypass


def test_looking_for_a_folder_begins_within_the_roots(tmp_path: Path) -> None:
    """Where the home folder is not allowed, it begins at the first root."""
    assert start_folder((tmp_path,)) == tmp_path


def test_a_flag_wins_over_the_environment(tmp_path: Path) -> None:
    """What is typed counts before what is set."""
    environment = {"ANTIPHON_PORT": "9000", "ANTIPHON_DATA_DIR": str(tmp_path / "a")}
    assert load({"port": "9001"}, environment).port == 9001
    assert load({}, environment).port == 9000
    assert data_dir({"data_dir": str(tmp_path / "b")}, environment) == tmp_path / "b"


def test_every_option_is_read_from_its_variable(tmp_path: Path) -> None:
    """Each option's environment variable reaches its field."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    given = {
        "ANTIPHON_HOST": "0.0.0.0",
        "ANTIPHON_PORT": "1",
        "ANTIPHON_DATA_DIR": str(tmp_path),
        "ANTIPHON_PUBLIC_URL": "https://example.org/a",
        "ANTIPHON_EXPOSE": "yes",
        "ANTIPHON_ROOTS": os.pathsep.join([str(tmp_path / "one"), str(tmp_path / "two")]),
        "ANTIPHON_ALLOW_BYPASS": "1",
        "ANTIPHON_NO_IMPORT": "1",
        "ANTIPHON_NO_OFFLINE": "1",
        "ANTIPHON_LOCAL_MODEL_URLS": "http://gpu.example:8000, https://llm.example/v1",
        "XDG_STATE_HOME": str(tmp_path),
        "ANTIPHON_LOG_LEVEL": "DEBUG",
    }
    assert {option.env for option in OPTIONS} == given.keys() - {"XDG_STATE_HOME"}
    assert load({}, given) == Settings(
        host="0.0.0.0",
        port=1,
        data_dir=tmp_path,
        public_url=public_url("https://example.org/a"),
        expose=True,
        roots=((tmp_path / "one").resolve(), (tmp_path / "two").resolve()),
        allow_bypass=True,
        no_import=True,
        no_offline=True,
        local_model_urls=("http://gpu.example:8000", "https://llm.example/v1"),
        claims_dir=state_dir(sys.platform, given, Path.home()) / "conversations",
        log_level="debug",
    )


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        ({"port": "http"}, "--port"),
        ({"local_model_urls": ["ftp://gpu.example"]}, "--local-model-url"),
        ({"port": "65536"}, "--port"),
        ({"port": "-1"}, "--port"),
        ({"host": "a b"}, "--host"),
        ({"host": ""}, "--host"),
        ({"public_url": "ftp://example.org"}, "--public-url"),
        ({"public_url": "example.org"}, "--public-url"),
        ({"public_url": "https://me:pw@example.org"}, "--public-url"),
        ({"public_url": "https://example.org/?q"}, "--public-url"),
        ({"public_url": "https://example.org/a/../b"}, "--public-url"),
        ({"public_url": "https://example.org:99999"}, "--public-url"),
        ({"public_url": 'https://example.org/"><script>'}, "--public-url"),
        ({"roots": ["/no/such/folder"]}, "--root"),
        ({"allow_bypass": "perhaps"}, "--allow-bypass"),
        ({"log_level": "loud"}, "--log-level"),
        ({"data_dir": " "}, "--data-dir"),
    ],
)
def test_a_bad_value_is_refused_with_its_name(flags: dict[str, object], names: str) -> None:
    """A setting that cannot be meant is refused before anything starts."""
    with pytest.raises(BadSetting, match=f"^{names}: ") as refused:
        load(flags, {})
    assert refused.value.name == names


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "example.org"])
def test_it_does_not_listen_beyond_this_machine_by_accident(host: str) -> None:
    """An address that others reach needs --public-url or --expose (promise 10)."""
    with pytest.raises(BadSetting, match="--public-url"):
        load({"host": host}, {})
    assert load({"host": host, "expose": "yes"}, {}).expose
    assert load({"host": host, "public_url": "https://example.org"}, {}).public_url


@pytest.mark.parametrize(
    ("text", "origin", "authority", "base"),
    [
        ("https://example.org", "https://example.org", "example.org", ""),
        ("https://Example.org:443/", "https://example.org", "example.org", ""),
        ("http://example.org:80/a/", "http://example.org", "example.org", "/a"),
        ("https://example.org:8443/a/b", "https://example.org:8443", "example.org:8443", "/a/b"),
        ("http://[::1]:8420", "http://[::1]:8420", "[::1]:8420", ""),
    ],
)
def test_a_public_url_is_taken_apart_as_browsers_do(
    text: str, origin: str, authority: str, base: str
) -> None:
    """Origin and Host are compared exactly, so the scheme's own port is left out as browsers leave it out."""
    url = public_url(text)
    assert (url.origin, url.authority, url.base) == (origin, authority, base)


def test_the_data_directory_is_where_the_system_expects_it() -> None:
    """Each system has its own place for what programs keep."""
    home = Path("/home/someone")
    assert default_data_dir("linux", {}, home) == home / ".local/share/antiphon"
    assert default_data_dir("linux", {"XDG_DATA_HOME": "/d"}, home) == Path("/d/antiphon")
    assert default_data_dir("darwin", {}, home) == home / "Library/Application Support/antiphon"


def test_readme_has_the_table_of_the_options() -> None:
    """What the README says of the options is what the program takes."""
    assert table() in (ROOT / "README.md").read_text()
